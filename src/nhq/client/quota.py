"""The quota of every key, from the server's own headers and by the server's own clock.

Reset is compared with the server's time, never with ours: the difference is bounded by every Date header, and by
more answers ever closer. A Reset that can't be (years ahead, long past, no number) counts for nothing; then the
window is counted from the first request, as the target file says it.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nhq.checks.values import http_date
from nhq.model import Identity

_WINDOWS_MOST = 4  # a Reset further ahead than so many windows is no window's end
_DRIFT = 0.5  # seconds that both clocks may drift apart in a run


@dataclass(slots=True)
class ServerClock:
    """By how much the server's clock is ahead of ours: at least `low`, at most `high` seconds."""

    exact: bool = False
    low: float = 0.0
    high: float = 0.0
    known: bool = False

    def learn(self, date: str | None, sent: float, received: float) -> None:
        """An answer's Date was written in a whole second between sending and receiving."""
        second = http_date(date)
        if second is None:
            return
        low, high = second - received, second + 1 - sent
        both = max(low, self.low), min(high, self.high)
        # Bounds that contradict each other: a clock was set. The latest word counts.
        self.low, self.high = both if self.known and both[0] <= both[1] + _DRIFT else (low, high)
        self.high = max(self.low, self.high)
        self.known = True

    def disregard_dates(self) -> None:
        """The Date headers come from a gateway with another clock: use our own clock from now on."""
        self.exact = True

    def ours(self, theirs: float) -> float:
        """When it is certainly that late on the server's clock, by ours."""
        return theirs - (0.0 if self.exact or not self.known else self.low)

    def theirs(self, ours: float) -> float:
        """What the server's clock shows at least."""
        return ours + (0.0 if self.exact or not self.known else self.low)


@dataclass(slots=True)
class Window:
    """A key's present window: how much of it is left, and when it ends by the server's clock."""

    left: int
    reset: float
    limit: int


@dataclass(slots=True)
class Allowance:
    """The windows of all keys of a run. Times given and returned are of our own clock."""

    limit: int
    window: float
    clock: ServerClock = field(default_factory=ServerClock)
    windows: dict[str, Window] = field(default_factory=dict)
    slack: float = 0.0
    under_way: Counter[str] = field(default_factory=Counter)

    def learn(self, key: str, headers: Mapping[str, str], sent: float, received: float, status: int = 200) -> None:
        """What an answer says of its key's window.

        A 401 says nothing of one, whatever it tells: who has no valid key has no allowance.
        """
        self.clock.learn(headers.get("Date"), sent, received)
        if status == 401:
            return
        told = self._told(headers, received)
        if told is None:
            known = self.running(key, sent)
            told = Window(self.limit, self.clock.theirs(received) + self.window, self.limit) if known is None else known
            told = Window(told.left - 1, told.reset, told.limit)
        self.windows[key] = told

    def depart(self, key: str, count: int) -> None:
        """Reserve this many requests: until their answers have come, they count as sent."""
        self.under_way[key] += count

    def land(self, key: str, headers: Mapping[str, str], sent: float, received: float, status: int) -> None:
        """The answer to one of these has come. Later ones may have been learned by now, which are right then."""
        self.under_way[key] -= 1
        known = self.running(key, received)
        self.learn(key, headers, sent, received, status)
        told = self.windows.get(key)
        if known is not None and told is not None and told.reset <= known.reset + 1:
            self.windows[key] = Window(min(known.left, told.left), known.reset, known.limit)

    def _told(self, headers: Mapping[str, str], now: float) -> Window | None:
        try:
            left, reset = int(headers["X-RateLimit-Remaining"]), float(headers["X-RateLimit-Reset"])
            limit = int(headers.get("X-RateLimit-Limit", self.limit))
        except (KeyError, ValueError):
            return None
        if reset - self.clock.theirs(now) > self.window + 1 and 0 <= reset - now <= self.window + 1:
            self.clock.disregard_dates()  # by ours the Reset is a window's end, and by the Dates it can't be one
        ahead = reset - self.clock.theirs(now)
        if not math.isfinite(reset) or ahead > _WINDOWS_MOST * self.window + 1:
            return Window(left, self.clock.theirs(now) + self.window + 1, limit)
        return Window(left, reset, limit)

    def refused(self, key: str, now: float, before: Window | None = None) -> bool:
        """A 429 came: nothing is left, whatever was thought. Returns whether that is Reset's rounding only.

        A Reset is a whole second. Where it is rounded down, always or now and then, the window lasts up to a second
        longer than it says: that is learned from the first such 429, and waited for from then on. `before` is the
        window that was known when the request was sent; the 429 itself may tell another Reset.
        """
        known = self.windows.get(key)
        over = known is not None and self.running(key, now) is None
        thought = before or known
        rounded = (
            thought is not None and not self.slack and self.ends(thought) <= now < self.clock.ours(thought.reset) + 1
        )
        if rounded:
            self.slack = 1.0
        reset = known.reset if known is not None and (rounded or not over) else self.clock.theirs(now) + self.window
        self.windows[key] = Window(0, reset, known.limit if known is not None else self.limit)
        return rounded

    def running(self, key: str, now: float) -> Window | None:
        """The key's window, if one is known that isn't over."""
        known = self.windows.get(key)
        return known if known is not None and now < self.ends(known) else None

    def ends(self, window: Window) -> float:
        """When a window is certainly over."""
        return self.clock.ours(window.reset) + self.slack

    def left(self, key: str, now: float) -> int:
        """Requests that may be sent now; a key whose window is over, or never began, has a whole one."""
        known = self.running(key, now)
        return max(0, (self.limit if known is None else known.left) - self.under_way[key])

    def wait(self, key: str, now: float) -> float:
        """Seconds until the key may be used."""
        known = self.running(key, now)
        return self.ends(known) - now if known is not None and not self.left(key, now) else 0.0

    def best(self, keys: Sequence[Identity], now: float, need: int = 1) -> Identity:
        """Which of several keys to use for `need` requests in a row.

        The one with the most left of a window that runs, if that is enough; else one whose window hasn't begun, so
        that whole windows are kept for tests that need one; else the one with most left; else the first to renew.
        """
        running = [key for key in keys if self.running(key.label, now) is not None]
        enough = [key for key in running if self.left(key.label, now) >= need]
        idle = [key for key in keys if key not in running]
        usable = [key for key in running if self.left(key.label, now)]
        for group in (enough, idle[:1], usable):
            if group:
                return max(group, key=lambda key: self.left(key.label, now))
        return min(keys, key=lambda key: self.wait(key.label, now))

    def freshest(self, keys: Sequence[Identity], now: float) -> list[Identity]:
        """Keys in the order of how much of a window they have left, those without a running window last."""
        return sorted(keys, key=lambda key: (self.running(key.label, now) is None, self.left(key.label, now)))
