"""Time is an argument: nothing but the clock reads the machine's, and nothing but the clock sleeps."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from nhq import paths

HOME = "src/nhq/clock.py"
FOLDERS = ("src", "load", "contracts", "tests")
WORDS = re.compile(r"\b(import.*time|from\s+time|now|utcnow|today)\b")
PRESENT = {
    f"{kind}.{read}"
    for kind in ("datetime", "date", "datetime.datetime", "datetime.date")
    for read in ("now", "utcnow", "today")
}


def readings(file: Path) -> Iterator[str]:
    """Each place where a file imports `time`, or asks datetime for the present; a file without those words has none."""
    text = file.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)) if WORDS.search(text) else ():
        where = f"{file.name}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import) and any(alias.name == "time" for alias in node.names):
            yield f"{where} imports time"
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield f"{where} imports from time"
        if isinstance(node, ast.Attribute) and ast.unparse(node) in PRESENT:
            yield f"{where} {ast.unparse(node)}"


def test_time_is_read_in_the_clock_alone() -> None:
    """Window edges are exact and tests fast because time comes from a Clock."""
    files = [file for folder in FOLDERS for file in sorted((paths.data_root() / folder).rglob("*.py"))]
    assert len(files) > 50
    found = [reading for file in files if not file.as_posix().endswith(HOME) for reading in readings(file)]
    assert found == []


def test_every_way_of_reading_time_is_seen(tmp_path: Path) -> None:
    """Imports of time under any name, and datetime asked for now or today; conversions are no readings."""
    file = tmp_path / "late.py"
    file.write_text(
        "import time as t\nfrom time import sleep\nimport datetime\n"
        "a = datetime.datetime.now()\nb = datetime.date.today()\nc = datetime.datetime.fromtimestamp(0)\n"
    )
    assert [reading.split(" ", 1)[0] for reading in readings(file)] == [f"late.py:{line}" for line in (1, 2, 4, 5)]
