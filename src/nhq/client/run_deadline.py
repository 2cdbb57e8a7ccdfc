"""The deadline of a run: its time is up, or waiting for a target that refuses everything was in vain."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from nhq.clock import Clock, SystemClock
from nhq.errors import PreconditionNotMet, RunOver

#: Waits for allowance, one after the other, that brought nothing: then no more is hoped for.
VAIN_MOST = 4

#: Seconds: shorter waits are nobody's news.
TOLD_LEAST = 5.0

#: Told what is waited for, and until when (seconds since the epoch).
Waiting = Callable[[str, float], None]


@dataclass(slots=True)
class RunDeadline:
    """What remains of one run. Times are real: moving the mock's clock costs nothing.

    `seconds` is how long it may last. `exclusive_keys`: nobody else uses them, so what is refused for ever is the
    server's own doing; then nothing is waited for any more, and the tests go on to say so. `asked` is the option that
    bounds its time; left out, --max-minutes with as many.
    """

    seconds: float = math.inf
    exclusive_keys: bool = False
    clock: Clock = field(default_factory=SystemClock)
    over: str = ""
    time_up: bool = False
    waiting: list[Waiting] = field(default_factory=list)
    asked: str = ""
    _end: float = field(init=False)
    _began: float = field(init=False)
    _used_up: float = math.inf
    _vain: int = 0

    def __post_init__(self) -> None:
        self._end = self.clock.monotonic() + self.seconds
        self._began = self.clock.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return self.clock.monotonic() - self._began

    @property
    def hopeless(self) -> bool:
        """Has waiting for allowance been in vain too often?"""
        return self._vain >= VAIN_MOST

    def use(self, seconds: float) -> None:
        """The run is to use so many seconds: nothing is waited for that comes after them, and others go on."""
        self._used_up = self._began + seconds

    def check(self) -> None:
        """Raises RunOver when nothing more may be sent."""
        if not self.over and self.clock.monotonic() >= self._end:
            self.over = self._late("the run's time was up")
        if self.over:
            raise RunOver(self.over, time_up=self.time_up)

    def wait(self, seconds: float, what: str) -> None:
        """Announce a wait of so many seconds for something.

        Raises RunOver if that outlasts the run, PreconditionNotMet if it ends after the minutes that the run is to use.
        """
        self.check()
        if self.clock.monotonic() + seconds > self._used_up:
            raise PreconditionNotMet(
                f"{what} would have come {seconds:.0f} s later, when the run's minutes are used up"
            )
        if self.clock.monotonic() + seconds > self._end:
            self.over = self._late(f"waiting {seconds:.0f} s for {what} would have outlasted the run")
            raise RunOver(self.over, time_up=self.time_up)
        for told in self.waiting if seconds >= TOLD_LEAST else ():
            told(what, self.clock.now() + seconds)

    def waited(self, *, in_vain: bool) -> None:
        """Allowance was waited for. In vain: the answer was a 429 all the same, or said that nothing is left again."""
        self._vain = self._vain + 1 if in_vain else 0
        if self.hopeless and not self.exclusive_keys:
            self.over = (
                f"the target kept refusing: {self._vain} times in a row a key's window was waited out, and nothing "
                "was left of the next one (X-RateLimit-Remaining, 429); another client may use the keys up"
            )

    def _late(self, how: str) -> str:
        self.time_up = True
        return f"{how} ({self.asked or f'--max-minutes {self.seconds / 60:g}'})"
