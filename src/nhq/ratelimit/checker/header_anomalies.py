"""Judge the three headers one response at a time: present, whole numbers, the promised limit, Unix time in seconds."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from nhq.ratelimit.checker.anomalies import Anomaly, EvidenceSource, Name
from nhq.ratelimit.checker.partition import KeyBlock, RateLimitPromise
from nhq.ratelimit.checker.reset_units import EPOCH, reset_unit_words
from nhq.ratelimit.checker.unreadable_headers import HEADERS, describe_unreadable
from nhq.ratelimit.history.history import MALFORMED, MISSING, NO_REPLY, Bools, Ints

#: Different values that an anomaly lists at most.
VALUES = 5


def judge_headers(block: KeyBlock, promise: RateLimitPromise) -> Iterator[Anomaly]:
    """Anomalies that single responses prove. A 401 has no key to count: it needs the headers, with any values."""
    judged = block.judged
    yield from _missing(block)
    wrong = judged & (block.limit != promise.limit) & (block.limit != MISSING)
    yield from per_key(block, wrong, Name.LIMIT_WRONG, f"X-RateLimit-Limit {promise.limit}", "limit")
    unreadable = judged & (block.remaining == MALFORMED)
    yield from per_key(block, unreadable, Name.REMAINING_RANGE, "X-RateLimit-Remaining a whole number", "remaining")
    known = judged & (block.remaining > MALFORMED)
    strange = known & ((block.remaining < 0) | ((block.limit > MALFORMED) & (block.remaining > block.limit)))
    yield from per_key(block, strange, Name.REMAINING_RANGE, "X-RateLimit-Remaining from 0 to the limit", "remaining")
    yield from _resets(block, promise)


def _resets(block: KeyBlock, promise: RateLimitPromise) -> Iterator[Anomaly]:
    """Anomalies of Resets that are no Unix time in whole seconds, with the unit that they are in."""
    judged, (low, high) = block.judged, EPOCH
    epoch = (block.reset > low) & (block.reset < high)
    number = np.isfinite(block.reset)
    expected = "X-RateLimit-Reset a Unix timestamp in seconds"
    for found in per_key(block, judged & number & ~epoch, Name.RESET_NOT_EPOCH, expected, "reset"):
        yield replace(found, actual=f"{found.actual}: {reset_unit_words(float(found.values[0]), promise.window)}")
    with np.errstate(invalid="ignore"):
        broken = np.isinf(block.reset) | (epoch & (block.reset != np.floor(block.reset)))
    yield from per_key(block, judged & broken, Name.RESET_NOT_INTEGER, "X-RateLimit-Reset a whole number", "reset")


def _missing(block: KeyBlock) -> Iterator[Anomaly]:
    """Answers that lack one of the three headers, except for a gateway's own answers."""
    gone = _gone(block)
    absent = np.logical_or.reduce([np.zeros(len(block), dtype=bool), *gone.values()])
    mask = absent & (block.status != NO_REPLY) & ~block.gateway
    for key, rows in by_key(block, mask):
        row = int(rows[0])
        names = [name for name, without in gone.items() if without[row]]
        actual = f"status {block.status[row]} without {', '.join(names)}"
        yield Anomaly(
            Name.HEADER_MISSING,
            block.keys[key],
            "the three headers on every response",
            actual,
            (int(block.rows[row]),),
            EvidenceSource.HEADERS,
            len(rows),
        )


def _gone(block: KeyBlock) -> dict[str, Bools]:
    """Which answers lack each of the headers that were recorded at all."""
    columns = {"limit": block.limit == MISSING, "remaining": block.remaining == MISSING, "reset": np.isnan(block.reset)}
    return {HEADERS[name]: gone for name, gone in columns.items() if name not in block.unrecorded}


def per_key(block: KeyBlock, mask: Bools, name: Name, expected: str, column: str) -> Iterator[Anomaly]:
    """One anomaly for each key with an event in `mask` (n,), with the values in `column`, the first event's first."""
    for key, rows in by_key(block, mask):
        values = tuple(_values(block, column, rows, key))
        actual = f"{HEADERS[column]} {values[0]} with status {block.status[rows[0]]}"
        witness = (int(block.rows[rows[0]]),)
        yield Anomaly(
            name, block.keys[key], expected, actual, witness, EvidenceSource.HEADERS, len(rows), values=values
        )


def _values(block: KeyBlock, column: str, rows: Ints, key: int) -> Iterator[str]:
    """A few different values of a header, the first row's first; for one that is no number, its text if it is known."""
    numbers = getattr(block, column)[rows]
    different, first = np.unique(numbers, return_index=True)
    for value in different[np.argsort(first)][:VALUES]:
        readable = value != MALFORMED and not np.isinf(value)
        yield f"{value:.15g}" if readable else describe_unreadable(block.unread, block.keys[key], column)


def by_key(block: KeyBlock, mask: Bools) -> Iterator[tuple[int, Ints]]:
    """The events in `mask`, key by key, earliest sent first."""
    rows = np.flatnonzero(mask)
    if not len(rows):
        return
    rows = rows[np.argsort(block.sent[rows], kind="stable")]
    key = block.key[rows]
    cuts = np.flatnonzero(np.diff(key)) + 1
    for part in np.split(rows, cuts):
        yield int(block.key[part[0]]), part
