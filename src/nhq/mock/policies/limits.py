"""The fixed window: when it starts and ends, whom it admits, and what the headers say."""

from math import ceil, floor
from typing import NamedTuple


class Quota(NamedTuple):
    """What the three headers report: limit, requests left in this window, its end as a Unix time."""

    limit: int
    remaining: int
    reset: int


def bucket(operation: str, label: str, workspace: str) -> str:
    """Each key has a counter of its own, whatever it calls."""
    return label


def window_of(label: str, window: float) -> float:
    """How long a window of a key lasts: as long as any other, in seconds."""
    return window


def window_start(anchor: str, label: str, now: float, window: float) -> float:
    """A new window starts now (`first`), or at the last multiple of its length (`clock`)."""
    return now if anchor == "first" else floor(now / window) * window


def window_over(now: float, start: float, window: float) -> bool:
    """A window is `[start, start + window)`."""
    return not start <= now < start + window


def limit_of(operation: str, label: str, limit: int) -> int:
    """The allowance of a key in one window."""
    return limit


def admit(operation: str, bucket: str, now: float, start: float, window: float, count: int, limit: int) -> bool:
    """Admit while fewer than `limit` were counted in this window."""
    return count < limit


def count_after(operation: str, admitted: bool, count: int) -> int:
    """Every admitted request counts one, whatever becomes of it; a 429 does not count."""
    return count + 1 if admitted else count


def refunds(operation: str, status: int) -> bool:
    """Whether an answer gives back what its request cost: none does."""
    return False


def remaining(limit: int, count: int, admitted: bool) -> int:
    """What is left after this request; never below zero."""
    return max(0, limit - count)


def reset_at(start: float, window: float, now: float) -> int:
    """The end of the window in whole seconds, never before its true end."""
    return ceil(start + window)


def shown_limit(limit: int, admitted: bool) -> int:
    """What X-RateLimit-Limit says: the limit."""
    return limit


def quota_without_key(limit: int, window: float, now: float) -> Quota:
    """A caller without a valid key has no counter: a full allowance is shown."""
    return Quota(limit, limit, ceil(now + window))


def quota_headers(operation: str, status: int, quota: Quota) -> tuple[tuple[bytes, bytes], ...]:
    """The three headers, on every response."""
    return (
        (b"x-ratelimit-limit", b"%d" % quota.limit),
        (b"x-ratelimit-remaining", b"%d" % quota.remaining),
        (b"x-ratelimit-reset", b"%d" % quota.reset),
    )
