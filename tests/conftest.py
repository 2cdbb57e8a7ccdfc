"""What all tests need of the process that they run in."""

import gc
import importlib.util
import signal
import sys
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
