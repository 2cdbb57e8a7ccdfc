"""The windows that a server declares: events of one key whose resets name one end.

Resets are whole seconds, rounded down, up or to the nearest, so |reset - end| < 1; one server may mix roundings
within a window. Two windows of a correct server end at least W apart, hence their resets differ by more than W - 2; for
W >= 3 resets no more than 1 apart belong to one window, and others to different ones.

The headers may be read when the answer leaves, later than the request was counted or refused. So an answer names a
window that was open at some instant in [sent, received]; only a request sent after that window had certainly begun is
`settled`: counted, or refused, in the window that its answer names. An earlier one may belong to an earlier window; and
if the old window had ended and no other request had begun a new one, the answer shows the whole limit remaining, and
names a window that may never exist.
"""

from dataclasses import dataclass

import numpy as np

from nhq.ratelimit.checker.partition import NODES, KeyBlock, RateLimitPromise
from nhq.ratelimit.checker.reset_units import EPOCH
from nhq.ratelimit.history.history import Bools, Floats, Ints

#: Shorter windows cannot be told from the rounding of their resets.
SHORTEST_JUDGED = 3.0
#: Leads (resets minus the first request) further apart, in seconds, are not one that was rounded, and delayed a little.
LEADS = 2.25


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """Windows in the order (key, reset): columns of n events (`events`, `at`, `settled`), then of W windows.

    `events` are block rows sorted by window; `at` is each event's window; `begin` where each window's events start.
    `low` and `high`: a window's lowest and highest reset (Unix seconds); `place`: its number among its key's windows.
    `settled`: see the module. `trusted[k]`: the resets of window k's key make sense, so its counts may be judged.
    """

    events: Ints
    at: Ints
    settled: Bools
    begin: Ints
    key: Ints
    low: Floats
    high: Floats
    first_received: Floats
    last_sent: Floats
    place: Ints
    trusted: Bools

    def __len__(self) -> int:
        return len(self.begin)

    def members(self, window: int) -> Ints:
        """The block rows of one window."""
        end = self.begin[window + 1] if window + 1 < len(self) else len(self.events)
        return self.events[self.begin[window] : end]


def usable_resets(block: KeyBlock) -> Bools:
    """Counted or refused events with a whole-second epoch reset.

    A 5xx or 401 may not be counted; if no window is open, it names one that never exists.
    """
    low, high = EPOCH
    reset = block.reset
    with np.errstate(invalid="ignore"):
        whole = (reset > low) & (reset < high) & (np.floor(reset) == reset)
    judged: Bools = whole & (block.counted | block.rejected)
    return judged


def full_windows(block: KeyBlock) -> Bools:
    """Events with the whole limit remaining, although they count themselves or were refused."""
    unused: Bools = (block.limit > 0) & (block.remaining >= block.limit) & (block.counted | block.rejected)
    return unused


def declared_windows(block: KeyBlock) -> Declared:
    """Group the events with usable resets into windows, see the module."""
    known, unused = usable_resets(block), full_windows(block)
    chosen = np.flatnonzero(known & ~unused)
    reset = block.reset[chosen]
    least, most = (reset.min(), reset.max()) if len(reset) else (0.0, 0.0)
    code = _code(block, chosen, least, most)
    order = np.argsort(code, kind="stable")
    events, code = chosen[order], code[order]
    fresh = np.empty(len(code), dtype=bool)
    fresh[:1] = True
    fresh[1:] = np.diff(code) > 1
    begin = np.flatnonzero(fresh)
    ends = np.append(begin[1:], len(events))[: len(begin)] - 1
    late = np.flatnonzero(known & unused & (block.reset >= least) & (block.reset <= most))
    late, place = _inside(_code(block, late, least, most), late, code[begin], code[ends])
    key = block.key[events[begin]].astype(np.int64)
    first = np.minimum.reduceat(block.received[events], begin) if len(begin) else np.empty(0)
    last = np.maximum.reduceat(block.sent[events], begin) if len(begin) else np.empty(0)
    low, high = block.reset[events[begin]], block.reset[events[ends]]
    at = np.cumsum(fresh) - 1
    if len(late):
        events, at = np.append(events, late), np.append(at, place)
        order = np.argsort(at, kind="stable")
        events, at = events[order], at[order]
    return Declared(
        events=events,
        at=at,
        settled=block.sent[events] >= first[at] + NODES,
        begin=np.searchsorted(at, np.arange(len(begin))),
        key=key,
        low=low,
        high=high,
        first_received=first,
        last_sent=last,
        place=np.arange(len(begin)) - np.searchsorted(key, key),
        trusted=np.ones(len(begin), dtype=bool),
    )


def _code(block: KeyBlock, rows: Ints, least: float, most: float) -> Ints:
    """One number for key and reset, in the order of both."""
    return block.key[rows].astype(np.int64) * (int(most - least) + 3) + (block.reset[rows] - least).astype(np.int64)


def _inside(code: Ints, rows: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """The rows whose code lies between a window's lowest and highest, and the window of each."""
    place = np.searchsorted(low, code, side="right") - 1
    inside = (place >= 0) & (code <= np.append(high, -1)[place])
    return rows[inside], place[inside]


def reset_on_line(block: KeyBlock, windows: Declared) -> tuple[Floats, Floats]:
    """Lowest and highest reset of each window on the block's own time line, as if the server's clock were ours."""
    move = block.shift[windows.key] - (0.0 if np.isnan(block.origin) else block.origin)
    return windows.low + move, windows.high + move


def window_levels(windows: Declared, promise: RateLimitPromise) -> tuple[Floats, Floats]:
    """Lowest and highest reset - place * W of each window, raised so that each key's lie above the last key's."""
    low = windows.low - windows.place * promise.window
    high = windows.high - windows.place * promise.window
    first = np.flatnonzero(windows.place == 0)
    if not len(first):
        return low, high
    bottom, top = np.minimum.reduceat(low, first), np.maximum.reduceat(high, first)
    raised = np.append(0.0, np.cumsum(top[:-1] - bottom[1:] + 10.0))
    move = raised[np.cumsum(windows.place == 0) - 1]
    return low + move, high + move


def ends_too_close(windows: Declared, promise: RateLimitPromise) -> Bools:
    """Windows whose reset follows some earlier one of the same key by less than W for each window between, certainly.

    reset - place * W may not fall by 2 or more: windows end at least W apart and each reset is within 1 of its end.
    """
    low, high = window_levels(windows, promise)
    return low <= np.maximum.accumulate(high) - 2


def off_grid(times: Floats, others: Floats | float, window: float) -> Floats:
    """Seconds by which the times differ from whole windows before or after the others."""
    apart: Floats = np.abs((times - others + window / 2) % window - window / 2)
    return apart


def phase_rounding(window: float) -> float:
    """How far apart (seconds) two roundings of one phase may lie; windows of whole seconds leave the fraction alone."""
    return 1.0 if window == int(window) else 2.0
