"""The windows that a server declares: events of one key whose resets name one end.

Resets are whole seconds, rounded down, up or to the nearest, so |reset - end| < 1; one server may mix roundings
within a window. Two windows of a correct server end at least W apart, hence their resets differ by more than W - 2; for
W >= 3 resets no more than 1 apart belong to one window, and others to different ones.
"""

from dataclasses import dataclass

import numpy as np

from nhq.ratelimit.block import Block, Promise
from nhq.ratelimit.history import Bools, Floats, Ints

#: Shorter windows cannot be told from the rounding of their resets.
SHORTEST_JUDGED = 3.0
#: Unix seconds between 2001 and 5138; outside lie "seconds to go" and milliseconds.
EPOCH = (1e9, 1e11)


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """Windows in the order (key, reset); event columns first, then window columns.

    `events` are block rows sorted by window; `at` is each event's window; `begin` where each window's events start.
    `trusted[k]`: the resets of window k's key make sense, so its counts may be judged.
    """

    events: Ints
    at: Ints
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


def usable(block: Block) -> Bools:
    """Counted or refused events with a whole-second epoch reset.

    A 5xx or 401 may not be counted; where no window is open it then shows one that never comes to be.
    """
    low, high = EPOCH
    reset = block.reset
    with np.errstate(invalid="ignore"):
        whole = (reset > low) & (reset < high) & (np.floor(reset) == reset)
    judged: Bools = whole & (block.admitted | block.rejected)
    return judged


def declared(block: Block) -> Declared:
    """Group the events with usable resets into windows, see the module."""
    chosen = np.flatnonzero(usable(block))
    reset = block.reset[chosen]
    least = reset.min() if len(reset) else 0.0
    width = int(reset.max() - least) + 3 if len(reset) else 1
    code = block.key[chosen].astype(np.int64) * width + (reset - least).astype(np.int64)
    order = np.argsort(code, kind="stable")
    events, code = chosen[order], code[order]
    fresh = np.empty(len(code), dtype=bool)
    fresh[:1] = True
    fresh[1:] = np.diff(code) > 1
    begin = np.flatnonzero(fresh)
    at = np.cumsum(fresh) - 1
    key = block.key[events[begin]].astype(np.int64)
    ends = np.append(begin[1:], len(events)) - 1
    return Declared(
        events=events,
        at=at,
        begin=begin,
        key=key,
        low=block.reset[events[begin]] if len(begin) else np.empty(0),
        high=block.reset[events[ends]] if len(begin) else np.empty(0),
        first_received=np.minimum.reduceat(block.received[events], begin) if len(begin) else np.empty(0),
        last_sent=np.maximum.reduceat(block.sent[events], begin) if len(begin) else np.empty(0),
        place=np.arange(len(begin)) - np.searchsorted(key, key),
        trusted=np.ones(len(begin), dtype=bool),
    )


def reset_on_line(block: Block, windows: Declared) -> tuple[Floats, Floats]:
    """Lowest and highest reset of each window on the block's own time line, as if the server's clock were ours."""
    move = block.shift[windows.key] - (0.0 if np.isnan(block.origin) else block.origin)
    return windows.low + move, windows.high + move


def levels(windows: Declared, promise: Promise) -> tuple[Floats, Floats]:
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


def ends_too_close(windows: Declared, promise: Promise) -> Bools:
    """Windows whose reset follows some earlier one of the same key by less than W for each window between, certainly.

    reset - place * W may not fall by 2 or more: windows end at least W apart and each reset is within 1 of its end.
    """
    low, high = levels(windows, promise)
    return low <= np.maximum.accumulate(high) - 2
