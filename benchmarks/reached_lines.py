"""Which lines of a folder's files each test reaches, by Python's own trace."""

from pathlib import Path
from types import FrameType
from typing import Any

#: Test -> file -> lines. The test "" stands for what runs before the first one begins.
Reach = dict[str, dict[str, list[int]]]


class ReachedLines:
    """The lines of the files below a folder that are run, each for the test that began last."""

    def __init__(self, folder: Path) -> None:
        self._root = f"{folder}/"
        self._seen: dict[str, dict[str, set[int]]] = {"": {}}
        self._now = self._seen[""]

    def begin(self, test: str) -> None:
        """What is reached from now on counts for this test."""
        self._now = self._seen.setdefault(test, {})

    @property
    def reach(self) -> Reach:
        """What was seen, as plain JSON values."""
        return {test: {file: sorted(seen) for file, seen in files.items()} for test, files in self._seen.items()}

    def enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        """The function for `sys.settrace`: follow the lines of what is called, where it is the folder's."""
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
