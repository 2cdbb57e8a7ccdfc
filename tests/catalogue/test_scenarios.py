"""Each scenario has an id for good, which chance goes by."""

import ast
import importlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from nhq import paths

FILES = sorted(paths.contracts_folder().glob("test_*.py"))


def functions(*files: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every test of some files, of all of contracts/ where none is named, with its file."""
    for file in files or FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield file.name, node


def marked(function: ast.FunctionDef) -> list[str]:
    """What its scenario marks say."""
    calls = [mark for mark in function.decorator_list if isinstance(mark, ast.Call)]
    return [ast.literal_eval(c.args[0]) for c in calls if ast.unparse(c.func) == "pytest.mark.scenario"]


def test_every_scenario_has_one_id() -> None:
    """A test of contracts/ without `@pytest.mark.scenario("area/what-it-shows")` would change with its name."""
    assert [f"{name}: {function.name}" for name, function in functions() if len(marked(function)) != 1] == []


def test_ids_are_unique_words() -> None:
    """An area and what is shown, in small letters, and no two alike."""
    ids = [ident for _, function in functions() for ident in marked(function)]
    assert sorted(ids) == sorted(set(ids))
    assert [ident for ident in ids if not re.fullmatch(r"[a-z]+/[a-z0-9-]+", ident)] == []


def test_variants_are_named_by_their_parameters() -> None:
    """No variant is called by its number, which would move with its neighbours: parameters are texts."""
    numbered = [
        f"{file.name}: {function.name}"
        for file in FILES
        for _, function in functions(file)
        for mark in function.decorator_list
        if ast.unparse(mark).startswith("pytest.mark.parametrize")
        if not all(isinstance(value, str) for value in parameters(file, mark))
    ]
    assert numbered == []


def parameters(file: Path, mark: ast.expr) -> list[object]:
    """The values of a parametrised test: written there, or what a name of its file stands for."""
    given = mark.args[1] if isinstance(mark, ast.Call) else mark
    return list(ast.literal_eval(given) if not isinstance(given, ast.Name) else named(file, given.id))


def named(file: Path, name: str) -> Iterable[object]:
    """What a name stands for at the top of a file: imported, or assigned."""
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and name in {alias.name for alias in node.names}:
            return getattr(importlib.import_module(str(node.module)), name)
        if isinstance(node, ast.Assign) and name in map(ast.unparse, node.targets):
            return ast.literal_eval(node.value)
    raise LookupError(name)
