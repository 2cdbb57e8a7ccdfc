"""How fast is the mock beside an application that does nothing? Two servers, one client, taken in turns in one run.

The same raw client asks both over keep-alive connections. Quoted is the ratio of requests a CPU second of the server:
wall-clock rates on a shared machine say more about its neighbours. `python -m benchmarks.mock [--quick]`
"""

import argparse
import multiprocessing
import selectors
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess

import psutil

from nhq.client.mock_process import mock_target
from nhq.client.target import Target

CONNECTIONS = 16
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second of wall time, and a second of the server's CPU time."""

    wall: float
    cpu: float


def request_bytes(port: int, path: str, key: str) -> bytes:
    """One GET with a key, kept alive."""
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Authorization: Bearer {key}", "", ""]
    return "\r\n".join(lines).encode()


def read_answer(connection: socket.socket, rest: bytes = b"") -> tuple[bytes, bytes]:
    """One answer (head and body) and what came after it."""
    data = rest
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))[15:])
    parts = [body]
    missing = length - len(body)
    while missing > 0:
        part = connection.recv(262144)
        parts.append(part)
        missing -= len(part)
    return head + b"\r\n\r\n", b"".join(parts)


def drive(port: int, message: bytes, count: int) -> None:
    """Send `count` requests over several connections, each waiting for its answer."""
    selector = selectors.DefaultSelector()
    for _ in range(min(CONNECTIONS, count)):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
        connection.sendall(message)
    sent, done = min(CONNECTIONS, count), 0
    while done < count:
        for key, _ in selector.select():
            assert isinstance(key.fileobj, socket.socket)
            read_answer(key.fileobj)
            done += 1
            if sent < count:
                key.fileobj.sendall(message)
                sent += 1
    for key in list(selector.get_map().values()):
        assert isinstance(key.fileobj, socket.socket)
        key.fileobj.close()


def measure(port: int, pid: int, message: bytes, count: int) -> Rate:
    """Drive one server and read its CPU time before and after."""
    server = psutil.Process(pid)
    before, began = sum(server.cpu_times()[:2]), time.perf_counter()
    drive(port, message, count)
    wall, spent = time.perf_counter() - began, sum(server.cpu_times()[:2]) - before
    return Rate(count / wall, count / max(spent, 0.01))


@contextmanager
def constant(head: bytes, body: bytes) -> Iterator[tuple[int, int]]:
    """An ASGI application under uvicorn that answers the same bytes and as many headers; yields its port and pid."""
    port = free_port()
    process: BaseProcess = multiprocessing.get_context("spawn").Process(
        target=serve, args=(port, head, body), daemon=True
    )
    process.start()
    await_port(port)
    assert process.pid is not None
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.join(5)


def serve(port: int, head: bytes, body: bytes) -> None:
    """The application that does nothing."""
    import uvicorn

    lines = [line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line]
    start = {"type": "http.response.start", "status": 200, "headers": lines}
    rest = {"type": "http.response.body", "body": body}

    async def application(scope, receive, send):  # type: ignore[no-untyped-def]
        if scope["type"] == "http":
            await send(start)
            await send(rest)

    uvicorn.run(application, port=port, log_level="error", access_log=False, date_header=False, server_header=False)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def await_port(port: int) -> None:
    """Until something listens there."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the constant application did not start")


def compare(target: Target, path: str, count: int) -> None:
    """Print one row: the mock beside the constant application with the same answer."""
    port = int(target.base_url.rsplit(":", 1)[1])
    message = request_bytes(port, path, target.keys[0].secret)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(message)
        head, body = read_answer(connection)
    assert head.startswith(b"HTTP/1.1 200"), head[:80]
    mock_pid = listener(port)
    with constant(head, body) as (other, pid):
        pairs = []
        for _ in range(ROUNDS):
            pairs.append((measure(port, mock_pid, message, count), measure(other, pid, message, count)))
    ratio = statistics.median(a.cpu / b.cpu for a, b in pairs)
    wall = statistics.median(a.wall / b.wall for a, b in pairs)
    mine = statistics.median(a.cpu for a, _ in pairs)
    shown = path if len(path) < 24 else path[:12] + "…"
    print(f"{shown:24s} {len(body):8d} B {mine:10.0f}/CPU s {ratio:8.2f} by CPU {wall:8.2f} by wall")


def listener(port: int) -> int:
    """The process that listens on a port."""
    for connection in psutil.net_connections("tcp4"):
        if connection.status == "LISTEN" and connection.laddr.port == port and connection.pid:
            return int(connection.pid)
    raise SystemExit(f"nobody listens on {port}")


def main() -> None:
    """Start the mock with a limit that is never reached, and compare two reads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the requests")
    share = 10 if parser.parse_args().quick else 1
    with mock_target(seed=1, options=["--limit", "100000000"]) as target:
        lead = first_lead(target)
        print(f"{'mock beside a constant application':24s} (median of {ROUNDS} rounds in turns)")
        compare(target, f"/leads/{lead}", 20_000 // share)
        compare(target, "/leads?limit=100", 3_000 // share)


def first_lead(target: Target) -> str:
    """The id of some lead."""
    import requests

    headers = {"Authorization": f"Bearer {target.keys[0].secret}"}
    page = requests.get(f"{target.base_url}/leads?limit=1", headers=headers, timeout=10).json()
    return str(page["data"][0]["id"])


if __name__ == "__main__":
    main()
