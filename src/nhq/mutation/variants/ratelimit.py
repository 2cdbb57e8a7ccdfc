"""Choices about the window: where it begins, what counts, how Reset is rounded, in which order 429 comes."""

from math import ceil, floor
from typing import Any
from zlib import crc32

from nhq.mock.policies.limits import Quota
from nhq.mutation.faults.fault import Around
from nhq.mutation.variants.auth import OUTSIDE
from nhq.mutation.variants.variant import variants_of_area

take = variants_of_area("ratelimit")


def _by_phase(anchor: str, label: str, now: float, window: float) -> float:
    """Windows of a key end at a moment of the minute that is its own."""
    phase = crc32(label.encode()) % window
    return floor((now - phase) / window) * window + phase


def _unnumbered(true: Any) -> Any:
    """A dash for each header of a 401."""

    def headers(operation: str, status: int, quota: Quota) -> Any:
        told = true(operation, status, quota)
        return tuple((name, b"-") for name, _ in told) if status == 401 else told

    return headers


def _nowhere_else(true: Any) -> Any:
    """The headers on the contract's operations alone."""
    return lambda operation, status, quota: () if operation in OUTSIDE else true(operation, status, quota)


VARIANTS = (
    take(
        "begins-windows-at-the-full-minute",
        "Windows of all keys begin at multiples of their length.",
        "window-anchor",
        "at the full minute",
        window_start=lambda anchor, label, now, window: floor(now / window) * window,
    ),
    take(
        "begins-windows-at-a-phase-of-each-key",
        "Each key's windows follow each other without a gap, at a phase of its own.",
        "window-anchor",
        "at a phase of each key",
        window_start=_by_phase,
    ),
    take(
        "counts-refused-requests",
        "A 429 counts against the allowance of its window, too.",
        "counted-answers",
        "429s count",
        count_after=lambda operation, admitted, count: count + 1,
    ),
    take(
        "rounds-reset-down",
        "Reset is the whole second before the window's end.",
        "reset-rounding",
        "down",
        reset_at=lambda start, window, now: floor(start + window),
    ),
    take(
        "rounds-reset-to-the-nearest",
        "Reset is the whole second nearest to the window's end.",
        "reset-rounding",
        "to the nearest second",
        reset_at=lambda start, window, now: round(start + window),
    ),
    take(
        "reckons-reset-from-the-seconds-left",
        "Reset is the present second and the seconds that are left, each rounded by itself.",
        "reset-rounding",
        "anew for each answer",
        reset_at=lambda start, window, now: floor(now) + ceil(start + window - now),
    ),
    take(
        "keeps-a-window-at-its-last-instant",
        "At the very instant that a window ends it is still counted in.",
        "window-edge",
        "the old one",
        window_over=lambda now, start, window: not start <= now <= start + window,
    ),
    take(
        "tells-nothing-is-left-without-a-key",
        "On a 401 the headers say 0 left of 0, until now.",
        "headers-without-key",
        "any values",
        quota_without_key=lambda limit, window, now: Quota(0, 0, floor(now)),
    ),
    take(
        "tells-nothing-of-limits-elsewhere",
        "Paths and methods that the contract doesn't know are answered without the three headers.",
        "unknown-route",
        "without the rate-limit headers",
        quota_headers=Around(_nowhere_else),
    ),
    take(
        "tells-no-numbers-without-a-key",
        "On a 401 the headers are there, and hold no numbers.",
        "headers-without-key",
        "any values",
        quota_headers=Around(_unnumbered),
    ),
    take(
        "finds-before-it-reads",
        "404 comes before 400.",
        "order-of-checks",
        "any order, after 401 and 403",
        stages=lambda operation: ("key", "limit", "scope", "prefer", "exists", "body", "act"),
    ),
    take(
        "forbids-before-it-limits",
        "403 comes before 429, though what is forbidden counts.",
        "order-of-checks",
        "any order, after 401 and 403",
        stages=lambda operation: ("key", "count", "scope", "prefer", "full", "body", "exists", "act"),
    ),
    take(
        "limits-last-of-all",
        "403, 400 and 404 come before 429, though all of them count.",
        "order-of-checks",
        "any order, after 401 and 403",
        stages=lambda operation: ("key", "count", "scope", "prefer", "body", "exists", "full", "act"),
    ),
)
