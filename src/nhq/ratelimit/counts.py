"""Counts judged with headers: (reset, remaining) names an event's place in its window, so no search is needed.

`position = N - remaining` is the counter's value at some instant in [sent, received], not before the event itself was
counted (a server may read the counter a moment after raising it). Hence, inside one declared window:

- lost update: position < 1 + the number of counted requests received before this one was sent, or < the number of
  requests of the window which declare the same or a lower position (counters are distinct, and read no sooner);
- phantom count: position > the number of requests that can have been counted until its reply (including those whose
  window is not known: no reply, 5xx, 401, answers without usable headers);
- order: of two requests, one received before the other was sent, the later has the greater position;
- over-admission: more than N admitted, or an admission after a 429; premature 429: fewer than N can have been counted.

What was counted before the recording is unknown, so a key's first window yields no phantom count and no premature
429, unless its keys are fresh.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nhq.ratelimit.block import Block, Promise
from nhq.ratelimit.findings import Found, Name, Source
from nhq.ratelimit.history import MALFORMED, Bools, Floats, Ints
from nhq.ratelimit.windows import Declared, usable


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """The admitted events of trusted windows on a line where windows lie apart; `rows` are block rows.

    `before[w]`: how many of them belong to windows earlier than w. `sends`, `receipts` are sorted.
    """

    rows: Ints
    at: Ints
    sent: Floats
    received: Floats
    sends: Floats
    receipts: Floats
    before: Ints
    move: Floats

    def certain(self, sent: Floats, at: Ints) -> Ints:
        """How many events of window `at` were received before the instants `sent`."""
        return np.searchsorted(self.receipts, sent, side="left") - self.before[at]

    def possible(self, received: Floats, at: Ints) -> Ints:
        """How many events of window `at` were sent by the instants `received`."""
        return np.searchsorted(self.sends, received, side="right") - self.before[at]


def counted(block: Block, windows: Declared) -> Counted:
    """Lay the admitted events of trusted windows out for counting."""
    mine = block.admitted[windows.events] & windows.trusted[windows.at]
    rows, at = windows.events[mine], windows.at[mine]
    middle = windows.first_received
    reach = max(
        float(np.max(block.received[windows.events] - middle[windows.at], initial=0.0)),
        float(np.max(middle[windows.at] - block.sent[windows.events], initial=0.0)),
    )
    move = np.arange(len(windows)) * (2 * reach + 1.0) - middle
    sent, received = block.sent[rows] + move[at], block.received[rows] + move[at]
    before = np.cumsum(np.bincount(at, minlength=len(windows) + 1)) - np.bincount(at, minlength=len(windows) + 1)
    return Counted(rows, at, sent, received, np.sort(sent), np.sort(received), before, move)


def judge_counts(block: Block, promise: Promise, windows: Declared, table: Counted) -> Iterator[Found]:
    """Everything the declared windows prove about counting and admission; `table` is `counted(block, windows)`."""
    if not len(windows):
        return
    strangers = _strangers(block)
    excused = _excused(block, promise, windows)
    yield from _overfull(block, promise, windows, table)
    yield from _after_full(block, windows, table)
    yield from _premature(block, promise, windows, table, strangers, excused)
    yield from _positions(block, promise, windows, table, strangers, excused)


def _excused(block: Block, promise: Promise, windows: Declared) -> Bools:
    """Windows that may have begun before the recording did: those not certainly begun after something recorded."""
    if promise.fresh:
        return np.zeros(len(windows), dtype=bool)
    opened = windows.last_sent - promise.longest
    ended = np.append(-np.inf, windows.last_sent[:-1])
    opened = np.where(windows.place > 0, np.maximum(opened, ended), opened)
    excused: Bools = (windows.place == 0) | (opened < block.begin[windows.key])
    return excused


def _strangers(block: Block) -> tuple[Floats, Floats]:
    """Sorted send and latest decision times of events that may have been counted in a window we cannot name."""
    unknown = block.maybe | (block.admitted & ~usable(block))
    return np.sort(block.sent[unknown]), np.sort(block.late[unknown])


def _guests(strangers: tuple[Floats, Floats], promise: Promise, received: Floats, windows: Declared, at: Ints) -> Ints:
    """How many strangers may have been counted in window `at` by the instants `received` (block line)."""
    sends, lates = strangers
    opened = windows.last_sent[at] - promise.longest
    return np.searchsorted(sends, received, side="right") - np.searchsorted(lates, opened, side="left")


def _overfull(block: Block, promise: Promise, windows: Declared, table: Counted) -> Iterator[Found]:
    """More than N admitted in one declared window."""
    sizes = np.bincount(table.at, minlength=len(windows))
    for key, mine in _windows_by_key(windows, sizes > promise.limit):
        window = int(mine[np.argmin(sizes[mine])])
        rows = table.rows[table.at == window]
        rows = rows[np.argsort(block.received[rows])][: promise.limit + 1]
        yield Found(
            Name.OVER_ADMISSION,
            block.keys[key],
            f"at most {promise.limit} admitted in a window",
            f"{sizes[window]} admitted in the window that ends at {windows.low[window]:.0f}",
            tuple(int(row) for row in block.rows[rows]),
            Source.HEADERS,
            len(mine),
        )


def _windows_by_key(windows: Declared, mask: Bools) -> Iterator[tuple[int, Ints]]:
    """The windows in `mask`, key by key."""
    chosen = np.flatnonzero(mask)
    for key in np.unique(windows.key[chosen]):
        yield int(key), chosen[windows.key[chosen] == key]


def _after_full(block: Block, windows: Declared, table: Counted) -> Iterator[Found]:
    """An admission sent after a 429 of the same declared window was received: full windows stay full."""
    refused = windows.events[block.rejected[windows.events]]
    at = windows.at[block.rejected[windows.events]]
    first = np.full(len(windows), np.inf)
    np.minimum.at(first, at, block.received[refused])
    late = block.sent[table.rows] > first[table.at]
    for key, rows in _rows_by_key(block, table.rows[late]):
        row = int(rows[0])
        window = int(table.at[table.rows == row][0])
        witness = refused[(at == window) & (block.received[refused] == first[window])][0]
        yield Found(
            Name.OVER_ADMISSION,
            block.keys[key],
            "nothing admitted in a window after its 429",
            f"status {block.status[row]} after a 429, both in the window that ends at {windows.low[window]:.0f}",
            (int(block.rows[witness]), int(block.rows[row])),
            Source.HEADERS,
            len(rows),
        )


def _rows_by_key(block: Block, rows: Ints) -> Iterator[tuple[int, Ints]]:
    """Block rows key by key, earliest sent first."""
    rows = rows[np.argsort(block.sent[rows], kind="stable")]
    for part in np.split(rows, np.flatnonzero(np.diff(block.key[rows])) + 1):
        if len(part):
            yield int(block.key[part[0]]), part


def _premature(
    block: Block,
    promise: Promise,
    windows: Declared,
    table: Counted,
    strangers: tuple[Floats, Floats],
    excused: Bools,
) -> Iterator[Found]:
    """A 429 in a declared window which cannot have been full."""
    mine = block.rejected[windows.events] & (windows.trusted & ~excused)[windows.at]
    rows, at = windows.events[mine], windows.at[mine]
    most = table.possible(block.received[rows] + table.move[at], at)
    most = most + _guests(strangers, promise, block.received[rows], windows, at)
    bad = most < promise.limit
    for key, wrong in _rows_by_key(block, rows[bad]):
        count = int(most[rows == wrong[0]][0])
        yield Found(
            Name.PREMATURE_429,
            block.keys[key],
            f"no 429 before {promise.limit} requests of its window",
            f"429 with at most {count} requests in its declared window",
            (int(block.rows[wrong[0]]),),
            Source.HEADERS,
            len(wrong),
        )


def _positions(
    block: Block,
    promise: Promise,
    windows: Declared,
    table: Counted,
    strangers: tuple[Floats, Floats],
    excused: Bools,
) -> Iterator[Found]:
    """Remaining against what can have been counted: lost updates, phantom counts, order."""
    position = promise.limit - block.remaining[table.rows].astype(np.int64)
    readable = (block.remaining[table.rows] > MALFORMED) & (block.limit[table.rows] == promise.limit)
    least = np.maximum(table.certain(table.sent, table.at) + 1, _rank(table, position, readable))
    most = table.possible(table.received, table.at)
    most = most + _guests(strangers, promise, block.received[table.rows], windows, table.at)
    before, proof = _highest_before(table, position, readable, promise)
    lost = readable & ((position < least) | (position == before))
    phantom = readable & (position > most) & ~excused[table.at]
    disorder = readable & (position < before) & ~lost
    for name, bad, bound in (
        (Name.LOST_UPDATE, lost, least),
        (Name.PHANTOM_COUNT, phantom, most),
        (Name.ORDER, disorder, before + 1),
    ):
        yield from _position_findings(block, table, name, np.flatnonzero(bad), position, bound, proof)


def _rank(table: Counted, position: Ints, readable: Bools) -> Ints:
    """How many events of the same window declare the same or a lower position."""
    reach = np.int64(2**33)
    code = table.at * reach + np.where(readable, np.clip(position, -1, 2**32), 2**32)
    ordered = np.sort(code)
    return np.searchsorted(ordered, code, side="right") - np.searchsorted(ordered, table.at * reach - 1, side="left")


def _highest_before(table: Counted, position: Ints, readable: Bools, promise: Promise) -> tuple[Ints, Ints]:
    """For each event: the highest position among those received before it was sent; and whose (-1: none)."""
    reach = 8 * promise.limit + 16
    level = np.clip(np.where(readable, position, -1), -1, reach - 2)
    order = np.argsort(table.received)
    climbing = level[order] + table.at[order] * reach
    highest = np.maximum.accumulate(climbing) if len(climbing) else climbing
    index = np.searchsorted(table.receipts, table.sent, side="left") - 1
    top = np.append(highest, -1)[index]
    inside = (index >= 0) & (top // reach == table.at) & (index >= table.before[table.at])
    where = np.searchsorted(highest, top, side="left")
    proof = np.where(inside, np.append(order, -1)[np.minimum(where, len(order))], -1)
    return np.where(inside, top - table.at * reach, -2), proof


def _position_findings(
    block: Block, table: Counted, name: Name, bad: Ints, position: Ints, bound: Ints, proof: Ints
) -> Iterator[Found]:
    """One finding a key: the earliest event, with the one that contradicts it where there is one."""
    if not len(bad):
        return
    bad = bad[np.argsort(table.sent[bad], kind="stable")]
    keys = block.key[table.rows[bad]]
    for key in np.unique(keys):
        mine = bad[keys == key]
        pick = int(mine[0])
        witness = [int(block.rows[table.rows[pick]])]
        if proof[pick] >= 0 and name is not Name.PHANTOM_COUNT:
            witness.insert(0, int(block.rows[table.rows[proof[pick]]]))
        word = "at most" if name is Name.PHANTOM_COUNT else "at least"
        yield Found(
            name,
            block.keys[key],
            f"counted as number {word} {bound[pick]} of its window",
            f"remaining {block.remaining[table.rows[pick]]}, so number {position[pick]}",
            tuple(witness),
            Source.HEADERS,
            len(mine),
        )
