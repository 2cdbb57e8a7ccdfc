"""What keys would lose at their windows' end: how many requests may be sent beside the tests, and when."""

import math
from dataclasses import dataclass

from nhq.client.in_flight import MOST
from nhq.client.quota import Allowance
from nhq.client.target import Target
from nhq.model import Identity

#: Seconds between two looks while the run waits.
OFTEN = 0.25
#: Requests of one key in flight.
TOGETHER = 4
#: What part of a window a key may be behind an even use of it, in the midst of the window: tests come first.
SLACK = 0.25
#: Of a window: how long before its end everything is used.
_CLOSING = 0.06
#: Seconds before a window's end in which nothing is begun: it might be counted in the next.
_TOO_LATE = 0.3
#: What part of a window's allowance is left for the tests.
KEPT = 0.03
#: Of a key that a waiting test has claimed: what part of a window isn't lent, and seconds before which nothing is.
_LENT_NOT, _WELL_BEFORE = 0.25, 4.0


@dataclass(slots=True)
class UncountedSends:
    """What was sent with a key that is refused, in a window of our own clock.

    A server may not count what it refuses: then its headers say that everything is left, however much is sent.
    """

    target: Target
    _began: float = -math.inf
    _count: int = 0

    def take(self, wanted: int, now: float) -> int:
        """How many of so many more are sent, whatever the server counts."""
        if now >= self._began + self.target.window:
            self._began, self._count = now, 0
        sent = min(wanted, self.target.limit - self._count)
        self._count += sent
        return sent


def requests_ahead(allowance: Allowance, label: str, now: float, seconds: float) -> float:
    """How many requests a key may send in so many seconds from now: what its window has left, and later ones."""
    window = allowance.running(label, now)
    if window is None:
        return allowance.limit * seconds / allowance.window
    later = max(0.0, now + seconds - allowance.ends(window))
    return min(window.left, window.limit * seconds / allowance.window) + window.limit * later / allowance.window


def requests_behind(
    allowance: Allowance, label: str, now: float, until: float, slack: float = SLACK, kept: float = KEPT
) -> int:
    """How many requests a key is behind an even use of its window, which ends at last when the run does, at `until`.

    One where no window of it has begun. `slack` is what part of a window it may be behind in the midst of one, `kept`
    what part is left for tests.
    """
    window = allowance.running(label, now)
    if window is None:
        return 1
    start, end = allowance.ends(window) - allowance.window, min(allowance.ends(window), until)
    if end - now <= _TOO_LATE or end <= start:
        return 0
    closing = max(2.0, _CLOSING * allowance.window)
    part = 1.0 if end - now <= closing else (now + closing - start) / (end - start) - slack
    behind = math.floor(min(1.0, part) * window.limit) - (window.limit - window.left)
    return max(0, min(behind, window.left - math.ceil(kept * window.limit)))


def requests_to_lend(allowance: Allowance, label: str, now: float, pause: float) -> int:
    """How many requests may be sent with a key that a test has claimed, which waits for so many seconds more.

    Only in a window that goes on, well before the test does, and it finds a good part of the allowance left.
    """
    window = allowance.running(label, now)
    if window is None or min(pause, allowance.ends(window) - now) < _WELL_BEFORE:
        return 0
    return max(0, window.left - math.ceil(_LENT_NOT * window.limit))


def reading_keys(target: Target, every_key: bool = False) -> list[Identity]:
    """The keys that can read something of the main workspace, in the file's order; or every one that isn't revoked."""
    return [key for key in target.keys if not key.revoked] if every_key else [k for k in target.own_keys if k.scopes]


def reads_in(target: Target, seconds: float, latency: float) -> float:
    """How many reads can be sent in a time where an answer takes so long: those of all keys, and of each one.

    An answer is taken up when the next of a test has come, which takes as long again.
    """
    return min(MOST, len(reading_keys(target)) * TOGETHER) * seconds / max(2 * latency, OFTEN)
