"""Where do declared windows start: on the clock, on a phase of each key, or with the first request?

Ends that lie on one grid of windows are no proof of a grid: a busy key opens its windows one after the other under any
anchor. What tells is the lead, the time left at a window's first request: from the first request on it is always one
window, on a grid it is whatever the request's moment makes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from nhq.ratelimit.block import Block, Promise
from nhq.ratelimit.resets import judge_resets
from nhq.ratelimit.windows import SHORTEST_JUDGED, Declared, declared

#: Leads further apart (seconds) are not one lead that was rounded, and delayed a little.
LEADS = 2.25


class Algorithm(StrEnum):
    """What a limiter may be. The first four are true fixed windows."""

    FIXED = "fixed window, anchor undecided"
    FIXED_CLOCK = "fixed window, aligned to the clock"
    FIXED_FIRST = "fixed window, from the first request"
    FIXED_PHASE = "fixed window, a phase for each key"
    SLIDING_LOG = "sliding log"
    SLIDING_COUNTER = "sliding counter"
    BUCKET = "bucket (token bucket, leaky bucket, GCRA)"
    MOVED_BY_HITS = "window moved by every hit"


FIXED = frozenset({Algorithm.FIXED, Algorithm.FIXED_CLOCK, Algorithm.FIXED_FIRST, Algorithm.FIXED_PHASE})


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the resets of some keys show: the leads from least to most (seconds), whether ends of one key lie apart by
    no whole number of windows (`strays`), whether all lie on the clock (`aligned`).
    """

    least: float = float("inf")
    most: float = float("-inf")
    strays: bool = False
    aligned: bool = True

    def joined(self, other: "Anchor") -> "Anchor":
        """What they show together with those of other keys."""
        return Anchor(
            min(self.least, other.least),
            max(self.most, other.most),
            self.strays or other.strays,
            self.aligned and other.aligned,
        )

    @property
    def told(self) -> Algorithm | None:
        """The anchor; None where they don't tell."""
        if self.strays:
            return Algorithm.FIXED_FIRST
        if self.most - self.least <= LEADS:
            return None
        return Algorithm.FIXED_CLOCK if self.aligned else Algorithm.FIXED_PHASE


def anchor_of(block: Block, promise: Promise) -> Anchor:
    """What the resets of a block's keys show."""
    if promise.window < SHORTEST_JUDGED:
        return Anchor()
    _, windows, _ = judge_resets(block, promise, declared(block), None)
    leads = _leads(block, promise, windows)
    ends = [(reset, key[0]) for key in _ends(windows) for reset in key]
    return Anchor(
        min(leads, default=float("inf")),
        max(leads, default=float("-inf")),
        any(_apart(reset, first, promise.window) > _rounding(promise) for reset, first in ends),
        all(_apart(reset, 0.0, promise.window) < _rounding(promise) for reset, _ in ends),
    )


def _ends(windows: Declared) -> Iterator[list[float]]:
    """The resets of each key whose resets make sense."""
    for key in np.unique(windows.key[windows.trusted]):
        yield windows.high[windows.key == key].tolist()


def _leads(block: Block, promise: Promise, windows: Declared) -> list[float]:
    """Reset minus the first answer, of windows that nothing unseen can have opened."""
    if not promise.alone:
        return []
    unsure = np.bincount(block.key[block.maybe], minlength=len(block.keys)) > 0
    sure = windows.trusted & ~unsure[windows.key] & (promise.fresh | (windows.place > 0))
    leads = windows.high - (windows.first_received - block.shift[windows.key])
    return [float(lead) for lead in leads[sure]]


def _rounding(promise: Promise) -> float:
    """How far apart (seconds) two roundings of one phase may lie; windows of whole seconds leave the fraction alone."""
    return 1.0 if promise.window == int(promise.window) else 2.0


def _apart(reset: float, other: float, window: float) -> float:
    """How far two instants are from lying whole windows apart (seconds)."""
    return abs((reset - other + window / 2) % window - window / 2)
