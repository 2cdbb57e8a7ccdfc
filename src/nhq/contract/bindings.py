"""Which checks and scenarios judge which rule, read from the sources without importing them.

A check says so with the decorator `@judges("ID", …)`, a scenario with `@pytest.mark.rule("ID", …)`, on a function or
on a class (then for each test in it). Ids are literals, or come from a literal at the top of the same file:
`*NAMES`, `*TABLE`, `*TABLE.values()`.
"""

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from nhq import paths
from nhq.errors import ContractError


def rule_bindings(checks: Path | None = None, scenarios: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Rule id → what judges it, as `file::name`, in the order of files and lines.

    Defaults: the universal checks of the suite and the scenarios under contracts/. Raises ContractError for a
    source that does not parse or a mark whose ids are not literal.
    """
    found: dict[str, list[str]] = {}
    sources = [
        (checks or Path(__file__).parents[1] / "checks", "*.py"),
        (scenarios or paths.contracts_folder(), "test_*.py"),
    ]
    for folder, pattern in sources:
        for file in sorted(folder.rglob(pattern)):
            told = file.stat()
            for rule, name in _bound(file, (told.st_mtime_ns, told.st_size)):
                found.setdefault(rule, []).append(f"{file.name}::{name}")
    return {rule: tuple(dict.fromkeys(names)) for rule, names in found.items()}


@lru_cache(256)
def _bound(file: Path, state: tuple[int, int]) -> tuple[tuple[str, str], ...]:
    """What a file binds; it is parsed once for each state of it (time of its last change, size)."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except SyntaxError as problem:
        raise ContractError(f"{file.name}: does not parse (line {problem.lineno})") from problem
    return tuple(_of_body(tree.body, "", (), _Source(file.name, _literals(tree))))


@dataclass(frozen=True, slots=True)
class _Source:
    """A file's name, and the literals that stand at its top by name."""

    name: str
    literals: Mapping[str, Any]


def _literals(tree: ast.Module) -> dict[str, Any]:
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            with suppress(ValueError):
                name = target.id if isinstance(target, ast.Name) else ast.unparse(target)
                found[name] = ast.literal_eval(node.value)
    return found


def _of_body(
    body: list[ast.stmt], prefix: str, inherited: tuple[str, ...], source: _Source
) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _of_body(node.body, f"{prefix}{node.name}.", (*inherited, *_ids(node, source)), source)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = _ids(node, source)
            judging = bool(own) or node.name.startswith("test")
            for rule in (*inherited, *own) if judging else ():
                yield rule, f"{prefix}{node.name}"


def _ids(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, source: _Source) -> tuple[str, ...]:
    marks = [mark for mark in node.decorator_list if isinstance(mark, ast.Call) and _binds(mark)]
    return tuple(name for mark in marks for argument in mark.args for name in _named(argument, source))


def _binds(mark: ast.Call) -> bool:
    return ast.unparse(mark.func).endswith(("mark.rule", "judges"))


def _named(argument: ast.expr, source: _Source) -> list[str]:
    """The ids that one argument of a mark stands for."""
    starred = isinstance(argument, ast.Starred)
    value = _value(argument.value if isinstance(argument, ast.Starred) else argument, source)
    ids = list(value) if starred and isinstance(value, list | tuple | set | dict) else [value]
    if not all(isinstance(name, str) for name in ids):
        raise ContractError(f"{source.name}:{argument.lineno}: a rule is named by a literal id")
    return ids


def _value(node: ast.expr, source: _Source) -> Any:
    """The value of a literal, of a name for one, or of the values of a table; None for anything else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
        table = _value(node.func.value, source)
        return list(table.values()) if isinstance(table, dict) else None
    if isinstance(node, ast.Name):
        return source.literals.get(node.id)
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None
