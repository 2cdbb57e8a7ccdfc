"""A wheel built from the repository works in an empty folder: all that the commands read travels inside it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nhq import paths


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The wheel, unpacked into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(folder), str(paths.data_root())], check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", str(folder / "site"), str(wheel)], check=True)
    return folder / "site"


def run(installed: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command out of the wheel, in an empty folder."""
    environ = {**os.environ, "PYTHONPATH": str(installed)}
    environ.pop("NHQ_ROOT", None)
    command = [sys.executable, "-m", "nhq", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environ, check=False)


def test_the_gate_of_the_wheel_judges_the_mock(installed, tmp_path):
    """`nhq gate` needs nothing but the wheel."""
    done = run(
        installed, tmp_path, "gate", "--rule", "AUTH-ABSENT", "--operation", "list_linkedin_accounts", "--out", "out"
    )
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    assert [rule["verdict"] for rule in record["rules"] if rule["selected"]] == ["holds"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_it_is_the_code_of_the_wheel_that_runs(installed, tmp_path):
    """The data comes from inside the package, not from a checkout."""
    code = "from nhq import paths; print(paths.data_root())"
    environ = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=environ, check=True
    )
    assert Path(done.stdout.strip()) == installed / "nhq" / "_bundle"


@pytest.mark.parametrize("name", ["openapi.json", "contracts", "load", "fixtures", "reports/schemas"])
def test_the_data_travels(installed, name):
    """Everything that the commands read."""
    assert (installed / "nhq" / "_bundle" / name).exists()
