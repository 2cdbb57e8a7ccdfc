"""A run that was stopped is taken up where it stood, and comes to the same record."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from nhq.client.redact import mask_of
from nhq.client.target import Target
from nhq.errors import ConfigError
from nhq.model import Exchange, Finding, Verdict, holds, unknown, violated
from nhq.run.collector import Collector
from nhq.run.events import Event, Head, ThingsCreated
from nhq.run.journal import RunJournal
from nhq.run.test_results import TestResult

HEAD = Head("http://127.0.0.1:9", 1, "digest", "live", allow=("read",))


def seen(collector: Collector, exchange: Any, number: int) -> list[Event]:
    """One test's events: an exchange, a rule that held, one that didn't, one unknown."""
    collector.begin()
    collector.exchange(exchange(number))
    collector.observe([holds("RL-LIMIT", "list_leads", number), unknown("RL-LIMIT-ADMITTED", "list_leads", "no key")])
    collector.observe([violated(Finding("RL-VALUES", "list_leads", "whole", "half", "", (number,)))])
    collector.choose("bad-limit", "400")
    collector.unmet(f"no campaign {number}")
    result = TestResult(f"test_{number}", ("RL-LIMIT",), "failed", requests=1, scenario=f"area/{number}")
    return collector.end_test(result, number)


@pytest.fixture
def half(tmp_path: Path, target: Target, exchange: Any) -> tuple[Path, Collector]:
    """A run with two finished tests, and its journal. It has left something behind."""
    path, collector = tmp_path / "journal.jsonl", Collector(target)
    journal = RunJournal(path, HEAD)
    journal.begin()
    for number in (1, 2):
        journal.write(seen(collector, exchange, number))
    left = ThingsCreated(lines=("lead list l_1 made",))
    collector.state.apply(left)
    journal.hear(left)
    return path, collector


def taken_up(path: Path, target: Target, head: Head = HEAD) -> tuple[RunJournal, Collector, int]:
    collector, journal = Collector(target), RunJournal(path, head)
    collector.take_up(journal.resume())
    return journal, collector, collector.state.last


def test_everything_seen_is_folded_in(half: tuple[Path, Collector], target: Target, record_of: Any) -> None:
    """Cells, findings, pairs, counts, choices: the record is that of a run which was never stopped."""
    path, collector = half
    _, again, last = taken_up(path, target)
    assert last == 2
    assert record_of(again) == record_of(collector)


def test_finished_tests_are_named(half: tuple[Path, Collector], target: Target) -> None:
    """So that they aren't run again."""
    assert taken_up(half[0], target)[0].done == {"area/1", "area/2"}


def test_a_line_cut_short_is_a_test_not_finished(half: tuple[Path, Collector], target: Target) -> None:
    """A process killed in the midst of writing loses that test alone, and the next line is whole again."""
    path = half[0]
    whole, last, _ = path.read_text("utf-8").rpartition('"event":"test-ended"')
    path.write_text(whole + last, "utf-8")
    journal, collector, _ = taken_up(path, target)
    assert journal.done == {"area/1"}
    assert collector.requests == 1
    journal.write(collector.end_test(TestResult("test_3", (), scenario="area/3"), 3))
    assert taken_up(path, target)[0].done == {"area/1", "area/3"}


def test_what_a_killed_test_left_behind_is_still_told(half: tuple[Path, Collector], target: Target) -> None:
    """It was noted when it was written, not when the test ended."""
    assert taken_up(half[0], target)[1].written == ["lead list l_1 made"]


@pytest.mark.parametrize(
    "change", [{"target": "http://127.0.0.1:8"}, {"seed": 2}, {"contract": "other"}, {"profile": "gate"}]
)
def test_another_run_is_refused(half: tuple[Path, Collector], target: Target, change: dict[str, Any]) -> None:
    """Another target, seed, contract or profile: one line names what differs."""
    with pytest.raises(ConfigError, match=f"differs in {next(iter(change))}; drop --resume"):
        taken_up(half[0], target, structs.replace(HEAD, **change))


def test_another_runs_lines_are_not_this_ones(half: tuple[Path, Collector], target: Target, exchange: Any) -> None:
    """Two runs that wrote in one folder: what a good server showed the other says nothing of this one's."""
    path, mine = half[0], half[0].read_text("utf-8")
    other, collector = RunJournal(path, HEAD), Collector(target)
    other.begin()
    other.write(seen(collector, exchange, 7))
    _, *theirs = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(mine + "".join(theirs), "utf-8")
    journal, again, last = taken_up(path, target)
    assert (journal.done, again.requests, last) == ({"area/1", "area/2"}, 2, 2)


