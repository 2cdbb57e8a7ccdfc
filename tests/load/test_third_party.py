"""Limiters that others wrote, each in a process of its own: true fixed windows pass, impostors fail for their reasons.

The diagnostic schedule is sent to all of them at once; nothing but the recorded history is judged. Where this machine
was too busy to send as the schedule says, the limiter is asked again, with longer windows. The reasons are the
literature's: a sliding window (log or counter) refuses what a new fixed window would admit; a bucket refills within the
window, and so admits more than the limit in one, or refuses at an opening because it is not full yet.

One of each kind is asked by each `make test`, and all of them by `make proofs`.
"""

import asyncio
import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nhq.clock import SystemClock
from nhq.load.window_opening import MARGIN, next_opening
from nhq.model import Verdict
from nhq.ratelimit.checker.anomalies import Name, Verdicts
from nhq.ratelimit.checker.check import check_history
from nhq.ratelimit.history.history import History, Meta
from nhq.ratelimit.history.read_history import read_history
from nhq.ratelimit.history.write_history import ClockPair, HistoryWriter
from nhq.ratelimit.identify.algorithm import FIXED, Algorithm, Identification, identify_algorithm
from nhq.ratelimit.workloads.arrivals import Shot
from nhq.ratelimit.workloads.schedules import diagnostic

LIMIT, KEYS = 12, 5
#: Seconds; each is tried where the one before was too short for this machine.
WINDOWS = (3, 6, 12)
#: An answer that comes later than this share of the window after it was meant to be asked for blurs the edges.
BUSY = 0.05
SERVER = Path(__file__).with_name("third_party_server.py")
CLOCK = SystemClock()
TOLD = {Name.NOT_FIXED_WINDOW, Name.WINDOW_TOO_LONG, Name.WINDOW_TOO_SHORT}


@dataclass(frozen=True)
class Row:
    """One limiter and what it is. `headers`: it tells what the three should say, so they are judged too.

    `exact`: it decides at the instants that its algorithm says; those that count in whole seconds fit no model.
    """

    library: str
    variant: str
    algorithm: Algorithm
    headers: bool = False
    exact: bool = True


ROWS = [
    Row("limits", "fixed-window", Algorithm.FIXED, headers=True),
    Row("limits", "moving-window", Algorithm.SLIDING_LOG),
    Row("limits", "sliding-window-counter", Algorithm.SLIDING_COUNTER),
    Row("throttled", "fixed_window", Algorithm.FIXED, headers=True),
    Row("throttled", "sliding_window", Algorithm.SLIDING_COUNTER),
    Row("throttled", "token_bucket", Algorithm.BUCKET, exact=False),
    Row("throttled", "leaking_bucket", Algorithm.BUCKET, exact=False),
    Row("throttled", "gcra", Algorithm.BUCKET),
    Row("pyrate", "log", Algorithm.SLIDING_LOG),
    Row("slowapi", "fixed-window", Algorithm.FIXED),
    Row("slowapi", "moving-window", Algorithm.SLIDING_LOG),
    Row("aiolimiter", "leaky", Algorithm.BUCKET),
    Row("nginx", "burst", Algorithm.BUCKET),
    Row("nginx", "smooth", Algorithm.BUCKET),
]


@dataclass(frozen=True)
class Seen:
    """A limiter written like one that was seen: its four verdicts in their order, first letters (. is open), and words
    that the findings say.
    """

    row: Row
    verdicts: str
    words: tuple[str, ...]


LIKE = [
    Seen(
        Row("like", "one less", Algorithm.FIXED), "vhhh", ("11, and not one more: a fixed window with a limit of 11",)
    ),
    Seen(Row("like", "old end", Algorithm.FIXED), "hhvh", ("names the end of the window before",)),
    Seen(Row("like", "seconds to go", Algorithm.FIXED), "hhvh", ("with status 200: seconds from now",)),
    Seen(Row("like", "milliseconds", Algorithm.FIXED), "hhvh", ("with status 200: a Unix timestamp in milliseconds",)),
    Seen(Row("like", "fraction", Algorithm.FIXED), "hhvh", ("X-RateLimit-Reset a whole number",)),
    Seen(Row("like", "no reset", Algorithm.FIXED), "hvuh", ("status 200 without X-RateLimit-Reset",)),
    Seen(Row("like", "doubled", Algorithm.FIXED), "hvvh", ('X-RateLimit-Limit "12, 12" (not a number: sent twice',)),
    Seen(Row("bucket", "", Algorithm.BUCKET), "u.vv", ("one reset for all requests of a window", "start")),
    Seen(Row("blocking", "", Algorithm.SLIDING_LOG), "uvuv", ("no 429 before 12 requests of its window",)),
]


