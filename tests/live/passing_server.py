"""A server that hands on what a good one answers, through a trouble; and the keys and certificate that tests use.

`BadServer(port, trouble, since)` stands on loopback before the good server at `port`, and behaves until `since`.
Nothing sleeps: whoever waits, waits for `over`, which is set when the server ends.
"""

import http.client
import shutil
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

READS = ("campaigns:read", "lead_lists:read", "leads:read", "linkedin_accounts:read", "conversations:read")
KEYS = {f"KEY_{label}": f"trouble-{label.lower()}" for label in ("FULL", "SECOND", "READER", "NONE", "SOUTH")}
SHOWN = ("Content-Type", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


@dataclass(frozen=True)
class Answer:
    """What the good server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    def head(self, *more: str, version: str = "1.1", status: int = 0, own: bool = True) -> bytes:
        """Status line and headers, with `more` of them; without the good server's own unless told."""
        shown = [f"{name}: {value}" for name, value in self.headers.items()] if own else []
        return "\r\n".join([f"HTTP/{version} {status or self.status} X", *shown, *more, "", ""]).encode()

    @property
    def length(self) -> str:
        return f"Content-Length: {len(self.body)}"


class Handler(BaseHTTPRequestHandler):
    """One connection: requests go to the good server, answers through the trouble."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "BadServer"
    answered = 0

    def log_message(self, *args: Any) -> None:
        pass

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        trouble = self.server.meet(self.path)
        # The first alone is kept back: `once` lets the others through.
        kept = not self.server.passes and self.server.asked == 1
        answer = Answer(503, {}, b"") if kept else self.ask(body)
        try:
            trouble(self, answer)
        except OSError:
            self.close_connection = True
        self.answered += 1

    def ask(self, body: bytes) -> Answer:
        good = http.client.HTTPConnection("127.0.0.1", self.server.good, timeout=10)
        sent = {name: value for name, value in self.headers.items() if name in ("Authorization", "Content-Type")}
        good.request(self.command, self.path, body or None, sent)
        came = good.getresponse()
        shown = {name.lower(): name for name in SHOWN}
        headers = {shown[name.lower()]: value for name, value in came.getheaders() if name.lower() in shown}
        answer = Answer(came.status, headers, came.read())
        good.close()
        return answer

    def say(self, *parts: bytes, end: bool = False) -> None:
        """Send, each part by itself; `end` closes the connection after it."""
        for part in parts:
            self.wfile.write(part)
        self.close_connection = self.close_connection or end

    def wait(self, seconds: float | None = None) -> None:
        """Until the server ends, or so long. Raises OSError when it ends: whoever waits says no more."""
        if self.server.over.wait(seconds):
            raise OSError("the server ends")

    def reset(self) -> None:
        """Let the connection end with a RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()
        self.close_connection = True


for verb in ("GET", "POST", "PUT", "DELETE", "PATCH"):
    setattr(Handler, f"do_{verb}", Handler.handle_any)
Trouble = Callable[[Handler, Answer], None]


def plainly(to: Handler, answer: Answer) -> None:
    to.say(answer.head(answer.length) + answer.body)


class BadServer(ThreadingHTTPServer):
    """On a free port of loopback; a context manager.

    Trouble begins, for good, at the n-th request whose path begins so: `since` is both. `reached` is set then; `asked`
    counts requests. Not `passes`: what is to meet the trouble doesn't reach the good server.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self,
        good: int,
        trouble: Trouble,
        since: tuple[str, int] = ("/", 1),
        certificate: str = "",
        passes: bool = True,
    ) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.good, self.trouble, self.passes = good, trouble, passes
        self.path, self.left = since
        self.over, self.lock, self.asked = threading.Event(), threading.Lock(), 0
        self.reached = threading.Event()
        self.port, self.elsewhere = self.server_address[1], 0
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def __enter__(self) -> "BadServer":
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *args: Any) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass

    def meet(self, path: str) -> Trouble:
        """How the next request is met."""
        with self.lock:
            self.asked += 1
            self.left -= path.startswith(self.path)
            if self.left > 0:
                return plainly
            self.reached.set()
            return self.trouble

    @property
    def url(self) -> str:
        return f"http{'s' if isinstance(self.socket, ssl.SSLSocket) else ''}://127.0.0.1:{self.port}"


def certificate(folder: Path) -> str:
    """A self-signed certificate with its key, in one file; nobody trusts it."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    file = folder / "server.pem"
    wanted = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
    wanted += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [openssl, *wanted, "-keyout", file, "-out", file.with_suffix(".crt")], check=True, capture_output=True
    )
    file.write_text(file.read_text("utf-8") + file.with_suffix(".crt").read_text("utf-8"), "utf-8")
    return str(file)
