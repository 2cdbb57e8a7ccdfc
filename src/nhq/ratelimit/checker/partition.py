"""Prepare some keys of a history for judgement: on one time line, on which the keys lie far apart.

Keys are independent, so they can be judged in any grouping; blocks of some 10⁵ events keep working memory small
and the arrays in cache. Each key's times are moved by a multiple of `stride`, which exceeds the history's length
by several windows: one sort serves all keys of a block, and no interval test ever reaches from key to key.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from nhq.ratelimit.checker.classify import classify_answers
from nhq.ratelimit.checker.time_order import sort_ascending
from nhq.ratelimit.checker.unreadable_headers import Unread
from nhq.ratelimit.history.history import NO_REPLY, Bools, Floats, History, Ints

#: Two clocks both kept by NTP drift apart by no more than this share of the time passed (500 ppm is NTP's bound).
RATE = 5e-4
#: Resolution of clocks and timers, seconds: nothing shorter is evidence.
GRAIN = 2e-3
#: Nodes of one server may begin a window this much (seconds) one after the other, each by a clock of its own.
NODES = 0.05
#: Events a block aims at.
BLOCK = 100_000


@dataclass(frozen=True, slots=True)
class RateLimitPromise:
    """What is promised: `limit` requests in `window` seconds. `fresh`: the keys were unused for a window before;
    `alone`: nobody but the recorder used them during it.
    """

    limit: int
    window: float
    fresh: bool = False
    alone: bool = False

    @property
    def shortest(self) -> float:
        """A span (seconds, our clock) which is certainly no longer than the server's window."""
        return self.window * (1 - RATE) - GRAIN - NODES

    @property
    def longest(self) -> float:
        """A span (seconds, our clock) which is certainly no shorter than the server's window."""
        return self.window * (1 + RATE) + GRAIN + NODES


def make_promise(
    history: History, limit: int, window: float, fresh: bool | None, alone: bool | None
) -> RateLimitPromise:
    """The promise; `fresh` and `alone` are the recorder's where they are not given."""
    told = history.meta
    return RateLimitPromise(
        limit, window, told.fresh if fresh is None else fresh, told.alone if alone is None else alone
    )


#: A block's columns with one value for each event.
EVENT = (
    *("rows", "key", "sent", "received", "late", "status", "limit", "remaining", "reset"),
    *("admitted", "counted", "rejected", "maybe", "gateway", "judged"),
)


@dataclass(frozen=True, slots=True, eq=False)
class KeyBlock:
    """n events of K keys, in any order, with times on the block's own line; `classify` explains the masks.

    Arrays of events have shape (n,), `begin` and `shift` (K,). Times are in seconds. `late`: the latest instant of
    decision. `begin[k]`: by then, all that key k sent before the recording was decided.
    `together`: one clock recorded all keys; `wobble`: how far the wall clock that gave `origin` was moved.
    `unrecorded`: columns that the recorder didn't keep.
    """

    rows: Ints
    keys: tuple[str, ...]
    key: npt.NDArray[np.int32]
    sent: Floats
    received: Floats
    late: Floats
    status: npt.NDArray[np.int16]
    admitted: Bools
    counted: Bools
    rejected: Bools
    maybe: Bools
    gateway: Bools
    judged: Bools
    limit: npt.NDArray[np.int32]
    remaining: npt.NDArray[np.int32]
    reset: Floats
    begin: Floats
    shift: Floats
    base: float
    origin: float
    together: bool
    wobble: float
    unrecorded: frozenset[str] = frozenset()
    unread: Unread = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.sent)

    def key_at(self, instant: Floats) -> Ints:
        """The keys to which instants on the block's line belong."""
        return np.searchsorted(self.edges, instant, side="right") - 1

    def admissions(self) -> tuple[Floats, Floats]:
        """When the admitted requests were sent, and when received, each sorted."""
        return sort_ascending(self.sent[self.admitted]), np.sort(self.received[self.admitted], kind="stable")

    @property
    def edges(self) -> Floats:
        """Where each key's part of the line begins."""
        return self.shift + self.base

    def merged(self, keys: Ints) -> "KeyBlock":
        """The events of some keys as if all had used the first of them."""
        key = int(keys[0])
        chosen = np.flatnonzero(np.isin(self.key, keys))
        move = self.shift[key] - self.shift[self.key[chosen]]
        columns = {name: getattr(self, name)[chosen] for name in EVENT}
        moved = {name: columns[name] + move for name in ("sent", "received", "late")}
        return replace(
            self,
            keys=(self.keys[key],),
            **{**columns, **moved, "key": np.zeros(len(chosen), dtype=np.int32)},
            begin=np.array([(self.begin - self.shift)[keys].min() + self.shift[key]]),
            shift=self.shift[key : key + 1],
        )


