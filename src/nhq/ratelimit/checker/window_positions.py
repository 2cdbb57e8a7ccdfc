"""Compare Remaining with the counts possible in its window: lost updates, phantom counts, order. See `overcount`.

An answer to a counted request with the whole limit remaining was given after the request's window had ended. So two of
them, one after the other, are a window apart, whatever their resets; if they are closer, at least one wasn't counted.
"""

from collections.abc import Iterator

import numpy as np

from nhq.ratelimit.checker.anomalies import Anomaly, EvidenceSource, Name
from nhq.ratelimit.checker.header_anomalies import by_key
from nhq.ratelimit.checker.ledger import Counted, View
from nhq.ratelimit.checker.partition import NODES, KeyBlock, RateLimitPromise
from nhq.ratelimit.checker.windows import full_windows
from nhq.ratelimit.history.history import Bools, Ints


def judge_unused(block: KeyBlock, promise: RateLimitPromise) -> Iterator[Anomaly]:
    """Lost updates shown by answers with the whole limit remaining, see the module."""
    rows = np.flatnonzero(full_windows(block))
    by_received = rows[np.argsort(block.received[rows])]
    latest = np.maximum.accumulate(block.sent[by_received]) if len(rows) else np.empty(0)
    before = np.searchsorted(block.received[by_received], block.sent[rows] - NODES, side="left") - 1
    since = np.append(latest, -np.inf)[before]
    close = (before >= 0) & (block.received[rows] - since < promise.shortest)
    for key, late in by_key(block, np.isin(np.arange(len(block)), rows[close])):
        early = by_received[block.sent[by_received] == since[rows == late[0]][0]][0]
        yield Anomaly(
            Name.LOST_UPDATE,
            block.keys[key],
            "after a request something is used up",
            f"remaining {block.remaining[late[0]]}, and again for a request sent later in the same window",
            (int(block.rows[early]), int(block.rows[late[0]])),
            EvidenceSource.HEADERS,
            len(late),
        )


def judge_positions(seen: View) -> Iterator[Anomaly]:
    """Lost updates, phantom counts, order."""
    table, position, readable, most = seen.table, seen.position, seen.readable, seen.most
    sure = table.certain()
    least = np.where(table.settled, np.maximum(sure + 1, _rank(table, position, readable)), sure)
    before = _highest_before(table, position, readable, seen.promise)
    lost = readable & ~table.beyond & ((position < least) | (table.settled & (position == before)))
    phantom = readable & (position > most) & ~seen.excused[table.at]
    disorder = readable & (position < before) & ~lost
    for name, bad, bound in (
        (Name.LOST_UPDATE, lost, np.where(position < least, least, before + 1)),
        (Name.PHANTOM_COUNT, phantom, most),
        (Name.ORDER, disorder, before + 1),
    ):
        yield from _position_findings(seen, name, np.flatnonzero(bad), bound)


def _rank(table: Counted, position: Ints, readable: Bools) -> Ints:
    """How many settled events of the same window declare the same or a lower position, each its own."""
    reach = np.int64(2**33)
    own = readable & table.settled & ~table.beyond
    code = table.at * reach + np.where(own, np.clip(position, -1, 2**32), 2**32)
    order = np.argsort(code, kind="stable")  # nearly in order as they are
    ordered = code[order]
    before = np.searchsorted(ordered, np.arange(len(table.move)) * reach - 1, side="left")
    last = np.flatnonzero(np.diff(ordered, append=2**62))
    rank = np.empty(len(code), dtype=np.int64)
    rank[order] = np.repeat(last + 1, np.diff(last, prepend=-1))
    return rank - before[table.at]


def _highest_before(table: Counted, position: Ints, readable: Bools, promise: RateLimitPromise) -> Ints:
    """For each event: the highest position among those received before it was sent (-2: none)."""
    reach = 8 * promise.limit + 16
    level = np.clip(np.where(readable, position, -1), -1, reach - 2)
    order = np.argsort(table.received, kind="stable")  # nearly in order as they are
    climbing = level[order] + table.at[order] * reach
    highest = np.maximum.accumulate(climbing) if len(climbing) else climbing
    index = table.crossings.received_before(np.ones(len(order), dtype=np.bool_)) - 1
    top = np.append(highest, -1)[index]
    inside = (index >= 0) & (top // reach == table.at)
    return np.where(inside, top - table.at * reach, -2)


def _position_findings(seen: View, name: Name, bad: Ints, bound: Ints) -> Iterator[Anomaly]:
    """One anomaly per key: the earliest event, with one that contradicts it if there is one."""
    block, table = seen.block, seen.table
    bad = bad[np.argsort(table.sent[bad], kind="stable")]
    keys = block.key[table.rows[bad]]
    for key in np.unique(keys):
        mine = bad[keys == key]
        pick = int(mine[0])
        against = np.empty(0, dtype=np.int64) if name is Name.PHANTOM_COUNT else _against(seen, pick)
        witness = block.rows[table.rows[[*against[:1], pick]]]
        word = "at most" if name is Name.PHANTOM_COUNT else "at least"
        yield Anomaly(
            name,
            block.keys[key],
            f"counted as number {word} {bound[pick]} of its window",
            f"remaining {block.remaining[table.rows[pick]]}, so number {seen.position[pick]}",
            tuple(int(row) for row in witness),
            EvidenceSource.HEADERS,
            len(mine),
            alone=name is Name.PHANTOM_COUNT,
        )


def _against(seen: View, pick: int) -> Ints:
    """Events of the same window that declare as high a position although they came before, or else the same one."""
    table = seen.table
    same = seen.readable & (table.at == table.at[pick])
    same[pick] = False
    earlier = np.flatnonzero(same & (table.received < table.sent[pick]) & (seen.position >= seen.position[pick]))
    return earlier if len(earlier) else np.flatnonzero(same & (seen.position == seen.position[pick]))
