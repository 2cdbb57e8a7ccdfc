"""Is X-RateLimit-Reset the end of the window, the same for all its requests, and true?

With o = the server's clock minus ours, W the window and e its end on the server's clock, every decision d of the window
obeys e - W <= d + o < e, and |reset - e| < 1. So each declared window bounds o from both sides:

    high reset - 1 - W - first received  <  o  <  low reset + 1 - last sent

Windows of one server share one o: if the bounds exclude each other, the resets contradict the events. If the caller's
`skew` bounds o, a reset can be wrong by itself; without such a bound a constant offset cannot be distinguished from a
skewed clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nhq.ratelimit.checker.anomalies import Anomaly, EvidenceSource, Name
from nhq.ratelimit.checker.partition import NODES, RATE, KeyBlock, RateLimitPromise
from nhq.ratelimit.checker.short_windows import judge_leads, short_leads
from nhq.ratelimit.checker.windows import Declared, ends_too_close, reset_on_line, window_levels
from nhq.ratelimit.history.history import MALFORMED, Bools, Floats, Ints

#: Windows compared for one clock lie within this many windows of each other, so that clocks cannot drift far apart.
NEAR = 16
#: Windows may contradict each other by this much (seconds): clocks are adjusted now and then.
CLOCKS = 0.25


@dataclass(frozen=True, slots=True)
class Skew:
    """The range of the server's clock minus ours that the declared windows allow; infinite where nothing bounds it."""

    low: float = float("-inf")
    high: float = float("inf")

    def meet(self, other: "Skew") -> "Skew":
        """What both allow (empty when low > high)."""
        return Skew(max(self.low, other.low), min(self.high, other.high))


def judge_resets(
    block: KeyBlock, promise: RateLimitPromise, windows: Declared, skew: float | None
) -> tuple[list[Anomaly], Declared, Skew]:
    """Findings about resets and window lengths; the windows with `trusted` set; and the clock skew they allow."""
    found: list[Anomaly] = []
    wide = windows.high - windows.low >= 2
    close = ends_too_close(windows, promise)
    mixed = _interleaved(windows)
    long = ~wide & (windows.last_sent - windows.first_received >= promise.longest)
    found += _moving(block, windows, wide)
    found += _mixed(block, windows, mixed)
    found += _short(block, promise, windows, close & ~_bad_keys(windows, wide | mixed))
    found += _long(block, promise, windows, long)
    good = replace(windows, trusted=~_bad_keys(windows, wide | mixed | close | long))
    low, high = clock_bounds(block, promise, good)
    found += _contradictions(block, promise, good, low, high)
    if skew is not None and not np.isnan(block.origin):
        found += _beyond(block, good, low, high, skew + block.wobble)
    leads = short_leads(block, promise, good)
    if skew is not None:
        found += judge_leads(block, promise, good, leads, skew + block.wobble)
    ahead = leads.ahead[leads.chosen] if promise.alone else np.empty(0)
    least, most = low[good.trusted].max(initial=-np.inf), np.append(high[good.trusted], ahead).min(initial=np.inf)
    return found, good, Skew(float(least), float(most))


def _bad_keys(windows: Declared, bad: Bools) -> Bools:
    """All windows of the keys that have a bad one."""
    return np.isin(windows.key, windows.key[bad])


def clock_bounds(block: KeyBlock, promise: RateLimitPromise, windows: Declared) -> tuple[Floats, Floats]:
    """The bounds that each window sets on the server's clock minus ours, arrays of shape (W,) (see the module)."""
    low, high = reset_on_line(block, windows)
    return high - 1 - promise.longest - windows.first_received, low + 1 - windows.last_sent


def _interleaved(windows: Declared) -> Bools:
    """Windows of which an answer came before a request of an earlier-ending window of the same key was sent."""
    mixed = np.zeros(len(windows), dtype=bool)
    same = windows.key[1:] == windows.key[:-1]
    mixed[1:] = same & (windows.first_received[1:] + NODES < windows.last_sent[:-1])
    return mixed


def _found(block: KeyBlock, name: Name, rows: Ints, expected: str, actual: str, times: int) -> Anomaly:
    """An anomaly of resets with the block's `rows` as witness."""
    witness = tuple(int(row) for row in block.rows[np.unique(rows)])
    return Anomaly(name, block.keys[int(block.key[rows[0]])], expected, actual, witness, EvidenceSource.HEADERS, times)


def _first_per_key(windows: Declared, mask: Bools) -> Iterator[tuple[int, int]]:
    """The first window in `mask` of each key, and how many there are."""
    chosen = np.flatnonzero(mask)
    keys, first, times = np.unique(windows.key[chosen], return_index=True, return_counts=True)
    for _, start, count in zip(keys, first, times, strict=True):
        yield int(chosen[start]), int(count)


def _moving(block: KeyBlock, windows: Declared, wide: Bools) -> Iterator[Anomaly]:
    """Resets that move while their window lasts: drifting if they move forward with time, else inconsistent."""
    for window, times in _first_per_key(windows, wide):
        rows = windows.members(window)
        rows = rows[np.argsort(block.sent[rows], kind="stable")]
        reset = block.reset[rows]
        highest = np.maximum.accumulate(reset)
        name = Name.RESET_DRIFTING if (reset >= highest - 1).all() else Name.RESET_INCONSISTENT
        pair = rows[[int(np.argmin(reset)), int(np.argmax(reset))]]
        actual = f"from {reset.min():.0f} to {reset.max():.0f}"
        yield _found(block, name, pair, "one reset for all requests of a window", actual, times)


