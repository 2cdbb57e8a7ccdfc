"""A worker that dies takes no request with it: what it noted and did not write comes back without a reply."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.errors import HistoryError
from nhq.load.history_recorder import HistoryRecorder
from nhq.load.recovery import recover_histories
from nhq.load.sent_log import Sent, SentLog, read_journal, unanswered_requests
from nhq.ratelimit.checker.anomalies import Name
from nhq.ratelimit.checker.check import check_history
from nhq.ratelimit.history.history import NO_REPLY, Meta
from nhq.ratelimit.history.read_history import read_histories, read_history
from nhq.ratelimit.history.write_history import ClockPair

WALL = 1_800_000_000.0
LIMIT, WINDOW = 10, 10.0


def at(seconds: float) -> ClockPair:
    return ClockPair(seconds, WALL + seconds)


def test_what_was_noted_is_read_back(tmp_path: Path):
    """Key and instants to the last bit, oldest first."""
    journal = SentLog(tmp_path / "a.sent", ["one", "two"])
    noted = [("two", at(0.1)), ("one", at(1 / 3)), ("two", at(7.7))]
    for label, instant in noted:
        journal.note(label, instant)
    assert read_journal(tmp_path / "a.sent") == [Sent(label, instant) for label, instant in noted]
    journal.discard()
    assert not list(tmp_path.iterdir())


@given(count=st.integers(0, 40), capacity=st.integers(1, 16))
def test_a_full_ring_keeps_the_latest(tmp_path_factory: pytest.TempPathFactory, count: int, capacity: int):
    """Whatever its size."""
    path = tmp_path_factory.mktemp("ring") / "a.sent"
    journal = SentLog(path, ["k"], capacity)
    for number in range(count):
        journal.note("k", at(number))
    assert [one.at.monotonic for one in read_journal(path)] == list(range(max(0, count - capacity), count))
    journal.discard()


@pytest.mark.parametrize("content", [b"", b"NHQSENT1", b"something else altogether, long enough", b"\0" * 100])
def test_another_file_is_no_journal(tmp_path: Path, content: bytes):
    """It is named."""
    (tmp_path / "a.sent").write_bytes(content)
    with pytest.raises(HistoryError, match=r"a\.sent: not a journal"):
        read_journal(tmp_path / "a.sent")


def test_only_what_is_not_recorded_is_unanswered():
    """Two requests at one instant are two."""
    sent = [Sent("a", at(1)), Sent("a", at(1)), Sent("b", at(1)), Sent("a", at(2))]
    assert unanswered_requests(sent, [("a", 1.0), ("a", 2.0)]) == [Sent("a", at(1)), Sent("b", at(1))]


DYING = """
import os, signal, sys
from pathlib import Path
from nhq.load.history_recorder import HistoryRecorder
from nhq.ratelimit.history.history import Meta
from nhq.ratelimit.history.write_history import ClockPair

def at(seconds): return ClockPair(seconds, {wall} + seconds)

recording = HistoryRecorder(Path(sys.argv[1]), 0, ["k"], Meta({limit}, {window}, True, alone=True))
for number in range(8):
    recording.note("k", at(number / 100))
for place, number in enumerate([0, 1, 2, 4, 5, 7]):  # 3 and 6 are still open
    told = {{"x-ratelimit-limit": "{limit}", "x-ratelimit-remaining": str({limit} - 1 - number)}}
    told["x-ratelimit-reset"] = str(int({wall}) + 10)
    recording.record("k", at(number / 100), at(number / 100), at(0.2 + number / 100), 200, told, "list_leads")
    if place == 3:
        recording.flush()
        if len(sys.argv) > 2:
            recording.note("k", at(0.3))
if len(sys.argv) > 2:
    recording.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


def die(folder: Path, *arguments: str) -> None:
    """A worker in a process of its own that is killed with requests open, and answers not yet written."""
    script = DYING.format(wall=WALL, limit=LIMIT, window=WINDOW)
    died = subprocess.run([sys.executable, "-c", script, str(folder), *arguments], timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL


def test_a_killed_worker_loses_no_request(tmp_path: Path):
    """Four answers were written; the other four requests come back as sent, without a reply."""
    die(tmp_path)
    (line,) = recover_histories(tmp_path)
    assert "died: 4 answers are judged, 4 requests count as without a reply" in line
    (path,) = tmp_path.glob("*.arrows")
    history = read_history(path)
    assert len(history) == 8
    assert (history.status == NO_REPLY).sum() == 4
    assert len(set(history.sent.tolist())) == 8
    assert [found.suffix for found in sorted(tmp_path.iterdir())] == [".arrows", ".dead"]
    assert list(recover_histories(tmp_path)) == []


def test_without_the_journal_the_innocent_would_be_convicted(tmp_path: Path):
    """Counts that nobody can explain are phantom counts, unless the requests behind them are known."""
    die(tmp_path, "late")
    (dead,) = tmp_path.glob("*.arrows")
    before = check_history(read_history(dead, salvage=True), LIMIT, WINDOW)
    assert Name.PHANTOM_COUNT in before.names
    list(recover_histories(tmp_path))
    after = check_history(read_history(dead), LIMIT, WINDOW)
    assert after.findings == ()


def test_a_worker_that_sent_nothing_leaves_nothing(tmp_path: Path):
    """Neither when it ends, nor when it is killed."""
    recording = HistoryRecorder(tmp_path, 0, ["k"], Meta(LIMIT, WINDOW))
    assert len(list(tmp_path.iterdir())) == 2
    (line,) = recover_histories(tmp_path)
    assert "died before it sent anything" in line
    assert not list(tmp_path.iterdir())
    HistoryRecorder(tmp_path, 0, ["k"], Meta(LIMIT, WINDOW)).close()
    assert not list(tmp_path.iterdir())
    del recording


@pytest.mark.parametrize("content", [None, b"", b"neither Arrow nor empty"])
def test_what_cannot_be_mended_is_named_and_judged_by_nobody(tmp_path: Path, content: bytes | None):
    """No history, an empty one or another file: a line, and nothing left that a reader would stumble over."""
    SentLog(tmp_path / "worker-1.sent", ["k"]).note("k", at(1))
    if content is not None:
        (tmp_path / "worker-1.arrows").write_bytes(content)
    (line,) = recover_histories(tmp_path)
    assert "worker-1 died, and nothing of what it wrote can be judged" in line
    assert {path.suffix for path in tmp_path.iterdir()} == {".dead"}


def test_a_recording_that_ended_in_order_is_whole(tmp_path: Path):
    """Its journal is gone, and it is read without further ado."""
    recording = HistoryRecorder(tmp_path, 3, ["k"], Meta(LIMIT, WINDOW, True))
    recording.note("k", at(1))
    recording.record("k", at(1), at(1), at(2), 200, {}, "list_leads")
    recording.close()
    recording.close()
    history = read_histories(sorted(tmp_path.iterdir()))
    assert len(history) == 1
    assert history.meta.fresh
    assert str(os.getpid()) in history.meta.worker
