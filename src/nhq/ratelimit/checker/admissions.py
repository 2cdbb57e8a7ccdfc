"""Judge admissions from statuses and times alone, as if there were no headers.

The family of correct servers. Per key there is a sequence of windows, half-open intervals [a, a + W) on the server's
clock, whose starts lie at least W apart; every counted request is decided inside one of them; no window admits a
request when it holds N; a 429 is decided only inside a window that holds N. Anchors at the clock, at a phase per key,
and at the first request (exact, or cut to whole seconds) are all members, so what no member can produce convicts the
server whatever its anchor. Time is the server's instant of decision, known only to lie in the closed [sent, received];
the clocks of its nodes may differ by NODES.

Three kinds of certain knowledge follow.

1. Counting. With S the admitted requests' sorted send times and R their sorted receive times, at least j - i + 1 of
   them lie wholly within [S[i], R[j]] (those received by R[j] number j + 1 or more, and only i were sent before S[i]).
   mN + 1 of them need m window starts after the first's, hence a span > (m - 1) W. A shorter span is over-admission.
2. Starts. Some window starts within (x, y] when N + 1 admitted requests lie wholly within [x, y], and when a 429 sent
   at x is followed (received before sent) by an admission received at y: full stays full until the window ends.
   If two such intervals are disjoint and the far ends are no more than W apart, the windows are too short.
3. Fullness. The window of a 429 decided in [s, r] began after s - W, and after x for any start known within (x, y],
   y <= s. If fewer than N requests can have been counted between that instant and r, the 429 was premature. Requests
   from before the recording cannot be excluded, unless the window certainly began inside it (or the keys are fresh);
   those of other clients cannot, unless the recorder was alone (`Anomaly.alone`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nhq.ratelimit.checker.anomalies import Anomaly, EvidenceSource, Name
from nhq.ratelimit.checker.partition import NODES, KeyBlock, RateLimitPromise
from nhq.ratelimit.checker.time_order import sort_ascending
from nhq.ratelimit.checker.window_starts import Starts, certain_starts
from nhq.ratelimit.history.history import Bools, Floats, Ints

#: Two window starts closer than this share of W show another algorithm, not a short window.
SHORT = 0.5
#: Early 429s that a window of this many W explains are attributed to a window that is too long.
LONG = 1.5


def judge_statuses(
    block: KeyBlock, promise: RateLimitPromise, admissions: tuple[Floats, Floats] | None = None
) -> Iterator[Anomaly]:
    """All anomalies that statuses and times alone prove; `admissions` are the block's, if they are known already."""
    known = certain_starts(block, promise)
    crowded = list(_over_admissions(block, promise, *(admissions or block.admissions())))
    yield from crowded
    yield from _premature(block, promise, known)
    yield from _close_starts(block, promise, known, {found.key for found in crowded})


def _over_admissions(block: KeyBlock, promise: RateLimitPromise, sent: Floats, received: Floats) -> Iterator[Anomaly]:
    """Kind 1, for m = 2, 3, 5, 9, …: 2N + 1 within W are the sharpest, longer spans see a steady excess."""
    windows = 2
    while windows * promise.limit < len(sent):
        count = windows * promise.limit
        spans = received[count:] - sent[:-count]
        allowed = (windows - 1) * promise.shortest
        bad = np.flatnonzero(spans <= allowed)
        if len(bad):
            yield from _crowd_finding(block, promise, sent[bad], received[bad + count], windows)
            return
        windows = 2 * windows - 1