def now() -> ClockPair:
    return ClockPair(CLOCK.monotonic(), CLOCK.now())


#: Limiters of each kind: fixed, log, counter, bucket, in Python and in C; and one that tells wrong headers.
QUICK = {
    ("limits", "fixed-window"),
    ("limits", "moving-window"),
    ("limits", "sliding-window-counter"),
    ("throttled", "gcra"),
    ("nginx", "burst"),
    ("like", "old end"),
    ("bucket", ""),
}


def marked(case: Row | Seen) -> Any:
    """A case of a test, left to `make proofs` where it isn't among the quick ones."""
    row = case.row if isinstance(case, Seen) else case
    is_quick = (row.library, row.variant) in QUICK
    return pytest.param(case, marks=() if is_quick else pytest.mark.proof, id=f"{row.library} {row.variant}")


class Client:
    """Sends to one server and records; each request on a connection of its own."""

    def __init__(self, port: int, writer: HistoryWriter, window: int) -> None:
        self._port, self._writer, self._window = port, writer, window

    async def send(self, key: int, intended: ClockPair | None = None) -> tuple[ClockPair, ClockPair, dict[str, str]]:
        sent = now()
        status: int | None = None
        headers: dict[str, str] = {}
        with contextlib.suppress(OSError, EOFError):  # no answer: perhaps counted, perhaps not
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            sent = now()
            writer.write(f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k{key}\r\n\r\n".encode())
            status, headers = await answer(reader)
            writer.close()
        received = now()
        self._writer.record(f"k{key}", intended or sent, sent, received, status, headers, "list_leads")
        return sent, received, headers

    async def run(self) -> None:
        """Find the opening of every key's window, then send the diagnostic."""
        await listening(self._port)
        looks = await asyncio.gather(*(self.send(key) for key in range(KEYS)))
        opening = max(next_opening(sent, received, headers, self._window) for sent, received, headers in looks) + MARGIN
        await asyncio.sleep(opening - CLOCK.now())
        start = ClockPair(CLOCK.monotonic() + opening - CLOCK.now(), opening)
        await asyncio.gather(*(self._fire(shot, start) for shot in diagnostic(LIMIT, self._window, KEYS).expanded()))

    async def _fire(self, shot: Shot, start: ClockPair) -> None:
        at = ClockPair(start.monotonic + shot.at, start.wall + shot.at)
        await asyncio.sleep(at.monotonic - CLOCK.monotonic())
        await self.send(shot.key, at)


async def listening(port: int) -> None:
    """Until a server that has its port listens there; some 20 seconds at most."""
    for _ in range(400):
        with contextlib.suppress(ConnectionError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            return writer.close()
        await asyncio.sleep(0.05)
    return None


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head[0].split()[1]), headers


@contextlib.contextmanager
def server(row: Row, window: int) -> Iterator[int]:
    """A limiter in a process of its own; its port."""
    command = [sys.executable, str(SERVER), row.library, row.variant, str(LIMIT), str(window)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=20)


Judged = dict[tuple[str, str], tuple[Verdicts, Identification]]


@pytest.fixture(scope="module")
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Every limiter that a test asks for and that can be had here, driven at the same time, and judged."""
    results: Judged = {}
    own = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    cases = [next(iter(item.callspec.params.values())) for item in own]
    asked = {case.row if isinstance(case, Seen) else case for case in cases}
    rows = [row for row in (*ROWS, *(seen.row for seen in LIKE)) if row in asked]
    rows = [row for row in rows if row.library != "nginx" or shutil.which("nginx")]
    for window in WINDOWS:
        histories = _recorded(rows, window, tmp_path_factory.mktemp("third-party"))
        for row, history in histories.items():
            results[row.library, row.variant] = (
                check_history(history, LIMIT, window),
                identify_algorithm(history, LIMIT, window),
            )
        rows = [row for row, history in histories.items() if _late(history, window)]
        if not rows:
            break
    return results


def _recorded(rows: list[Row], window: int, folder: Path) -> dict[Row, History]:
    """What a run of the diagnostic leaves behind, for each limiter."""
    paths = {row: folder / f"{row.library}-{row.variant}.arrows" for row in rows}
    with contextlib.ExitStack() as stack:
        ports = {row: stack.enter_context(server(row, window)) for row in rows}
        meta = Meta(LIMIT, float(window), True, alone=True)
        writers = {row: stack.enter_context(HistoryWriter(paths[row], meta)) for row in rows}
        asyncio.run(_drive([Client(ports[row], writers[row], window) for row in rows]))
    return {row: read_history(paths[row]) for row in rows}


def _late(history: History, window: int) -> bool:
    """Whether our own side was too late for the schedule to show anything."""
    return float(np.max(history.received - history.intended)) > BUSY * window


async def _drive(clients: list[Client]) -> None:
    await asyncio.gather(*(client.run() for client in clients))


def table(results: Judged) -> str:
    """What was found of whom."""
    lines = [f"{'library':<11} {'limiter':<23} {'admissions':<11} {'algorithm':<10} {'looks like':<44} findings"]
    for (library, variant), (verdicts, named) in results.items():
        found = ", ".join(sorted(verdicts.names)) or "none"
        answers = f"{verdicts.admissions.verdict:<11} {verdicts.algorithm.verdict:<10}"
        lines.append(f"{library:<11} {variant:<23} {answers} {named.text[:43]:<44} {found}")
    return "\n".join(lines)


def test_the_table(judged: Judged, capsys: pytest.CaptureFixture[str]) -> None:
    """What was made of each limiter is printed, one line each."""
    lines = table(judged)
    with capsys.disabled():
        print("\n" + lines)
    assert len(lines.splitlines()) == len(judged) + 1


@pytest.fixture
def result(judged: Judged, row: Row) -> tuple[Verdicts, Identification]:
    """What was made of one limiter."""
    if (row.library, row.variant) not in judged:
        pytest.skip("needs nginx: Debian's package nginx-light, which .ci/run installs")
    return judged[row.library, row.variant]


def rows(fixed: bool) -> pytest.MarkDecorator:
    """True fixed windows, or all others."""
    return pytest.mark.parametrize("row", [marked(row) for row in ROWS if (row.algorithm is Algorithm.FIXED) is fixed])


@rows(fixed=True)
def test_a_fixed_window_passes(result: tuple[Verdicts, Identification], row: Row) -> None:
    """Nothing is found of a true fixed window, whoever wrote it, but headers that it doesn't send."""
    verdicts, named = result
    assert verdicts.names <= (frozenset() if row.headers else {Name.HEADER_MISSING})
    assert verdicts.admissions.verdict is Verdict.HOLDS
    assert verdicts.algorithm.verdict is not Verdict.VIOLATED
    if row.headers:
        assert {one.verdict for one in verdicts.judgements} == {Verdict.HOLDS}
    assert FIXED & set(named.candidates)


@rows(fixed=False)
def test_an_impostor_fails(result: tuple[Verdicts, Identification], row: Row) -> None:
    """Anything else is convicted of another algorithm, by statuses where there are no headers, and named."""
    verdicts, named = result
    assert verdicts.algorithm.verdict is Verdict.VIOLATED
    assert verdicts.names & TOLD
    if row.exact:
        assert row.algorithm in named.candidates


@pytest.mark.parametrize("seen", [*map(marked, LIKE)])
def test_what_is_wrong_is_named_for_what_it_is(judged: Judged, seen: Seen) -> None:
    """Each limiter gets the four verdicts that are its own, and the findings say in words what is wrong with it."""
    verdicts, _ = judged[seen.row.library, seen.row.variant]
    told = " ".join(f"{found.expected} {found.actual}" for found in verdicts.findings)
    letters = zip(seen.verdicts, (one.verdict[0] for one in verdicts.judgements), strict=True)
    assert all(wanted in (".", letter) for wanted, letter in letters), verdicts
    assert all(word in told for word in seen.words), told
    assert Name.KEYS_SHARING not in verdicts.names
