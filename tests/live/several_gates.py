"""Live servers in real time, and gates that are run against one of them at once or one after the other."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import other_target

from nhq.client.mock_process import mock_target, write_live

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
def other_server(folder: Path, drafts: int, window: float, limit: int = 150) -> Iterator[Live]:
    """The second server of the contract, written by other choices."""
    with other_target.serving(folder, limit, window, drafts) as (path, environ):
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
