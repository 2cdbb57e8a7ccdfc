"""A server of other choices, that nobody here controls, is accused of nothing."""

import json
import subprocess
import sys
from typing import Any

import pytest
from other_target import serving


@pytest.fixture(scope="module")
def judged(tmp_path_factory) -> tuple[int, dict[str, Any], str]:
    """One live run: exit code, record, and what was printed."""
    folder = tmp_path_factory.mktemp("live")
    with serving(folder) as (target, environ):
        gate = [sys.executable, "-m", "nhq", "gate", "--target", str(target), "--out", str(folder / "out")]
        done = subprocess.run(gate, capture_output=True, text=True, env=environ, check=False)
    assert (folder / "out" / "results.json").exists(), done.stderr
    record = json.loads((folder / "out" / "results.json").read_text("utf-8"))
    return done.returncode, record, done.stdout + done.stderr


def test_it_is_accused_of_nothing(judged):
    """Other ids, cursors, anchor, orders and forms are choices, not findings."""
    _, record, _ = judged
    assert [(f["rule"], f["operation"], f["expected"], f["actual"]) for f in record["findings"]] == []


def test_nothing_of_ours_broke(judged):
    """No trouble, no unplanned 429, exit code 0."""
    code, record, _ = judged
    assert record["troubles"] == []
    assert record["requests"]["unplanned_429"] == 0
    assert code == 0


def test_most_of_the_contract_is_judged_all_the_same(judged):
    """What can't be judged here is named; the greater part is."""
    _, record, _ = judged
    held = [rule["id"] for rule in record["rules"] if rule["verdict"] == "holds"]
    unknown = {rule["id"]: rule["cause"] for rule in record["rules"] if rule["verdict"] == "unknown"}
    assert all(unknown.values())
    assert len(held) >= 140, unknown


def test_what_the_run_wrote_is_listed(judged):
    """Whoever owns the server can clean up."""
    _, record, _ = judged
    assert any(line.startswith("lead list ") for line in record["written"])
    assert any(line.startswith("message sent in conversation ") for line in record["written"])
