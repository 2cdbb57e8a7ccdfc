"""The last link of the chain, the network: every exchange has a deadline, every body a maximum size.

The time-outs of requests lie between two bytes, so that a server that drips them is waited for without end. Here every
read of the socket waits no longer than the exchange has left, for head and body alike, in the clear and over TLS.
"""

import io
import socket
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.client import HTTPResponse
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.exceptions import RequestException
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse as Raw

from nhq.client.connection import Connection
from nhq.client.transport_errors import StaleConnection, TransportError, connection_closed, short_cause
from nhq.clock import Clock, SystemClock

_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
_IDLE = 1.0  # seconds after which a kept connection is not trusted with a request that must not be sent twice
_CHUNK = 65_536
_AS_IT_IS = {"", "identity"}
_READABLE = {*_AS_IT_IS, *Raw.CONTENT_DECODERS}


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits in seconds: to connect, between two bytes, for a whole exchange. `body`: maximum bytes of a body."""

    connect: float = 5.0
    read: float = 30.0
    whole: float = 60.0
    body: int = 64 * 1024 * 1024

    @classmethod
    def of(cls, whole: float) -> "Limits":
        """Limits for an exchange of at most this many seconds."""
        return cls(min(cls().connect, whole), min(cls().read, whole), whole)


@dataclass(slots=True)
class _Watch:
    """One exchange: until when it may last, what came of it, and whether its connection had been used before."""

    clock: Clock
    limits: Limits
    connected: Callable[[], None]
    reused: bool = True
    received: int = 0
    deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = self.clock.monotonic() + self.limits.whole

    @property
    def over(self) -> bool:
        return self.clock.monotonic() >= self.deadline

    def patience(self) -> float:
        """Seconds that the next read may take. Raises TimeoutError when the time is up."""
        if self.over:
            raise TimeoutError("the exchange's time is up")
        return max(0.001, min(self.limits.read, self.deadline - self.clock.monotonic()))


_WATCH: ContextVar[_Watch] = ContextVar("watch")


class _Watched(io.RawIOBase):
    """A socket's bytes, each read under the watch of the exchange."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        super().__init__()
        self._sock, self._raw, self._watch = sock, raw, _WATCH.get()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._watch.patience())
        count = self._raw.readinto(buffer)
        self._watch.received += count or 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    """An answer that is read under watch."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Watched(sock, self.fp.detach()))

    def begin(self) -> None:
        """Pass over interim answers (102, 103), which http.client takes for the answer."""
        super().begin()
        while 101 < self.status < 200:
            vars(self).update(headers=None, msg=None)
            super().begin()


class _Plain(HTTPConnection):
    response_class = _Answer

    def connect(self) -> None:
        _WATCH.get().reused = False
        super().connect()
        _WATCH.get().connected()


class _Secure(HTTPSConnection):
    response_class = _Answer

    def connect(self) -> None:
        _WATCH.get().reused = False
        super().connect()
        _WATCH.get().connected()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


_POOLS = {"http": _PlainPool, "https": _SecurePool}


class _Pooled(HTTPAdapter):
    """requests' adapter over connections of ours."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def forget(self) -> None:
        """Close all kept connections."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            manager.clear()


class NetworkAdapter(BaseAdapter):
    """Sends a request and reads its whole answer within the limits; timeouts passed to requests are ignored.

    The headers of `connection`, and those of tracing, are added here, behind whatever records: no exchange holds them.

    Raises TransportError, a RequestException whose text is the cause, when no whole answer came: StaleConnection when a
    reused connection turned out to be closed before the first byte of the answer to a harmless request, which may be
    sent once more.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        connection: Connection | None = None,
        connected: Callable[[], None] = lambda: None,
        traced: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """`connected` is called whenever a connection has been opened, before anything is sent on it.

        `traced` gives the headers by which the server's telemetry knows the next request.
        """
        super().__init__()
        self._connected, self._traced = connected, traced
        self._limits, self._clock = limits or Limits(), SystemClock()
        self._connection = connection or Connection()
        self._adapter = _Pooled(max_retries=0, pool_maxsize=16)
        self._used = 0.0
        self._kept = False  # does a connection wait for the next request, as far as the last answer says?
        self._hangs_up = False  # was one of these found closed, although nobody had said so?

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        watch = _Watch(self._clock, self._limits, self._connected)
        idle = self._clock.monotonic() - self._used > _IDLE
        if request.method not in _SAFE and (idle or self._hangs_up):
            self._forget()
        waiting, token = self._kept and not idle, _WATCH.set(watch)
        try:
            response = self._whole(request, kwargs)
            self._kept = _is_kept(response)
            return response
        except (RequestException, HTTPError, OSError) as problem:
            self._forget()
            named = self._named(request, problem, watch)
            self._hangs_up |= isinstance(named, StaleConnection)
            raise named from None
        finally:
            self._hangs_up |= waiting and not watch.reused
            _WATCH.reset(token)
            self._used = self._clock.monotonic()

    def beside(self, connected: Callable[[], None]) -> "NetworkAdapter":
        """Another transport to the same target, with connections of its own."""
        return NetworkAdapter(self._limits, self._connection, connected, self._traced)

    def close(self) -> None:
        self._adapter.close()

    def _forget(self) -> None:
        """Let the next request go out on a connection of its own."""
        self._adapter.forget()
        self._kept = False

    def _whole(self, request: PreparedRequest, options: Any) -> Response:
        there = self._connection
        added = {**self._traced(), **there.headers}
        sent = request.copy() if added else request
        sent.headers.update(added)
        verify = options.get("verify", True)
        response = self._adapter.send(
            sent,
            stream=True,
            timeout=(self._limits.connect, self._limits.read),
            verify=there.verify if verify is True else verify,
            cert=there.cert,
            proxies=there.proxies,
        )
        response.request = request  # without what was added
        response._content = self._body(response)
        return response

    def _body(self, response: Response) -> bytes:
        codings = [word.strip() for word in response.headers.get("Content-Encoding", "").lower().split(",")]
        if not set(codings) <= _READABLE:
            raise TransportError("the body has a content-encoding that was not requested and that we can't decode")
        # urllib3 knows none by the blanks that may stand around a value, and no empty element of a list (RFC 9110,
        # sections 5.5 and 5.6.1).
        response.raw.headers["Content-Encoding"] = ", ".join(word for word in codings if word not in _AS_IT_IS)
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > self._limits.body:
                response.close()
                raise TransportError(f"the body is longer than {self._limits.body} bytes")
        return bytes(body)

    def _named(self, request: PreparedRequest, problem: Exception, watch: _Watch) -> TransportError:
        if isinstance(problem, TransportError):
            return problem
        if watch.over:
            return TransportError(f"no whole answer within {self._limits.whole:g} s")
        if watch.reused and not watch.received and request.method in _SAFE and connection_closed(problem):
            return StaleConnection("the kept connection had been closed")
        return TransportError(short_cause(problem))


def _is_kept(response: Response) -> bool:
    """Does an answer leave its connection to the next request (RFC 9112, section 9.3)?"""
    return response.raw.version == 11 and "close" not in response.headers.get("Connection", "").lower()
