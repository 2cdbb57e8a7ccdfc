"""A history holds what was sent, and nothing is sent that it doesn't hold: no silent resend, no redirect followed."""

import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nhq.ratelimit.history.history import NO_REPLY, History
from nhq.ratelimit.history.read_history import read_history

SCRIPT = Path(__file__).with_name("sending_script.py")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-RateLimit-Limit: 60\r\n\r\n{}"
Behaviour = Callable[[socket.socket], bool]


class Server:
    """Counts requests, and does with the connection what a test wants: answers, or not, and says whether to go on."""

    def __init__(self, behave: Behaviour) -> None:
        self.seen: Counter[str] = Counter()
        self.callers: set[str] = set()
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, (caller, _) = self._listener.accept()
            except OSError:
                return
            self.callers.add(caller)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            while (head := self._read(connection)) and self._note(head) and self._behave(connection):
                pass

    def _read(self, connection: socket.socket) -> bytes:
        """One request: its head, and a body of two bytes where it has one."""
        received = b""
        while b"\r\n\r\n" not in received or (b"Content-Length: 2" in received and not received.endswith(b"{}")):
            try:
                part = connection.recv(4096)
            except OSError:
                return b""
            if not part:
                return b""
            received += part
        return received

    def _note(self, head: bytes) -> bool:
        self.seen[head.split(b" ", 1)[0].decode()] += 1
        return True

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Behaviour], Server]]:
    """Starts servers."""
    servers: list[Server] = []

    def start(behave: Behaviour) -> Server:
        servers.append(Server(behave))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def send(server: Server, folder: Path, count: int, pool: str = "ours") -> History:
    """Send `count` GETs, PUTs and POSTs to it; the history of it."""
    command = [sys.executable, str(SCRIPT), server.url, str(folder), str(count), pool]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    (path,) = folder.glob("*.arrows")
    return read_history(path)


def hangs_up(connection: socket.socket) -> bool:
    """Takes the request and closes."""
    return False


def hangs_up_after_one(connection: socket.socket) -> bool:
    """Answers, says it will keep the connection, and closes it nonetheless."""
    connection.sendall(ANSWER)
    return False


def cut_short(connection: socket.socket) -> bool:
    """Closes in the middle of an answer."""
    connection.sendall(ANSWER[:30])
    return False


def resets(connection: socket.socket) -> bool:
    """Takes the request and resets the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    return False


def redirects(connection: socket.socket) -> bool:
    """Sends the client elsewhere."""
    connection.sendall(b"HTTP/1.1 307 Go\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n")
    return True


@pytest.mark.parametrize("behave", [hangs_up, cut_short, resets])
def test_each_request_reaches_the_server_once(serve, tmp_path, behave):
    """Whatever becomes of the connection, the server sees as many requests as the history holds."""
    server = serve(behave)
    history = send(server, tmp_path, 5)
    assert server.seen == {"GET": 5, "PUT": 5, "POST": 5}
    assert len(history) == 15
    assert (history.status == NO_REPLY).all()


def test_a_connection_that_was_closed_in_between_costs_no_second_request(serve, tmp_path):
    """Where the server closes a connection after each answer, none is asked twice."""
    server = serve(hangs_up_after_one)
    history = send(server, tmp_path, 5)
    answered = int((history.status != NO_REPLY).sum())
    assert len(history) == 15
    assert answered <= sum(server.seen.values()) <= 15


def test_the_client_as_it_comes_would_send_again(serve, tmp_path):
    """The trap is real: without our pool the same client asks many times for each GET and PUT."""
    server = serve(hangs_up)
    history = send(server, tmp_path, 2, pool="theirs")
    assert len(history) == 6
    assert server.seen["POST"] == 2
    assert server.seen["GET"] > 2
    assert server.seen["PUT"] > 2


def test_a_redirect_is_an_answer(serve, tmp_path):
    """It is recorded with its status, and not followed."""
    server = serve(redirects)
    history = send(server, tmp_path, 2)
    assert sum(server.seen.values()) == 6
    assert set(history.status.tolist()) == {307}


def test_a_key_can_call_from_another_address(serve, tmp_path):
    """Where the target is on this machine, all of 127.0.0.0/8 is ours to call from."""
    server = serve(redirects)
    send(server, tmp_path, 1, pool="ours@127.0.0.7")
    assert server.callers == {"127.0.0.7"}


def test_nothing_comes_back_from_nobody(tmp_path, serve):
    """Requests to a port that nobody listens on are recorded as without a reply."""
    server = serve(hangs_up)
    server.close()
    history = send(server, tmp_path, 1)
    assert (history.status == NO_REPLY).all()
