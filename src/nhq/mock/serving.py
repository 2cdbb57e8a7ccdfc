"""Run the mock on a loopback socket until it is stopped."""

import gc
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from nhq.errors import ConfigError
from nhq.mock.app import App
from nhq.mock.uvicorn_protocol import BoundedProtocol

HOST = "127.0.0.1"
GRACE = 1  # seconds that open requests are given when the server ends


def bind_socket(port: int) -> socket.socket:
    """A listening loopback socket; port 0 takes a free one. Raises ConfigError for a port that cannot be had."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(1024)
    except OSError as problem:
        listener.close()
        raise ConfigError(f"port {port} on {HOST} cannot be used: {problem.strerror}") from None
    return listener


def url_of(listener: socket.socket) -> str:
    """The base URL of a bound socket."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


def serve_app(app: App, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM (returns) or SIGINT (raises KeyboardInterrupt). `ready` is called once it listens."""
    signal.signal(signal.SIGTERM, _end)
    gc.freeze()  # what was planted stays: don't walk it again and again
    gc.enable()
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        loop="uvloop",
        ws="none",
        lifespan="off",
        interface="asgi3",
        proxy_headers=False,
        log_config=None,
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE,
    )
    _Announced(config, ready).run(sockets=[listener])


class _Announced(uvicorn.Server):
    """A server that calls back when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def _end(number: int, frame: FrameType | None) -> None:
    """SIGTERM's handler while and after uvicorn runs: it has shut down by then, so there is nothing left to do."""
