"""Known limiter algorithms as predictions: what each would have answered, given the actual admissions.

Each model bounds, for every event of one key, the number of requests `used` at the instant of decision: `low` by those
that certainly came before, `high` by those that may have. An admission with low >= capacity contradicts the model, and
so does a 429 with high < capacity. Predictions start from the actual admissions before each event, so one error doesn't
cause others.

Admissions are taken by rank: whichever of them was decided as number k, it had k - 1 before it, and was decided between
the k-th smallest send time and the k-th smallest receive time. So crowds of simultaneous requests count fully.
"""

from dataclasses import dataclass

import numpy as np

from nhq.ratelimit.history.history import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """The judged events of one key, admissions by rank (see the module), in the order of their middles.

    Arrays of the n judged events: `sent`, `received`, `admitted`, `before` (the number of admissions before an
    admission, 0 for a 429) and `hits` (their middles, sorted). Arrays of the a admissions, sorted: `sends`, `receipts`
    and `middles`. `guests`: the sorted send and latest decision times of requests that may have counted. `fuzz` is the
    longest latency (seconds). `alone`: there were no other requests.
    """

    sent: Floats
    received: Floats
    admitted: Bools
    before: Ints
    sends: Floats
    receipts: Floats
    middles: Floats
    hits: Floats
    guests: tuple[Floats, Floats]
    fuzz: float
    alone: bool = True

    def since(self, start: Floats) -> tuple[Ints, Ints]:
        """Least and greatest number of admissions between `start` and each event's decision."""
        low = self.before - np.searchsorted(self.sends, start, side="left")
        high = _between(self.sends, self.receipts, start, self.received)
        return np.maximum(low, 0), high + _between(*self.guests, start, self.received)


def _between(sends: Floats, receipts: Floats, start: Floats, end: Floats) -> Ints:
    """The number of intervals that may lie between start and end."""
    return np.searchsorted(sends, end, side="right") - np.searchsorted(receipts, start, side="left")


def event_trace(sent: Floats, received: Floats, admitted: Bools, hits: Floats, guests: tuple[Floats, Floats]) -> Trace:
    """Lay one key's judged events out for the models. `guests` are intervals of requests that may have counted."""
    sends, receipts = np.sort(sent[admitted]), np.sort(received[admitted])
    fuzz = float(np.max(received - sent, initial=0.0))
    sent, received = np.append(sends, sent[~admitted]), np.append(receipts, received[~admitted])
    before = np.append(np.arange(len(sends)), np.zeros(len(sent) - len(sends), dtype=np.int64))
    order = np.argsort(sent + received, kind="stable")
    passed = order < len(sends)
    middles = (sends + receipts) / 2
    return Trace(
        sent[order],
        received[order],
        passed,
        before[order],
        sends,
        receipts,
        middles,
        np.sort(hits),
        (np.sort(guests[0]), np.sort(guests[1])),
        fuzz,
    )


def count_contradictions(events: Trace, low: Floats | Ints, high: Floats | Ints, capacity: float) -> int:
    """The number of events that the bounds on `used` cannot explain."""
    wrong = np.where(events.admitted, low >= capacity, events.alone & (high < capacity))
    return int(wrong.sum())


def grid_contradictions(events: Trace, limit: int, window: float, phase: float) -> int:
    """Fixed windows that change at phase + k W; an event across an edge may belong to either side."""
    low, high = events.since(phase + np.floor((events.sent - phase) / window) * window)
    low2, high2 = events.since(phase + np.floor((events.received - phase) / window) * window)
    return count_contradictions(events, np.minimum(low, low2), np.maximum(high, high2), limit)


def first_request(events: Trace, limit: int, window: float) -> int:
    """Fixed windows that open with the first admission after the last one's end, found one after the other."""
    begin = np.full(len(events.sent), -np.inf)
    loose = np.zeros(len(events.sent), dtype=bool)
    place, total = 0, len(events.middles)
    middle = (events.sent + events.received) / 2
    while place < total:
        opened = events.middles[place]
        begin[np.searchsorted(middle, opened, side="left") :] = opened - events.fuzz
        place = _next_opening(events, place, limit, window)
        if place < total:
            edge = opened + window
            near = slice(
                np.searchsorted(middle, edge - 2 * events.fuzz), np.searchsorted(middle, edge + 2 * events.fuzz)
            )
            loose[near] = True
    low, high = events.since(begin)
    past = middle - begin - events.fuzz > window + 2 * events.fuzz
    high = np.where(past, 0, high)
    return count_contradictions(events, np.where(loose, 0, low), np.where(loose, limit, high), limit)


