"""Runs of `nhq load` as a user starts them, several at once, so that waiting for their windows is shared."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from gathering import PATIENCE, SECONDS, Member, spread_run

from nhq.client.mock_process import mock_target, write_live

#: How many runs go on at the same time.
AT_ONCE = 4
KILLED = "killed"
HERE = Path(__file__).parent


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


def follow(name: str, arguments: Sequence[str], out: Path) -> Ended:
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
            if name == KILLED:
                kill_a_worker(line, out)
        stdout = process.stdout.read()
    patience.cancel()
    return Ended(process.returncode, stdout, "".join(said), out)


def kill_a_worker(line: str, out: Path) -> None:
    """Well within the run, one of its workers is killed."""
    at = SECONDS.match(line)
    if at is not None and int(at[1]) > 0.6 * int(at[2]):
        for victim in out.glob("histories/*/worker-1-*.sent"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(victim.stem.rsplit("-", 1)[1]), signal.SIGKILL)


def spread(options: Sequence[str], kill: bool, folder: Path) -> list[Member]:
    """Run a master and two workers against a mock that is no mock of theirs."""
    with mock_target(seed=1, options=["--real-time", *options]) as target:
        file, environ = write_live(target, folder)
        return spread_run(file, folder, environ, kill=kill)


def runs_wanted(items: Sequence[pytest.Item], table: Mapping[str, Any]) -> dict[str, list[str]]:
    """The runs that the tests of a session need: those of `make test`, those of `make proofs`, both or none."""
    users = [item for item in items if item.path.parent == HERE and "runs" in getattr(item, "fixturenames", ())]
    proofs = [item.get_closest_marker("proof") is not None for item in users]
    return (table["proofs"] if any(proofs) else {}) | (table["runs"] if not all(proofs) else {})


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Ended]]:
    """A run by its name, once it has ended.

    The first test that asks starts them all, a few at a time: a machine of two cores must not make them late.
    A module's fixture and not a session's: each process of pytest-xdist has a session, and would start them.
    """
    table = tomllib.loads((HERE / "runs.toml").read_text("utf-8"))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        started = {
            name: threads.submit(follow, name, [*arguments, *table["common"]], tmp_path_factory.mktemp("load"))
            for name, arguments in runs_wanted(request.session.items, table).items()
        }
        yield lambda name: started[name].result()
        threads.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[Member]]]:
    """The members of a spread run by its name, once all have ended; the master first."""
    common = tomllib.loads((HERE / "runs.toml").read_text("utf-8"))["common"]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        started = {
            name: threads.submit(spread, common, KILLED in name, tmp_path_factory.mktemp("spread"))
            for name in ("gathered", "gathered, one killed")
        }
        yield lambda name: started[name].result()
        threads.shutdown(cancel_futures=True)
