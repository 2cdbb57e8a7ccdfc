"""A server that hands on what a good one answers, and misbehaves on the way: one function a trouble.

`BadServer(port, trouble, since)` stands on loopback before the good server at `port`, and behaves until `since`.
Nothing sleeps: whoever waits, waits for `over`, which is set when the server ends.
"""

import gzip
import http.client
import itertools
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = b"<html><body><h1>Something went wrong</h1></body></html>"
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


# --- correct, and usual


def plainly(to: Handler, answer: Answer) -> None:
    to.say(answer.head(answer.length) + answer.body)


# --- correct, and unusual: no finding and no trouble


def gzips(to: Handler, answer: Answer) -> None:
    """Although only identity was asked for."""
    packed = gzip.compress(answer.body)
    to.say(answer.head("Content-Encoding: gzip", f"Content-Length: {len(packed)}") + packed)


def chunks(to: Handler, answer: Answer) -> None:
    to.say(answer.head("Transfer-Encoding: chunked"), *in_chunks(answer.body), b"0\r\n\r\n")


def gzips_in_chunks(to: Handler, answer: Answer) -> None:
    to.say(answer.head("Transfer-Encoding: chunked", "Content-Encoding: gzip"))
    to.say(*in_chunks(gzip.compress(answer.body)), b"0\r\n\r\n")


def speaks_http_1_0(to: Handler, answer: Answer) -> None:
    """Only the end of the connection says where the body ends."""
    to.say(answer.head(version="1.0") + answer.body, end=True)


def closes_unsaid(to: Handler, answer: Answer) -> None:
    """Closes after each answer without having said so."""
    to.say(answer.head(answer.length) + answer.body, end=True)


def abandons_kept_connections(to: Handler, answer: Answer) -> None:
    """The second request on a connection crosses its close."""
    if to.answered:
        to.close_connection = True
    else:
        plainly(to, answer)


def is_slow(to: Handler, answer: Answer) -> None:
    to.wait(0.01)
    to.say(answer.head(answer.length))
    to.wait(0.01)
    to.say(answer.body)


def hints_early(to: Handler, answer: Answer) -> None:
    """An interim answer comes before the answer."""
    to.say(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
    plainly(to, answer)


UNUSUAL: tuple[Trouble, ...] = (
    gzips, chunks, gzips_in_chunks, speaks_http_1_0, closes_unsaid, abandons_kept_connections, is_slow, hints_early,
)  # fmt: skip

# --- the network's doing: unknown, and nobody is accused


def says_nothing(to: Handler, answer: Answer) -> None:
    to.close_connection = True


def dies(to: Handler, answer: Answer) -> None:
    """The server is gone, and all its connections with it."""
    to.server.socket.close()
    to.reset()


def hangs(to: Handler, answer: Answer) -> None:
    to.wait()


def hangs_within_the_body(to: Handler, answer: Answer) -> None:
    to.say(answer.head(answer.length) + answer.body[:-9])
    to.wait()


def resets(to: Handler, answer: Answer) -> None:
    to.reset()


def resets_within_the_body(to: Handler, answer: Answer) -> None:
    to.say(answer.head(answer.length) + answer.body[:-9])
    to.wait(0.01)
    to.reset()


def cuts(to: Handler, answer: Answer) -> None:
    to.say(answer.head(answer.length) + answer.body[:-9], end=True)


def cuts_chunks(to: Handler, answer: Answer) -> None:
    to.say(answer.head("Transfer-Encoding: chunked"), *in_chunks(answer.body)[:-1], end=True)


def cuts_without_a_length(to: Handler, answer: Answer) -> None:
    to.say(answer.head(version="1.0") + answer.body[:-9], end=True)


def drips(to: Handler, answer: Answer) -> None:
    """Byte by byte: never silent for long, and never done."""
    to.say(answer.head("Content-Length: 100000"))
    drip(to, b" " * 100_000)


def drips_its_head(to: Handler, answer: Answer) -> None:
    to.say(answer.head()[:-2])
    drip(to, b"X-Word: " + b"x" * 100_000)


def drips_chunks(to: Handler, answer: Answer) -> None:
    to.say(answer.head("Transfer-Encoding: chunked"))
    drip(to, b"1\r\n \r\n" * 100_000)


def packs_badly(to: Handler, answer: Answer) -> None:
    to.say(answer.head("Content-Encoding: gzip", answer.length) + answer.body)


def speaks_no_http(to: Handler, answer: Answer) -> None:
    to.say(b"SSH-2.0-Babble\r\n", end=True)


def gateway(status: int, page: bytes = PAGE) -> Trouble:
    """A proxy's own page: none of the API's headers, and no JSON."""

    def answers(to: Handler, answer: Answer) -> None:
        more = ("Content-Type: text/html", f"Content-Length: {len(page)}")
        to.say(answer.head(*more, status=status, own=False) + page)

    answers.__name__ = f"gateway_{status}{'' if page else '_empty'}"
    return answers


NETWORK: dict[Trouble, str] = {
    says_nothing: "the connection was closed without an answer",
    dies: "the connection was reset",
    hangs: "nothing came within the time",
    hangs_within_the_body: "nothing came within the time",
    resets: "the connection was reset",
    resets_within_the_body: "the connection was reset",
    cuts: "the body was cut off",
    cuts_chunks: "the body was cut off",
    cuts_without_a_length: "the body was cut off",
    drips: "no whole answer within 0.5 s",
    drips_its_head: "no whole answer within 0.5 s",
    drips_chunks: "no whole answer within 0.5 s",
    packs_badly: "the body's content-encoding could not be undone",
    speaks_no_http: "something answers there, but it speaks no HTTP",
    gateway(502): "a gateway answered 502",
    gateway(503): "a gateway answered 503",
    gateway(504): "a gateway answered 504",
    gateway(502, b""): "a gateway answered 502",
}

# --- the server's own doing


def redirects(to: Handler, answer: Answer) -> None:
    where = f"Location: http://127.0.0.1:{to.server.elsewhere}/stolen"
    to.say(answer.head(where, "Content-Length: 0", status=302, own=False))


def shows_a_page(to: Handler, answer: Answer) -> None:
    """A web page with 200, and none of the API's headers."""
    to.say(answer.head("Content-Type: text/html", f"Content-Length: {len(PAGE)}", status=200, own=False) + PAGE)


def is_unavailable(to: Handler, answer: Answer) -> None:
    """A 503 of the API's own, which says so by its headers."""
    to.say(answer.head("Content-Length: 0", status=503))


# --- several


def in_turn(*troubles: Trouble) -> Trouble:
    """Each request is met by the next of them."""
    turns = itertools.cycle(troubles)

    def answers(to: Handler, answer: Answer) -> None:
        with to.server.lock:
            turn = next(turns)
        turn(to, answer)

    return answers


def once(trouble: Trouble) -> Trouble:
    """Trouble for one request, then none."""
    return in_turn(trouble, *[plainly] * 100_000)


def in_chunks(body: bytes, size: int = 1000) -> list[bytes]:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return [f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts]


def drip(to: Handler, text: bytes) -> None:
    for byte in text:
        to.say(bytes([byte]))
        to.wait(0.01)
