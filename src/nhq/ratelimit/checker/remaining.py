"""Judge counts by the course of Remaining alone, where resets cannot be read or make no sense.

Within a window Remaining never rises. So if one answer has more left than another one that was received before it was
sent, some window started in between, within (sent, received] of the two. Two such rises that are certainly less than a
window apart contradict every fixed window. And from the rise on, for a window's length after its first instant, all
requests belong to one window: there every count can be judged as in a window that a reset declares.

An event outside such a stretch may belong to another window, and counts as a request whose window isn't known.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nhq.ratelimit.checker.anomalies import Anomaly, EvidenceSource, Name
from nhq.ratelimit.checker.ledger import View, counting_view
from nhq.ratelimit.checker.partition import NODES, KeyBlock, RateLimitPromise
from nhq.ratelimit.checker.window_starts import Starts
from nhq.ratelimit.checker.windows import Declared
from nhq.ratelimit.history.history import MALFORMED, Bools, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Courses:
    """Stretches of single windows, as a `View`; `openings` (W,): how many more requests each window may hold."""

    seen: View
    openings: Ints


def remaining_rises(block: KeyBlock, promise: RateLimitPromise, keys: Bools) -> Starts:
    """Window starts that Remaining shows, of the keys in the mask (one truth value for each key)."""
    rows = _readable(block, promise, keys)
    order = rows[np.argsort(block.received[rows], kind="stable")]
    place = np.searchsorted(block.received[order], block.sent[rows], side="left") - 1
    before = np.append(order, 0)[place]
    rose = (place >= 0) & (block.key[before] == block.key[rows]) & (block.remaining[before] < block.remaining[rows])
    proof = np.stack([before[rose], rows[rose]], axis=1)
    low, high = block.sent[proof[:, 0]] - NODES, block.received[proof[:, 1]]
    order = np.argsort(high, kind="stable")
    return Starts(low[order], high[order], proof[order], np.zeros(len(proof), dtype=np.bool_))


def _readable(block: KeyBlock, promise: RateLimitPromise, keys: Bools) -> Ints:
    """Answers whose Remaining counts from the promised limit; one with the whole limit left names no window."""
    counts = (block.limit == promise.limit) | (block.limit <= MALFORMED)
    known = (block.remaining > MALFORMED) & (block.remaining < promise.limit) & counts
    return np.flatnonzero(known & (block.counted | block.rejected) & keys[block.key])


def judge_rises(block: KeyBlock, promise: RateLimitPromise, known: Starts) -> Iterator[Anomaly]:
    """Two rises less than a window apart."""
    best, earlier = known.latest(known.low)
    apart = known.high - best
    bad = np.flatnonzero(apart <= promise.shortest + NODES)  # `low` has allowed for them
    keys = block.key[known.proof[bad, 1]]
    for key in np.unique(keys):
        mine = bad[keys == key]
        tight = int(mine[np.argmin(apart[mine])])
        pairs = known.proof[[int(earlier[tight]), tight]]
        told = [f"{block.remaining[one]} to {block.remaining[other]}" for one, other in pairs.tolist()]
        yield Anomaly(
            Name.ORDER,
            block.keys[key],
            f"Remaining rises only when a window starts, at least {promise.window:g} s after the last",
            f"it rose from {told[0]} and from {told[1]} within {apart[tight]:.3f} s",
            tuple(int(row) for row in np.unique(block.rows[pairs])),
            EvidenceSource.HEADERS,
            len(mine),
        )


def remaining_courses(block: KeyBlock, promise: RateLimitPromise, known: Starts) -> Courses:
    """The stretches that certainly lie in one window each, after the window starts that Remaining shows."""
    spans = list(_spans(block, promise, known))
    low, high = np.array([span[0] for span in spans]), np.array([span[1] for span in spans])
    key = np.array([span[2] for span in spans], dtype=np.int64)
    judged = np.flatnonzero(block.counted | block.rejected)
    at = np.searchsorted(high + NODES, block.sent[judged], side="right") - 1
    inside = (at >= 0) & (block.received[judged] <= np.append(low, -np.inf)[at] + promise.shortest)
    inside &= np.append(key, -1)[at] == block.key[judged]
    order = np.argsort(at[inside], kind="stable")
    events, at = judged[inside][order], at[inside][order]
    windows = _declared(block, promise, low, high, key, events, at)
    seen = counting_view(block, promise, windows)
    left = block.remaining[seen.table.rows]
    seen = replace(seen, excused=low < block.begin[key], readable=left > MALFORMED)
    return Courses(seen, _openings(block, promise, low, high))


def _spans(block: KeyBlock, promise: RateLimitPromise, known: Starts) -> Iterator[tuple[float, float, int]]:
    """One (low, high, key) for each window start that is known: rises that overlap are one."""
    group: list[int] = []
    for number in range(len(known.low) + 1):
        if group and (number == len(known.low) or known.low[number] >= known.high[group[0]]):
            if known.high[group].max() - known.low[group].min() < promise.shortest:
                key = int(block.key[known.proof[group[0], 1]])
                yield float(known.low[group].max()), float(known.high[group].min()), key
            group = []
        group.append(number)


def _declared(
    block: KeyBlock, promise: RateLimitPromise, low: Floats, high: Floats, key: Ints, events: Ints, at: Ints
) -> Declared:
    """The stretches as windows; their ends are about a window's length after the rise."""
    count = len(low)
    ends = np.round(low + promise.window - block.shift[key] + np.nan_to_num(block.origin)) if count else low
    last = np.full(count, -np.inf)
    np.maximum.at(last, at, block.sent[events])
    return Declared(
        events=events,
        at=at,
        settled=np.ones(len(events), dtype=np.bool_),
        begin=np.searchsorted(at, np.arange(count)),
        key=key,
        low=ends,
        high=ends,
        first_received=high,
        last_sent=np.maximum(last, high),
        place=np.arange(count),
        trusted=np.ones(count, dtype=np.bool_),
    )


def _openings(block: KeyBlock, promise: RateLimitPromise, low: Floats, high: Floats) -> Ints:
    """How many counted requests lie around each start, of which we don't know on which side they were counted."""
    counted = block.counted | block.maybe
    sends, lates = np.sort(block.sent[counted]), np.sort(block.late[counted])
    return np.searchsorted(sends, high + NODES, side="left") - np.searchsorted(lates, low + NODES, side="left")
