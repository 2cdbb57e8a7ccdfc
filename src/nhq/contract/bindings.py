"""Which checks and scenarios judge which rule, read from the sources without importing them.

A check says so with the decorator `@judges("ID", …)`, a scenario with `@pytest.mark.rule("ID", …)`; ids are
literals, on a function or on a class (then for each test in it).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from nhq import places
from nhq.errors import ContractError


def bindings(checks: Path | None = None, scenarios: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Rule id → what judges it, as `file::name`, in the order of files and lines.

    Defaults: the universal checks of the suite and the scenarios under contracts/. Raises ContractError for a
    source that does not parse or a mark whose ids are not literal.
    """
    found: dict[str, list[str]] = {}
    sources = [(checks or Path(__file__).parents[1] / "checks", "*.py"), (scenarios or places.contracts(), "test_*.py")]
    for folder, pattern in sources:
        for file in sorted(folder.rglob(pattern)):
            for rule, name in _bound(file):
                found.setdefault(rule, []).append(f"{file.name}::{name}")
    return {rule: tuple(dict.fromkeys(names)) for rule, names in found.items()}


def _bound(file: Path) -> Iterator[tuple[str, str]]:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except SyntaxError as problem:
        raise ContractError(f"{file.name}: does not parse (line {problem.lineno})") from problem
    yield from _of_body(tree.body, "", (), file)


def _of_body(body: list[ast.stmt], prefix: str, inherited: tuple[str, ...], file: Path) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _of_body(node.body, f"{prefix}{node.name}.", (*inherited, *_ids(node, file)), file)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = _ids(node, file)
            judging = bool(own) or node.name.startswith("test")
            for rule in (*inherited, *own) if judging else ():
                yield rule, f"{prefix}{node.name}"


def _ids(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, file: Path) -> tuple[str, ...]:
    return tuple(i for mark in node.decorator_list if _is_mark(mark) for i in _literals(mark, file))


def _is_mark(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("mark.rule", "judges"))


def _literals(mark: ast.expr, file: Path) -> Iterator[str]:
    assert isinstance(mark, ast.Call)
    for argument in mark.args:
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            raise ContractError(f"{file.name}:{argument.lineno}: a rule is named by a literal id")
        yield argument.value
