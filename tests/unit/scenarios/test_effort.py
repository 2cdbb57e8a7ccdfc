"""How much a test sends is a value; nobody compares a profile's name."""

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

import nhq
from nhq.errors import ConfigError
from nhq.paths import contracts_folder
from nhq.scenarios.effort import EFFORTS, SPARING, THOROUGH, USUAL, find_effort

ROOT = Path(nhq.__file__).parent
HOLDER = ("profile", "depth", "effort")


def compared(tree: ast.AST) -> list[int]:
    """The lines that compare a profile, a depth or an effort's name with a text, or look one up by it."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if _texts(sides) & set(EFFORTS) and any(map(_is_name, sides)):
                found.append(node.lineno)
        if isinstance(node, ast.Dict) and {k.value for k in node.keys if isinstance(k, ast.Constant)} >= {
            "gate",
            "live",
        }:
            found.append(node.lineno)
    return found


def _texts(nodes: Iterable[ast.expr | None]) -> set[object]:
    return {node.value for node in nodes if isinstance(node, ast.Constant)}


def _is_name(node: ast.expr) -> bool:
    """Is it a variable, attribute or call whose name speaks of how much is sent?"""
    named = node.func if isinstance(node, ast.Call) else node
    name = named.attr if isinstance(named, ast.Attribute) else named.id if isinstance(named, ast.Name) else ""
    return any(word in name.lower() for word in HOLDER)


def test_no_profile_is_compared_by_name():
    """Scenarios and run ask the value instead."""
    files = [*ROOT.rglob("*.py"), *contracts_folder().rglob("*.py")]
    found = {file.name: compared(ast.parse(file.read_text("utf-8"))) for file in files if file.name != "effort.py"}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line", ['profile == "live"', 'self._depth(item) == "live"', '"gate" != options.profile', '{"gate": 1, "live": 2}']
)
def test_a_comparison_by_name_is_seen(line: str):
    """Each way in which there were such comparisons is told."""
    assert compared(ast.parse(line)) == [1]


@pytest.mark.parametrize(("effort", "amounts"), [(SPARING, (1, "a")), (USUAL, (4, "b")), (THOROUGH, (9, "b"))])
def test_an_amount_is_picked(effort, amounts):
    """The least, the usual or the most; without a most, the usual."""
    assert (effort.pick(1, 4, 9), effort.pick("a", "b")) == amounts


def test_an_unknown_profile_is_named():
    """With those that there are."""
    with pytest.raises(ConfigError, match="unknown profile 'dear'; known are gate, live, nightly"):
        find_effort("dear")
