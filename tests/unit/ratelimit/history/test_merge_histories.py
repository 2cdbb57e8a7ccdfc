"""Several recordings become one history, on one time line, as far as clocks allow."""

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from nhq.errors import HistoryError
from nhq.ratelimit import Name, check_history
from nhq.ratelimit.history.history import History, Meta
from nhq.ratelimit.history.read_history import read_histories, read_history
from nhq.ratelimit.history.write_history import ClockPair, HistoryWriter, write_history

ORIGIN = 1_760_000_000.0
GOOD = {"key": "a", "sent": 1.0, "received": 2.0, "status": 200}
META = Meta(limit=3, window=60.0, fresh=True, worker="w1", host="h1", alone=True)


def record(path: Path, meta: Meta, start: float) -> Path:
    """A worker's file of three requests of two keys, a second apart."""
    with HistoryWriter(path, meta) as writer:
        for at, key in enumerate("aba"):
            sent = ClockPair(start + at, ORIGIN + start + at)
            writer.record(key, sent, sent, ClockPair(sent.monotonic + 0.25, sent.wall + 0.25), 200, {})
    return path


def test_workers_of_one_host_share_a_time_line(tmp_path: Path) -> None:
    """Two workers' files become one history; on one host no interval is widened."""
    one = record(tmp_path / "1.arrows", Meta(worker="1", host="h"), 100.0)
    two = record(tmp_path / "2.arrows", Meta(worker="2", host="h"), 101.5)
    history = read_histories([one, two])
    assert history.sent.tolist() == [0.0, 1.0, 2.0, 1.5, 2.5, 3.5]
    assert history.slack == 0.0
    assert history.keys == ("a", "b")


def test_clocks_of_several_hosts_are_not_trusted_to_agree(tmp_path: Path) -> None:
    """Files of different hosts meet by wall time, every interval being widened."""
    one = record(tmp_path / "1.arrows", Meta(worker="1", host="h"), 100.0)
    two = record(tmp_path / "2.arrows", Meta(worker="2", host="i"), 101.5)
    assert read_histories([one, two], between_hosts=0.2).slack == 0.2


@pytest.mark.parametrize(
    ("meta", "reason"),
    [(Meta(worker="1"), "same worker"), (Meta(worker="2", limit=5, window=9.0), "different limits or windows")],
)
def test_files_that_do_not_belong_together_are_refused(tmp_path: Path, meta: Meta, reason: str) -> None:
    """The same worker twice, or histories of different promises, are refused."""
    one = record(tmp_path / "1.arrows", Meta(worker="1", limit=3, window=60.0), 100.0)
    two = record(tmp_path / "2.arrows", meta, 100.0)
    with pytest.raises(HistoryError, match=reason):
        read_histories([one, two])


def test_a_limit_that_one_file_names_is_that_of_all(tmp_path: Path) -> None:
    """A file without metadata joins one that has some, whichever is given first."""
    (tmp_path / "bare.csv").write_text(f"key,sent,received,status\nb,{ORIGIN},{ORIGIN},200\n")
    told = record(tmp_path / "1.arrows", Meta(3, 9.0, worker="1", host="h"), 100.0)
    meta = read_histories([tmp_path / "bare.csv", told]).meta
    assert (meta.limit, meta.window) == (3, 9.0)


@pytest.mark.parametrize("apart", [-1.0, float("nan"), float("inf")])
def test_clocks_so_far_apart_make_no_sense(tmp_path: Path, apart: float) -> None:
    """How far clocks may be apart is a number of seconds."""
    with pytest.raises(HistoryError, match="not a number of seconds"):
        read_histories([record(tmp_path / "1.arrows", Meta(worker="1"), 100.0)], between_hosts=apart)


def test_the_same_text_twice_is_refused(tmp_path: Path) -> None:
    """One recording given twice, without a worker's name, is still seen to be the same requests."""
    (tmp_path / "h.jsonl").write_text(json.dumps({**GOOD, "sent": ORIGIN, "received": ORIGIN}))
    with pytest.raises(HistoryError, match="duplicate events"):
        read_histories([tmp_path / "h.jsonl", tmp_path / "h.jsonl"])


