"""When windows certainly started, known from statuses and times alone (kind 2 of the argument in `admissions`)."""

from dataclasses import dataclass

import numpy as np

from nhq.ratelimit.checker.partition import NODES, KeyBlock, RateLimitPromise
from nhq.ratelimit.history.history import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Starts:
    """Intervals (low, high], sorted by `high`, in each of which some window starts.

    All arrays have shape (n,), but `proof` (n, 2): two block rows for each interval.

    A window starts where the first of the server's nodes starts it; another may still be up to NODES behind.
    `crowd`: known from N + 1 admissions at close quarters; otherwise from an admission after a 429.
    """

    low: Floats
    high: Floats
    proof: Ints
    crowd: Bools

    def latest(self, instant: Floats) -> tuple[Floats, Ints]:
        """For each instant, the greatest `low` among starts that lie at or before it, and whose (-inf, -1: none)."""
        best = np.maximum.accumulate(self.low) if len(self.low) else self.low
        first = np.append(True, self.low[1:] > best[:-1]) if len(self.low) else np.empty(0, dtype=bool)
        which = np.maximum.accumulate(np.where(first, np.arange(len(self.low)), 0))
        index = np.searchsorted(self.high, instant, side="right") - 1
        return np.append(best, -np.inf)[index], np.append(which, -1)[index]

    def rows(self, chosen: Bools) -> "Starts":
        """Some of the intervals."""
        return Starts(self.low[chosen], self.high[chosen], self.proof[chosen], self.crowd[chosen])


def certain_starts(block: KeyBlock, promise: RateLimitPromise) -> Starts:
    """All intervals that certainly contain a window start."""
    admitted = np.flatnonzero(block.admitted)
    by_sent = admitted[np.argsort(block.sent[admitted], kind="stable")]
    by_received = admitted[np.argsort(block.received[admitted], kind="stable")]
    crowds = _crowds(block, promise, by_sent, by_received)
    proof = np.concatenate([crowds, _reopenings(block, by_sent)])
    low, high = block.sent[proof[:, 0]] - NODES, block.received[proof[:, 1]]
    order = np.argsort(high, kind="stable")
    return Starts(low[order], high[order], proof[order], order < len(crowds))


def _crowds(block: KeyBlock, promise: RateLimitPromise, by_sent: Ints, by_received: Ints) -> Ints:
    """N + 1 admitted within less than a window: pairs of the first sent and the last received."""
    first, last = by_sent[: -promise.limit], by_received[promise.limit :]
    near = block.received[last] - block.sent[first] < promise.longest
    return np.stack([first[near], last[near]], axis=1)


def _reopenings(block: KeyBlock, by_sent: Ints) -> Ints:
    """Pairs of a 429 and the earliest received admission that was sent after the 429 was received."""
    rejected = np.flatnonzero(block.rejected)
    earliest = _earliest_from(block.received[by_sent])
    place = np.searchsorted(block.sent[by_sent], block.received[rejected], side="right")
    inside = place < len(by_sent)
    rejected, answer = rejected[inside], by_sent[earliest[place[inside]]]
    same = block.key[rejected] == block.key[answer]
    return np.stack([rejected[same], answer[same]], axis=1)


def _earliest_from(values: Floats) -> Ints:
    """For each place, the index of the smallest value at or after it."""
    lowest = np.minimum.accumulate(values[::-1])[::-1]
    index = np.where(values == lowest, np.arange(len(values)), len(values))
    return np.minimum.accumulate(index[::-1])[::-1]