def _next_opening(events: Trace, place: int, limit: int, window: float) -> int:
    """The admission that opens the next window: the first after the end; within latency of it, the first too many."""
    end = events.middles[place] + window
    sure = int(np.searchsorted(events.middles, end + 2 * events.fuzz, side="left"))
    maybe = int(np.searchsorted(events.middles, end - 2 * events.fuzz, side="left"))
    if place + limit < sure and place + limit >= maybe:
        return place + limit
    exact = int(np.searchsorted(events.middles, end, side="left"))
    return max(place + 1, exact)


def sliding_log(events: Trace, limit: int, window: float) -> int:
    """At most `limit` admissions in any stretch of a window's length."""
    low = events.before - np.searchsorted(events.sends, events.received - window, side="right")
    _, high = events.since(events.sent - window)
    return count_contradictions(events, np.maximum(low, 0), high, limit)


def sliding_counter(events: Trace, limit: int, window: float, phase: float) -> int:
    """This grid window's count plus the last one's, weighed by its overlap. Rounding may add or take away one."""
    low, high = _weighed(events, window, phase + np.floor((events.sent - phase) / window) * window)
    low2, high2 = _weighed(events, window, phase + np.floor((events.received - phase) / window) * window)
    return count_contradictions(events, np.minimum(low, low2) - 1, np.maximum(high, high2) + 1, limit)


def _weighed(events: Trace, window: float, start: Floats) -> tuple[Floats, Floats]:
    """The sliding counter's estimate for decisions in the grid windows that begin at `start`."""
    now_low, now_high = events.since(start)
    both_low, both_high = events.since(start - window)
    share_low = 1 - np.clip((events.received - start) / window, 0.0, 1.0)
    share_high = 1 - np.clip((events.sent - start) / window, 0.0, 1.0)
    low: Floats = now_low + np.maximum(both_low - now_high, 0) * share_low
    high: Floats = now_high + np.maximum(both_high - now_low, 0) * share_high
    return low, high


def bucket_capacities(limit: int) -> list[int]:
    """Capacities of buckets to try."""
    return sorted({1, 2, 5, 10, max(1, limit // 4), max(1, limit // 2), limit, limit + 1})


def bucket_contradictions(events: Trace, limit: int, window: float, capacity: int) -> int:
    """`capacity` tokens, `limit` new ones a window: token bucket, leaky bucket and GCRA look the same from outside."""
    rate = limit / window
    count = np.arange(len(events.middles))
    excess = count - rate * events.middles
    lowest = np.minimum.accumulate(excess) if len(excess) else excess
    middle = (events.sent + events.received) / 2
    earlier = np.where(events.admitted, events.before, np.searchsorted(events.middles, middle, side="left"))
    trough = np.append(lowest, 0.0)[earlier - 1]
    used = np.where(earlier > 0, np.maximum(earlier - rate * middle - trough, 0.0), 0.0)
    high = np.searchsorted(events.sends, events.received, side="right")
    high = high + _between(*events.guests, middle - window, events.received)
    swing = rate * 2 * events.fuzz + 1e-6
    least = np.asarray(used - swing, dtype=np.float64)
    most = np.asarray(used + (high - earlier) + swing, dtype=np.float64)
    return count_contradictions(events, least, most, capacity - 1 + 1e-9)


def moved_by_hits(events: Trace, limit: int, window: float) -> int:
    """A counter that is reset only after a window's length without any request."""
    calm = np.append(True, np.diff(events.hits) >= window)
    openings = events.hits[calm]
    near = np.append(np.inf, np.abs(np.diff(events.hits) - window))[calm] <= 2 * events.fuzz
    middle = (events.sent + events.received) / 2
    place = np.maximum(np.searchsorted(openings, middle, side="right") - 1, 0)
    low, high = events.since(openings[place] - events.fuzz)
    return count_contradictions(events, np.where(near[place], 0, low), np.where(near[place], limit, high), limit)
