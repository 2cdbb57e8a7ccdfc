"""The counted events of declared windows, laid out so that one search serves all windows.

An event that isn't settled may be counted in the window that it names, or in an earlier one. If the recorder was alone,
other events settle some of them: a counter, or a 429, that needs everything that can have been counted, has counted it
all.
"""

from dataclasses import dataclass, replace

import numpy as np

from nhq.ratelimit.checker.partition import NODES, KeyBlock, RateLimitPromise
from nhq.ratelimit.checker.time_order import Crossings, so_many_by, sort_ascending
from nhq.ratelimit.checker.windows import Declared
from nhq.ratelimit.history.history import MALFORMED, Bools, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """The counted events of trusted windows on a time line on which windows lie apart; `rows` are block rows.

    Arrays of events have shape (n,). `settled`: certainly counted in the window they name; `sends` (s,) are the sorted
    times of these, and `before[w]` (W + 1,) is how many of them belong to windows before w; `move` (W,) is what each
    window's times were shifted by. `beyond`: perhaps counted beyond the limit.
    """

    rows: Ints
    at: Ints
    settled: Bools
    beyond: Bools
    sent: Floats
    received: Floats
    crossings: Crossings
    sends: Floats
    before: Ints
    move: Floats

    def certain(self) -> Ints:
        """How many settled events of each event's window were received before it was sent."""
        return self.crossings.received_before(self.settled) - self.before[self.at]

    def possible(self) -> Ints:
        """How many settled events of each event's window were sent by the instant at which it was received."""
        return self.crossings.sent_by(self.settled) - self.before[self.at]

    def possible_until(self, received: Floats, at: Ints) -> Ints:
        """How many settled events of windows `at` were sent by the instants `received`."""
        return np.searchsorted(self.sends, received, side="right") - self.before[at]


def count_windows(block: KeyBlock, windows: Declared) -> Counted:
    """Lay the counted events of trusted windows out for counting."""
    mine = block.counted[windows.events] & windows.trusted[windows.at]
    rows, at, settled = windows.events[mine], windows.at[mine], windows.settled[mine]
    middle = windows.first_received
    reach = max(
        float(np.max(block.received[windows.events] - middle[windows.at], initial=0.0)),
        float(np.max(middle[windows.at] - block.sent[windows.events], initial=0.0)),
    )
    move = np.arange(len(windows)) * (2 * reach + 1.0) - middle
    sent, received = block.sent[rows] + move[at], block.received[rows] + move[at]
    beyond = ~block.admitted[rows] & (block.remaining[rows] <= 0)
    crossings = Crossings.of(sent, received)
    table = Counted(rows, at, settled, beyond, sent, received, crossings, np.empty(0), at[:0], move)
    return _settled(table, settled)


def _settled(table: Counted, settled: Bools) -> Counted:
    """The same table with these events settled."""
    sizes = np.bincount(table.at[settled], minlength=len(table.move) + 1)
    sends = sort_ascending(table.sent[settled])
    return replace(table, settled=settled, sends=sends, before=np.cumsum(sizes) - sizes)


def early_windows(block: KeyBlock, promise: RateLimitPromise, windows: Declared) -> Bools:
    """Windows that may have begun before the recording did: those not certainly begun after something recorded."""
    if promise.fresh:
        return np.zeros(len(windows), dtype=bool)
    opened = windows.last_sent - promise.longest
    ended = np.append(-np.inf, windows.last_sent[:-1] - NODES)
    opened = np.where(windows.place > 0, np.maximum(opened, ended), opened)
    early: Bools = (windows.place == 0) | (opened < block.begin[windows.key])
    return early


def unattributed_times(block: KeyBlock, table: Counted) -> tuple[Floats, Floats]:
    """Sorted send and latest decision times of events that may have been counted in a window we cannot name."""
    unknown = block.maybe | block.counted
    unknown[table.rows[table.settled]] = False
    return sort_ascending(block.sent[unknown]), np.sort(block.late[unknown], kind="stable")


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """All that is known for judging counts.

    `strangers`: the sorted send and latest decision times of events whose window isn't known. `excused` (W,): windows
    that may have begun before the recording. `position` (n,): N - remaining of the table's events, where `readable`
    (n,); `most` (n,): how many can have been counted by then. `full` (f,): block rows of the settled 429s of trusted
    windows, `full_at` (f,) their windows, `full_most` (f,) the same count for them.
    """

    block: KeyBlock
    promise: RateLimitPromise
    windows: Declared
    table: Counted
    strangers: tuple[Floats, Floats]
    excused: Bools
    position: Ints
    readable: Bools
    most: Ints
    full: Ints
    full_at: Ints
    full_most: Ints


def counting_view(block: KeyBlock, promise: RateLimitPromise, windows: Declared) -> View:
    """Compute the counts that are possible, whoever else used the keys."""
    return _view(block, promise, windows, count_windows(block, windows))


def if_alone(seen: View) -> View:
    """The same view on the assumption that nobody else used the keys."""
    if not len(seen.windows):
        return seen
    settled = seen.table.settled | _pressed(seen)
    if (settled == seen.table.settled).all():
        return seen
    return _view(seen.block, seen.promise, seen.windows, _settled(seen.table, settled))


def _view(block: KeyBlock, promise: RateLimitPromise, windows: Declared, table: Counted) -> View:
    others = unattributed_times(block, table)
    left = block.remaining[table.rows]
    mine = block.rejected[windows.events] & windows.settled & windows.trusted[windows.at]
    full, full_at = windows.events[mine], windows.at[mine]
    possible_full = table.possible_until(block.received[full] + table.move[full_at], full_at)
    return View(
        block,
        promise,
        windows,
        table,
        others,
        early_windows(block, promise, windows),
        position=promise.limit - left.astype(np.int64),
        readable=(left > MALFORMED) & (block.limit[table.rows] == promise.limit),
        most=table.possible() + _guests(others, block, promise, windows, table.rows, table.at),
        full=full,
        full_at=full_at,
        full_most=possible_full + _guests(others, block, promise, windows, full, full_at),
    )


def _guests(
    others: tuple[Floats, Floats], block: KeyBlock, promise: RateLimitPromise, windows: Declared, rows: Ints, at: Ints
) -> Ints:
    """How many strangers may have been counted in windows `at` until the block rows `rows` were received."""
    sends, lates = others
    if not len(sends):
        return np.zeros(len(rows), dtype=np.int64)
    over = np.searchsorted(lates, windows.last_sent - promise.longest, side="left")
    return so_many_by(sends, block.received[rows]) - over[at]


def _pressed(seen: View) -> Bools:
    """Events that other events settle, see the module."""
    table = seen.table
    until = np.full(len(seen.windows), -np.inf)
    tight = seen.readable & (seen.position >= seen.most)
    np.maximum.at(until, table.at[tight], table.received[tight])
    tight = seen.full_most <= seen.promise.limit
    rows, at = seen.full[tight], seen.full_at[tight]
    np.maximum.at(until, at, seen.block.received[rows] + table.move[at])
    until[seen.excused] = -np.inf
    pressed: Bools = table.sent <= until[table.at]
    return pressed
