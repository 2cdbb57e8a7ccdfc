"""One cause for many symptoms: a server without fixed windows, whose counts look wrong in windows it doesn't have.

Counts are judged within the windows that resets declare. If there are no such windows, lost updates, phantom counts
and admissions beyond the limit follow from that alone. So they are left out, and only the cause is reported, if

- statuses and times exclude every fixed window, and a moving window or a bucket explains them all; or
- a key is convicted by its counts, and its statuses, times and Remaining are at every answer those of a moving window:
  the limit less what was admitted in the last window's length; and it once neither fell nor started anew.

What statuses alone prove about admissions stays: more, or less, than the limit in a window's length, whatever the
windows. If no known algorithm explains all answers, every finding stays.
"""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from nhq.ratelimit.checker.anomalies import Anomaly, EvidenceSource, Name
from nhq.ratelimit.checker.partition import GRAIN, NODES, KeyBlock, RateLimitPromise
from nhq.ratelimit.history.history import MALFORMED, Bools, Floats, Ints
from nhq.ratelimit.identify.limiter_models import (
    Trace,
    bucket_capacities,
    bucket_contradictions,
    event_trace,
    moved_by_hits,
    sliding_counter,
    sliding_log,
)

#: Anomalies that correct counts show when they are counted in windows that don't exist.
COUNTS = frozenset({Name.LOST_UPDATE, Name.PHANTOM_COUNT, Name.ORDER, Name.OVER_ADMISSION, Name.PREMATURE_429})
#: Anomalies of window lengths that they show then.
LENGTHS = frozenset({Name.WINDOW_TOO_LONG, Name.WINDOW_TOO_SHORT})
#: An algorithm may leave this share of the answers unexplained: timers have a grain.
TOLERATED = 0.002
#: Keys of a block that are fitted, and events of each.
KEYS, EVENTS = 3, 1500
#: Phases tried for a sliding counter.
PHASES = 120


def name_cause(block: KeyBlock, promise: RateLimitPromise, found: list[Anomaly]) -> list[Anomaly]:
    """The findings of a block, without those that only follow from another algorithm, see the module."""
    if not any(_may_follow(one) for one in found):
        return found
    proven = {one.key for one in found if _proves(one, promise)}
    if proven and _explained(block, promise, proven):
        return [one for one in found if not _may_follow(one)]
    named = list(_moving(block, promise, found))
    told = {one.key for one in named}
    return [one for one in found if one.key not in told or not _may_follow(one)] + named


def _may_follow(found: Anomaly) -> bool:
    """Could windows that don't exist explain the whole anomaly?"""
    return _follows(found) or found.name in LENGTHS


def _follows(found: Anomaly) -> bool:
    """Is the anomaly about windows that headers declare?"""
    return found.name in COUNTS and found.source is EvidenceSource.HEADERS


def _proves(found: Anomaly, promise: RateLimitPromise) -> bool:
    """Do statuses and times exclude every fixed window for certain?"""
    seen = found.name is Name.NOT_FIXED_WINDOW and found.source is EvidenceSource.STATUSES
    return seen and (promise.alone or not found.alone)


def _explained(block: KeyBlock, promise: RateLimitPromise, labels: set[str]) -> bool:
    """Does one algorithm explain the answers of the keys that were refused most?"""
    keys = [key for key, label in enumerate(block.keys) if label in labels]
    refused = np.bincount(block.key[block.rejected], minlength=len(block.keys))
    chosen = sorted(keys, key=lambda key: -int(refused[key]))[:KEYS]
    traces = [_trace(block, promise, key) for key in chosen]
    allowed = TOLERATED * sum(len(one.sent) for one in traces)
    limit, window = promise.limit, promise.window
    simple = (sliding_log, moved_by_hits)
    if any(sum(model(one, limit, window) for one in traces) <= allowed for model in simple):
        return True
    sizes = bucket_capacities(limit)
    if any(sum(bucket_contradictions(one, limit, window, size) for one in traces) <= allowed for size in sizes):
        return True
    phases = np.arange(PHASES) * window / PHASES
    return any(sum(sliding_counter(one, limit, window, phase) for one in traces) <= allowed for phase in phases)


