"""A connection: what a client sends is bounded in size and time, and what is refused is refused in the envelope."""

import asyncio
import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import uvicorn
from uvicorn.server import ServerState

from nhq.mock.uvicorn_protocol import MAX_HEAD, PATIENCE, BoundedProtocol


class Loop:
    """An event loop without time: timers are kept, and tasks run as far as they come when `turn` is called."""

    def __init__(self) -> None:
        self.timers: list[SimpleNamespace] = []
        self.real = asyncio.new_event_loop()

    def call_later(self, delay, act):
        timer = SimpleNamespace(delay=delay, act=act, cancel=lambda: self.timers.remove(timer))
        self.timers.append(timer)
        return timer

    def create_task(self, coroutine, **options):
        return self.real.create_task(coroutine, **options)

    def turn(self) -> None:
        """Let every task go on until it waits or is done."""
        for _ in range(5):
            self.real.call_soon(self.real.stop)
            self.real.run_forever()


class Transport:
    """A connection's other end."""

    def __init__(self) -> None:
        self.sent, self.closed = b"", False

    def get_extra_info(self, name: str):
        return None

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.sent += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        """Nothing is read but what the test hands over."""

    resume_reading = pause_reading


class Connection:
    """A connection to a mock in this process."""

    def __init__(self, app) -> None:
        self.loop, self.transport = Loop(), Transport()
        config = uvicorn.Config(app, interface="asgi3", ws="none", lifespan="off", log_config=None, proxy_headers=False)
        self.wire = BoundedProtocol(config, ServerState(), {}, _loop=self.loop)
        self.wire.connection_made(self.transport)

    def send(self, *packets: bytes) -> None:
        for packet in packets:
            if not self.transport.closed:
                self.wire.data_received(packet)
                self.loop.turn()

    def fire(self) -> None:
        """The longest timer's moment has come."""
        timer = max(self.loop.timers, key=lambda timer: timer.delay)
        self.loop.timers.remove(timer)
        timer.act()

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code of the one answer, which has all three headers and ends the connection."""
        head, _, body = self.transport.sent.partition(b"\r\n\r\n")
        assert head.count(b"x-ratelimit-") == 3
        assert b"connection: close" in head
        assert self.transport.closed
        return int(head.split()[1]), json.loads(body)["error"]["code"]


@pytest.fixture
def connection(mock) -> Iterator[Connection]:
    """A fresh connection to a fresh mock."""
    made = Connection(mock.app)
    yield made
    made.wire.connection_lost(None)
    made.loop.turn()
    made.loop.real.close()


GET = b"GET /leads HTTP/1.1\r\nhost: x\r\n"
POST = b"POST /leads HTTP/1.1\r\nhost: x\r\n"


def test_an_ordinary_request(connection) -> None:
    """A request is answered, the connection stays open, and no timer but uvicorn's own is left."""
    connection.send(GET + b"\r\n")
    assert connection.transport.sent.startswith(b"HTTP/1.1 401 ")
    assert not connection.transport.closed
    assert [timer.act.__name__ for timer in connection.loop.timers] == ["timeout_keep_alive_handler"]


@pytest.mark.parametrize("packets", [1, 2, 50])
@pytest.mark.parametrize("start", [b"GET /leads?q=", GET + b"x: "])
def test_a_long_head(connection, start: bytes, packets: int) -> None:
    """A URL or a header beyond the bound is 431, in however many packets it comes."""
    size = (MAX_HEAD + 50) // packets + 1
    end = b" HTTP/1.1\r\nhost: x\r\n\r\n" if start.startswith(b"GET /leads?") else b"\r\n\r\n"
    connection.send(start + b"a" * size, *[b"a" * size] * (packets - 1), end)
    assert connection.refusal == (431, "too_large")


