"""Windows that begin with their first request and are too short, recognised without any request admitted too early.

On a grid of windows (the clock's, or a phase of each key) all ends of a key are whole windows apart. If they aren't, a
window begins with its first request, at most cut to the whole second, and Reset lies a window's length after it. So if
one key's resets always lie the same time after the first request, and less than a window, either the server's clock is
that much behind ours, or its window is that much shorter.

This needs FEWEST windows that nobody else can have begun: after a restart, a phase is another one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nhq.ratelimit.checker.anomalies import Anomaly, EvidenceSource, Name
from nhq.ratelimit.checker.partition import KeyBlock, RateLimitPromise
from nhq.ratelimit.checker.windows import LEADS, Declared, off_grid, phase_rounding
from nhq.ratelimit.history.history import Bools, Floats, Ints

#: So many windows of a key have to agree.
FEWEST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Leads:
    """Indexes of windows whose leads agree and are short (`chosen`, shape (n,)), key by key, see the module.

    `lead` (W,) is in seconds: a window's reset minus the instant at which its first request was sent. Either the
    windows are too short or the server's clock is ahead of ours by less than `ahead` (W,) seconds, which is negative.
    """

    chosen: Ints
    lead: Floats
    ahead: Floats


def short_leads(block: KeyBlock, promise: RateLimitPromise, windows: Declared) -> Leads:
    """The leads of keys that agree, see the module."""
    if np.isnan(block.origin) or not len(windows):
        return Leads(np.empty(0, dtype=np.int64), windows.low, windows.low)
    opened = np.minimum.reduceat(block.sent[windows.events], windows.begin)
    lead = windows.low - (opened - block.shift[windows.key] + block.origin)
    ahead = lead + 2 - promise.shortest  # 1 for the rounding of the reset, 1 for that of the window's beginning
    sure = windows.trusted & (promise.fresh | (windows.place > 0))
    total, short = (np.bincount(windows.key[mask], minlength=len(block.keys)) for mask in (sure, sure & (ahead < 0)))
    keys = np.flatnonzero((total == short) & (short >= FEWEST))
    several = [np.flatnonzero(sure & (windows.key == key)) for key in keys[_clear(block, windows, opened)[keys]]]
    agreed = [mine for mine in several if _agree(windows.low[mine], lead[mine], promise)]
    return Leads(np.concatenate([*agreed, np.empty(0, dtype=np.int64)]), lead, ahead)


def judge_leads(
    block: KeyBlock, promise: RateLimitPromise, windows: Declared, told: Leads, skew: float
) -> Iterator[Anomaly]:
    """One anomaly for each key whose windows are short for every clock within `skew` of ours."""
    for key in np.unique(windows.key[told.chosen]):
        mine = told.chosen[windows.key[told.chosen] == key]
        if told.ahead[mine].max() >= -skew:
            continue
        several = [windows.members(window) for window in mine[:FEWEST].tolist()]
        rows = [rows[np.argmin(block.sent[rows])] for rows in several]
        yield Anomaly(
            Name.WINDOW_TOO_SHORT,
            block.keys[key],
            f"Reset {promise.window:g} s after the request that opens a window (clocks within {skew:g} s)",
            f"{told.lead[mine].max():.1f} s after it at most, in each of {len(mine)} windows",
            tuple(int(row) for row in np.unique(block.rows[rows])),
            EvidenceSource.HEADERS,
            len(mine),
            alone=True,
        )


def _clear(block: KeyBlock, windows: Declared, opened: Floats) -> Bools:
    """Keys of which nothing but the first request of a window can have opened it: all their requests name a window, and
    none was sent before the requests of the window before, whose opening its late answer would hide.
    """
    told = np.zeros(len(block), dtype=np.bool_)
    told[windows.events] = True
    late = windows.key[1:][(windows.key[1:] == windows.key[:-1]) & (opened[1:] <= opened[:-1])]
    doubtful = np.bincount(block.key[~told], minlength=len(block.keys)) + np.bincount(late, minlength=len(block.keys))
    clear: Bools = doubtful == 0
    return clear


def _agree(ends: Floats, lead: Floats, promise: RateLimitPromise) -> bool:
    """Are a key's leads equal, and its ends on no grid, however they are rounded?"""
    strays = off_grid(ends, ends[0], promise.window).max() > phase_rounding(promise.window)
    return bool(np.ptp(lead) <= LEADS and strays)
