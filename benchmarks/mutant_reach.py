"""Which lines of the mutated files each test reaches: a trace of Python's, kept to those files."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

#: Test -> file -> lines. The test "" stands for what runs while modules are imported and tests are collected.
Reach = dict[str, dict[str, list[int]]]


class Trace:
    """A pytest plugin that watches the files of a folder; what a fixture reaches counts for the test that asks first.

    Fixtures are shared, so the files that a test module reaches at all count for each of its tests, too, by
    `mutant_chain`.
    """

    def __init__(self, folder: Path) -> None:
        self._root = f"{folder}/"
        self._seen: dict[str, dict[str, set[int]]] = {"": {}}
        self._now = self._seen[""]

    @property
    def reach(self) -> Reach:
        """What was seen, as plain JSON values."""
        return {test: {file: sorted(seen) for file, seen in files.items()} for test, files in self._seen.items()}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Trace this thread and those that it starts."""
        threading.settrace(self._enter)
        sys.settrace(self._enter)
        try:
            yield
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test begins."""
        self._now = self._seen.setdefault(nodeid, {})
        sys.settrace(self._enter)  # Hypothesis and others take it away

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        name = frame.f_code.co_filename
        if not name.startswith(self._root):
            return None
        lines = self._now.setdefault(name[len(self._root) :], set())
        lines.add(frame.f_lineno)

        def line(frame: FrameType, event: str, argument: Any) -> Any:
            if event == "line":
                lines.add(frame.f_lineno)
            return line

        return line
