"""A server that fails under load: one fixed window a key, told rightly but for the limit, and a 503 in ten answers."""

import itertools
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from third_party_server import CLOCK, Window

#: On this machine, and none of the addresses that a target file's loopback is known by: it counts as elsewhere.
ELSEWHERE = "127.0.0.2"
LIMIT, WINDOW, EACH = 20, 3, 10
BODY = b'{"data": []}'


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "FailingServer"

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:  # the name that http.server calls
        with self.server.lock:
            number = next(self.server.count)
            admitted, left, end, _ = self.server.kept.hit(str(self.headers["Authorization"]), CLOCK.now())
        failed = self.server.fails and number % EACH == EACH - 1
        self.send_response(503 if failed else 200 if admitted else 429)
        for name, value in {"Limit": self.server.told, "Remaining": left, "Reset": math.ceil(end)}.items():
            self.send_header(f"X-RateLimit-{name}", str(value))
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)


class FailingServer(ThreadingHTTPServer):
    """`told` is the limit that its headers tell; `fails`: whether every tenth answer is a 503."""

    daemon_threads = True

    def __init__(self, told: int, *, fails: bool) -> None:
        self.told, self.fails = told, fails
        self.count, self.kept, self.lock = itertools.count(), Window(LIMIT, WINDOW), threading.Lock()
        super().__init__((ELSEWHERE, 0), Handler)

    def handle_error(self, *args: object) -> None:
        """Whoever is stopped leaves its connections at once."""

    @property
    def url(self) -> str:
        return f"http://{ELSEWHERE}:{self.server_address[1]}"


@contextmanager
def failing(told: int = LIMIT, *, fails: bool = True) -> Iterator[FailingServer]:
    """The server, while the block runs."""
    server = FailingServer(told, fails=fails)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
