"""What all tests need of the process that they run in."""

import gc
import hashlib
import importlib.util
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

# What stands between a server and the suite (tests/cases/proxy.py and its kin), live servers, and load runs spread over
# processes (tests/load/gathering.py), for tests of any folder; scenarios played alone; and the contract, loaded once.
sys.path += [str(Path(__file__).parent / room) for room in (".", "cases", "live", "load", "unit/contracts")]

import pytest

from nhq.model import Observation

# The rooms whose tests wait for real windows or run whole gates: begun first, so that two processes end together.
LONGEST_FIRST = ("tests/load/test_profiles_run.py", "tests/load/", "tests/live/", "tests/power/", "tests/cli/")


def pytest_configure() -> None:
    """Take SIGINT again where it is ignored, as in a background job of a shell: what we start would ignore it too."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the rooms that take longest first; within a room the order stays."""
    items.sort(key=lambda item: _place(item.nodeid))


def pytest_collection_finish() -> None:
    """Keep what was collected out of later garbage collections: a run inside a test ends with ten of them.

    Over the modules and items of the whole suite each takes a third of a second, over what a test made itself none.
    """
    gc.collect()
    gc.freeze()


def _place(nodeid: str) -> int:
    rooms = (number for number, room in enumerate(LONGEST_FIRST) if nodeid.startswith(room))
    return next(rooms, len(LONGEST_FIRST))


@pytest.fixture(scope="session")
def edits() -> dict[str, Any]:
    """The edits of fixtures/edits.toml by id, each with its document (see tests/edited.py)."""
    spec = importlib.util.spec_from_file_location("edited", Path(__file__).parent / "edited.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["edited"] = module
    spec.loader.exec_module(module)
    return {edit.id: edit for edit in module.edits()}


@pytest.fixture(scope="session")
def approved() -> Callable[[str, dict[str, str]], None]:
    """Holds what was made to what somebody has looked at and approved: tests/approved/NAME.json.

    NHQ_APPROVE=1 writes the file anew; its diff is to be looked at.
    """

    def check(name: str, made: dict[str, str]) -> None:
        file = Path(__file__).parent / "approved" / f"{name}.json"
        if os.environ.get("NHQ_APPROVE"):
            file.parent.mkdir(exist_ok=True)
            lines = {key: text.split("; ") for key, text in sorted(made.items())}
            file.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")
        known = {key: "; ".join(lines) for key, lines in json.loads(file.read_text("utf-8")).items()}
        assert made == known, f"otherwise than approved; NHQ_APPROVE=1 writes {file.name}, to be looked at"

    return check


def _summary(observations: Iterable[Observation]) -> str:
    """What judges said, to be read: by rule and operation how often it holds, is violated (where) or unknown."""
    said = Counter(
        f"{o.rule} {o.operation or 'anywhere'} {o.verdict.value}" + (f" at {o.finding.where}" if o.finding else "")
        for o in observations
    )
    return "; ".join(f"{line} x{count}" for line, count in sorted(said.items()))


@pytest.fixture(scope="session")
def digest_of() -> Callable[[object], str]:
    """A short name for a value that has a text of its own."""
    return lambda value: hashlib.sha256(repr(value).encode("utf-8", "replace")).hexdigest()[:12]


@pytest.fixture(scope="session")
def summary_of() -> Callable[[Iterable[Observation]], str]:
    """What judges said, as a line that its diff can be read of: verdicts and places, without words."""
    return _summary
