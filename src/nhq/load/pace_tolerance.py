"""When a client that keeps to its allowance may go on, although it is early or late by a little. Pure."""

from collections.abc import Mapping

from nhq.ratelimit.history.history_schema import header_number

#: Seconds beyond a window's certain end, for the grain of clocks.
GRAIN = 0.005


class Windows:
    """What a patient key knows of its windows: each is over a window's length after its first answer, at the latest.

    Reset isn't asked for that: rounded up to whole seconds it would cost a second of each minute, rounded down a 429.
    """

    def __init__(self, length: float) -> None:
        self._length = length
        self._first: dict[float, float] = {}
        self.full_until = 0.0

    def see(self, headers: Mapping[str, str], received: float) -> None:
        """Learn from an answer that came at `received` (monotonic): with nothing left, a window is full to its end."""
        left, _ = header_number(headers.get("x-ratelimit-remaining"))
        reset, _ = header_number(headers.get("x-ratelimit-reset"))
        if reset is None:
            return
        first = self._first.setdefault(reset, received)
        if left == 0:
            self.full_until = max(self.full_until, first + self._length + GRAIN)
