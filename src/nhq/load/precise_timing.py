"""Instants to the millisecond under gevent: sleep until shortly before, then yield until the instant has come."""

import gevent

from nhq.clock import SystemClock
from nhq.ratelimit.history.write_history import ClockPair

CLOCK = SystemClock()
#: The last stretch (seconds), shorter than what gevent's timers can be trusted with.
SPIN = 0.001


def now_on_both_clocks() -> ClockPair:
    """Now, on both clocks."""
    return ClockPair(CLOCK.monotonic(), CLOCK.now())


def wait_until(deadline: float) -> None:
    """Return at `deadline` (monotonic seconds), never before it; at once when it has passed."""
    while (left := deadline - CLOCK.monotonic()) > SPIN:
        gevent.sleep(left - SPIN)
    while CLOCK.monotonic() < deadline:
        gevent.sleep(0)
