"""Whoever writes a contract test imports from one package, `nhq.scenarios`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import nhq.scenarios
from nhq import paths

ROOM = "nhq.scenarios"


def foreign(text: str) -> Iterator[str]:
    """The modules of ours that a file imports from, but for the one room."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "nhq" and node.module != ROOM:
            yield str(node.module)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] == "nhq")


def test_contract_tests_import_from_one_room() -> None:
    """What they lack is added to its stub, `src/nhq/scenarios/__init__.pyi`."""
    files = sorted(paths.contracts_folder().glob("test_*.py"))
    assert {file.name: found for file in files if (found := list(foreign(file.read_text("utf-8"))))} == {}


def test_every_name_that_is_listed_is_there() -> None:
    """And is what the stub says: the same object as in its module."""
    stub = Path(nhq.scenarios.__file__).with_suffix(".pyi")
    listed = [alias for node in ast.parse(stub.read_text("utf-8")).body for alias in getattr(node, "names", ())]
    assert listed
    assert [alias.name for alias in listed if not hasattr(nhq.scenarios, alias.name)] == []
    assert sorted(alias.name for alias in listed) == dir(nhq.scenarios)
    assert [alias.name for alias in listed if stub.with_name(f"{alias.name}.py").exists()] == []  # it would hide it


def test_what_is_not_listed_is_named() -> None:
    """As by any module."""
    with pytest.raises(ImportError, match="cannot import name 'nonsense'"):
        exec("from nhq.scenarios import nonsense")


def test_an_import_from_elsewhere_is_seen() -> None:
    """In either form."""
    assert list(foreign("from nhq.model import Effect\nimport nhq.errors\nfrom nhq.scenarios import Api")) == [
        "nhq.model",
        "nhq.errors",
    ]
