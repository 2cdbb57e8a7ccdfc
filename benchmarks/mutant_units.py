"""The project's own tests as judges of a mutant: those that reach its line, quickest first, in a forked child."""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings

from benchmarks.mutant_reach import Trace

#: Looks at whatever modules define, so it reaches every line that runs when one is imported.
RECORDS = "tests/catalogue/test_records.py"
#: Import each file of scenarios, one at a time; and those that read the marks of all.
READERS, MARKS = ("tests/catalogue/test_marks.py", RECORDS), ("tests/catalogue/test_scenario",)
#: Folders of tests that judge a room without a process of their own.
FOLDERS = {
    "src/nhq/checks": (
        "tests/unit/checks",
        "tests/unit/generate/test_generated_cases.py",
        "tests/unit/scenarios/test_generated_requests.py",
        "tests/unit/run/test_unread.py",
        RECORDS,
    ),
    "src/nhq/ratelimit": ("tests/unit/ratelimit", "tests/unit/checks", "tests/unit/load", RECORDS),
    "src/nhq/scenarios/areas": ("tests/unit/contracts", RECORDS),
    "contracts": (
        "tests/unit/contracts",
        "tests/unit/run/test_lifecycle_model.py",
        "tests/catalogue/test_scenarios.py",
        "tests/catalogue/test_scenario_marks.py",
        *READERS,
    ),
}
_QUIET = ("-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:faulthandler", "-p", "_hypothesis_pytestplugin")


class Ran:
    """A pytest plugin: runs these tests only, in their order, and says how each ended."""

    def __init__(self, wanted: Sequence[str] | None) -> None:
        self._rank = {test: rank for rank, test in enumerate(wanted)} if wanted is not None else None
        self.seconds: dict[str, float] = {}
        self.failed: dict[str, str] = {}
        self.unread: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep and sort."""
        rank = self._rank
        if rank is not None:
            items[:] = sorted((item for item in items if item.nodeid in rank), key=lambda item: rank[item.nodeid])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module of tests that can't be imported."""
        if report.failed:
            self.unread.append(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """How a part of a test ended."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.failed.setdefault(report.nodeid, str(report.longrepr)[-300:])


def ran(root: Path, wanted: Sequence[str]) -> dict[str, Any]:
    """Run tests of a checkout, in their order, to the first that fails."""
    return _ran(root, sorted({test.split("::")[0] for test in wanted}), Ran(wanted), "-x")


def all_of(root: Path, folder: str, trace: Trace | None = None) -> dict[str, Any]:
    """Run all tests that may judge a room. Raises RuntimeError when pytest finds none, or stumbles."""
    return _ran(root, FOLDERS.get(folder, ()), Ran(None), trace=trace)


def _ran(root: Path, files: Sequence[str], plugin: Ran, *words: str, trace: Trace | None = None) -> dict[str, Any]:
    phases = (Phase.explicit, Phase.generate)  # nobody reads the smallest example
    settings.register_profile("mutants", deadline=None, derandomize=True, database=None, phases=phases)
    settings.load_profile("mutants")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.chdir(root)
    given = ["-c", str(root / "pyproject.toml"), f"--rootdir={root}", *_QUIET, *words, *files]
    with trace.watching() if trace is not None else nullcontext():
        code = pytest.main(given, plugins=[plugin, *([trace] if trace is not None else [])]) if files else 0
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED):
        raise RuntimeError(f"pytest ended with {code!r}")
    return {"seconds": plugin.seconds, "failed": plugin.failed, "unread": plugin.unread}


def readers(tests: Iterable[str], file: str, changed: str) -> list[str]:
    """Those of the tests that read scenarios: of that file, and of marks where one is changed."""
    of_file = f"[{Path(file).stem}]"
    marks = MARKS if "@pytest" in changed else ()
    return [test for test in tests if test.startswith(marks) or (test.startswith(READERS) and test.endswith(of_file))]


def order(tests: Sequence[str], seconds: Mapping[str, float], most: float) -> list[str]:
    """The quickest first, together no longer than so many seconds."""
    chosen: list[str] = []
    spent = 0.0
    for test in sorted(tests, key=lambda test: (seconds.get(test, 0.0), test)):
        spent += seconds.get(test, 0.0)
        if spent > most and chosen:
            break
        chosen.append(test)
    return chosen
