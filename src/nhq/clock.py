"""Time is an argument. The only module that reads the machine's clocks or sleeps."""

import time
from typing import Protocol


class Clock(Protocol):
    """What the suite and the mock know of time. All values are seconds; `now` counts from the Unix epoch."""

    def now(self) -> float:
        """Wall time, seconds since the Unix epoch."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back."""

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass; zero or less returns at once."""


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def spent(self) -> float:
        """Seconds of a processor that this process has used."""
        return time.process_time()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


class ManualClock:
    """Stands still until moved. `sleep` moves it, so waiting costs nothing."""

    def __init__(self, start: float = 1_760_000_000.0) -> None:
        self._now = start
        self._monotonic = 0.0

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))

    def advance(self, seconds: float) -> None:
        """Move forward. Raises ValueError for a negative step: time doesn't run back."""
        if seconds < 0:
            raise ValueError(f"cannot advance by {seconds} s")
        self._now += seconds
        self._monotonic += seconds

    def set(self, now: float) -> None:
        """Set wall time outright, as a restored snapshot does; monotonic time is left alone."""
        self._now = now
