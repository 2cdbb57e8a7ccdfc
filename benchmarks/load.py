"""What does recording cost Locust, and does `drip` use the allowance? Both against the mock.

Recording: a plain FastHttpUser and our `saturate` ask the same server for the same page with as many connections, in
turns. Quoted is the ratio of requests a CPU second of the Locust process, from the difference of a long and a short
run, so that starting up counts for neither. `python -m benchmarks.load [--quick]`
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nhq import places
from nhq.drive.mock import mock_target
from nhq.drive.target import Target

KEYS, SLOTS = 4, 4  # as the profile `saturate` has them
SHORT = 3.0  # seconds of the short run
PATH = "/leads?limit=10"
PLAIN = """
from locust import FastHttpUser, task

class Plain(FastHttpUser):
    @task
    def ask(self):
        self.client.get({path!r}, name="list_leads", headers={{"Authorization": "Bearer {key}"}})
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """Requests that a run sent, seconds of CPU it took, and requests a second while it sent."""

    requests: int
    cpu: float
    rate: float


def locust(arguments: list[str], folder: Path, environ: dict[str, str]) -> Spent:
    """Run Locust and account for it."""
    command = [sys.executable, "-m", "locust", "--headless", "--only-summary", "--json", *arguments]
    with (folder / "out").open("w+b") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.DEVNULL, cwd=folder, env={**os.environ, **environ}
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        rows: list[dict[str, Any]] = json.load(out)
    row = next(row for row in rows if row["name"] == "list_leads")
    lasted = row["last_request_timestamp"] - row["start_time"]
    return Spent(row["num_requests"], usage.ru_utime + usage.ru_stime, row["num_requests"] / max(lasted, 1e-3))


def plain(target: Target, folder: Path, seconds: float) -> Spent:
    """Locust as it comes."""
    key = next(key for key in target.keys if key.label == "full")
    file = folder / "plain.py"
    file.write_text(PLAIN.format(path=PATH, key=key.secret))
    users = str(KEYS * SLOTS)
    arguments = ["-f", str(file), "--host", target.base_url, "-u", users, "-r", users, "-t", f"{seconds:g}s"]
    return locust(arguments, folder, {})


def recorded(target: Target, folder: Path, seconds: float) -> Spent:
    """Our locustfile: every request journaled before it is sent, and recorded with its three headers."""
    keys = ",".join(key.secret for key in target.keys if key.label.startswith("full"))
    secrets = ",".join([keys] * 2).split(",")[:KEYS]
    environ = {
        "NHQ_API_KEYS": ",".join(secrets),
        "NHQ_OUT": str(folder / "histories"),
        "NHQ_PROFILE": "saturate",
        "NHQ_WINDOW": "1",
        "NHQ_LIMIT": str(target.limit),
        "NHQ_DURATION": f"{seconds:g}",
    }
    file = places.load() / "locustfile.py"
    return locust(["-f", str(file), "--host", target.base_url, "-u", str(KEYS), "-r", str(KEYS)], folder, environ)


def per_cpu_second(long: Spent, short: Spent) -> float:
    """Requests a second of CPU, start and end of the process aside."""
    return (long.requests - short.requests) / max(long.cpu - short.cpu, 1e-3)


def compare(rounds: int, seconds: float) -> None:
    """Print what recording costs."""
    with mock_target(seed=1, options=["--real-time", "--limit", "100000000", "--window", "1"]) as target:
        shares, walls = [], []
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                theirs = [plain(target, folder, length) for length in (seconds, SHORT)]
                ours = [recorded(target, folder, length) for length in (seconds, SHORT)]
            shares.append(per_cpu_second(*ours) / per_cpu_second(*theirs))
            walls.append(ours[0].rate / theirs[0].rate)
            print(f"  plain {per_cpu_second(*theirs):6.0f}/CPU s, recorded {per_cpu_second(*ours):6.0f}/CPU s")
    share = statistics.median(shares)
    print(
        f"recording leaves {share:.1%} of Locust's own throughput by CPU, {statistics.median(walls):.1%} by wall clock"
    )


def drip(window: float, windows: int) -> None:
    """Print how much of the allowance `drip` uses, and how often it was refused."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "nhq", "load", "drip", "--window", str(window), "--out", folder]
        command += ["--duration", str(windows * window * 1.01)]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        load = json.loads((Path(folder) / "results.json").read_text("utf-8"))["load"]
    points = load["timeline"][0]["points"]
    times = [at for at, _, _ in points[1:]]
    used = (len(times) - 1) / (times[-1] - times[0]) * window / load["limit"]
    refused = load["statuses"].get("429", 0)
    print(f"drip used {used:.2%} of 60 requests in {window:g} s over {windows} windows; {refused} refused")


def main() -> None:
    """Both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter runs, fewer rounds")
    quick = parser.parse_args().quick
    compare(rounds=2 if quick else 5, seconds=8 if quick else 12)
    drip(window=6 if quick else 60, windows=2 if quick else 3)


if __name__ == "__main__":
    main()
