"""Which lines of the mutated files each test reaches: a plugin of pytest around Python's trace."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.reached_lines import ReachedLines


class Trace(ReachedLines):
    """A pytest plugin that watches the files of a folder; what a fixture reaches counts for the test that asks first.

    Fixtures are shared, so the files that a test module reaches at all count for each of its tests, too, by
    `mutant_chain`. The test "" stands for what runs while modules are imported and tests are collected.
    """

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Trace this thread and those that it starts."""
        threading.settrace(self.enter)
        sys.settrace(self.enter)
        try:
            yield
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test begins."""
        self.begin(nodeid)
        sys.settrace(self.enter)  # Hypothesis and others take it away
