"""A reset of the window before, on the first answers of the next one: it looks like counters that start anew too soon.

Such an answer joins the window whose end it names, and all counts of both windows come out wrong. It is told by the
counter: it falls back within the declared window, and the next declared window goes on from there.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from nhq.ratelimit.block import Block, Promise
from nhq.ratelimit.findings import Found, Name, Source
from nhq.ratelimit.history import MALFORMED, Ints
from nhq.ratelimit.windows import Declared

#: What a stale reset makes of counts.
SYMPTOMS = frozenset(
    {Name.LOST_UPDATE, Name.ORDER, Name.PHANTOM_COUNT, Name.OVER_ADMISSION, Name.PREMATURE_429, Name.REMAINING_ON_429}
)
_TELLING = frozenset({Name.LOST_UPDATE, Name.ORDER})


def name_stale(block: Block, promise: Promise, windows: Declared, found: list[Found]) -> list[Found]:
    """The findings, with the symptoms of keys whose resets lag behind their counters replaced by that name."""
    blamed = {one.key for one in found if one.name in _TELLING and one.source is Source.HEADERS}
    named: list[Found] = []
    for key in [key for key, label in enumerate(block.keys) if label in blamed]:
        named += _stale(block, promise, windows, key)
    lagging = {one.key for one in named}
    kept = [one for one in found if one.key not in lagging or one.name not in SYMPTOMS or one.source is Source.STATUSES]
    return kept + named


def _stale(block: Block, promise: Promise, windows: Declared, key: int) -> Iterator[Found]:
    """One finding where every counter of the key that falls back within a window is continued in the next."""
    parts = [_parts(block, promise, windows.members(int(window))) for window in np.flatnonzero(windows.key == key)]
    fallen = [(own, lag, follows) for (own, lag), (follows, _) in pairwise(parts) if len(lag)]
    if not fallen or not all(_goes_on(block, lag, follows) for _, lag, follows in fallen):
        return
    before, after = int(fallen[0][0][-1]), int(fallen[0][1][0])
    yield Found(
        Name.RESET_IN_PAST,
        block.keys[key],
        "the reset of the window that counted the request",
        f"that of the window before: {block.remaining[after]} remaining, after {block.remaining[before]}",
        (int(block.rows[before]), int(block.rows[after])),
        Source.HEADERS,
        len(fallen),
    )


def _parts(block: Block, promise: Promise, rows: Ints) -> tuple[Ints, Ints]:
    """A window's counted events in the order of sending: up to where the counter falls back, and after."""
    rows = rows[block.counted[rows] & (block.remaining[rows] > MALFORMED)]
    rows = rows[np.argsort(block.sent[rows], kind="stable")]
    leaps = np.flatnonzero(
        (np.diff(block.remaining[rows].astype(np.int64)) > promise.limit // 2)
        & (block.received[rows[:-1]] < block.sent[rows[1:]])
    )
    place = int(leaps[-1]) + 1 if len(leaps) else len(rows)
    return rows[:place], rows[place:]


def _goes_on(block: Block, lag: Ints, follows: Ints) -> bool:
    """Whether the next window's counter goes on from that of the events that lag behind."""
    return len(follows) > 0 and int(block.remaining[follows].max()) == int(block.remaining[lag].min()) - 1
