"""The previous window's reset on the answers that open the next one: it looks like windows that last too long.

Such an answer joins the window whose end it names, and all counts of both windows come out wrong. The counter gives it
away: it doesn't continue the declared window's count, and the next declared window continues its own. Once this is
reported as a wrong Reset, the answer is assigned to the window that counted it, and everything else is judged.
"""

from dataclasses import dataclass, replace

import numpy as np

from nhq.ratelimit.checker.anomalies import Anomaly, EvidenceSource, Name
from nhq.ratelimit.checker.partition import KeyBlock, RateLimitPromise
from nhq.ratelimit.checker.windows import Declared
from nhq.ratelimit.history.history import MALFORMED, Ints

#: Symptoms of a stale reset in resets and counts.
SYMPTOMS = frozenset(
    {
        *(Name.LOST_UPDATE, Name.ORDER, Name.OVER_ADMISSION, Name.WINDOW_TOO_LONG),
        *(Name.RESET_IN_PAST, Name.RESET_INCONSISTENT, Name.RESET_DRIFTING),
    }
)
#: Those that vanish if nothing but stale resets was wrong.
MOVING = frozenset({Name.RESET_DRIFTING, Name.RESET_INCONSISTENT, Name.WINDOW_TOO_LONG, Name.WINDOW_TOO_SHORT})
#: The answer that opens a window leaves all but itself and this share of the limit, which others may have used.
NEAR = 10


@dataclass(frozen=True, slots=True)
class MendedBlock:
    """The block with stale resets replaced by those of the windows that counted the requests, and the anomalies."""

    block: KeyBlock
    found: tuple[Anomaly, ...]


def mend_stale_resets(
    block: KeyBlock,
    promise: RateLimitPromise,
    windows: Declared,
    found: list[Anomaly],
    spared: frozenset[str] = frozenset(),
) -> MendedBlock | None:
    """Mend stale resets of keys that show their symptoms, except for `spared`; None if there are none."""
    blamed = {one.key for one in found if one.name in SYMPTOMS and one.source is EvidenceSource.HEADERS} - spared
    reset = block.reset.copy()
    named: list[Anomaly] = []
    for key in [key for key, label in enumerate(block.keys) if label in blamed]:
        lags = _lags(block, promise, windows, key)
        for lag in lags:
            reset[lag.late] = lag.end
        if lags:
            named.append(_named(block, key, lags))
    return MendedBlock(replace(block, reset=reset), tuple(named)) if named else None


def unexplained_keys(mended: MendedBlock, found: list[Anomaly]) -> frozenset[str]:
    """Keys whose resets still move by `found` once the stale ones are replaced: they have another cause."""
    moving = {one.key for one in found if one.name in MOVING}
    return frozenset(one.key for one in mended.found if one.key in moving)


@dataclass(frozen=True, slots=True, eq=False)
class Lag:
    """A row of the old window, the rows (n,) that name its end although it was over, and the end that was theirs.

    That end is NaN if no later answer names it. Not `sure`: the old window has no other row that would show it.
    """

    before: int
    late: Ints
    end: float
    sure: bool = True


def _lags(block: KeyBlock, promise: RateLimitPromise, windows: Declared, key: int) -> list[Lag]:
    """The lags of a key; uncertain ones only together with certain ones."""
    found: list[Lag] = []
    follows = np.empty(0, dtype=np.int64)  # the count of the next window without the answers that lag behind it
    for window in reversed(np.flatnonzero(windows.key == key).tolist()):
        rows, after = windows.members(window), follows
        rows = rows[block.remaining[rows] > MALFORMED]
        before, lowest = _lowest_before(block, rows)
        lone = len(rows) == 1
        rose = block.counted[rows] & ((block.remaining[rows] >= lowest) | lone)
        late = rows[rose]
        follows = rows[block.counted[rows] & ~rose]
        if not len(late) or int(block.remaining[late].max()) < promise.limit - 1 - promise.limit // NEAR:
            continue
        if len(after) and int(block.remaining[after].max()) == int(block.remaining[late].min()) - 1:
            found.append(Lag(int(rows[before[rose][0]]), late, float(windows.low[window + 1]), not lone))
        elif lone:
            follows = rows
        elif (block.remaining[late] - lowest[rose] > promise.limit // 2).all():
            found.append(Lag(int(rows[before[rose][0]]), late, float("nan")))
    return found if any(lag.sure and np.isfinite(lag.end) for lag in found) else []


def _lowest_before(block: KeyBlock, rows: Ints) -> tuple[Ints, Ints]:
    """For each of a window's rows: the row with the least Remaining received before it was sent, and that value."""
    order = np.argsort(block.received[rows], kind="stable")
    left = block.remaining[rows].astype(np.int64)
    lowest = np.minimum.accumulate(left[order])
    first = np.maximum.accumulate(np.where(np.diff(lowest, prepend=2**40) < 0, np.arange(len(rows)), 0))
    place = np.searchsorted(block.received[rows][order], block.sent[rows], side="left") - 1
    return order[np.append(first, 0)[place]], np.append(lowest, 2**40)[place]


def _named(block: KeyBlock, key: int, lags: list[Lag]) -> Anomaly:
    """One anomaly for all windows of a key that were opened so."""
    shown = min((lag for lag in lags if lag.sure and np.isfinite(lag.end)), key=lambda lag: block.sent[lag.late[0]])
    before, row = shown.before, int(shown.late[0])
    return Anomaly(
        Name.RESET_IN_PAST,
        block.keys[key],
        "Reset is the end of the window that counted the request",
        f"the answer that opens a window ({block.remaining[row]} remaining, after {block.remaining[before]}) "
        f"names the end of the window before, {block.reset[row]:.0f}",
        (int(block.rows[before]), int(block.rows[row])),
        EvidenceSource.HEADERS,
        len(lags),
    )
