"""The whole gate over the clean mock: everything is seen, everything holds, and the same seed does the same again.

The whole gate is run twice in `make proofs`; here, one operation is judged twice.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nhq.report import record_problems


def gate(folder: Path, *options: str) -> tuple["subprocess.CompletedProcess[str]", dict[str, Any]]:
    """The command as CI runs it, and the record that it wrote."""
    command = [sys.executable, "-m", "nhq", "gate", "--seed", "7", "--out", str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done, json.loads((folder / "results.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """One run."""
    return gate(tmp_path_factory.mktemp("first"))


def test_a_correct_server_yields_no_finding(first):
    """Exit code 0, no finding, no trouble, nothing left unjudged."""
    done, record = first
    assert done.returncode == 0, done.stdout
    assert record["verdict"] == "holds"
    assert record["findings"] == []
    assert record["troubles"] == []
    assert record["unsatisfied"] == []


def test_every_rule_holds_on_every_operation_it_applies_to(first):
    """No cell is unknown: a vacuous pass would be one."""
    _, record = first
    cells = [(r["id"], name, cell["verdict"]) for r in record["rules"] for name, cell in r["cells"].items()]
    assert [cell for cell in cells if cell[2] != "holds"] == []
    assert {rule["verdict"] for rule in record["rules"]} == {"holds"}


def test_all_sixteen_operations_succeed_and_all_ninety_answers_are_seen(first):
    """Every documented operation x status pair is brought about."""
    _, record = first
    assert [row["id"] for row in record["operations"] if not row["succeeded"]] == []
    assert len(record["operations"]) == 16
    assert record["pairs"] == {"documented": 90, "observed": 90, "missing": []}


def test_no_429_comes_unplanned(first):
    """The budget keeps every key within its allowance."""
    assert first[1]["requests"]["unplanned_429"] == 0


def test_the_record_fits_its_schema(first):
    """A suite that polices schemas obeys its own."""
    assert record_problems(first[1]) == []


@pytest.mark.parametrize(
    "options",
    [("--rule", "SCHEMA-BODY", "--operation", "list_linkedin_accounts"), pytest.param((), marks=pytest.mark.proof)],
    ids=["one", "all"],
)
def test_the_same_seed_sends_the_same_requests_and_comes_to_the_same_verdicts(tmp_path, options):
    """Two runs have one digest of requests in order, and equal cells."""
    (_, a), (_, b) = gate(tmp_path / "first", *options), gate(tmp_path / "second", *options)
    assert a["requests"]["total"] > 0
    assert a["requests"]["digest"] == b["requests"]["digest"]
    assert [rule["cells"] for rule in a["rules"]] == [rule["cells"] for rule in b["rules"]]


def test_progress_goes_to_stderr_and_the_summary_to_stdout(first):
    """Who reads the output of a build finds the verdict first."""
    done, _ = first
    assert "requests" in done.stderr
    assert "\n✓ PASSED " in done.stdout
    assert "90/90 documented responses" in done.stdout
