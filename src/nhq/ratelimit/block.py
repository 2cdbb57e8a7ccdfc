"""Some keys of a history, made ready for judgement: one time line on which the keys lie far apart.

Keys are independent, so they can be judged in any grouping; blocks of some 10⁵ events keep working memory small
and the arrays in cache. Each key's times are moved by a multiple of `stride`, which exceeds the history's length
by several windows: one sort serves all keys of a block, and no interval test ever reaches from key to key.

What a status says of the counter:

- admitted: any answer but 429, 401 and 5xx. It was let through and counted (the contract: every other answer counts).
- rejected: 429. The window was full at the instant of decision.
- maybe: no reply, 5xx and 401. It may have been counted or not. No reply and 5xx may also be decided late: a request
  given up by the client or a gateway can sit in a queue. We allow for one window after we stopped waiting.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nhq.ratelimit.history import NO_REPLY, Bools, Floats, History, Ints

#: Two clocks both kept by NTP part by no more than this share of the time passed (500 ppm is NTP's own bound).
RATE = 5e-4
#: Resolution of clocks and timers, seconds: nothing shorter is evidence.
GRAIN = 2e-3
#: Events a block aims at.
BLOCK = 100_000


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised: `limit` requests in `window` seconds; `fresh`: the keys were unused for a window before."""

    limit: int
    window: float
    fresh: bool = False

    @property
    def shortest(self) -> float:
        """A span (seconds, our clock) which is certainly no longer than the server's window."""
        return self.window * (1 - RATE) - GRAIN

    @property
    def longest(self) -> float:
        """A span (seconds, our clock) which is certainly no shorter than the server's window."""
        return self.window * (1 + RATE) + GRAIN


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Events of a few keys, in any order; times on the block's own line. `begin[k]`: what key k sent before
    the recording was decided by then (its first `sent`, and the longest latency seen on top).
    """

    rows: Ints
    keys: tuple[str, ...]
    key: npt.NDArray[np.int32]
    sent: Floats
    received: Floats
    late: Floats
    status: npt.NDArray[np.int16]
    admitted: Bools
    rejected: Bools
    maybe: Bools
    limit: npt.NDArray[np.int32]
    remaining: npt.NDArray[np.int32]
    reset: Floats
    begin: Floats
    shift: Floats
    base: float
    origin: float

    def __len__(self) -> int:
        return len(self.sent)

    def key_at(self, instant: Floats) -> Ints:
        """The keys to which instants on the block's line belong."""
        return np.searchsorted(self.edges, instant, side="right") - 1

    @property
    def edges(self) -> Floats:
        """Where each key's part of the line begins."""
        return self.shift + self.base

    def merged(self, keys: Ints) -> "Block":
        """The events of some keys as if all had used the first of them."""
        key = int(keys[0])
        chosen = np.flatnonzero(np.isin(self.key, keys))
        move = self.shift[key] - self.shift[self.key[chosen]]
        return Block(
            rows=self.rows[chosen],
            keys=(self.keys[key],),
            key=np.zeros(len(chosen), dtype=np.int32),
            sent=self.sent[chosen] + move,
            received=self.received[chosen] + move,
            late=self.late[chosen] + move,
            status=self.status[chosen],
            admitted=self.admitted[chosen],
            rejected=self.rejected[chosen],
            maybe=self.maybe[chosen],
            limit=self.limit[chosen],
            remaining=self.remaining[chosen],
            reset=self.reset[chosen],
            begin=np.array([(self.begin - self.shift)[keys].min() + self.shift[key]]),
            shift=self.shift[key : key + 1],
            base=self.base,
            origin=self.origin,
        )


def blocks(history: History, promise: Promise, size: int = BLOCK) -> Iterator[Block]:
    """Cut a history into blocks of whole keys, about `size` events each (a single larger key stays whole)."""
    counts = np.bincount(history.key, minlength=len(history.keys))
    small = history.key.astype(np.int16) if len(history.keys) < 2**15 else history.key
    order = np.argsort(small, kind="stable") if len(counts) > 1 else np.arange(len(history))
    ends = np.cumsum(counts)
    start, first = 0, 0
    for last, end in enumerate(ends):
        if end - start >= size or (last == len(ends) - 1 and end > start):
            yield _block(history, promise, order[start:end], first, last + 1)
            start, first = int(end), last + 1


def _block(history: History, promise: Promise, rows: Ints, first: int, last: int) -> Block:
    """The events at `rows`, which belong to the keys first..last-1."""
    key = (history.key[rows] - first).astype(np.int32)
    sent = history.sent[rows] - history.slack
    received = history.received[rows] + history.slack
    base = float(sent.min())
    stride = 2 * (float(received.max()) - base) + 8 * promise.window
    shift = np.arange(last - first, dtype=np.float64) * stride - base
    move = shift[key]
    sent, received = sent + move, received + move
    status = history.status[rows]
    trouble = (status == NO_REPLY) | (status >= 500)
    maybe = trouble | (status == 401)
    rejected = (status == 429) & ~_invalid(key, status, last - first)[key]
    begin = np.full(last - first, np.inf)
    np.minimum.at(begin, key, sent)
    if not promise.fresh:
        begin += float((received - sent)[status != NO_REPLY].max(initial=0.0))
    return Block(
        rows=rows,
        keys=history.keys[first:last],
        key=key,
        sent=sent,
        received=received,
        late=received + trouble * promise.window,
        status=status,
        admitted=~(maybe | (status == 429)),
        rejected=rejected,
        maybe=maybe,
        limit=history.limit[rows],
        remaining=history.remaining[rows],
        reset=history.reset[rows],
        begin=begin,
        shift=shift,
        base=base,
        origin=history.origin,
    )


def _invalid(key: npt.NDArray[np.int32], status: npt.NDArray[np.int16], keys: int) -> Bools:
    """Keys that got 401 and were never admitted. Such may be limited by address, which nothing promises."""
    refused = np.bincount(key[status == 401], minlength=keys)
    admitted = np.bincount(key[(status > 0) & (status < 500) & (status != 401) & (status != 429)], minlength=keys)
    invalid: Bools = (refused > 0) & (admitted == 0)
    return invalid
