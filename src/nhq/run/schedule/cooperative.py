"""Cooperative scheduling: in a live run, tests that wait for a window are suspended while others run.

A turn is the body of a test in a greenlet. Where it would sleep it is put aside, and it is taken up again when its time
has come: between two tests, within another one's sleep, or before another one's next request. Everything happens in one
thread, one thing at a time.
"""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from greenlet import getcurrent, greenlet

from nhq.client.run_deadline import RunDeadline
from nhq.clock import Clock, SystemClock


@dataclass(slots=True, eq=False)
class CooperativeTask:
    """One body; `due` is the monotonic second at which it wants to go on."""

    name: str
    body: greenlet
    due: float = 0.0

    @property
    def over(self) -> bool:
        """Has the body finished?"""
        return bool(self.body.dead)


class Attendant(Protocol):
    """Who looks after the tests whose bodies are tasks."""

    def spare(self) -> bool:
        """Could other tasks run if the current one were suspended now?"""

    def around(self, turn: CooperativeTask) -> AbstractContextManager[object]:
        """Entered while a task that was put aside goes on; it may swallow what its body raises."""


class Unattended:
    """Every task may be put aside, and what it raises is raised."""

    def spare(self) -> bool:
        return True

    def around(self, turn: CooperativeTask) -> AbstractContextManager[object]:
        return nullcontext()


class CooperativeScheduler:
    """The bodies of a run that may wait."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._aside: list[CooperativeTask] = []
        self._here: CooperativeTask | None = None
        self._attendant: Attendant = Unattended()
        self._beside: Callable[[], None] = lambda: None
        self._often = math.inf

    def attended_by(self, attendant: Attendant) -> None:
        """From now on somebody looks after the tests."""
        self._attendant = attendant

    def keep_up(self, work: Callable[[], None], often: float) -> None:
        """From now on do some work, which never waits, before each request, and each `often` seconds of a wait."""
        self._beside, self._often = work, often

    @property
    def aside(self) -> list[str]:
        """The names of the tasks that were put aside."""
        return [turn.name for turn in self._aside]

    def pause_of(self, name: str) -> float:
        """Seconds for which a task that was put aside still waits; none where it wasn't."""
        due = [turn.due for turn in self._aside if turn.name == name]
        return max(0.0, due[0] - self._clock.monotonic()) if due else 0.0

    def play(self, name: str, body: Callable[[], object]) -> bool:
        """Run `body` until it finishes or waits; return True if it finished. Exceptions propagate."""
        turn = CooperativeTask(name, greenlet(body))
        self._go(turn)
        return turn.over

    def wait(self, seconds: float) -> None:
        """Let time pass: a task is put aside if others can go on meanwhile; else what comes due goes on."""
        here, end = self._here, self._clock.monotonic() + seconds
        if seconds > 0 and here is not None and getcurrent() is here.body and self._attendant.spare():
            here.due = end
            self._aside.append(here)
            here.body.parent.switch()
            return
        while (left := end - self._clock.monotonic()) > 0:
            first = min((turn.due for turn in self._aside), default=end)
            self._clock.sleep(min(left, self._often, max(0.0, first - self._clock.monotonic())))
            self.serve()

    def serve(self) -> None:
        """Go on with the tasks whose time has come, the longest due first, and with the work beside them."""
        self._beside()
        while due := [turn for turn in self._aside if turn.due <= self._clock.monotonic()]:
            turn = min(due, key=lambda turn: turn.due)
            self._aside.remove(turn)
            with self._attendant.around(turn):
                self._go(turn)

    def drain(self, most: float = math.inf) -> bool:
        """Wait for the next task that was put aside and go on with it; False where none comes due in time.

        `most` is how many seconds may be waited.
        """
        if not self._aside:
            return False
        pause = max(0.0, min(turn.due for turn in self._aside) - self._clock.monotonic())
        self.wait(min(pause, most))
        self.serve()
        return pause <= most

    def _go(self, turn: CooperativeTask) -> None:
        """Run a task until it ends or waits; then whoever called goes on."""
        before, self._here = self._here, turn
        turn.body.parent = getcurrent()
        try:
            turn.body.switch()
        finally:
            self._here = before


class CooperativeClock:
    """A clock whose sleep is a wait: for a session in which tasks run."""

    def __init__(
        self, turns: CooperativeScheduler, clock: Clock | None = None, course: RunDeadline | None = None
    ) -> None:
        self.turns, self._clock, self._course = turns, clock or SystemClock(), course or RunDeadline()

    def now(self) -> float:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        """Raises RunOver where that outlasts the run."""
        if seconds > 0:
            self._course.wait(seconds, "a window to end")
        self.turns.wait(seconds)
