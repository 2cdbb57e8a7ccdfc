"""Which scenario shows which fault: the table that live runs are planned by."""

import json
from pathlib import Path

import pytest

from nhq.errors import ConfigError
from nhq.mutation import kill_table
from nhq.mutation.kill_table import KillTables, read_kill_tables, render_kill_tables, renew_kill_table

KNOWN = {"auth/a": {"": ["old", "kept"]}, "lists/b": {"0": ["old"], "1": ["kept"]}}


def test_what_was_found_takes_the_place_of_what_stood_there():
    """Of faults that were not looked at, everything stays; a scenario that shows nothing any more goes."""
    table = renew_kill_table(KNOWN, {"old": [("auth/a", "2"), ("auth/a", "2")], "new": [("auth/c", "")]})
    assert table == {
        "auth/a": {"": ["kept"], "2": ["old"]},
        "lists/b": {"1": ["kept"]},
        "auth/c": {"": ["new"]},
    }
    assert renew_kill_table(KNOWN, {"old": [], "kept": []}) == {}


def test_the_file_is_read_as_it_was_written(tmp_path: Path):
    """Rows are sorted, one scenario a line; another contract's table counts for none."""
    file = tmp_path / "kills.json"
    tables = KillTables(KNOWN, {"auth/a": {"1": ["old"]}}, frozenset({"kept"}))
    file.write_text(render_kill_tables("digest", tables), "utf-8")
    assert read_kill_tables("digest", file) == tables
    assert read_kill_tables("another", file) == KillTables()
    assert [line.strip()[:9] for line in file.read_text("utf-8").splitlines()[4:6]] == ['"auth/a":', '"lists/b"']


def test_a_file_that_is_no_table_is_named(tmp_path: Path):
    """The line says what to do."""
    file = tmp_path / "kills.json"
    file.write_text(json.dumps({"kills": 3}), "utf-8")
    with pytest.raises(ConfigError, match=r"kills\.json: has no kills"):
        read_kill_tables("digest", file)


def test_a_whole_run_completes_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What was seen of a fault in more places stays; faults that are gone leave it, new ones come in."""
    file = tmp_path / "kills.json"
    file.write_text(render_kill_tables("digest", KillTables(KNOWN, {}, frozenset({"old", "kept"}))), "utf-8")
    monkeypatch.setattr(kill_table, "kill_table_path", lambda: file)
    kill_table.complete_kills("digest", {"kept": [("auth/z", "")], "new": [("auth/z", "")]})
    whole = {"auth/a": {"": ["kept"]}, "lists/b": {"1": ["kept"]}, "auth/z": {"": ["new"]}}
    assert read_kill_tables("digest") == KillTables(whole, {}, frozenset({"kept"}))


def test_what_no_test_shows_with_the_fewest_requests_is_kept():
    """A plan must not buy it there; found there after all, it is no longer among them."""
    tables = KillTables().renewed({"deep": [], "near": [("auth/a", "")]}, least=True)
    assert (tables.unseen, tables.listed(least=True)) == ({"deep"}, {"deep", "near"})
    assert tables.renewed({"deep": [("auth/a", "")]}, least=True).unseen == set()
    assert tables.listed() == set()
