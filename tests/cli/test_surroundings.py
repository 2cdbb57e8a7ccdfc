"""Settings and files of the present folder change no run: not its tests, not its modules, not its verdict."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nhq import paths

#: Each would stop Python, or pytest, or change what is run.
SETTINGS = {
    "PYTEST_ADDOPTS": "--collect-only",
    "PYTEST_PLUGINS": "nobody_has_this",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONOPTIMIZE": "2",
    "PYTHONWARNINGS": "error",
}
MODULES = ("json", "random", "socket", "pickle", "pytest", "hypothesis", "requests", "yaml", "locust", "conftest")
SCENARIO = "test_accounts"
COMMANDS = {
    "gate": ("gate", "--rule", "PAGE-CURSOR", "--operation", "list_leads"),
    "record": ("record", "--out", "recorded", "--test", SCENARIO),
    "replay": ("replay", "--cassettes", "kept", "--out", "reports/out"),
    "mutation": ("mutation", "--fault", "sends-for-others", "--workers", "1"),
    "live-corpus": ("live-corpus",),
    "load": ("load", "drip", "--window", "3", "--duration", "1"),
}
SHOWN = {
    "gate": "1 rule passed",
    "record": "1 cassettes in recorded",
    "replay": "rules passed",
    "mutation": "1 killed",
    "live-corpus": "in all",
    "load": "requests with 2 keys",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose modules take the place of Python's and whose settings collect and don't run."""
    for name in MODULES:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a module of the present folder was imported')\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\npython_files = nothing_*.py\n")
    (tmp_path / "locust.conf").write_text("host = http://127.0.0.1:1\nusers = 7\n")
    kept = tmp_path / "kept"
    for file in paths.data_root().joinpath("cassettes").rglob("*.yaml"):
        if file.stem.startswith("discovery") or file.parent.name == "accounts":
            copy = kept / file.relative_to(paths.data_root() / "cassettes")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_does_what_it_does_elsewhere(folder, name):
    """`PYTEST_ADDOPTS=--collect-only` once gave exit 0 with nothing run, and a json.py of the folder was imported."""
    ended = subprocess.run(
        [sys.executable, "-m", "nhq", *COMMANDS[name]],
        cwd=folder, env={**os.environ, **SETTINGS}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert SHOWN[name] in ended.stdout, ended.stderr
    assert ended.returncode == 0
