"""Several gates against one live server: at once, as two pipelines on one staging are, and night after night.

`python -m benchmarks.shared [--server mock|other] [--at-once N] [--in-a-row N] [--drafts N] [--rule ID …]`: a server in
real time without a control plane, one target file, the same keys for all. Each gate must end with exit code 0 and find
nothing. Prints a line a gate; exit 1 where one ends otherwise.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nhq import places
from nhq.drive.mock import mock_target, write_live

sys.path.append(str(places.root() / "tests" / "live"))

import other_target

MORE_KEYS = ("full_4", "full_5", "full_6")


@dataclass(frozen=True, slots=True)
class Live:
    """A target file, and the environment that holds its keys."""

    path: Path
    environ: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ended:
    """How one gate ended: exit code, what it found, and of how many rules each verdict was given."""

    code: int
    found: tuple[str, ...]
    verdicts: Mapping[str, int]
    record: Mapping[str, Any]
    said: str

    @property
    def clean(self) -> bool:
        """Exit 0, and nobody accused?"""
        return self.code == 0 and not self.found


@contextmanager
def live_mock(folder: Path, drafts: int, window: float) -> Iterator[Live]:
    """The bundled mock, in real time and behind a file that names no control plane and that many drafts."""
    with mock_target(seed=1, options=["--real-time", "--window", str(window)]) as target:
        path, environ = write_live(target, folder, MORE_KEYS)
        named = "|".join(str(number) for number in range(2, drafts + 1)) or "x"
        text = path.read_text("utf-8")
        path.write_text(re.sub(rf"^campaign_startable_(?!(?:{named}) ).*\n", "", text, flags=re.MULTILINE), "utf-8")
        yield Live(path, environ)


@contextmanager
def other_server(folder: Path, drafts: int, window: float) -> Iterator[Live]:
    """The second server of the contract, written by other choices."""
    with other_target.serving(folder, window=window, drafts=drafts) as (path, environ):
        yield Live(path, environ)


def gates(live: Live, out: Path, at_once: int, chosen: Sequence[str]) -> list[Ended]:
    """That many gates begun together, each to its end."""
    folders = [out / f"gate-{number}" for number in range(at_once)]
    running = [_begin(live, folder, chosen) for folder in folders]
    said = [process.communicate()[0] for process in running]
    return [
        _ended(process.returncode, folder, text) for process, folder, text in zip(running, folders, said, strict=True)
    ]


def _begin(live: Live, out: Path, chosen: Sequence[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "nhq", "gate", "--target", str(live.path), "--out", str(out), *chosen]
    return subprocess.Popen(
        command, env=dict(live.environ), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _ended(code: int, out: Path, said: str) -> Ended:
    file = out / "results.json"
    record = json.loads(file.read_text("utf-8")) if file.exists() else {"findings": [], "rules": []}
    found = tuple(f"{finding['rule']} {finding['operation']}" for finding in record["findings"])
    given = [rule["verdict"] for rule in record["rules"]]
    return Ended(code, found, {verdict: given.count(verdict) for verdict in sorted(set(given))}, record, said)


def main() -> int:
    """Run as asked for, and print how each gate ended."""
    asked = _asked()
    chosen = [word for rule in asked.rule for word in ("--rule", rule)]
    worst = 0
    with tempfile.TemporaryDirectory(prefix="nhq-") as folder:
        out = Path(asked.out or folder)
        out.mkdir(parents=True, exist_ok=True)
        server = live_mock if asked.server == "mock" else other_server
        with server(out, asked.drafts, asked.window) as live:
            for round_ in range(asked.in_a_row):
                for number, ended in enumerate(gates(live, out / f"round-{round_}", asked.at_once, chosen)):
                    worst |= not ended.clean
                    print(f"round {round_} gate {number}: {_told(ended)}", flush=True)
    return worst


def _told(ended: Ended) -> str:
    counts = ", ".join(f"{count} {verdict}" for verdict, count in ended.verdicts.items())
    spent = ended.record.get("requests", {})
    waits = f"{spent.get('total')} requests, {spent.get('unplanned_429')} unplanned 429"
    troubles = [f"{trouble['where']}: {trouble['cause']}" for trouble in ended.record.get("troubles", ())]
    return "; ".join(
        [f"exit {ended.code}", counts, waits, *ended.found, *troubles, *([] if ended.clean else [ended.said])]
    )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.shared")
    parser.add_argument("--server", choices=("mock", "other"), default="mock")
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--in-a-row", type=int, default=1)
    parser.add_argument("--drafts", type=int, default=3)
    parser.add_argument("--window", type=float, default=5)
    parser.add_argument("--rule", action="append", default=[])
    parser.add_argument("--out", help="keep the reports here")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
