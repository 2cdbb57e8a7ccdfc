"""Where data lies, and what may stand in for it."""

import os
import subprocess
import sys
from pathlib import Path

from nhq import paths


def test_another_root_counts_for_as_long_as_it_stands(tmp_path: Path) -> None:
    """Whatever NHQ_ROOT says; the innermost counts, and the environment stays as it is."""
    before, inner = paths.data_root(), tmp_path / "inner"
    with paths.other_root(tmp_path), paths.other_root(inner):
        assert (paths.data_root(), "NHQ_ROOT" in os.environ) == (inner, False)
    assert paths.data_root() == before


def test_a_child_is_told_of_the_root_that_stands_in(tmp_path: Path) -> None:
    """Nothing is said where a child finds the root by itself."""
    assert paths.root_environment() == {}
    command = [sys.executable, "-c", "from nhq import paths; print(paths.data_root())"]
    with paths.other_root(tmp_path):
        told = subprocess.run(command, env={**os.environ, **paths.root_environment()}, capture_output=True, text=True)
    assert told.stdout.strip() == str(tmp_path.resolve())
