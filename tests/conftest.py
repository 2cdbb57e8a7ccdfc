"""What all tests need of the process that they run in."""

import importlib.util
import signal
import sys
from pathlib import Path
from typing import Any

import pytest


def pytest_configure() -> None:
    """Take SIGINT again where it is ignored, as in a background job of a shell: what we start would ignore it too."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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
