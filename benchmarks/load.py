"""What does recording cost Locust, what does `saturate` reach, and does `drip` use the allowance? All against the mock.

Recording: in one Locust process, blocks of requests by Locust's own FastHttpSession, by our sender, and by our sender
without a recording take turns, so that whatever else the machine does, it does to all. Quoted are ratios of CPU time a
request, medians over all rounds. `python -m benchmarks.load [--quick]`
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATH = "/leads?limit=10"
BLOCK = 25
INSIDE = "--inside"


class Nothing:
    """A recording that keeps nothing."""

    def note(self, *_: Any) -> None: ...

    def record(self, *_: Any) -> None: ...


def inside(base_url: str, key: str, rounds: int) -> None:
    """In a process of its own, because importing Locust patches all of it: print the CPU seconds of each round."""
    from locust.contrib.fasthttp import FastHttpSession
    from locust.event import EventHook

    from nhq.load.history_recorder import HistoryRecorder
    from nhq.load.locust_sender import KeySender
    from nhq.load.no_retry_client import OncePool
    from nhq.load.traffic_mix import MixCall
    from nhq.ratelimit.history.history import Meta

    def session(**options: Any) -> FastHttpSession:
        return FastHttpSession(base_url, EventHook(), None, insecure=False, max_retries=0, **options)

    plain = session()
    with tempfile.TemporaryDirectory() as folder:
        recording = HistoryRecorder(Path(folder), 0, ["k"], Meta(60, 60.0))
        sender = KeySender(session(client_pool=OncePool(concurrency=4)), recording, "k", key)
        forgets: Any = Nothing()
        unrecorded = KeySender(session(client_pool=OncePool(concurrency=4)), forgets, "k", key)
        call = MixCall("list_leads", "GET", PATH)

        def theirs() -> None:
            plain.get(PATH, name="list_leads", headers={"Authorization": f"Bearer {key}"})

        senders = (theirs, lambda: sender.send(call), lambda: unrecorded.send(call))
        print(json.dumps([[spent(send) for send in senders] for _ in range(rounds + 1)][1:]))
        recording.close()


def spent(send: Callable[[], object]) -> float:
    """CPU seconds of one block of requests."""
    began = time.process_time()
    for _ in range(BLOCK):
        send()
    return time.process_time() - began


def recording(rounds: int) -> None:
    """Print what recording leaves of Locust's own throughput, and of our own sender's."""
    from nhq.client.mock_process import mock_target

    with mock_target(seed=1, options=["--real-time", "--limit", "100000000"]) as target:
        key = next(key.secret for key in target.keys if key.label == "full")
        command = [sys.executable, "-m", "benchmarks.load", INSIDE, target.base_url, key, str(rounds)]
        spent = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for name, ratios in (
        ("Locust's own throughput", [theirs / ours for theirs, ours, _ in spent]),
        ("our sender's without it", [unrecorded / ours for _, ours, unrecorded in spent]),
    ):
        low, high = (statistics.quantiles(ratios, n=20)[place] for place in (0, -1))
        share = statistics.median(ratios)
        print(f"recording leaves {share:.1%} of {name} ({low:.0%} to {high:.0%} in {rounds} rounds)")


def loaded(*arguments: str) -> dict[str, Any]:
    """The load results of one `nhq load` against a fresh mock."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "nhq", "load", *arguments, "--out", folder]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        load: dict[str, Any] = json.loads((Path(folder) / "results.json").read_text("utf-8"))["load"]
    return load


def saturate(seconds: float) -> None:
    """Print what one Locust process reaches where nothing is refused; the mock and the client share the machine."""
    load = loaded("saturate", "--limit", "100000000", "--window", "3", "--duration", str(seconds))
    median = load["latency"][0]["p50"] * 1000
    print(f"saturate: {load['requests'] / seconds:,.0f} requests a second by one process, {median:.1f} ms at p50")


def drip(window: float, windows: int) -> None:
    """Print how much of the allowance `drip` uses, and how often it was refused."""
    load = loaded("drip", "--window", str(window), "--duration", str(windows * window * 1.01))
    times = [at for at, _, _ in load["timeline"][0]["points"][1:]]
    used = (len(times) - 1) / (times[-1] - times[0]) * window / load["limit"]
    refused = load["statuses"].get("429", 0)
    print(f"drip used {used:.2%} of 60 requests in {window:g} s over {windows} windows; {refused} refused")


def main() -> None:
    """All three."""
    if sys.argv[1:2] == [INSIDE]:
        return inside(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter runs, fewer of them")
    quick = parser.parse_args().quick
    recording(rounds=60 if quick else 400)
    saturate(seconds=5 if quick else 15)
    drip(window=6 if quick else 60, windows=2 if quick else 3)
    return None


if __name__ == "__main__":
    main()
