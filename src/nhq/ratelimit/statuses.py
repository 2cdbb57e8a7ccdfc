"""Admissions judged from statuses and times alone, as if there were no headers.

The family of correct servers. Per key there is a sequence of windows, half-open intervals [a, a + W) on the server's
clock, whose starts lie at least W apart; every counted request is decided inside one of them; no window holds more
than N; a 429 is decided only inside a window that already holds N. Anchors at the clock, at a phase per key, and at
the first request (exact, or cut to whole seconds) are all members, so what no member can produce convicts the server
whatever its anchor. Time is the server's instant of decision, known only to lie in the closed [sent, received].

Three kinds of certain knowledge follow.

1. Counting. With S the admitted requests' sorted send times and R their sorted receive times, at least j - i + 1 of
   them lie wholly within [S[i], R[j]] (those received by R[j] number j + 1 or more, and only i were sent before S[i]).
   mN + 1 of them need m window starts after the first's, hence a span > (m - 1) W. A shorter span is over-admission.
2. Starts. Some window starts within (x, y] when N + 1 admitted requests lie wholly within [x, y], and when a 429 sent
   at x is followed (received before sent) by an admission received at y: full stays full until the window ends.
   If two such intervals are disjoint and the far ends are no more than W apart, the windows are too short.
3. Fullness. The window of a 429 decided in [s, r] began after s - W, and after x for any start known within (x, y],
   y <= s. If fewer than N requests can have been counted between that instant and r, the 429 was premature. Requests
   from before the recording cannot be excluded, unless the window certainly began inside it (or the keys are fresh).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nhq.ratelimit.block import Block, Promise
from nhq.ratelimit.findings import Found, Name, Source
from nhq.ratelimit.history import Bools, Floats, Ints

#: Two window starts closer than this share of W are no short window but another algorithm.
SHORT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Starts:
    """Intervals (low, high] in each of which some window starts; sorted by `high`. `proof` are block rows, two each."""

    low: Floats
    high: Floats
    proof: Ints

    def latest(self, instant: Floats) -> tuple[Floats, Ints]:
        """For each instant, the greatest `low` among starts known to lie at or before it (-inf, index -1 if none)."""
        best = np.maximum.accumulate(self.low) if len(self.low) else self.low
        index = np.searchsorted(self.high, instant, side="right") - 1
        padded = np.append(best, -np.inf)
        return padded[index], index


def starts(block: Block, promise: Promise) -> Starts:
    """All intervals that certainly hold a window start (kind 2 of the module's argument)."""
    admitted = np.flatnonzero(block.admitted)
    by_sent = admitted[np.argsort(block.sent[admitted])]
    by_received = admitted[np.argsort(block.received[admitted])]
    low, high, first, last = _crowds(block, promise, by_sent, by_received)
    low2, high2, first2, last2 = _reopenings(block, by_sent)
    lows, highs = np.concatenate([low, low2]), np.concatenate([high, high2])
    order = np.argsort(highs)
    proof = np.stack([np.concatenate([first, first2]), np.concatenate([last, last2])], axis=1)
    return Starts(lows[order], highs[order], proof[order])


def _crowds(block: Block, promise: Promise, by_sent: Ints, by_received: Ints) -> tuple[Floats, Floats, Ints, Ints]:
    """N + 1 admitted within less than a window."""
    first, last = by_sent[: -promise.limit], by_received[promise.limit :]
    low, high = block.sent[first], block.received[last]
    near = high - low < promise.longest
    return low[near], high[near], first[near], last[near]


def _reopenings(block: Block, by_sent: Ints) -> tuple[Floats, Floats, Ints, Ints]:
    """A 429 and the earliest received admission that was sent after the 429 was received."""
    rejected = np.flatnonzero(block.rejected)
    if not len(rejected) or not len(by_sent):
        nothing = np.empty(0)
        return nothing, nothing, nothing.astype(np.int64), nothing.astype(np.int64)
    earliest = _earliest_from(block.received[by_sent])
    place = np.searchsorted(block.sent[by_sent], block.received[rejected], side="right")
    inside = place < len(by_sent)
    rejected, answer = rejected[inside], by_sent[earliest[place[inside]]]
    same = block.key[rejected] == block.key[answer]
    rejected, answer = rejected[same], answer[same]
    return block.sent[rejected], block.received[answer], rejected, answer


def _earliest_from(values: Floats) -> Ints:
    """For each place, the index of the smallest value at or after it."""
    lowest = np.minimum.accumulate(values[::-1])[::-1]
    index = np.where(values == lowest, np.arange(len(values)), len(values))
    return np.minimum.accumulate(index[::-1])[::-1]


def judge_statuses(block: Block, promise: Promise) -> Iterator[Found]:
    """Everything that statuses and times alone prove against the server."""
    known = starts(block, promise)
    premature, lower, since = _premature(block, promise, known)
    yield from _over_admissions(block, promise)
    yield from _name_premature(block, promise, known, premature, lower, since)
    yield from _close_starts(block, promise, known)


def _over_admissions(block: Block, promise: Promise) -> Iterator[Found]:
    """Kind 1, for m = 2, 3, 5, 9, …: 2N + 1 within W are the sharpest, longer spans see a steady excess."""
    sent, received = np.sort(block.sent[block.admitted]), np.sort(block.received[block.admitted])
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


def _crowd_finding(block: Block, promise: Promise, low: Floats, high: Floats, windows: int) -> Iterator[Found]:
    """One finding for each key among the crowded spans [low, high], shown by its tightest span."""
    place = block.key_at(low)
    for key in np.unique(place):
        mine = np.flatnonzero(place == key)
        tight = mine[np.argmin(high[mine] - low[mine])]
        inside = block.admitted & (block.sent >= low[tight]) & (block.received <= high[tight])
        yield Found(
            Name.OVER_ADMISSION,
            block.keys[key],
            f"at most {windows * promise.limit} admitted in any {(windows - 1) * promise.window:g} s",
            f"{int(inside.sum())} admitted within {high[tight] - low[tight]:.3f} s",
            tuple(int(row) for row in np.sort(block.rows[inside])),
            Source.STATUSES,
            len(mine),
        )


def _premature(block: Block, promise: Promise, known: Starts) -> tuple[Ints, Floats, Ints]:
    """Kind 3: the premature 429s (block rows), since when their windows can count, and the start that says so."""
    rejected = np.flatnonzero(block.rejected)
    sent, received = block.sent[rejected], block.received[rejected]
    low, since = known.latest(sent)
    low = np.where(low < block.begin[block.key[rejected]], -np.inf, low)
    lower = np.maximum(low, sent - promise.longest)
    counted = block.admitted | block.maybe
    possible = np.searchsorted(np.sort(block.sent[counted]), received, side="right")
    possible -= np.searchsorted(np.sort(block.late[counted]), lower, side="left")
    excused = np.zeros(len(rejected), dtype=bool) if promise.fresh else lower < block.begin[block.key[rejected]]
    bad = (possible < promise.limit) & ~excused
    return rejected[bad], lower[bad], np.where(low[bad] == lower[bad], since[bad], -1)


def _name_premature(
    block: Block, promise: Promise, known: Starts, premature: Ints, lower: Floats, since: Ints
) -> Iterator[Found]:
    """Name premature 429s: a window too long where a longer one explains them, another algorithm, or plain wrong."""
    if not len(premature):
        return
    for key in np.unique(block.key[premature]):
        mine = np.flatnonzero(block.key[premature] == key)
        pick = mine[0]
        row = premature[pick]
        name = Name.NOT_FIXED_WINDOW if since[pick] >= 0 else Name.PREMATURE_429
        if since[pick] < 0 and _longer_explains(block, promise, premature[mine]):
            name = Name.WINDOW_TOO_LONG
        inside = _possible(block, int(row), float(lower[pick]))
        reach = block.received[row] - lower[pick]
        yield Found(
            name,
            block.keys[key],
            f"no 429 before {promise.limit} requests of its window",
            f"429 with at most {int(inside.sum())} requests in the {reach:.3f} s that its window can hold",
            (int(block.rows[row]),),
            Source.STATUSES,
            len(mine),
        )


def _possible(block: Block, row: int, lower: float) -> Bools:
    """Requests of the same key that can have been counted between `lower` and the reply at `row`."""
    same = (block.key == block.key[row]) & (block.admitted | block.maybe)
    counted: Bools = same & (block.sent <= block.received[row]) & (block.late >= lower)
    return counted


def _longer_explains(block: Block, promise: Promise, rows: Ints) -> bool:
    """Whether a window of one and a half times the length would excuse all these 429s."""
    return all(
        _possible(block, int(row), float(block.sent[row]) - 1.5 * promise.longest).sum() >= promise.limit
        for row in rows[:200]
    )


def _close_starts(block: Block, promise: Promise, known: Starts) -> Iterator[Found]:
    """Kind 2: starts of two windows that are certainly less than W apart."""
    best, index = known.latest(known.low)
    apart = known.high - best
    bad = np.flatnonzero(apart <= promise.shortest)
    if not len(bad):
        return
    keys = block.key[known.proof[bad, 1]]
    for key in np.unique(keys):
        mine = bad[keys == key]
        tight = int(mine[np.argmin(apart[mine])])
        earlier = int(np.argmax(known.low[: index[tight] + 1]))
        witness = np.unique(block.rows[np.append(known.proof[earlier], known.proof[tight])])
        short = apart[mine].min() >= SHORT * promise.window
        yield Found(
            Name.WINDOW_TOO_SHORT if short else Name.NOT_FIXED_WINDOW,
            block.keys[key],
            f"windows start at least {promise.window:g} s apart",
            f"two windows started within {apart[tight]:.3f} s",
            tuple(int(row) for row in witness),
            Source.STATUSES,
            len(mine),
        )
