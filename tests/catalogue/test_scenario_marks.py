"""Marks that decide whether a scenario runs at all: each follows from something that is known without it."""

import ast
import json
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from nhq import paths
from nhq.contract import Contract
from nhq.contract.revision import load_revision

FILES = sorted(paths.contracts_folder().glob("test_*.py"))
#: Edits of fixtures/edits.toml that add lists, things of their own and writes.
ADDING = ("list-and-single-added", "write-added", "public-operation-added", "operation-beside-an-id-added")


class Scenario:
    """A test of contracts/, as its text has it."""

    def __init__(self, function: ast.FunctionDef) -> None:
        self.name = function.name
        self.takes = {argument.arg for argument in function.args.args}
        calls = [mark if isinstance(mark, ast.Call) else ast.Call(mark, [], []) for mark in function.decorator_list]
        self.marks = {ast.unparse(c.func).rpartition(".")[2]: list(map(ast.unparse, c.args)) for c in calls}

    @property
    def id(self) -> str:
        """Its id for good."""
        return str(ast.literal_eval(self.marks["scenario"][0]))

    @property
    def rules(self) -> list[str]:
        """The rules of its mark; none where a name stands for them."""
        return [word.strip("'") for word in self.marks["rule"] if word.startswith("'")]

    @property
    def by_rule(self) -> bool:
        """Does it run for each operation of its first rule, with a body that needs nobody who knows it?"""
        return (
            "operation" in self.takes - ({"operation"} if "send" in self.takes else set())
            and not {"parametrize", "trait"} & self.marks.keys()
        )


@cache
def scenarios() -> list[Scenario]:
    """All of them."""
    found = (node for file in FILES for node in ast.parse(file.read_text("utf-8")).body)
    return [Scenario(n) for n in found if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]


def widened(edits: dict[str, Any]) -> Iterator[Contract]:
    """Our contract with operations that nobody has written of; they may tell of a 400, or not."""
    for ident in ADDING:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "openapi.json"
            plain, telling = edits[ident].document(), edits[ident].document()
            for told in (told for path in telling["paths"].values() for told in path.values()):
                told["responses"].setdefault("400", told["responses"].get("401", {"description": "Bad"}))
            for document in (plain, telling):
                file.write_text(json.dumps(document), encoding="utf-8")
                yield load_revision(file)


@pytest.fixture(scope="module")
def general(edits: dict[str, Any]) -> set[str]:
    """Rules that are judged on operations which nobody has written rules for."""
    return {
        rule.id
        for contract in widened(edits)
        for rule in contract.rules.values()
        if any(contract.operations[name].derived for name in rule.operations if name in contract.operations)
    }


def test_what_holds_for_new_operations_is_tried_on_them(general: set[str]) -> None:
    """`derived` marks the scenarios whose first rule holds for whatever operation the document adds."""
    due = {one.name for one in scenarios() if one.by_rule and one.rules[0] in general}
    marked = {one.name for one in scenarios() if one.by_rule and "derived" in one.marks}
    assert marked == due


def test_what_another_shows_at_no_more_cost_is_left_out_live() -> None:
    """`elsewhere` marks the scenarios that have no cost in the live profile; what it names is a scenario, too."""
    costs = json.loads((paths.fixtures_folder() / "costs.json").read_text("utf-8"))["tests"]
    live: dict[str, bool] = {}
    for test, depths in costs.items():
        ident = test.partition("[")[0]
        live[ident] = live.get(ident, False) or "live" in depths
    assert {one.id for one in scenarios() if "elsewhere" in one.marks} == {
        i for i, is_live in live.items() if not is_live
    }
    names = {one.name for one in scenarios()}
    assert all(
        any(name in one.marks["elsewhere"][0] for name in names) for one in scenarios() if "elsewhere" in one.marks
    )


def test_what_reads_again_comes_last() -> None:
    """`last` marks all that is read again when time has passed, and nothing else."""
    assert {one.id for one in scenarios() if "last" in one.marks} == {
        one.id for one in scenarios() if one.id.startswith("later/")
    }


def test_what_finds_a_key_exhausted_follows_what_exhausts_it() -> None:
    """`follows` marks the scenarios that take exhausted keys."""
    taking = {one.name for one in scenarios() if "exhausted" in one.takes}
    assert {one.name for one in scenarios() if "follows" in one.marks} == taking
    assert all(
        ast.literal_eval(one.marks["follows"][0]) in {s.name for s in scenarios()}
        for one in scenarios()
        if "follows" in one.marks
    )


def test_what_waits_for_windows_lets_others_go_on() -> None:
    """`patient` marks the scenarios that wait, as their costs tell."""
    costs = json.loads((paths.fixtures_folder() / "costs.json").read_text("utf-8"))["tests"]
    waiting = {
        test.partition("[")[0] for test, depths in costs.items() for cost in depths.values() if "windows" in cost
    }
    assert waiting <= {one.id for one in scenarios() if "patient" in one.marks}
