"""Runs of `nhq load` as a user starts them, several at once, so that waiting for their windows is shared."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

#: Seconds that one run may take at most.
PATIENCE = 110


@dataclass
class Ended:
    """A run that is over: exit code, what it said, its folder of reports and its record, if it wrote one."""

    code: int
    stdout: str
    stderr: str
    out: Path

    @property
    def record(self) -> dict[str, Any]:
        record: dict[str, Any] = json.loads((self.out / "results.json").read_text("utf-8"))
        return record

    @property
    def load(self) -> dict[str, Any]:
        found: dict[str, Any] = self.record["load"]
        return found

    @property
    def verdicts(self) -> dict[str, str]:
        return {row["aspect"]: row["verdict"] for row in self.load["verdicts"]}


def begin(out: Path, *arguments: str) -> "subprocess.Popen[str]":
    """Start `nhq load` with these arguments."""
    return subprocess.Popen(
        [sys.executable, "-m", "nhq", "load", *arguments, "--out", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def end(process: "subprocess.Popen[str]", out: Path) -> Ended:
    """Wait for it."""
    try:
        stdout, stderr = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.terminate()
        stdout, stderr = process.communicate(timeout=30)
        pytest.fail(f"nhq load did not end in {PATIENCE} s: {stdout}{stderr}")
    return Ended(process.returncode, stdout, stderr, out)


@pytest.fixture(scope="module")
def load_runs(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Mapping[str, Sequence[str]]], dict[str, Ended]]:
    """Starts runs by name, all at once, and waits for all."""

    def run(asked: Mapping[str, Sequence[str]]) -> dict[str, Ended]:
        folders = {name: tmp_path_factory.mktemp("load") for name in asked}
        started = {name: begin(folders[name], *arguments) for name, arguments in asked.items()}
        try:
            return {name: end(process, folders[name]) for name, process in started.items()}
        finally:
            for process in started.values():
                process.kill()

    return run