def _trace(block: KeyBlock, promise: RateLimitPromise, key: int) -> Trace:
    """The first admissions and 429s of a key, its times from its own beginning on."""
    rows = np.flatnonzero(block.key == key)
    rows = rows[np.argsort(block.sent[rows], kind="stable")][:EVENTS]
    sent, received = block.sent[rows] - block.shift[key], block.received[rows] - block.shift[key]
    judged = block.admitted[rows] | block.rejected[rows]
    if not promise.fresh:
        judged &= block.admitted[rows] | (block.sent[rows] >= block.begin[key] + promise.longest)
    guests = sent[~judged], block.late[rows][~judged] - block.shift[key]
    return event_trace(sent[judged], received[judged], block.admitted[rows][judged], (sent + received) / 2, guests)


def _moving(block: KeyBlock, promise: RateLimitPromise, found: list[Anomaly]) -> Iterator[Anomaly]:
    """One finding for each key that is convicted by counts which are those of a moving window."""
    blamed = {one.key for one in found if _follows(one) and (promise.alone or not one.alone)}
    for key in [key for key, label in enumerate(block.keys) if label in blamed]:
        rows = np.flatnonzero(block.key == key)
        slots = _slots(block, promise, rows)
        if len(slots) and _fits(block, promise, rows):
            yield _named(block, promise, key, slots, len(rows))


def _fits(block: KeyBlock, promise: RateLimitPromise, rows: Ints) -> bool:
    """Are statuses and Remaining at every answer those of a sliding log of a window's length?"""
    sent, received, left = block.sent[rows], block.received[rows], block.remaining[rows].astype(np.int64)
    counted, possible = block.counted[rows], block.counted[rows] | block.maybe[rows]
    since, until = received - promise.window + GRAIN, sent - promise.window - GRAIN
    least = _by(received[counted], sent) - _by(sent[counted], since)
    most = _by(sent[possible], received, "right") - _by(block.late[rows][possible], until)
    least = np.maximum(least, 0)
    wrong = block.admitted[rows] & (least >= promise.limit)
    wrong |= block.rejected[rows] & (most < promise.limit)
    low, high = np.maximum(promise.limit - most, 0), promise.limit - least - counted
    said = (counted | block.rejected[rows]) & (left > MALFORMED)
    wrong |= said & ((left < low) | (left > high))
    return int(said.sum()) > 0 and int(wrong.sum()) <= TOLERATED * len(rows)


def _by(values: Floats, at: Floats, side: Literal["left", "right"] = "left") -> Ints:
    """How many of the values lie before, or by, each instant."""
    return np.searchsorted(np.sort(values), at, side=side)


def _slots(block: KeyBlock, promise: RateLimitPromise, rows: Ints) -> Ints:
    """Pairs of answers, one received before the other was sent, whose Remaining neither fell nor restarted.

    A window that opened in between would have counted no more than was sent since the first of the two.
    """
    told = rows[(block.counted[rows] | block.rejected[rows]) & (block.remaining[rows] > MALFORMED)]
    told = told[np.argsort(block.received[told], kind="stable")]
    later = told[block.admitted[told]]
    place = np.searchsorted(block.received[told], block.sent[later], side="left") - 1
    later, before = later[place >= 0], told[place[place >= 0]]
    possible = rows[block.counted[rows] | block.maybe[rows]]
    most = _by(block.sent[possible], block.received[later], "right")
    most -= _by(block.late[possible], block.sent[before] - NODES)
    held: Bools = block.remaining[before] <= block.remaining[later]
    held &= promise.limit - block.remaining[later] > most
    return np.stack([before[held], later[held]], axis=1)


def _named(block: KeyBlock, promise: RateLimitPromise, key: int, slots: Ints, answers: int) -> Anomaly:
    """The finding of one key, shown by its first such pair."""
    before, later = slots[np.argmin(block.sent[slots[:, 1]])]
    return Anomaly(
        Name.NOT_FIXED_WINDOW,
        block.keys[key],
        f"Remaining falls with each request, or restarts from {promise.limit} with a window",
        f"remaining {block.remaining[later]} after {block.remaining[before]}; in all of {answers} answers it is the "
        f"limit less what was admitted in the {promise.window:g} s before: a moving window",
        tuple(int(row) for row in block.rows[[before, later]]),
        EvidenceSource.HEADERS,
        len(slots),
    )
