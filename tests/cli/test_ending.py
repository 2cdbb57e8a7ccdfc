"""`kill -TERM` and `kill -9` at three moments of gate, load and power: all of ours ends, and nothing more is sent.

Each run is killed when it has come far enough: by the lines that it prints, and by how
many processes it has.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from nhq.client.mock_process import mock_target
from nhq.clock import SystemClock
from nhq.load.locust_env import write_target_for_locust

CLOCK = SystemClock()
LOOK = 0.05
#: Seconds: until every process must have ended, and until no request may come any more. What goes on goes on for much
#: longer: a mock for ever, a load run for a minute. Ours end within one or two, on a busy machine within ten.
ENDED, SILENT = 30.0, 5.0
#: Seconds that a run may take to come to its moment.
PATIENCE = 90.0
COMMANDS = {
    "gate": ["gate"],
    "load": ["load", "recovery", "--limit", "20", "--window", "3", "--workers", "2", "--duration", "60"],
    "mutation": ["mutation", "--family", "ordering", "--workers", "2"],
}
#: Command -> moments: how many processes it has by then, and how many lines it has printed on stderr.
MOMENTS = {
    "gate": [(2, 0), (2, 1), (2, 2)],
    "load": [(2, 0), (4, 0), (4, 2)],
    "mutation": [(2, 0), (5, 0), (5, 2)],
}
CASES = [
    (command, moment, number)
    for command, moments in MOMENTS.items()
    for moment in moments
    for number in (signal.SIGTERM, signal.SIGKILL)
]
#: Tried by each `make test`; the others by `make proofs`.
QUICK = {
    ("gate", (2, 1), signal.SIGKILL),
    ("gate", (2, 2), signal.SIGTERM),
    ("load", (4, 0), signal.SIGKILL),
    ("mutation", (5, 0), signal.SIGTERM),
}


class Tap:
    """A port of loopback before a server's: hands everything on, and notes when a client last sent something."""

    def __init__(self, behind: int) -> None:
        self._behind, self._listener = behind, socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port, self.last = self._listener.getsockname()[1], 0.0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            server = socket.create_connection(("127.0.0.1", self._behind))
            threading.Thread(target=self._hand_on, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._hand_on, args=(server, client, False), daemon=True).start()

    def _hand_on(self, one: socket.socket, other: socket.socket, asked: bool) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                self.last = CLOCK.monotonic() if asked else self.last
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)


@dataclass(slots=True)
class Run:
    """One run of ours, and what became of it."""

    process: "subprocess.Popen[str]"
    tap: Tap | None = None
    lines: list[str] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    late: float = 0.0

    def kill_at(self, processes: int, lines: int, number: signal.Signals) -> None:
        """Wait for the moment, kill, and wait until everything has ended, or must have."""
        threading.Thread(target=self._read, daemon=True).start()
        deadline = CLOCK.monotonic() + PATIENCE
        while len(pids := family(self.process.pid)) < processes or len(self.lines) < lines:
            assert self.process.poll() is None, self.lines
            assert CLOCK.monotonic() < deadline, (pids, self.lines)
            CLOCK.sleep(LOOK)
        killed = CLOCK.monotonic()
        self.process.send_signal(number)
        while (left := living(pids)) and CLOCK.monotonic() < killed + ENDED:
            CLOCK.sleep(LOOK)
        self.left = left
        self.late = self.tap.last - killed if self.tap is not None else 0.0
        self.process.wait(PATIENCE)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)


def table() -> dict[int, int]:
    """The living processes of this machine, each with its parent."""
    told = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in told.splitlines()]
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


def family(pid: int) -> list[int]:
    """A process and all that came of it."""
    parents, found = table(), [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def living(pids: list[int]) -> list[int]:
    known = table()
    return [pid for pid in pids if pid in known]


def follow(case: tuple[str, tuple[int, int], signal.Signals], out: Path, target: Path, keys: dict[str, str]) -> Run:
    """Start a run and end it as the case says. A load run sends through a tap of its own."""
    command, moment, number = case
    arguments, tap = list(COMMANDS[command]), None
    if command == "load":
        text = target.read_text("utf-8")
        port = int(text.split("http://127.0.0.1:", 1)[1].split('"', 1)[0])
        tap = Tap(port)
        (out / "tapped.toml").write_text(text.replace(f":{port}", f":{tap.port}", 1), "utf-8")
        arguments += ["--target", str(out / "tapped.toml")]
    process = subprocess.Popen(
        [sys.executable, "-m", "nhq", *arguments, "--out", str(out)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, **keys},
    )  # fmt: skip
    run = Run(process, tap)
    with process:
        run.kill_at(*moment, number)
    return run


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[object, "Future[Run]"]]:
    """All runs that a test asks for, two at a time."""
    asked = [item.callspec.params["case"] for item in request.session.items if item.path == request.path]
    options = ["--real-time", "--limit", "20", "--window", "3"]
    with mock_target(seed=1, options=options) as target, ThreadPoolExecutor(2) as threads:
        path, keys = write_target_for_locust(
            tmp_path_factory.mktemp("target"), target, target.holders("leads:read")[:2]
        )
        yield {case: threads.submit(follow, case, tmp_path_factory.mktemp("ending"), path, keys) for case in asked}


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=() if case in QUICK else pytest.mark.proof) for case in CASES],
    ids=[f"{command}-{processes}-{lines}-{number.name}" for command, (processes, lines), number in CASES],
)
def test_nothing_goes_on(runs, case):
    """No process of ours is left, and no request is sent any more; SIGTERM ends with 130."""
    run = runs[case].result()
    assert run.left == []
    assert run.late < SILENT
    assert run.process.returncode == (130 if case[2] is signal.SIGTERM else -signal.SIGKILL), run.lines
