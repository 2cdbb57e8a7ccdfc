"""A whole live run on the mock in real time, six keys and no control plane: its cost, its plan, its allowance's use.

`python -m benchmarks.allowance [--window 60] [--keep FOLDER] [--reads N] [words for nhq gate …]`
With --reads nothing is judged: so many reads are sent as fast as the scheduler lets them, for how much it uses.
"""

import argparse
import json
import math
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from nhq.client.api import Api
from nhq.client.mock_process import mock_target, write_live
from nhq.client.session import open_session
from nhq.client.target import Target, load_target
from nhq.clock import SystemClock
from nhq.contract import load_contract

MORE = ("full_4", "full_5", "full_6")


def whole(path: Path, environ: dict[str, str], folder: Path, words: list[str]) -> None:
    """Plan a live run, make it, and print both."""
    command = [sys.executable, "-m", "nhq", "gate", "--target", str(path), "--out", str(folder), *words]
    plan = subprocess.run([*command, "--plan"], env=environ, capture_output=True, text=True, check=False).stdout
    done = subprocess.run(command, env=environ, check=False)
    record = json.loads((folder / "results.json").read_text("utf-8"))
    asked = record["requests"]
    print(f"exit {done.returncode}, {asked['total']} requests, {record['seconds']:.0f} s", end=", ")
    print(f"{len(record['findings'])} findings, {sum(r['verdict'] == 'holds' for r in record['rules'])} rules hold")
    print(
        f"unplanned 429: {asked['unplanned_429']}, waits: {asked['waits']}, {asked['waited_seconds']:.0f} s", end=", "
    )
    unused = asked["unused_while_waiting"]
    print(
        f"{asked['total'] / (asked['total'] + unused):.1%} of the allowance used while there was work ({unused} unused)"
    )
    planned = re.match(r"(?:at most )?([\d,]+) requests.*about (.*);", plan)
    print(f"planned: {planned[1]} requests, {planned[2]}" if planned else "not planned: " + plan)
    print(json.dumps(asked["by_key"]))


def reads(target: Target, count: int) -> None:
    """Send reads with whichever key has allowance, and print how much of it was used while there was work."""
    session, clock = open_session(target, load_contract()), SystemClock()
    api, began = Api(session), clock.monotonic()
    for _ in range(count):
        api.call("list_leads", query={"limit": 1})
    seconds, spent, keys = clock.monotonic() - began, session.budget.spent, len(target.holders("leads:read"))
    # With nothing lost, each window but the last is used whole and the next begins when it ends.
    whole = math.ceil(count / (keys * target.limit)) - 1
    least = whole * target.window + (seconds - spent.seconds) / (whole + 1)
    print(f"{count} reads with {keys} keys in {seconds:.1f} s", end=", ")
    print(f"unplanned 429: {spent.unplanned_429}, waits: {spent.waits} of {spent.seconds:.1f} s in all")
    print(f"{least:.1f} s had nothing been lost: {least / seconds:.1%} of the allowance used while there was work")
    session.close()


def main() -> None:
    """Run, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--window", type=float, default=60.0)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--reads", type=int, default=0)
    known, words = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as made:
        folder = known.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        with mock_target(seed=1, options=["--real-time", "--window", str(known.window)]) as target:
            path, environ = write_live(target, folder, MORE)
            if known.reads:
                reads(load_target(path, environ), known.reads)
            else:
                whole(path, environ, folder, words)


if __name__ == "__main__":
    main()
