"""How soon does the mock answer, and how much memory does it hold? From the command's start to its first 200.

Imports, seed and listening included; beside it, a bare interpreter that imports uvicorn, because that much is not ours.
`python -m benchmarks.start [--quick]`
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import requests

from benchmarks.mock import first_lead
from nhq.client.mock_process import handed_over


def once() -> tuple[float, float]:
    """Seconds to the first 200, and the resident megabytes after a thousand reads."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "nhq", "mock", "--port", "0", "--limit", "1000000", "--write-target", folder]
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            process.stdout.readline()
            target = handed_over(Path(folder))
            headers = {"Authorization": f"Bearer {target.keys[0].secret}"}
            assert requests.get(f"{target.base_url}/campaigns?limit=1", headers=headers, timeout=5).status_code == 200
            seconds = time.perf_counter() - began
            lead = first_lead(target)
            with requests.Session() as session:
                for _ in range(1000):
                    session.get(f"{target.base_url}/leads/{lead}", headers=headers, timeout=5)
            return seconds, psutil.Process(process.pid).memory_info().rss / 2**20
        finally:
            process.terminate()
            process.wait(5)


def bare() -> float:
    """Seconds of an interpreter that imports uvicorn and ends."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import uvicorn"], check=True)
    return time.perf_counter() - began


def main() -> None:
    """Print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three starts instead of nine")
    rounds = 3 if parser.parse_args().quick else 9
    once()
    runs = [(*once(), bare()) for _ in range(rounds)]
    first, memory, other = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"first 200 after {first:.2f} s (an interpreter importing uvicorn: {other:.2f} s), {memory:.0f} MB resident")


if __name__ == "__main__":
    main()
