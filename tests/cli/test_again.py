"""A finding names a command that exists: pasted, it finds the same again. For gate, load, check and replay."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nhq import paths
from nhq.cassettes.cassette_library import cassettes_folder
from nhq.client.mock_process import mock_target, write_live

LIED = "tells-one-left-when-refusing"


def paste(command: str, *more: str, environ: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a line that begins with nhq, as a shell would."""
    words = shlex.split(command)
    assert words[0] == "nhq"
    return subprocess.run(
        [sys.executable, "-m", *words, *more],
        capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **(environ or {})},
    )  # fmt: skip


def findings(out: Path) -> list[dict[str, Any]]:
    """The findings of the record in a folder."""
    found: list[dict[str, Any]] = json.loads((out / "results.json").read_text("utf-8"))["findings"]
    return found


def found_again(folder: Path, command: str, environ: Mapping[str, str] | None = None) -> str:
    """Run a command that finds something, paste what its first finding says; that command, once both found the same."""
    first, second = folder / "first run", folder / "second run"
    assert paste(command, "--out", str(first), environ=environ).returncode == 1
    seen = findings(first)[0]
    result = paste(seen["rerun"], "--out", str(second), environ=environ)
    assert result.returncode == 1, result.stderr
    assert (seen["rule"], seen["operation"]) in [(one["rule"], one["operation"]) for one in findings(second)]
    again: str = seen["rerun"]
    return again


def test_the_command_of_a_gate_finds_it_again(tmp_path: Path) -> None:
    """`nhq gate`: the finding's rule and operation alone, with the run's own options."""
    begun = "nhq gate --fault believes-cursors-of-list-campaigns --rule WS-CURSOR-OWN --timeout 30"
    again = found_again(tmp_path, begun)
    narrowed = "--rule WS-CURSOR-OWN --operation list_campaigns"
    assert again.startswith(f"nhq gate --timeout 30 --fault believes-cursors-of-list-campaigns {narrowed}")


def test_the_command_of_a_load_run_finds_it_again(tmp_path: Path) -> None:
    """`nhq load`: the whole run, with all options that matter; it can't be narrowed to a rule."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    with mock_target(seed=1, options=["--real-time", "--window", "3", "--limit", "20", "--fault", LIED]) as target:
        file, environ = write_live(target, folder)
        options = (
            f"--target {shlex.quote(str(file))} --keys 1 --duration 1 --limit 20 --window 3 --exclusive-keys --skew 0.5"
        )
        options += f" --max 60s --csv {shlex.quote(str(tmp_path / 'as locust'))}"
        again = found_again(tmp_path, f"nhq load saturate {options}", environ)
    assert "--rule" not in again
    assert "--keys 1 --duration 1 --limit 20 --window 3 --exclusive-keys --skew 0.5 --max 60s --csv" in again
    assert (tmp_path / "as locust_stats.csv").read_text("utf-8").startswith("Type,Name,Request Count")


def test_the_command_of_a_check_finds_it_again(tmp_path: Path) -> None:
    """`nhq check`: the recording, and what was said of it."""
    history = tmp_path / "a recording.jsonl"
    shutil.copy(paths.fixtures_folder() / "histories" / "violates-premature-429.jsonl", history)
    first = paste(f"nhq check {shlex.quote(str(history))} --exclusive-keys --window 60")
    again = next(line for line in first.stdout.splitlines() if line.startswith("reproduce: ")).removeprefix(
        "reproduce: "
    )
    second = paste(again)
    assert (first.returncode, second.returncode) == (1, 1)
    assert first.stdout == second.stdout


@pytest.mark.proof
def test_the_command_of_a_replay_finds_it_again(tmp_path: Path) -> None:
    """`nhq replay`: the same cassettes."""
    cassettes = tmp_path / "recorded elsewhere"
    shutil.copytree(cassettes_folder(), cassettes)
    for path in cassettes.rglob("*.yaml"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("x-ratelimit-limit:\n      - '60'", "x-ratelimit-limit:\n      - '61'"), "utf-8")
    again = found_again(tmp_path, f"nhq replay --cassettes {shlex.quote(str(cassettes))}")
    assert again == f"nhq replay --cassettes {shlex.quote(str(cassettes))}"
