"""A whole live run on the mock in real time, six keys and no control plane: its cost, and how much allowance it uses.

`python -m benchmarks.allowance [--window 60] [--keep FOLDER] [words for nhq gate …]`
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nhq.drive.control import Control
from nhq.drive.mock import mock_target

MORE = ("full_4", "full_5", "full_6")


@contextmanager
def live_mock(window: float, folder: Path, *options: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """A mock in real time, a target file that names no control plane, and the environment with its keys."""
    words = ("--real-time", "--window", str(window), *options)
    with mock_target(seed=1, options=words) as target:
        control = Control(target.control_url, target.control_token)
        keys = [(k.label, k.workspace, sorted(k.scopes), k.revoked, k.secret) for k in target.keys]
        widest = keys[0][2]
        keys += [
            (label, target.workspace, widest, False, control.issue(target.workspace, widest, label)) for label in MORE
        ]
        control.close()
        lines = [f'base_url = "{target.base_url}"', 'allow = ["read", "write", "send", "spend"]']
        lines += [f"limit = {target.limit}", f"window = {target.window}", "[given]"]
        lines += [f"{name} = {json.dumps(value)}" for name, value in target.given.items()]
        environ = dict(os.environ)
        for label, workspace, scopes, revoked, secret in keys:
            name = f"NHQ_LIVE_{label.upper()}"
            environ[name] = secret
            lines += ["[[key]]", f'label = "{label}"', f'env = "{name}"', f'workspace = "{workspace}"']
            lines += [f"scopes = {json.dumps(scopes)}", f"revoked = {str(revoked).lower()}"]
        path = folder / "live.toml"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        yield path, environ


def gate(target: Path, environ: dict[str, str], out: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """`nhq gate` as a process of its own: its exit code, and its record."""
    command = [sys.executable, "-m", "nhq", "gate", "--target", str(target), "--out", str(out), *words]
    done = subprocess.run(command, env=environ, check=False)
    return done.returncode, json.loads((out / "results.json").read_text("utf-8"))


def main() -> None:
    """Run, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--window", type=float, default=60.0)
    parser.add_argument("--keep", type=Path)
    known, words = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as made:
        folder = known.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        with live_mock(known.window, folder) as (target, environ):
            code, record = gate(target, environ, folder, *words)
    asked = record["requests"]
    print(f"exit {code}, {asked['total']} requests, {record['seconds']:.0f} s, {len(record['findings'])} findings")
    print(f"unplanned 429: {asked['unplanned_429']}, waits: {asked['waits']}, {asked['waited_seconds']:.0f} s")
    print(json.dumps(asked["by_key"]))


if __name__ == "__main__":
    main()