@pytest.mark.parametrize("packets", [1, 3])
def test_a_head_within_the_bound(connection, packets: int) -> None:
    """A long head that keeps the bound is read, in however many packets it comes."""
    message = GET + b"x: " + b"a" * (MAX_HEAD - 100) + b"\r\n\r\n"
    step = len(message) // packets + 1
    connection.send(*[message[at : at + step] for at in range(0, len(message), step)])
    assert connection.transport.sent.startswith(b"HTTP/1.1 401 ")


def test_a_head_without_end(connection) -> None:
    """A head that never ends is refused once it is too long."""
    connection.send(GET, *[b"x: y\r\n" * 1000] * 20)
    assert connection.refusal == (431, "too_large")


@pytest.mark.parametrize("tail", [b"0\r\n" + b"x: y\r\n" * 1000, b"1;" + b"e" * 6000])
def test_what_stands_around_chunks_is_bounded(connection, tail: bytes) -> None:
    """Trailers and chunk extensions without end are refused, and trailers are not kept."""
    connection.send(POST + b"transfer-encoding: chunked\r\n\r\n1\r\nx\r\n", tail, *[tail[3:]] * 20)
    assert connection.refusal == (431, "too_large")
    assert len(connection.wire.headers) == 0


def test_a_body_of_any_length_is_no_head(connection) -> None:
    """A long body in many packets is read to its end."""
    connection.send(POST + b"content-length: 1000000\r\n\r\n", *[b" " * 100_000] * 10)
    assert connection.transport.closed is False
    assert [timer.act.__name__ for timer in connection.loop.timers] != ["_late"]


@pytest.mark.parametrize(
    "sent", [b"G", GET, POST + b"content-length: 9\r\n\r\n{", POST + b"transfer-encoding: chunked\r\n\r\n1\r\nx\r\n"]
)
def test_a_slow_request(connection, sent: bytes) -> None:
    """A request that does not end in time is 408, wherever it stopped."""
    connection.send(sent)
    assert [timer.delay for timer in connection.loop.timers] == [PATIENCE]
    connection.fire()
    assert connection.refusal == (408, "too_slow")


def test_a_connection_on_which_nothing_comes(connection) -> None:
    """A connection without a request is closed without a word."""
    connection.fire()
    assert (connection.transport.closed, connection.transport.sent) == (True, b"")


@pytest.mark.parametrize(
    "message",
    [
        b"this is not http\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n",
        POST + b"content-length: 99999999999999999999999\r\n\r\n",
        POST + b"content-length: 1\r\ncontent-length: 2\r\n\r\n",
        POST + b"content-length: -1\r\n\r\n",
        POST + b"content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        b"GET /leads HTTP/1.1\r\nx\x00y: z\r\n\r\n",
    ],
)
def test_what_is_no_request(connection, message: bytes) -> None:
    """What can't be read as a request is 400, or an answer of the API's own below 500."""
    connection.send(message)
    assert connection.transport.sent[9:10] == b"4"


def test_a_large_body_is_answered_before_it_comes(mock, connection) -> None:
    """413 goes out at once; what comes of the body is dropped, and the connection can be used again after it."""
    key = f"authorization: Bearer {mock.secrets['full']}\r\n".encode()
    connection.send(POST.replace(b"/leads", b"/lead_lists") + key + b"content-length: 9000000\r\n\r\n")
    assert connection.transport.sent.startswith(b"HTTP/1.1 413 ")
    connection.send(*[b" " * 1_000_000] * 9)
    assert len(connection.wire.cycle.body) == 0
    connection.transport.sent = b""
    connection.send(GET + key + b"\r\n")
    assert connection.transport.sent.startswith(b"HTTP/1.1 200 ")


def test_a_large_body_that_never_ends(mock, connection) -> None:
    """After a 413 the rest of the body has as much time as any; then the connection ends without a second answer."""
    key = f"authorization: Bearer {mock.secrets['full']}\r\n".encode()
    connection.send(POST.replace(b"/leads", b"/lead_lists") + key + b"content-length: 9000000\r\n\r\n", b" ")
    answered = connection.transport.sent
    connection.fire()
    assert (connection.transport.closed, connection.transport.sent) == (True, answered)
