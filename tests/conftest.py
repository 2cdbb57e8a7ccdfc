"""What all tests need of the process that they run in."""

import gc
import hashlib
import importlib.util
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# What stands between a server and the suite (tests/cases/proxy.py and its kin), live servers, and load runs spread over
# processes (tests/load/gathering.py), for tests of any folder; and scenarios played alone.
sys.path += [str(Path(__file__).parent / room) for room in ("cases", "live", "load", "unit/contracts")]

import pytest

# The rooms whose tests wait for real windows or run whole gates: begun first, so that two processes end together.
LONGEST_FIRST = ("tests/load/", "tests/live/", "tests/power/", "tests/cli/")


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
    """Holds what was made to what somebody has looked at and approved: tests/approved/NAME.json, a line each.

    NHQ_APPROVE=1 writes the file anew; its diff is to be looked at.
    """

    def check(name: str, made: dict[str, str]) -> None:
        file = Path(__file__).parent / "approved" / f"{name}.json"
        if os.environ.get("NHQ_APPROVE"):
            file.parent.mkdir(exist_ok=True)
            lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(made[key])}" for key in sorted(made))
            file.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
        known: dict[str, str] = json.loads(file.read_text("utf-8"))
        changed = sorted(key for key in known.keys() | made.keys() if known.get(key) != made.get(key))
        assert changed == [], f"{len(changed)} of {len(made)} otherwise than approved; NHQ_APPROVE=1 writes {file.name}"

    return check


@pytest.fixture(scope="session")
def digest_of() -> Callable[[object], str]:
    """A short name for a value that has a text of its own."""
    return lambda value: hashlib.sha256(repr(value).encode("utf-8", "replace")).hexdigest()[:12]