def _mixed(block: KeyBlock, windows: Declared, mixed: Bools) -> Iterator[Anomaly]:
    """Two resets that alternate."""
    for window, times in _first_per_key(windows, mixed):
        earlier, later = windows.members(window - 1), windows.members(window)
        pair = np.array([later[np.argmin(block.received[later])], earlier[np.argmax(block.sent[earlier])]])
        actual = f"{windows.high[window]:.0f}, and {windows.low[window - 1]:.0f} for a request sent later"
        yield _found(block, Name.RESET_INCONSISTENT, pair, "resets never go back", actual, times)


def _short(block: KeyBlock, promise: RateLimitPromise, windows: Declared, close: Bools) -> Iterator[Anomaly]:
    """Windows that end less than W after an earlier one: too short, or one window whose reset drifts on."""
    _, level = window_levels(windows, promise)
    for window, times in _first_per_key(windows, close):
        first = int(np.flatnonzero(windows.key == windows.key[window])[0])
        earlier = first + int(np.argmax(level[first:window]))
        drifts = _continues(block, windows.members(window - 1), windows.members(window))
        name = Name.RESET_DRIFTING if drifts else Name.WINDOW_TOO_SHORT
        pair = np.array([windows.members(earlier)[0], windows.members(window)[0]])
        count = window - earlier
        later = "a window" if count == 1 else f"{count} windows"
        expected = f"{later} later the reset is at least {count * promise.window:g} s later"
        actual = f"{windows.low[window] - windows.high[earlier]:.0f} s later"
        yield _found(block, name, pair, expected, actual, times)


def _continues(block: KeyBlock, earlier: Ints, later: Ints) -> bool:
    """Does the counter of the later window continue the earlier one's, so that they are one window?"""
    before = block.remaining[earlier]
    after = block.remaining[later[block.counted[later]]]
    least = int(before[before > MALFORMED].min(initial=2**31 - 1))
    most = int(after[after > MALFORMED].max(initial=-1))
    return most < least


def _long(block: KeyBlock, promise: RateLimitPromise, windows: Declared, long: Bools) -> Iterator[Anomaly]:
    """Requests a whole window or more apart that name one reset: the window is too long, or the reset is stale."""
    for window, times in _first_per_key(windows, long):
        rows = windows.members(window)
        first, last = rows[np.argmin(block.received[rows])], rows[np.argmax(block.sent[rows])]
        ordered = rows[block.counted[rows] & (block.remaining[rows] > MALFORMED)]
        ordered = ordered[np.argsort(block.sent[ordered], kind="stable")]
        left = block.remaining[ordered].astype(np.int64)
        restarts = len(left) > 1 and bool((np.diff(left) > promise.limit // 2).any())
        name = Name.RESET_IN_PAST if restarts else Name.WINDOW_TOO_LONG
        gap = windows.last_sent[window] - windows.first_received[window]
        expected = f"requests of one window lie less than {promise.window:g} s apart"
        pair = np.array([first, last])
        yield _found(block, name, pair, expected, f"reset {windows.low[window]:.0f} over {gap:.3f} s", times)


def _contradictions(
    block: KeyBlock, promise: RateLimitPromise, windows: Declared, low: Floats, high: Floats
) -> Iterator[Anomaly]:
    """Windows near in time that no single clock of the server can explain; key by key where ours were several."""
    chosen = np.flatnonzero(windows.trusted)
    if not len(chosen):
        return
    when = windows.first_received[chosen] - block.shift[windows.key[chosen]] - block.base
    part = np.floor(when / (NEAR * promise.window)).astype(np.int64)
    if not block.together:
        part += windows.key[chosen] * (int(part.max()) + 2)
    tolerance = CLOCKS + RATE * NEAR * promise.window
    order = np.argsort(part, kind="stable")
    for group in np.split(chosen[order], np.flatnonzero(np.diff(part[order])) + 1):
        above, below = group[np.argmax(low[group])], group[np.argmin(high[group])]
        if low[above] > high[below] + tolerance:
            pair = np.array([windows.members(int(above))[0], windows.members(int(below))[0]])
            actual = f"the clock is more than {low[above]:.3f} s and less than {high[below]:.3f} s ahead of ours"
            yield _found(block, Name.RESET_INCONSISTENT, pair, "one clock explains all resets", actual, 1)
            return


def _beyond(block: KeyBlock, windows: Declared, low: Floats, high: Floats, skew: float) -> Iterator[Anomaly]:
    """Resets that are false for every clock within `skew` of ours."""
    for window, times in _first_per_key(windows, windows.trusted & (high < -skew)):
        rows = windows.members(window)
        row = rows[[int(np.argmax(block.sent[rows]))]]
        actual = f"{-high[window] - skew:.3f} s before a request of the window was sent, or more"
        yield _found(block, Name.RESET_IN_PAST, row, f"reset lies ahead (clocks within {skew:g} s)", actual, times)
    for window, times in _first_per_key(windows, windows.trusted & (low > skew)):
        rows = windows.members(window)
        row = rows[[int(np.argmin(block.received[rows]))]]
        actual = f"{low[window] - skew:.3f} s further ahead, or more"
        yield _found(block, Name.RESET_TOO_FAR, row, "reset lies at most one window ahead", actual, times)
