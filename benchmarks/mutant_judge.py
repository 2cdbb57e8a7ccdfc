"""Worker of benchmarks.mutants: the gate as the judge of mutants, in one process, because pytest is slow to import.

First the gate runs on the mock as it is, which tells of every test which lines of the mock it reaches. Then each mutant
meets these tests first, and the rest of the gate after them; the first finding ends it.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from benchmarks.mutant_making import Fate, Mutant, statement
from benchmarks.reached_lines import Reach
from nhq import paths
from nhq.client.mock_process import handed_over
from nhq.client.preflight import check_reachable
from nhq.client.session import open_session
from nhq.client.target import Target
from nhq.client.transport import Limits
from nhq.clock import SystemClock
from nhq.contract import load_contract
from nhq.errors import NhqError
from nhq.run.collector import Collector
from nhq.run.plugin import ContractPlugin
from nhq.run.pytest_isolation import pytest_arguments
from nhq.run.selection import Selection

SLOWEST = 2.0  # seconds that an answer may take: a mock needs a tenth of it, and a mutant may never answer
STARTS = 20.0  # seconds that a mutant is given to say that it is ready
TROUBLES = 8  # tests that a mutant may leave without an answer before the gate is ended
PATIENCE = 25.0  # CPU seconds that a mutant is given before it is ended; a whole gate costs a mock five
SEED = 1


class Order:
    """A pytest plugin: the named tests first, the others after them. `told` hears of each test that begins."""

    def __init__(self, first: Sequence[str] = (), told: Any = None) -> None:
        self._rank = {test: rank for rank, test in enumerate(first)}
        self._told = told

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort; pytest keeps the order of what is equal."""
        items.sort(key=lambda item: self._rank.get(item.nodeid, len(self._rank)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test begins."""
        if self._told is not None:
            self._told(nodeid)


@contextmanager
def served(package: Path, module: str, *words: str) -> Iterator[tuple[Target, "subprocess.Popen[str]"] | None]:
    """A mock run from a copy of the package; None when it doesn't start."""
    with tempfile.TemporaryDirectory(prefix="nhq-mutant-") as folder:
        environ = {
            **os.environ,
            "PYTHONPATH": f"{package}{os.pathsep}{Path(__file__).resolve().parents[1]}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, "-m", module, *words, "--write-target", folder]
        process = subprocess.Popen(
            command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=folder
        )
        over, late = threading.Event(), threading.Timer(STARTS, process.kill)
        threading.Thread(target=_watch, args=(process, over), daemon=True).start()
        try:
            assert process.stdout is not None
            late.start()
            ready = "ready" in process.stdout.readline()
            late.cancel()
            yield (handed_over(Path(folder)), process) if ready else None
        finally:
            late.cancel()
            over.set()
            _end(process)


def _watch(process: "subprocess.Popen[str]", over: threading.Event) -> None:
    """End a server that works without end."""
    with suppress(psutil.NoSuchProcess):
        watched = psutil.Process(process.pid)
        while not over.wait(1):
            if sum(watched.cpu_times()[:2]) > PATIENCE:
                process.kill()
                return


def _end(process: "subprocess.Popen[str]") -> None:
    """A mutant that loops without end doesn't hear that it is asked to stop."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def examined(target: Target, order: Order, *, stop: bool) -> Collector:
    """What the gate saw of a target, to its first finding or to its end."""
    contract = load_contract()
    collector = Collector(target)
    enough = (lambda seen: bool(seen.findings) or len(seen.troubles) > TROUBLES) if stop else None
    with closing(open_session(target, contract, limits=Limits.of(SLOWEST))) as session:
        try:
            check_reachable(session)
        except NhqError as problem:
            collector.trouble("preflight", str(problem))
            return collector
        plugin = ContractPlugin(session, collector, Selection(), SEED, stop=enough)
        pytest.main(pytest_arguments(SEED, [paths.contracts_folder()]), plugins=[plugin, order])
    return collector


def reached(package: Path) -> tuple[Reach, list[str]]:
    """Which lines each test reaches, and the tests, quickest first. Raises SystemExit where a clean mock is accused."""
    with served(package, "benchmarks.traced") as mock:
        assert mock is not None
        target, _ = mock
        url, token = f"{target.control_url}/trace", {"X-Control-Token": target.control_token}

        def tell(test: str) -> None:
            requests.post(url, json={"test": test}, headers=token, timeout=60)

        collector = examined(target, Order(told=tell), stop=False)
        reach: Reach = requests.post(url, json={}, headers=token, timeout=60).json()
    if collector.findings or collector.troubles:
        told = sorted(finding[0] for finding in collector.findings) or collector.troubles[0].cause
        raise SystemExit(f"the gate is not clean on the mock as it is: {told}")
    return reach, [test.id for test in sorted(collector.tests, key=lambda test: test.seconds)]


def judged(package: Path, mutant: Mutant, reach: Reach, quickest: Sequence[str]) -> Fate:
    """Put the mutant in, run the gate, take it out."""
    path = package / "nhq" / "mock" / mutant.file
    before = path.read_text("utf-8")
    lines = set(statement(before, mutant.line))
    first = [test for test in quickest if lines & set(reach.get(test, {}).get(mutant.file, ()))]
    clock = SystemClock()
    began = clock.monotonic()
    path.write_text(mutant.source, encoding="utf-8")
    try:
        fate, by, collector = _met(package, first)
    finally:
        path.write_text(before, encoding="utf-8")
    made = asdict(mutant)
    del made["source"]
    tests, sent = (len(collector.tests), collector.requests) if collector else (0, 0)
    return Fate(**made, fate=fate, by=by, tests=tests, requests=sent, seconds=round(clock.monotonic() - began, 1))


def _met(package: Path, first: Sequence[str]) -> tuple[str, str, Collector | None]:
    with served(package, "nhq", "mock", "--port", "0", "--control", "--seed", str(SEED)) as mock:
        if mock is None:
            return "dead", "", None
        try:
            collector = examined(mock[0], Order(first), stop=True)
        except NhqError as problem:
            return "unjudged", str(problem), None
    rules = list(dict.fromkeys(finding[0] for finding in collector.findings))
    if rules:
        return "killed", rules[0], collector
    if collector.troubles:
        return "unjudged", collector.troubles[0].cause, collector
    return "survived", "", collector


def main() -> None:
    """Mutants come as JSON lines, after a line that names the package's copy; fates go back as JSON lines."""
    package = Path(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the mock is ended, too
    for compiled in (package / "nhq" / "mock").rglob("__pycache__/*.pyc"):
        compiled.unlink()  # a change that keeps time and size would not be seen
    told = sys.stdout
    sys.stdout = sys.stderr
    reach, quickest = reached(package)
    print(json.dumps({"tests": len(quickest)}), file=told, flush=True)
    for line in sys.stdin:
        given: Mapping[str, Any] = json.loads(line)
        print(json.dumps(asdict(judged(package, Mutant(**given), reach, quickest))), file=told, flush=True)


if __name__ == "__main__":
    main()
