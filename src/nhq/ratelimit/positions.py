"""Remaining against what can have been counted in its window: lost updates, phantom counts, order. See `counts`.

An answer to a counted request that says the whole limit remains was given after the request's window had ended. So two
of them, one after the other, lie a window apart, whatever their resets say; closer, at least one wasn't counted.
"""

from collections.abc import Iterator

import numpy as np

from nhq.ratelimit.block import NODES, Block, Promise
from nhq.ratelimit.counted import Counted, View
from nhq.ratelimit.findings import Found, Name, Source
from nhq.ratelimit.headers import by_key
from nhq.ratelimit.history import Bools, Ints
from nhq.ratelimit.windows import whole


def judge_unused(block: Block, promise: Promise) -> Iterator[Found]:
    """Lost updates told by answers that say nothing is used up, see the module."""
    rows = np.flatnonzero(whole(block))
    by_received = rows[np.argsort(block.received[rows])]
    latest = np.maximum.accumulate(block.sent[by_received]) if len(rows) else np.empty(0)
    before = np.searchsorted(block.received[by_received], block.sent[rows] - NODES, side="left") - 1
    since = np.append(latest, -np.inf)[before]
    close = (before >= 0) & (block.received[rows] - since < promise.shortest)
    for key, late in by_key(block, np.isin(np.arange(len(block)), rows[close])):
        early = by_received[block.sent[by_received] == since[rows == late[0]][0]][0]
        yield Found(
            Name.LOST_UPDATE,
            block.keys[key],
            "after a request something is used up",
            f"remaining {block.remaining[late[0]]}, and again for a request sent later in the same window",
            (int(block.rows[early]), int(block.rows[late[0]])),
            Source.HEADERS,
            len(late),
        )


def judge_positions(seen: View) -> Iterator[Found]:
    """Lost updates, phantom counts, order."""
    block, table, position, readable, most = seen.block, seen.table, seen.position, seen.readable, seen.most
    sure = table.certain(table.sent, table.at)
    least = np.where(table.settled, np.maximum(sure + 1, _rank(table, position, readable)), sure)
    before, proof = _highest_before(table, position, readable, seen.promise)
    lost = readable & ~table.beyond & ((position < least) | (table.settled & (position == before)))
    phantom = readable & (position > most) & ~seen.excused[table.at]
    disorder = readable & (position < before) & ~lost
    for name, bad, bound in (
        (Name.LOST_UPDATE, lost, least),
        (Name.PHANTOM_COUNT, phantom, most),
        (Name.ORDER, disorder, before + 1),
    ):
        yield from _position_findings(block, table, name, np.flatnonzero(bad), position, bound, proof)


def _rank(table: Counted, position: Ints, readable: Bools) -> Ints:
    """How many settled events of the same window declare the same or a lower position, each its own."""
    reach = np.int64(2**33)
    own = readable & table.settled & ~table.beyond
    code = table.at * reach + np.where(own, np.clip(position, -1, 2**32), 2**32)
    ordered = np.sort(code)
    return np.searchsorted(ordered, code, side="right") - np.searchsorted(ordered, table.at * reach - 1, side="left")


def _highest_before(table: Counted, position: Ints, readable: Bools, promise: Promise) -> tuple[Ints, Ints]:
    """For each event: the highest position among those received before it was sent; and whose (-1: none)."""
    reach = 8 * promise.limit + 16
    level = np.clip(np.where(readable, position, -1), -1, reach - 2)
    order = np.argsort(table.received)
    climbing = level[order] + table.at[order] * reach
    highest = np.maximum.accumulate(climbing) if len(climbing) else climbing
    index = np.searchsorted(table.received[order], table.sent, side="left") - 1
    top = np.append(highest, -1)[index]
    inside = (index >= 0) & (top // reach == table.at)
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
            alone=name is Name.PHANTOM_COUNT,
        )
