"""Judge counts by headers: (reset, remaining) names an event's place in its window, so no search is needed.

`position = N - remaining` is the counter's value at some instant in [sent, received], not before the event itself was
counted. Where the event is settled (`windows`) it was counted in the window that it names. Hence, inside one window:

- lost update: position < 1 + the number of counted requests received before this one was sent, or < the number of
  requests of the window which declare the same or a lower position (counters are distinct, and read no sooner);
- phantom count: position > the number of requests that can have been counted until its reply (including those whose
  window is not known: no reply, 5xx, 401, answers without usable headers, and those that aren't settled);
- order: of two requests, one received before the other was sent, the later has the greater position;
- over-admission: more than N admitted, or an admission after a 429; premature 429: fewer than N can have been counted;
- remaining on a 429 not 0: the window that refused is the one that was read.

A counted answer with nothing remaining that isn't an admission (404, say) may lie beyond the limit: its position is N,
or more. What was counted before the recording is unknown, so a key's first windows yield no phantom count and no
premature 429, unless its keys are fresh. Other clients' requests explain both (`Anomaly.alone`).
"""

from collections.abc import Iterator

import numpy as np

from nhq.ratelimit.checker.anomalies import Anomaly, EvidenceSource, Name
from nhq.ratelimit.checker.header_anomalies import per_key
from nhq.ratelimit.checker.ledger import Counted, View
from nhq.ratelimit.checker.partition import KeyBlock, RateLimitPromise
from nhq.ratelimit.checker.window_positions import judge_positions
from nhq.ratelimit.checker.windows import Declared
from nhq.ratelimit.history.history import MALFORMED, Bools, Ints


def judge_counts(seen: View) -> Iterator[Anomaly]:
    """All anomalies of counting and admission that the declared windows prove."""
    if not len(seen.windows):
        return
    yield from _overfull(seen.block, seen.promise, seen.windows, seen.table)
    yield from _after_full(seen)
    yield from _left(seen)
    yield from _premature(seen)
    yield from judge_positions(seen)


def _overfull(block: KeyBlock, promise: RateLimitPromise, windows: Declared, table: Counted) -> Iterator[Anomaly]:
    """More than N in one declared window that came before, or are, its last admission."""
    admitted = table.settled & block.admitted[table.rows]
    last = np.full(len(windows), -np.inf)
    np.maximum.at(last, table.at[admitted], table.sent[admitted])
    inside = admitted | (table.settled & (~table.beyond | (table.received < last[table.at])))
    sizes = np.bincount(table.at[inside], minlength=len(windows))
    for key, mine in _windows_by_key(windows, sizes > promise.limit):
        window = int(mine[np.argmin(sizes[mine])])
        rows = table.rows[inside & (table.at == window)]
        rows = rows[np.argsort(block.received[rows])][: promise.limit + 1]
        yield Anomaly(
            Name.OVER_ADMISSION,
            block.keys[key],
            f"at most {promise.limit} admitted in a window",
            f"{sizes[window]} admitted in the window that ends at {windows.low[window]:.0f}",
            tuple(int(row) for row in block.rows[rows]),
            EvidenceSource.HEADERS,
            len(mine),
        )


def _windows_by_key(windows: Declared, mask: Bools) -> Iterator[tuple[int, Ints]]:
    """The windows in `mask`, key by key."""
    chosen = np.flatnonzero(mask)
    for key in np.unique(windows.key[chosen]):
        yield int(key), chosen[windows.key[chosen] == key]


def _after_full(seen: View) -> Iterator[Anomaly]:
    """An admission sent after a 429 of the same declared window was received: full windows stay full."""
    block, windows, table, refused, at = seen.block, seen.windows, seen.table, seen.full, seen.full_at
    first = np.full(len(windows), np.inf)
    np.minimum.at(first, at, block.received[refused])
    late = block.admitted[table.rows] & (block.sent[table.rows] > first[table.at])
    for key, rows in _rows_by_key(block, table.rows[late]):
        row = int(rows[0])
        window = int(table.at[table.rows == row][0])
        witness = refused[(at == window) & (block.received[refused] == first[window])][0]
        yield Anomaly(
            Name.OVER_ADMISSION,
            block.keys[key],
            "nothing admitted in a window after its 429",
            f"status {block.status[row]} after a 429, both in the window that ends at {windows.low[window]:.0f}",
            (int(block.rows[witness]), int(block.rows[row])),
            EvidenceSource.HEADERS,
            len(rows),
        )


def _left(seen: View) -> Iterator[Anomaly]:
    """A 429 with a Remaining above 0 in the window that refused it."""
    left = np.zeros(len(seen.block), dtype=bool)
    left[seen.full] = True
    left &= (seen.block.remaining != 0) & (seen.block.remaining > MALFORMED)
    yield from per_key(seen.block, left, Name.REMAINING_ON_429, "X-RateLimit-Remaining 0 on a 429", "remaining")


def _rows_by_key(block: KeyBlock, rows: Ints) -> Iterator[tuple[int, Ints]]:
    """Block rows key by key, earliest sent first."""
    rows = rows[np.argsort(block.sent[rows], kind="stable")]
    for part in np.split(rows, np.flatnonzero(np.diff(block.key[rows])) + 1):
        if len(part):
            yield int(block.key[part[0]]), part


def _premature(seen: View) -> Iterator[Anomaly]:
    """A 429 in a declared window which cannot have been full."""
    block, rows, most = seen.block, seen.full, seen.full_most
    bad = (most < seen.promise.limit) & ~seen.excused[seen.full_at]
    for key, wrong in _rows_by_key(block, rows[bad]):
        count = int(most[rows == wrong[0]][0])
        yield Anomaly(
            Name.PREMATURE_429,
            block.keys[key],
            f"no 429 before {seen.promise.limit} requests of its window",
            f"429 with at most {count} requests in its declared window",
            (int(block.rows[wrong[0]]),),
            EvidenceSource.HEADERS,
            len(wrong),
            alone=True,
        )