def cut_into_blocks(counts: Ints, size: int = BLOCK) -> list[tuple[int, int]]:
    """Cut keys with `counts` (K,) events each into blocks: pairs of the first key and the one after the last.

    The blocks of some of these, laid side by side, are cut at the same places.
    """
    cuts: list[tuple[int, int]] = []
    first, events = 0, 0
    for key, count in enumerate(counts.tolist()):
        events += count
        if events >= size or (key == len(counts) - 1 and events):
            cuts.append((first, key + 1))
            first, events = key + 1, 0
    return cuts


def history_blocks(history: History, promise: RateLimitPromise, size: int = BLOCK) -> Iterator[KeyBlock]:
    """Cut a history into blocks of whole keys, about `size` events each (a single larger key stays whole)."""
    counts = history.counts
    order = _by_key(history)
    ends = np.cumsum(counts)
    for first, after in cut_into_blocks(counts, size):
        start = int(ends[first] - counts[first])
        yield _block(history, promise, order[start : int(ends[after - 1])], first, counts[first:after])


def whole_block(history: History, promise: RateLimitPromise) -> KeyBlock:
    """All of a history as one block."""
    return _block(history, promise, _by_key(history), 0, history.counts)


def _by_key(history: History) -> Ints:
    """The rows, key by key."""
    if len(history.keys) == 1:
        return np.arange(len(history))
    small = history.key.astype(np.int16) if len(history.keys) < 2**15 else history.key
    return np.argsort(small, kind="stable")


def _block(history: History, promise: RateLimitPromise, rows: Ints, first: int, counts: Ints) -> KeyBlock:
    """The events at `rows`, key by key: as many as `counts` says of each key, the `first` and those that follow."""
    last = first + len(counts)
    key = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    sent, received = history.sent.take(rows), history.received.take(rows)
    sent -= history.slack
    received += history.slack
    base = float(sent.min())
    stride = 2 * (float(received.max()) - base) + 8 * promise.window
    shift = np.arange(last - first, dtype=np.float64) * stride - base
    move = np.repeat(shift, counts)
    sent += move
    received += move
    said = classify_answers(history, rows)
    begin = np.full(last - first, np.inf)
    used = counts > 0
    begin[used] = np.minimum.reduceat(sent, (np.cumsum(counts) - counts)[used])
    if not promise.fresh:
        begin += unsettled_start(received - sent, said.status, promise)
    return KeyBlock(
        rows=rows if history.numbers is None else history.numbers[rows],
        keys=history.keys[first:last],
        key=key,
        sent=sent,
        received=received,
        late=received + said.late * promise.window if said.late.any() else received,
        status=said.status,
        admitted=said.admitted,
        counted=said.counted,
        rejected=said.rejected,
        maybe=said.maybe,
        gateway=said.gateway,
        judged=said.judged,
        limit=history.limit.take(rows),
        remaining=history.remaining.take(rows),
        reset=history.reset.take(rows),
        begin=begin,
        shift=shift,
        base=base,
        origin=history.origin,
        together=history.together,
        wobble=history.wobble,
        unrecorded=history.unrecorded,
        unread=history.unread,
    )


def unsettled_start(latency: Floats, status: npt.NDArray[np.int16], promise: RateLimitPromise) -> float:
    """Seconds after the recording began by which all earlier requests are decided: as late as a lost request may be."""
    return max(promise.window, float(np.max(latency, initial=0.0, where=status != NO_REPLY)))
