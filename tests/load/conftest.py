"""Runs of `nhq load` as a user starts them, several at once, so that waiting for their windows is shared."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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


Meddle = Callable[[str, Path], None]
"""Called with each line that a run says while it goes on, and its folder."""


def follow(out: Path, arguments: Sequence[str], meddle: Meddle | None) -> Ended:
    """Run `nhq load` to its end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "nhq", "load", *arguments, "--out", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    patience = threading.Timer(PATIENCE, process.terminate)
    patience.start()
    said = []
    with process:
        assert process.stderr is not None
        assert process.stdout is not None
        for line in process.stderr:
            said.append(line)
            if meddle is not None:
                meddle(line, out)
        stdout = process.stdout.read()
    patience.cancel()
    return Ended(process.returncode, stdout, "".join(said), out)


Runs = Callable[[Mapping[str, Sequence[str]], Mapping[str, Meddle]], dict[str, Ended]]


@pytest.fixture(scope="session")
def load_runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Starts runs by name, a few at a time (a machine of two cores must not make them late), and waits for all."""

    def run(asked: Mapping[str, Sequence[str]], meddling: Mapping[str, Meddle]) -> dict[str, Ended]:
        with ThreadPoolExecutor(3) as threads:
            ended = {
                name: threads.submit(follow, tmp_path_factory.mktemp("load"), arguments, meddling.get(name))
                for name, arguments in asked.items()
            }
            return {name: one.result() for name, one in ended.items()}

    return run
