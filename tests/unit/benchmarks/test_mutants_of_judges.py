"""How mutants of the judges are judged: in forked children, by what a gate tells at its end."""

import ast
import importlib
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[3]))

from benchmarks.mutant_chain import _function
from benchmarks.mutant_forks import forked, put_in
from benchmarks.mutant_gates import differs, sends, table
from benchmarks.mutant_page import section, write
from benchmarks.mutant_rooms import ROOMS, ROOT
from benchmarks.mutant_units import order


def shown(cells, *, troubles=(), digest="d"):
    return {"outcome": "passed", "cells": cells, "found": [], "troubles": list(troubles), "digest": digest}


def endless():
    while True:
        pass


def crashing():
    raise ValueError("no")


def test_a_child_returns_what_its_work_returns():
    """Plain values come back, a crash as text, and what doesn't end is ended."""
    assert forked(lambda: {"a": [1, "é"]}, 5).value == {"a": [1, "é"]}
    assert "ValueError: no" in forked(crashing, 5).why
    assert forked(endless, 1).why == "it doesn't end"


def test_a_mutant_is_imported_in_its_child_only(tmp_path, monkeypatch):
    """The file on disk stays, and so does what this process imports of it."""
    file = tmp_path / "mutated_module.py"
    file.write_text("LEAST = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    def least():
        put_in(file, "LEAST = 2\n")
        return importlib.import_module(file.stem).LEAST

    assert forked(least, 5).value == 2
    assert importlib.import_module(file.stem).LEAST == 1
    assert file.read_text() == "LEAST = 1\n"


def test_a_gate_ends_otherwise_when_a_cell_of_the_whole_does():
    """A verdict that other tests give all the same is no difference; one that is lost, new or worse is."""
    before = {"t1": shown({"A x": "holds", "B x": "violated"}), "t2": shown({"B x": "violated"})}
    assert table(before) == {"A x": "holds", "B x": "violated"}
    assert differs(before, {"t2": shown({})}) == ""
    assert differs(before, {"t1": shown({"B x": "violated"})}) == "A x: holds became not judged"
    assert differs(before, {"t2": shown({"B x": "holds", "C x": "unknown"})}) == "C x: not judged became unknown"
    assert differs(before, {"t1": shown({"A x": "violated"})}) == "A x: holds became violated"
    assert differs(before, {"t2": shown({"B x": "holds"}, troubles=["crashed"])}) == "trouble in t2"


def test_other_requests_are_told_apart():
    """They are a difference that the cassettes see, if no verdict shows it."""
    before = {"t1": shown({"A x": "holds"})}
    assert sends(before, {"t1": shown({"A x": "holds"})}) == ""
    assert sends(before, {"t1": shown({"A x": "holds"}, digest="e")}) == "t1"


def test_quick_tests_come_first_and_few():
    """Tests are taken by their seconds, until these are used up; one at least."""
    assert order(["a", "b", "c"], {"a": 3.0, "b": 1.0, "c": 2.0}, 3.5) == ["b", "c"]
    assert order(["a"], {"a": 30.0}, 3.5) == ["a"]


def test_a_line_belongs_to_its_innermost_function():
    """With its decorators; a line outside of any function stands alone."""
    source = "A = 1\n@bound\ndef f():\n    def g():\n        return 1\n    return g\n"
    assert ast.parse(source)
    assert [_function(source, line) for line in (1, 2, 5, 6)] == [{1}, {2, 3, 4, 5, 6}, {4, 5}, {2, 3, 4, 5, 6}]


@pytest.mark.parametrize("room", ROOMS.values(), ids=ROOMS)
def test_each_room_has_files(room):
    """What is to be mutated is there."""
    assert room.sources([])
    assert (ROOT / room.folder).is_dir()


def test_a_page_keeps_the_sections_of_other_rooms(tmp_path):
    """A section takes the place of the one of its heading, whatever stands around it."""
    page = tmp_path / "MUTANTS.md"
    page.write_text("# Mutants\n\n## one\n\nold\n\n### Survived\n\nx\n\n## two\n\nkept\n")
    write(page, ["## one", "", "new"])
    write(page, ["## three", "", "more"])
    assert page.read_text() == "# Mutants\n\n## one\n\nnew\n\n## two\n\nkept\n\n## three\n\nmore\n"


def test_equivalents_and_what_never_starts_are_no_escapes():
    """The share is that of killed ones among those that can be judged."""
    base = {"file": "a.py", "line": 1, "was": "a", "by": "test x"}
    fates = [
        {**base, "becomes": str(n), "fate": fate} for n, fate in enumerate(("killed", "survived", "survived", "dead"))
    ]
    known = {"equivalent": [{"file": "a.py", "was": "a", "becomes": "1", "reason": "no matter"}]}
    told = "\n".join(section(fates, known, "4 places", ROOMS["checks"], 1))
    assert "**1 of 2 killed: 50.0%** (95% wanted)" in told
    assert "| a.py:1 | `a` | `1` | no matter |" in told


def test_a_finding_in_other_words_is_a_difference():
    """A reader would be told something else, though the verdicts are the same."""
    before = {"t1": {**shown({"A x": "violated"}), "told": ["A x: 1 of 2"]}}
    assert differs(before, before) == ""
    assert differs(before, {"t1": {**before["t1"], "told": ["A x: 2 of 2"]}}) == "t1: told in other words"


def test_what_unit_tests_alone_say_is_kept_apart():
    """Their kills are believed by the whole chain; their survivors aren't, since other judges may see those."""
    room = ROOMS["checks"]
    assert room.by_units().kept != room.kept
    assert room.by_units().by_units() == room.by_units()
    assert "units" not in room.kept.name
