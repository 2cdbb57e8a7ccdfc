"""uvicorn's protocol with bounds on the size of a request's head and the duration of a request.

A request that is ended here is answered with the envelope and the three headers, and the connection ends.
"""

import asyncio
from typing import Any, NamedTuple

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from nhq.mock.app import App

MAX_HEAD = 64 * 1024  # bytes of request line and headers, and of all that stands between two parts of a body
PATIENCE = 30.0  # seconds from the beginning of a connection, or of a request, to the end of the request


class Refusal(NamedTuple):
    """The answer to a client before its connection ends."""

    status: int
    phrase: bytes
    code: str
    message: str


NOT_HTTP = Refusal(400, b"Bad Request", "bad_request", "this is no HTTP request")
TOO_SLOW = Refusal(408, b"Request Timeout", "too_slow", f"a request must come in within {PATIENCE:.0f} seconds")
TOO_LONG = Refusal(431, b"Request Header Fields Too Large", "too_large", f"a head may have {MAX_HEAD} bytes at most")


class HeadTooLong(Exception):
    """The head of a request has more than MAX_HEAD bytes."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. Bytes are counted as packets come, so a head may exceed its bound by one packet in memory."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._timer: asyncio.TimerHandle | None = None
        self._under_way = True  # a request has begun and not ended, or the first is awaited
        self._in_head = True
        self._packet = 0  # bytes of the packet that is being read, or of the last one
        self._loose = 0  # bytes of earlier packets, since the head began or the body last grew
        self._why = NOT_HTTP

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._packet = len(data)
        super().data_received(data)
        if self._under_way:
            self._loose += self._packet
            self._watch()
            if self._loose > MAX_HEAD:
                self._refuse(TOO_LONG)
        else:
            self._unwatch()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._under_way = self._in_head = True
        self._loose = -self._packet

    def on_headers_complete(self) -> None:
        began_here = self._loose == -self._packet
        if (self._packet > MAX_HEAD or not began_here) and self._head_size() > MAX_HEAD:
            self._why = TOO_LONG
            raise HeadTooLong
        self._in_head = False
        super().on_headers_complete()
        self.headers = _Dropped()  # of what follows a body in chunks

    def on_body(self, body: bytes) -> None:
        self._loose = -self._packet
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._under_way = False
        super().on_message_complete()
        if self.cycle.response_complete and self.timeout_keep_alive_task is None:  # answered before its body came
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def send_400_response(self, msg: str) -> None:
        self._refuse(self._why)

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _refuse(self, refusal: Refusal) -> None:
        """Answer, unless an answer is on its way already, and end the connection."""
        if not self.transport.is_closing() and self._unanswered():
            app: App = self.config.loaded_app
            status, headers, body = app.refuse_unread(refusal.status, refusal.code, refusal.message)
            lines = [b"HTTP/1.1 %d %s" % (status, refusal.phrase), *(name + b": " + value for name, value in headers)]
            self.transport.write(b"\r\n".join([*lines, b"connection: close", b"", body]))
        self.transport.close()

    def _unanswered(self) -> bool:
        cycle = self.cycle
        if self._in_head or cycle is None:
            return cycle is None or cycle.response_complete
        return not cycle.response_started and not self.pipeline

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(PATIENCE, self._late)

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        """Refuse a request that is too slow; close a connection on which none began."""
        self._timer = None
        if self._packet:
            self._refuse(TOO_SLOW)
        else:
            self.transport.close()


class _Dropped(list[tuple[bytes, bytes]]):
    """Headers that nobody reads; they are discarded."""

    def append(self, header: tuple[bytes, bytes]) -> None:
        """Discard it."""
