"""Instants to the millisecond under gevent: sleep until shortly before, then yield until the instant has come."""

import gevent

from nhq.clock import SystemClock
from nhq.ratelimit.writing import Instant

CLOCK = SystemClock()
#: The last stretch (seconds), shorter than what gevent's timers can be trusted with.
SPIN = 0.001


def present() -> Instant:
    """Now, on both clocks."""
    return Instant(CLOCK.monotonic(), CLOCK.now())


def wait_until(deadline: float) -> None:
    """Return at `deadline` (monotonic seconds), never before it; at once when it has passed."""
    while (left := deadline - CLOCK.monotonic()) > SPIN:
        gevent.sleep(left - SPIN)
    while CLOCK.monotonic() < deadline:
        gevent.sleep(0)
