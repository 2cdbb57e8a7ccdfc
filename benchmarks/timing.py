"""Does a live run end with its minutes, and use what its keys allow? With answers at once and late, few keys and many.

`python -m benchmarks.timing [--window 60] [--minutes 3] [--keys 6] [--latency 0.2] [--anchor clock]`: without `--keys`,
`--latency` or `--anchor` each of the eight runs is made, one after the other. The mock has a key for each scope, so
with 22 keys eleven are wide.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from nhq.client.mock_process import mock_target, write_live
from nhq.client.target import Target

#: Keys to issue beside the mock's own, of which three are wide, to have so many in all or so many wide ones.
ISSUED = {6: 3, 22: 8}


@dataclass(frozen=True, slots=True)
class Case:
    """One run: how many keys, how late the answers, where windows begin, their length, and its minutes."""

    keys: int
    latency: float
    anchor: str
    window: float
    minutes: float


@contextmanager
def delayed(origin: str, latency: float) -> Iterator[str]:
    """The address of a proxy that passes each request on after so many seconds."""
    if not latency:
        yield origin
        return
    loop, ready = asyncio.new_event_loop(), threading.Event()
    port: list[int] = []

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pause: float) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(1 << 16):
                await asyncio.sleep(pause)
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, behind = urlsplit(origin).hostname, urlsplit(origin).port
        out_reader, out_writer = await asyncio.open_connection(host, behind)
        await asyncio.gather(pipe(reader, out_writer, latency), pipe(out_reader, writer, 0.0))

    async def listen() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port.append(server.sockets[0].getsockname()[1])
        ready.set()

    loop.create_task(listen())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    ready.wait()
    yield f"http://127.0.0.1:{port[0]}"
    loop.call_soon_threadsafe(loop.stop)


def write_case(target: Target, case: Case, folder: Path) -> tuple[Path, dict[str, str]]:
    """A target file with as many keys as the case says."""
    kept = target.keys if case.keys > 6 else tuple(key for key in target.keys if len(key.scopes) != 1)
    more = [f"more_{number}" for number in range(ISSUED[case.keys])]
    return write_live(replace(target, keys=kept), folder, more)


def run(case: Case, keep: Path | None) -> str:
    """Make one run; its figures in a line. Its record is kept where a folder is given."""
    options = ["--real-time", "--window", f"{case.window:g}", "--anchor", case.anchor]
    with tempfile.TemporaryDirectory() as made, mock_target(seed=1, options=options) as target:
        folder = Path(made)
        path, environ = write_case(target, case, folder)
        with delayed(target.base_url, case.latency) as origin:
            path.write_text(path.read_text("utf-8").replace(target.base_url, origin), "utf-8")
            words = ["--target", str(path), "--out", str(folder / "out"), "--minutes", f"{case.minutes:g}"]
            command = [sys.executable, "-m", "nhq", "gate", *words]
            done = subprocess.run(command, env=environ, check=False, capture_output=True, text=True)
        text = (folder / "out" / "results.json").read_text("utf-8")
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"{case.keys}-{case.latency}-{case.anchor}.json").write_text(text, "utf-8")
    record = json.loads(text)
    asked, whole = record["requests"], 60 * case.minutes
    wide = [label for label in asked["by_key"] if label.startswith(("full", "more"))]
    allowed = len(wide) * target.limit * round(whole / case.window)
    used = sum(asked["by_key"][label] for label in wide)
    told = next((line for line in done.stderr.splitlines() if "requests fit" in line), "")
    held = sum(rule["verdict"] == "holds" for rule in record["rules"])
    return (
        f"{case.keys:2d} keys, {case.latency * 1000:3.0f} ms, {case.anchor}: "
        f"{record['seconds'] / whole:.1%} of the time, "
        f"{used} of {allowed} with wide keys ({used / allowed:.1%}), {asked['total']} in all, "
        f"{asked['unplanned_429']} unplanned 429, {held} rules hold, {len(record['findings'])} findings; {told}"
    )


def main() -> None:
    """Run, and print a line for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--window", type=float, default=60.0)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--keys", type=int, choices=ISSUED, action="append")
    parser.add_argument("--latency", type=float, action="append")
    parser.add_argument("--anchor", choices=("first", "clock"), action="append")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    known = parser.parse_args()
    cases = product(known.keys or [6, 22], known.latency or [0.0, 0.2], known.anchor or ["first", "clock"])
    for keys, latency, anchor in cases:
        print(run(Case(keys, latency, anchor, known.window, known.minutes), known.keep), flush=True)


if __name__ == "__main__":
    main()