@pytest.mark.parametrize(
    ("first", "second", "slack"),
    [
        ("1760000000", "1760000003", 1.0),
        ("1760000000.5", "1760000003", 0.1),
        ("1760000000.25", "1760000003", 0.01),
        ("1760000000.125", "1760000003", 0.001),
        ("1760000000.1251", "1760000003", 0.0),
    ],
)
def test_times_that_another_tool_rounded_are_known_no_better(
    tmp_path: Path, first: str, second: str, slack: float
) -> None:
    """Where all times are whole multiples of a second or a part of it, every request is given that much room."""
    (tmp_path / "h.csv").write_text(f"key,sent,received,status\na,{first},{first},200\na,{second},{second},200\n")
    assert read_history(tmp_path / "h.csv").slack == slack


def test_rounded_times_prove_no_order(tmp_path: Path) -> None:
    """Two requests that crossed, in a log with whole seconds, are no fault of the counter."""
    rows = "a,1760000010,1760000010,200,3,1,1760000060\na,1760000011,1760000011,200,3,2,1760000060\n"
    (tmp_path / "h.csv").write_text("key,sent,received,status,limit,remaining,reset\n" + rows)
    assert not check_history(read_history(tmp_path / "h.csv"), 3, 60.0, fresh=True, alone=True).findings


def test_our_own_times_are_not_taken_for_rounded(tmp_path: Path) -> None:
    """A worker's file is exact, whatever its times happen to be."""
    assert read_history(record(tmp_path / "1.arrows", Meta(worker="1", host="h"), 100.0)).slack == 0.0


def stepping(path: Path, meta: Meta, step: float) -> History:
    """What a worker recorded while its wall clock was moved by `step` seconds, halfway."""
    with HistoryWriter(path, meta) as writer:
        for at in (100.0, 101.0, 102.0, 103.0):
            now = ClockPair(at, ORIGIN + at + step * (at > 101.5))
            writer.record("a", now, now, now, 200, {})
    return read_history(path)


def test_a_wall_clock_that_was_moved_is_known_no_better(tmp_path: Path, notation: ModuleType) -> None:
    """A small step of NTP leaves the history usable; what is said of the server's clock allows for it."""
    assert stepping(tmp_path / "w.arrows", META, 0.3).wobble == pytest.approx(0.3)
    late = notation.parse("0+2@-2")
    assert check_history(late, 3, 60.0, skew=0.5).names == {Name.RESET_IN_PAST}
    assert not check_history(replace(late, wobble=0.6), 3, 60.0, skew=0.5).findings


def test_workers_of_one_host_meet_by_its_monotonic_clock(tmp_path: Path) -> None:
    """A wall clock that was moved between two workers' recordings doesn't move their requests."""
    record(tmp_path / "1.arrows", Meta(worker="1", host="h"), 100.0)
    stepping(tmp_path / "2.arrows", Meta(worker="2", host="h"), 0.4)
    history = read_histories([tmp_path / "1.arrows", tmp_path / "2.arrows"])
    assert history.sent.tolist() == [0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 3.0]


def test_clocks_of_several_hosts_may_lie_apart(tmp_path: Path, notation: ModuleType) -> None:
    """Keys that different machines recorded are not held to one clock of ours."""
    for name, key, ahead in (("1", "a", 0.0), ("2", "b", 9.0)):
        part = notation.parse(f"{key}:0+2@60 {key}:59+1@60 {key}:60+2@120")
        part = replace(part, origin=part.origin + ahead, meta=Meta(3, 60.0, True, name, f"host{name}"))
        write_history(part, tmp_path / f"{name}.arrow")
    paths = [tmp_path / "1.arrow", tmp_path / "2.arrow"]
    assert not check_history(read_histories(paths), 3, 60.0).findings
