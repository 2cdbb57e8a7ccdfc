"""Several requests at one instant: every connection is open before the first byte of any request leaves."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Barrier, BrokenBarrierError

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.exceptions import RequestException

from nhq.client.transport import NetworkAdapter
from nhq.clock import Clock

PATIENCE = 5.0  # seconds that connections wait for each other
STILL = 1e-6  # seconds that a request lasts on a clock that stands still: those of a group overlap


@dataclass(frozen=True, slots=True)
class SentAtOnce:
    """One request, when it left and when its answer was there (seconds since the epoch), and what came of it."""

    request: PreparedRequest
    sent: float
    received: float
    came: Response | RequestException


def send_at_once(wire: BaseAdapter, requests: Sequence[PreparedRequest], clock: Clock) -> list[SentAtOnce]:
    """Send all at one instant, each on a connection of its own; one after the other where there is no network."""
    if not isinstance(wire, NetworkAdapter):
        return [send_one(wire, request, clock) for request in requests]
    barrier = Barrier(len(requests))
    wires = [wire.beside(_meeting(barrier)) for _ in requests]
    try:
        with ThreadPoolExecutor(len(requests)) as pool:
            return list(pool.map(lambda link, request: send_one(link, request, clock), wires, requests))
    finally:
        for link in wires:
            link.close()


def _meeting(barrier: Barrier) -> Callable[[], None]:
    """Waits until all have come; one that doesn't come holds nobody up for long."""

    def meet() -> None:
        with suppress(BrokenBarrierError):
            barrier.wait(PATIENCE)

    return meet


def send_one(wire: BaseAdapter, request: PreparedRequest, clock: Clock) -> SentAtOnce:
    """Send one request; the result is its answer, or what prevented one."""
    sent = clock.now()
    try:
        came: Response | RequestException = wire.send(request)
    except RequestException as problem:
        came = problem
    return SentAtOnce(request, sent, max(clock.now(), sent + STILL), came)