def _crowd_finding(
    block: KeyBlock, promise: RateLimitPromise, low: Floats, high: Floats, windows: int
) -> Iterator[Anomaly]:
    """One anomaly for each key among the crowded spans [low, high], with its tightest span as witness."""
    place = block.key_at(low)
    for key in np.unique(place):
        mine = np.flatnonzero(place == key)
        tight = mine[np.argmin(high[mine] - low[mine])]
        inside = block.admitted & (block.sent >= low[tight]) & (block.received <= high[tight])
        yield Anomaly(
            Name.OVER_ADMISSION,
            block.keys[key],
            f"at most {windows * promise.limit} admitted in any {(windows - 1) * promise.window:g} s",
            f"{int(inside.sum())} admitted within {high[tight] - low[tight]:.3f} s",
            tuple(int(row) for row in np.sort(block.rows[inside])),
            EvidenceSource.STATUSES,
            len(mine),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Early:
    """Premature 429s, all arrays of shape (n,): block rows, since when (seconds) their windows can have counted, and
    how many requests at most.

    `start` is the known window start that proves it (-1: the window's length alone does). `longer`: a window half as
    long again would explain it.
    """

    rows: Ints
    lower: Floats
    most: Ints
    start: Ints
    longer: Bools


def _early(block: KeyBlock, promise: RateLimitPromise, known: Starts) -> Early:
    """Kind 3 of the module's argument."""
    rejected = np.flatnonzero(block.rejected)
    sent, received, begin = block.sent[rejected], block.received[rejected], block.begin[block.key[rejected]]
    low, start = known.latest(sent - NODES)
    low = np.where(low < begin, -np.inf, low)
    lower = np.maximum(low, sent - promise.longest)
    counted = block.counted | block.maybe
    sends, lates = sort_ascending(block.sent[counted]), np.sort(block.late[counted], kind="stable")
    until = np.searchsorted(sends, received, side="right")
    most = until - np.searchsorted(lates, lower, side="left")
    longer = until - np.searchsorted(lates, sent - LONG * promise.longest, side="left") >= promise.limit
    bad = most < promise.limit
    if not promise.fresh:
        bad &= lower >= begin
    start = np.where(low == lower, start, -1)
    return Early(rejected[bad], lower[bad], most[bad], start[bad], longer[bad])


def _premature(block: KeyBlock, promise: RateLimitPromise, known: Starts) -> Iterator[Anomaly]:
    """Premature 429s by key: a window too long if that explains them all, another algorithm, or just premature."""
    early = _early(block, promise, known)
    keys = block.key[early.rows]
    for key in np.unique(keys):
        mine = np.flatnonzero(keys == key)
        first = mine[np.argmin(block.sent[early.rows[mine]])]
        row, start = int(early.rows[first]), int(early.start[first])
        name = Name.PREMATURE_429
        if start >= 0:
            name = Name.NOT_FIXED_WINDOW
        elif early.longer[mine].all():
            name = Name.WINDOW_TOO_LONG
        proof = np.append(known.proof[start], row) if start >= 0 else np.array([row])
        reach = block.received[row] - early.lower[first]
        within = "since its window started" if start >= 0 else "that its window can hold"
        yield Anomaly(
            name,
            block.keys[key],
            f"no 429 before {promise.limit} requests of its window",
            f"429 with at most {early.most[first]} requests in the {reach:.3f} s {within}",
            tuple(int(row) for row in np.unique(block.rows[proof])),
            EvidenceSource.STATUSES,
            len(mine),
            alone=True,
        )


def _close_starts(block: KeyBlock, promise: RateLimitPromise, known: Starts, crowded: set[str]) -> Iterator[Anomaly]:
    """Kind 2: starts of two windows certainly less than W apart. Crowds of `crowded` keys are reported already."""
    said = np.array([key in crowded for key in block.keys], dtype=bool)
    told = known.rows(~(known.crowd & said[block.key[known.proof[:, 1]]]))
    best, earlier = told.latest(told.low)
    apart = told.high - best
    bad = np.flatnonzero(apart <= promise.shortest + NODES)  # `low` has allowed for them
    keys = block.key[told.proof[bad, 1]]
    for key in np.unique(keys):
        mine = bad[keys == key]
        tight = int(mine[np.argmin(apart[mine])])
        witness = np.unique(block.rows[np.append(told.proof[earlier[tight]], told.proof[tight])])
        short = apart[mine].min() >= SHORT * promise.window
        yield Anomaly(
            Name.WINDOW_TOO_SHORT if short else Name.NOT_FIXED_WINDOW,
            block.keys[key],
            f"windows start at least {promise.window:g} s apart",
            f"two windows started within {apart[tight]:.3f} s",
            tuple(int(row) for row in witness),
            EvidenceSource.STATUSES,
            len(mine),
        )
