"""Resets that are no Unix time in whole seconds: their unit, and the time they mean where that is unambiguous."""

from dataclasses import replace

import numpy as np

from nhq.ratelimit.checker.partition import KeyBlock
from nhq.ratelimit.history.history import Floats

#: Unix seconds between 2001 and 5138; outside lie "seconds to go" and other units.
EPOCH = (1e9, 1e11)
#: Units of a time, and how many of them are a second. Up to the year 2096 none can be mistaken for another.
UNITS = (("milliseconds", 1e3), ("microseconds", 1e6), ("nanoseconds", 1e9))
_LATEST = 4e9


def reset_unit_words(reset: float, window: float) -> str:
    """The unit in words of a Reset that is no Unix timestamp in seconds."""
    if 0 <= reset <= window + 1:
        return "seconds from now, it seems"
    for name, parts in UNITS:
        if EPOCH[0] < reset / parts < _LATEST:
            return f"a Unix timestamp in {name}, it seems"
    return "no time that we know"


def in_seconds(block: KeyBlock) -> KeyBlock:
    """The block with Resets of another unit, or with a fraction, converted to the whole second that they lie in.

    `header_anomalies` reports the unit; the time can still be judged.
    """
    reset = whole_seconds(block.reset)
    return block if reset is block.reset else replace(block, reset=reset)


def whole_seconds(reset: Floats) -> Floats:
    """The resets cut to whole seconds; the same array if there is nothing to change, as nearly always."""
    strange = np.isfinite(reset) & ((reset >= EPOCH[1]) | (reset != np.floor(reset)))
    if not strange.any():
        return reset
    seconds = reset.copy()
    for _, parts in UNITS:
        mine = strange & (seconds / parts > EPOCH[0]) & (seconds / parts < _LATEST)
        seconds[mine] /= parts
    return np.where(np.isfinite(seconds), np.floor(seconds), seconds)
