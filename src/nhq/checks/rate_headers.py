"""The three rate-limit headers of one answer, and which window of its key they name.

Answers of one key belong to one window when their Resets differ by at most a second: Reset is a whole number of
seconds, rounded down, up or to the nearest, perhaps anew for each answer.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from nhq.model import Exchange

LIMIT, REMAINING, RESET = "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"
RATE_HEADERS = (LIMIT, REMAINING, RESET)
#: Unix seconds from 2001 to 5138: outside lie "seconds to go" and milliseconds.
EPOCH = (10**9, 10**11)
_WHOLE = re.compile(r"\d{1,15}")


@dataclass(frozen=True, slots=True)
class RateHeaders:
    """An answer's rate-limit headers as whole numbers; None for one that is missing or is no whole number."""

    limit: int | None = None
    remaining: int | None = None
    reset: int | None = None

    @property
    def whole(self) -> bool:
        """All three are there, as numbers."""
        return None not in (self.limit, self.remaining, self.reset)

    @property
    def dated(self) -> bool:
        """Reset is a Unix time in seconds."""
        return self.reset is not None and EPOCH[0] < self.reset < EPOCH[1]

    def same_window(self, other: "RateHeaders") -> bool:
        """Do both Resets name one window?"""
        return self.reset is not None and other.reset is not None and abs(other.reset - self.reset) <= 1

    def renewed_by(self, later: "RateHeaders", window: float) -> bool:
        """Does a later answer name a window (of so many seconds) that began when this one's had ended?"""
        return self.reset is not None and later.reset is not None and later.reset - self.reset > window - 2


def rate_headers(exchange: Exchange) -> RateHeaders:
    """The three headers of one answer."""
    return RateHeaders(*(_whole(exchange.headers.get(name, "")) for name in RATE_HEADERS))


def in_counted_order(answers: Iterable[Exchange]) -> list[Exchange]:
    """Answers to simultaneous requests in the order in which these were counted: by window, and there by Remaining.

    A window may end while they are under way. Where a Reset is missing, Remaining alone decides.
    """
    told = [(rate_headers(answer), answer) for answer in answers]
    resets = sorted(headers.reset for headers, _ in told if headers.reset is not None)
    ends = [reset for before, reset in zip([-2, *resets], resets, strict=False) if reset - before > 1]
    windows = ends if len(resets) == len(told) else []
    ranked = sorted(told, key=lambda one: (bisect_right(windows, one[0].reset or 0), -(one[0].remaining or 0)))
    return [answer for _, answer in ranked]


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if _WHOLE.fullmatch(text) else None
