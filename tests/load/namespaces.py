"""A master and two workers in three network namespaces, the server in a fourth: `python tests/load/namespaces.py`.

Needs Linux, `unshare`, `nsenter` and `ip`, and the right to make user namespaces; no root, no network. Run twice:
whole, and with one worker killed. Prints what each member said and whether the exit codes are as promised.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from gathering import Place, spread_run

from nhq.client.mock_process import mock_target, write_live
from nhq.client.target import Target

INSIDE = "--inside"
SERVER, MASTER = "10.77.0.1", "10.77.0.2"
ADDRESSES = (MASTER, "10.77.0.3", "10.77.0.4")
SETUP = ["ip link add name br77 type bridge", f"ip addr add {SERVER}/24 dev br77", "ip link set br77 up"]


def main() -> int:
    """Enter namespaces of our own, then run there."""
    if INSIDE not in sys.argv:
        known = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "cases")}
        return subprocess.call(["unshare", "--map-root-user", "--net", sys.executable, __file__, INSIDE], env=known)
    for line in ("ip link set lo up", *SETUP):
        subprocess.run(line.split(), check=True)
    with namespaces() as places, mock_target(seed=1, options=["--real-time", "--limit", "20", "--window", "3"]) as mock:
        port = relay(SERVER, urlsplit(mock.base_url).port or 0)
        afar = replace(mock, base_url=f"http://{SERVER}:{port}")
        codes = [run(kill, places, Path(tempfile.mkdtemp(prefix="nhq-")), afar) for kill in (False, True)]
    print("as promised" if codes == [0, 2] else f"not as promised: {codes}")
    return int(codes != [0, 2])


def run(kill: bool, places: list[Place], folder: Path, target: Target) -> int:
    """One run; the master's exit code."""
    file, environ = write_live(target, folder)
    members = spread_run(file, folder, environ, kill=kill, places=places)
    for member in members:
        print(f"--- {member.folder.name} ended with {member.code}\n{member.stdout}{member.stderr}")
    return members[0].code


@contextmanager
def namespaces() -> Iterator[list[Place]]:
    """Three namespaces on one bridge: the master's and the workers'."""
    held = [subprocess.Popen(["unshare", "--net", "sleep", "600"]) for _ in ADDRESSES]
    try:
        for number, (process, address) in enumerate(zip(held, ADDRESSES, strict=True)):
            enter = ("nsenter", "--target", str(process.pid), "--net")
            while os.readlink(f"/proc/{process.pid}/ns/net") == os.readlink("/proc/self/ns/net"):
                os.sched_yield()
            join = f"ip link add name host{number} type veth peer name eth0 netns {process.pid}"
            for line in (join, f"ip link set host{number} master br77 up"):
                subprocess.run(line.split(), check=True)
            for line in (f"ip addr add {address}/24 dev eth0", "ip link set eth0 up", "ip link set lo up"):
                subprocess.run([*enter, *line.split()], check=True)
        yield [Place(("nsenter", "--target", str(process.pid), "--net"), MASTER) for process in held]
    finally:
        for process in held:
            process.terminate()


def relay(host: str, behind: int) -> int:
    """Lead an address to a port of loopback, for as long as this process lives; its port."""
    from forward import pour  # of tests/cases, which is known inside alone

    ready: list[int] = []
    up = threading.Event()

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, into = await asyncio.open_connection("127.0.0.1", behind)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(pour(reader, into), pour(back, writer))

    async def serve() -> None:
        server = await asyncio.start_server(lead, host, 0)
        ready.append(server.sockets[0].getsockname()[1])
        up.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    up.wait()
    return ready[0]


if __name__ == "__main__":
    sys.exit(main())
