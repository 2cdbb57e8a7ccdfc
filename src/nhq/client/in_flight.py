"""Requests in flight during a run: each is sent by its own thread, and its answer is processed later.

A thread does nothing but send: whatever hears of answers does so where they are taken up.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import get_ident

from requests import PreparedRequest
from requests.adapters import BaseAdapter

from nhq.client.simultaneous import SentAtOnce, send_one
from nhq.client.transport import NetworkAdapter
from nhq.clock import Clock

#: Requests that are under way at a time.
MOST = 32


class InFlight:
    """Sends by connections of its own; where there is no network, one request after the other, at once."""

    def __init__(self, wire: BaseAdapter, clock: Clock, most: int = MOST) -> None:
        self._wire, self._clock = wire, clock
        self._pool = ThreadPoolExecutor(most, "background-reads") if isinstance(wire, NetworkAdapter) else None
        self._wires: dict[int, NetworkAdapter] = {}  # by the thread that sends through it
        self._sent: list[Future[SentAtOnce]] = []

    def send(self, requests: Sequence[PreparedRequest]) -> None:
        """Send them, and don't wait for the answers."""
        for request in requests:
            if self._pool is not None:
                self._sent.append(self._pool.submit(self._send, request))
            else:
                self._sent.append(_done(send_one(self._wire, request, self._clock)))

    def landed(self) -> list[SentAtOnce]:
        """Those that have come back since the last call, in the order of sending."""
        done = [future for future in self._sent if future.done()]
        self._sent = [future for future in self._sent if future not in done]  # one may have come back since
        return sorted((future.result() for future in done), key=lambda sent: sent.sent)

    def settle(self) -> list[SentAtOnce]:
        """As `landed`, when all have come back."""
        for future in self._sent:
            future.exception()  # waits
        return self.landed()

    def close(self) -> None:
        """Stop sending and close the connections."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        for wire in self._wires.values():
            wire.close()

    def _send(self, request: PreparedRequest) -> SentAtOnce:
        return send_one(self._mine(), request, self._clock)

    def _mine(self) -> NetworkAdapter:
        """The present thread's transport."""
        if get_ident() not in self._wires:
            assert isinstance(self._wire, NetworkAdapter)
            self._wires[get_ident()] = self._wire.beside(lambda: None)
        return self._wires[get_ident()]


def _done(sent: SentAtOnce) -> Future[SentAtOnce]:
    future: Future[SentAtOnce] = Future()
    future.set_result(sent)
    return future
