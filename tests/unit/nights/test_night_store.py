"""What the file of nights keeps."""

import sqlite3
from pathlib import Path

import pytest
from made_nights import make_night, sighting

from nhq.errors import ConfigError
from nhq.nights.finding_states import finding_standings
from nhq.nights.migrations import SCRIPTS
from nhq.nights.night import Load
from nhq.nights.night_store import NightStore, last_nights

PAGE = sighting("PAGE-LIMIT", "/data", case="cases/1.json")


def test_a_night_comes_back_as_it_was_put_in(store: NightStore) -> None:
    """Cells, scopes, load, marks, reasons and standings are read back equal."""
    night = make_night(PAGE, scopes={"wide": ("leads:read",)}, load=Load(10, 60, 2.5, 0.1, 0.2))
    number = store.begin(night.target, night.started, night.contract, night.suite, night.seed)
    stand = finding_standings({}, night, number)
    store.end(number, night, stand, 1, ("contract a → b",), ("new",))
    (entry,) = store.entries(night.target)
    assert (entry.exit_code, entry.load, entry.marks, entry.reasons) == (1, night.load, ("contract a → b",), ("new",))
    assert store.standings(number) == stand
    assert store.last_standings(night.target, number + 1) == {PAGE.fingerprint: stand[0]}
    last = store.last_night(night.target, number + 1)
    assert last is not None
    assert (set(last.cells), last.scopes) == (set(night.cells), night.scopes)


def test_it_is_known_when_each_variant_was_last_sent(store: NightStore) -> None:
    """By scenario and variant, the last night of a target that sent it; a scenario is as old as its oldest variant."""
    for sent in ({("a", 0), ("a", 1), ("b", -1)}, {("a", 1)}):
        night = make_night(sent=frozenset(sent))
        store.end(store.begin(night.target, 1.0, "c", "s", 1), night, (), 0)
    assert store.last_sent(night.target) == {("a", 0): 1, ("a", 1): 2, ("b", -1): 1}
    assert last_nights(store.last_sent(night.target)) == {"a": 1, "b": 1}
    assert store.last_sent("http://another") == {}


def test_a_night_that_was_killed_is_cut_short(store: NightStore) -> None:
    """What was begun and never ended stands as cut short, and no later night is compared with it."""
    night = make_night()
    store.begin(night.target, night.started, night.contract, night.suite, night.seed)
    (entry,) = store.entries(night.target)
    assert entry.cut_short
    assert store.last_night(night.target, 99) is None


def test_targets_are_remembered_apart(store: NightStore) -> None:
    """The nights of one target say nothing of another's."""
    night = make_night(PAGE)
    number = store.begin("http://a", night.started, night.contract, night.suite, night.seed)
    store.end(number, night, finding_standings({}, night, number), 1)
    assert store.last_standings("http://b", number + 1) == {}
    assert store.targets() == ["http://a"]


def test_a_later_record_is_refused(tmp_path: Path) -> None:
    """A file of a later version is not read wrongly: one line says what to do."""
    file = tmp_path / "nights.db"
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(ConfigError, match="written by a later nhq"):
        NightStore(file).targets()


def test_an_earlier_record_is_brought_up_to_date(tmp_path: Path) -> None:
    """A file of version 1 keeps its nights and takes new ones."""
    file, night = tmp_path / "nights.db", make_night(PAGE)
    with sqlite3.connect(file) as database:
        database.executescript(SCRIPTS[0] + "PRAGMA user_version = 1;")
        database.execute(
            "INSERT INTO nights (target, started, contract, suite, seed, exit_code) VALUES ('http://staging',1,'c','1',7,0)"
        )
    store = NightStore(file)
    number = store.begin(night.target, night.started, night.contract, night.suite, night.seed)
    store.end(number, night, finding_standings({}, night, number), 1, unused={"0123456789ab": 2})
    assert [entry.exit_code for entry in store.entries(night.target)] == [0, 1]
    assert store.unused_stanzas(night.target, number + 1) == {"0123456789ab": 2}


def test_a_file_that_is_no_record_is_named(tmp_path: Path) -> None:
    """Another file in its place is named, and stays as it is."""
    file = tmp_path / "nights.db"
    file.write_text("no database " * 100)
    with pytest.raises(ConfigError, match=r"nights\.db"):
        NightStore(file).targets()
    assert file.read_text().startswith("no database")