@pytest.mark.parametrize(
    "line", ["{", '"text"', "[1]", '{"run": RUN, "event": "test-ended"}', '{"run": RUN, "lines": 5}']
)
def test_a_broken_line_in_the_midst_is_one_clear_line(half: tuple[Path, Collector], target: Target, line: str) -> None:
    """Without its fields, or no JSON object at all: the file is named, and what to do."""
    path = half[0]
    head, *rows = path.read_text("utf-8").splitlines()
    run = json.dumps(json.loads(head)["run"])
    path.write_text("\n".join((head, line.replace("RUN", run), *rows, "")), "utf-8")
    with pytest.raises(ConfigError, match=r"journal\.jsonl: .*drop --resume"):
        taken_up(path, target)


def test_a_journal_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    """What it points to stays as it is; the journal takes the link's place."""
    path, other = tmp_path / "journal.jsonl", tmp_path / "other"
    other.write_text("mine", "utf-8")
    path.symlink_to(other)
    journal = RunJournal(path, HEAD)
    with pytest.raises(ConfigError, match="cannot be written"):
        journal.hear(ThingsCreated(lines=("something",)))
    journal.begin()
    journal.hear(ThingsCreated(lines=("something",)))
    assert (other.read_text("utf-8"), path.is_symlink()) == ("mine", False)


@pytest.mark.parametrize("text", ["", "{}\n", "no journal\n"])
def test_without_a_journal_there_is_nothing_to_take_up(tmp_path: Path, target: Target, text: str) -> None:
    """And that is said."""
    (tmp_path / "journal.jsonl").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="no interrupted run to resume"):
        taken_up(tmp_path / "journal.jsonl", target)


def test_no_key_and_no_body_is_written(tmp_path: Path, target: Target, exchange: Any) -> None:
    """What a report may not hold, the journal may not hold."""
    collector, journal = Collector(target), RunJournal(tmp_path / "journal.jsonl", HEAD)
    journal.begin()

    def leaky(number: int) -> Exchange:
        made: Exchange = exchange(number, body=b'{"data":[{"first_name":"Canary"}]}')
        return made

    journal.write(seen(collector, leaky, 1))
    text = (tmp_path / "journal.jsonl").read_text("utf-8")
    assert "secret-full" not in text
    assert "Canary" not in text


def test_a_finding_seen_again_counts_on(half: tuple[Path, Collector], target: Target, exchange: Any) -> None:
    """One finding, as often as it was seen before and after the stop."""
    journal, collector, _ = taken_up(half[0], target)
    journal.write(seen(collector, exchange, 3))
    assert [proven.count for proven in taken_up(half[0], target)[1].findings.values()] == [3]


def test_verdicts_are_the_worst_of_both_halves(half: tuple[Path, Collector], target: Target) -> None:
    """What was violated before the stop stays so."""
    collector = taken_up(half[0], target)[1]
    assert collector.cells["RL-VALUES", "list_leads"].verdict is Verdict.VIOLATED
    assert collector.cells["RL-LIMIT", "list_leads"].verdict is Verdict.HOLDS


def test_a_secret_stands_neither_in_a_journal_nor_in_what_is_made_of_it(
    tmp_path: Path, target: Target, exchange: Any, record_of: Any
) -> None:
    """Wherever a server says it; and a run is taken up from a masked journal as from any other."""
    path, secret = tmp_path / "journal.jsonl", "nhq_key_81_of_the_owner"
    known = replace(target, keys=(replace(target.keys[0], secret=secret),))
    collector, journal = Collector(known), RunJournal(path, HEAD, mask_of(known))
    journal.begin()
    told = {"body": f'{{"error":{{"code":"{secret}"}},"id":"{secret}"}}'.encode(), "status": 400, "trouble": secret}
    collector.begin()
    collector.exchange(exchange(1, **told))
    collector.observe([violated(Finding("RL-VALUES", "list_leads", secret, f"got {secret.upper()}", secret, (1,)))])
    collector.trouble("test_1", f"it said {secret}")
    result = TestResult("test_1", ("RL-VALUES",), "failed", f"the server said {secret}", scenario="area/1")
    journal.write(collector.end_test(result, 1))
    _, again, _ = taken_up(path, known)
    for text in (path.read_text("utf-8"), json.dumps(record_of(again))):
        assert secret not in text.lower()
    assert again.findings.keys() == collector.findings.keys()


@pytest.mark.parametrize(
    "row", [{"test": {"id": "x"}}, {"event": "test-ended", "test": 7}, {"event": "things-created", "lines": 7}, {}]
)
def test_a_row_without_its_fields_is_named(half: tuple[Path, Collector], target: Target, row: dict[str, Any]) -> None:
    """Who takes up such a run is told so, and what to do."""
    run = json.loads(half[0].read_text("utf-8").splitlines()[0])["run"]
    with half[0].open("a", encoding="utf-8") as stream:
        stream.write(json.dumps({"run": run, **row}) + "\n")
    with pytest.raises(ConfigError, match=r"journal.jsonl: a line lacks what a test leaves there; drop --resume"):
        taken_up(half[0], target)
