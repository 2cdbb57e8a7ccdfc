"""Where do declared windows start: on the clock, on a phase of each key, or with the first request?

Ends that lie on one grid of windows don't prove a grid: a busy key opens its windows one after the other with any
anchor. The lead shows it, the time left at a window's first request: if windows begin with their first request, it is
always one window; on a grid it depends on when the request came.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from nhq.ratelimit.checker.partition import KeyBlock, RateLimitPromise
from nhq.ratelimit.checker.resets import judge_resets
from nhq.ratelimit.checker.windows import LEADS, SHORTEST_JUDGED, Declared, declared_windows, off_grid, phase_rounding
from nhq.ratelimit.history.history import Floats


class Algorithm(StrEnum):
    """The known algorithms of limiters. The first four are true fixed windows."""

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
    """Facts from the resets of some keys: the least and greatest lead (seconds), whether ends of one key are not whole
    windows apart (`strays`), whether all lie on the clock's grid (`aligned`).
    """

    least: float = float("inf")
    most: float = float("-inf")
    strays: bool = False
    aligned: bool = True

    def joined(self, other: "Anchor") -> "Anchor":
        """The facts of these keys and those of others together."""
        return Anchor(
            min(self.least, other.least),
            max(self.most, other.most),
            self.strays or other.strays,
            self.aligned and other.aligned,
        )

    @property
    def told(self) -> Algorithm | None:
        """The anchor; None if the facts don't determine it."""
        if self.strays:
            return Algorithm.FIXED_FIRST
        if self.most - self.least <= LEADS:
            return None
        return Algorithm.FIXED_CLOCK if self.aligned else Algorithm.FIXED_PHASE


def anchor_of(block: KeyBlock, promise: RateLimitPromise) -> Anchor:
    """The anchor facts of a block's keys."""
    if promise.window < SHORTEST_JUDGED:
        return Anchor()
    _, windows, _ = judge_resets(block, promise, declared_windows(block), None)
    leads = _leads(block, promise, windows)
    ends, first = _ends(windows)
    return Anchor(
        float(leads.min(initial=np.inf)),
        float(leads.max(initial=-np.inf)),
        bool((off_grid(ends, first, promise.window) > phase_rounding(promise.window)).any()),
        bool((off_grid(ends, 0.0, promise.window) < phase_rounding(promise.window)).all()),
    )


def _ends(windows: Declared) -> tuple[Floats, Floats]:
    """The resets of keys whose resets are plausible, each with the first one of its key."""
    told = np.isin(windows.key, windows.key[windows.trusted])
    ends = windows.high[told]
    _, first, at = np.unique(windows.key[told], return_index=True, return_inverse=True)
    return ends, ends[first[at]]


def _leads(block: KeyBlock, promise: RateLimitPromise, windows: Declared) -> Floats:
    """Reset minus the first answer (seconds), of windows that no unrecorded request can have opened."""
    if not promise.alone:
        return np.empty(0)
    unsure = np.bincount(block.key[block.maybe], minlength=len(block.keys)) > 0
    sure = windows.trusted & ~unsure[windows.key] & (promise.fresh | (windows.place > 0))
    leads = windows.high - (windows.first_received - block.shift[windows.key])
    return leads[sure]
