"""Locust as subprocesses: one alone, or a master with workers; started, watched, and ended in time."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nhq import paths
from nhq.child_processes import tie_to_parent
from nhq.clock import Clock
from nhq.errors import ConfigError
from nhq.files import create_new

PROGRESS_FD = "NHQ_PROGRESS_FD"
#: Seconds: to start, to end when asked to, to end when the run is interrupted, between two looks.
START, END, HURRY, LOOK = 60.0, 15.0, 1.5, 0.1

Heard = Callable[[Mapping[str, Any]], None]


@dataclass(slots=True)
class Process:
    """One of our subprocesses, by the name of its log file."""

    name: str
    popen: "subprocess.Popen[bytes]"
    log: Path

    @property
    def over(self) -> bool:
        return self.popen.poll() is not None

    def complaint(self) -> str:
        """The last line of ours in its log, or "" when there is none."""
        lines = self.log.read_text("utf-8", "replace").splitlines() if self.log.exists() else []
        return next((line.split("nhq: ", 1)[1] for line in reversed(lines) if "nhq: " in line), "")

    def obituary(self) -> str:
        """How it ended and why, or where its log is; "" for 0 and for one that we ended."""
        code = self.popen.returncode
        if code in (0, None):
            return ""
        how = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
        return f"{how}: {self.complaint()}" if self.complaint() else f"{how}; see {self.log.name} beside its histories"


@dataclass(slots=True)
class Fleet:
    """All Locust processes of a run; the first decides when it is over. Leave the `with` block to end them all."""

    folder: Path
    environ: Mapping[str, str]
    clock: Clock
    processes: list[Process] = field(default_factory=list)
    heard: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> "Fleet":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.end()
        else:
            self.end_at_once()

    def lead(self, name: str, arguments: Sequence[str]) -> None:
        """Start the process that leads, with a pipe through which it tells how far it is."""
        out, into = os.pipe()
        try:
            self._start(name, arguments, {PROGRESS_FD: str(into)}, (into,))
        finally:
            os.close(into)
        threading.Thread(target=self._listen, args=(out,), daemon=True).start()

    def follow(self, name: str, arguments: Sequence[str]) -> None:
        """Start another one."""
        self._start(name, arguments, {}, ())

    def await_word(self, word: str) -> Any:
        """Wait until the lead has told `word`. Raises ConfigError when it ends before, or says nothing."""
        deadline = self.clock.monotonic() + START
        while word not in self.heard:
            if self.processes[0].over or self.clock.monotonic() > deadline:
                raise ConfigError(f"Locust did not start: {self.processes[0].complaint() or 'see ' + self._logs()}")
            self.clock.sleep(LOOK)
        return self.heard[word]

    def watch(self, seconds: float, tell: Heard) -> Iterator[str]:
        """Wait until the lead is over; yields what should not have happened. It is ended after `seconds`."""
        deadline = self.clock.monotonic() + seconds
        known: set[str] = set()
        while not self.processes[0].over:
            tell(self.heard)
            yield from self._dead(known)
            if self.clock.monotonic() > deadline:
                yield f"Locust went on for more than {seconds:.0f} s and was ended; see {self._logs()}"
                break
            self.clock.sleep(LOOK)
        self.end()
        yield from self._dead(known)

    def end(self) -> None:
        """Ask all to end, wait, kill what is left."""
        deadline = self.clock.monotonic() + END
        for process in self.processes:
            if not process.over and process is self.processes[0]:
                process.popen.send_signal(signal.SIGTERM)
        self._wait(self.processes[:1], deadline)
        grace = min(deadline, self.clock.monotonic() + 3.0)
        self._wait(self.processes, grace)
        for process in self.processes:
            if not process.over:
                process.popen.send_signal(signal.SIGTERM)
        self._wait(self.processes, deadline)
        self._kill()

    def end_at_once(self) -> None:
        """Nothing more is to be sent: ask all at the same time, wait a little, kill what is left."""
        for process in self.processes:
            if not process.over:
                process.popen.send_signal(signal.SIGTERM)
        self._wait(self.processes, self.clock.monotonic() + HURRY)
        self._kill()

    def _kill(self) -> None:
        for process in self.processes:
            if not process.over:
                process.popen.kill()
                process.popen.wait()

    def _wait(self, processes: Sequence[Process], deadline: float) -> None:
        while any(not process.over for process in processes) and self.clock.monotonic() < deadline:
            self.clock.sleep(LOOK)

    def _dead(self, known: set[str]) -> Iterator[str]:
        """Processes that ended badly, each told once."""
        for process in self.processes:
            if process.over and process.name not in known and (line := process.obituary()):
                known.add(process.name)
                yield f"{process.name} {line}"

    def _start(self, name: str, arguments: Sequence[str], extra: Mapping[str, str], pass_fds: Sequence[int]) -> None:
        command = [sys.executable, "-m", "locust", "-f", str(paths.load_folder() / "locustfile.py"), *arguments]
        log = self.folder / f"{name}.log"
        with os.fdopen(create_new(log), "wb") as sink:
            popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                **tie_to_parent({**self.environ, **extra}, *pass_fds),
                cwd=self.folder,  # no locust.conf of whoever calls us
                start_new_session=True,  # Ctrl-C reaches us alone, and we end them in order
            )
        self.processes.append(Process(name, popen, log))

    def _listen(self, descriptor: int) -> None:
        with os.fdopen(descriptor, encoding="utf-8") as pipe:
            for line in pipe:
                self.heard.update(json.loads(line))

    def _logs(self) -> str:
        return ", ".join(process.log.name for process in self.processes)


def clean_environ(environ: Mapping[str, str], keys: Mapping[str, str]) -> dict[str, str]:
    """An environment with the keys, without the user's settings for Locust or for us."""
    ours = ("PROFILE", "TARGET", "KEYS", "LIMIT", "WINDOW", "DURATION", "OUT", "RUN", "FRESH", "ALONE")
    dropped = ("LOCUST_", *(f"NHQ_{name}" for name in ours))
    kept = {name: value for name, value in environ.items() if not name.startswith(dropped)}
    return {**kept, **keys}
