"""A live run on the mock in real time: planned, paced by the server's own headers, stopped and taken up again."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nhq.client.mock_process import mock_target, write_live

RULES = ("PAGE-TIES", "LIST-COUNT-TRUE", "OVR-SAVED", "AUTH-MALFORMED", "SCOPE-FIRST", "LEAD-MEMBERS", "REQUEST-TYPE")
CHOSEN = [word for rule in RULES for word in ("--rule", rule)]

Live = tuple[Path, dict[str, str]]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A mock with windows of five seconds and a target file that names no control plane; six keys with all scopes."""
    with mock_target(seed=1, options=["--real-time", "--window", "5"]) as target:
        yield write_live(target, tmp_path_factory.mktemp("live"), ("full_4", "full_5", "full_6"))


def gate(live: Live, out: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The command as a person runs it."""
    command = [sys.executable, "-m", "nhq", "gate", "--target", str(live[0]), "--out", str(out), *words]
    return subprocess.run(command, env=live[1], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def run(live: Live, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str, Path]:
    """A run over some rules: its record, what it said meanwhile, and its folder."""
    out = tmp_path_factory.mktemp("out")
    done = gate(live, out, *CHOSEN)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((out / "results.json").read_text("utf-8")), done.stderr, out


def test_no_429_comes_unplanned_and_nobody_is_accused(run: tuple[dict[str, Any], str, Path]) -> None:
    """Every key is used within its allowance."""
    record = run[0]
    assert record["profile"] == "live"
    assert record["requests"]["unplanned_429"] == 0
    assert record["findings"] == []
    assert record["troubles"] == []


def test_the_plan_is_right_to_five_percent(live: Live, run: tuple[dict[str, Any], str, Path], tmp_path: Path) -> None:
    """What --plan says is what the run costs."""
    said = gate(live, tmp_path, *CHOSEN, "--plan").stdout
    planned = re.match(r"([\d,]+) requests", said)
    assert planned is not None, said
    assert int(planned[1].replace(",", "")) == pytest.approx(run[0]["requests"]["total"], rel=0.05)


def test_progress_tells_what_is_left(run: tuple[dict[str, Any], str, Path]) -> None:
    """Requests, windows, and the time of the end."""
    assert re.search(r"\d+ requests, \d+ windows left, until \d\d:\d\d:\d\d", run[1])


def test_a_finished_run_taken_up_again_repeats_no_test(live: Live, run: tuple[dict[str, Any], str, Path]) -> None:
    """Its record has every test once, and the same verdicts; only discovery is sent again."""
    before, _, out = run
    assert gate(live, out, *CHOSEN, "--resume").returncode == 0
    after = json.loads((out / "results.json").read_text("utf-8"))
    assert [test["id"] for test in after["tests"]] == [test["id"] for test in before["tests"]]
    assert [rule["verdict"] for rule in after["rules"]] == [rule["verdict"] for rule in before["rules"]]
    assert [test["requests"] for test in after["tests"]] == [test["requests"] for test in before["tests"]]


def test_a_run_with_another_seed_is_not_taken_up(live: Live, run: tuple[dict[str, Any], str, Path]) -> None:
    """Exit 2, and one line that names what differs."""
    done = gate(live, run[2], *CHOSEN, "--resume", "--seed", "9")
    assert (done.returncode, done.stdout) == (2, "")
    assert "differs in seed" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_plan_sends_nothing(live: Live, tmp_path: Path) -> None:
    """It is made where no server is."""
    text = live[0].read_text("utf-8")
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text(re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:9", text), "utf-8")
    done = gate((elsewhere, live[1]), tmp_path, "--plan")
    assert done.returncode == 0, done.stderr
    assert "nothing was sent" in done.stdout
