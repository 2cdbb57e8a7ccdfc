"""Ten bugs of ten kinds, each planted in the mock: the whole command must say so. `make proofs` tries seven of them."""

import subprocess
import sys
from pathlib import Path

import pytest

from nhq.mutation.faults.catalogue import find_fault

QUICK = ("admits-a-61st", "matches-any-term", "no-headers-on-404")
SLOW = (
    "write-scope-opens-reads",
    "loses-one-between-pages",
    "counts-one-created-too-many",
    "answers-201-for-207",
    "pauses-drafts",
    "charges-two-credits",
    "reads-foreign-leads",
)

CHEAPEST = {"no-headers-on-404": ("get_lead",), "write-scope-opens-reads": ("get_lead",)}


def gate(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "nhq", "gate", "--out", str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize("ident", [*QUICK, *(pytest.param(ident, marks=pytest.mark.proof) for ident in SLOW)])
def test_a_planted_bug_turns_the_gate(ident: str, tmp_path: Path) -> None:
    """The gate ends with 1 and its summary names the rule that the planted bug breaks."""
    fault = find_fault(ident)
    rules, shown_on = fault.rules, fault.on or CHEAPEST.get(ident, ())
    only = [*(("--rule", rule) for rule in rules), *(("--operation", name) for name in shown_on)]
    ended = gate(tmp_path, "--fault", ident, *(word for option in only for word in option))
    assert ended.returncode == 1, ended.stderr
    assert [rule for rule in rules if rule not in ended.stdout] == []


@pytest.mark.proof
def test_the_whole_gate_sees_a_planted_bug_too(tmp_path: Path) -> None:
    """Without any selection the gate ends with 1 and names the rule."""
    ended = gate(tmp_path, "--fault", "pauses-drafts")
    assert ended.returncode == 1, ended.stderr
    assert "CAMP-PAUSE-ONLY-STARTED" in ended.stdout


def test_an_unknown_fault_is_one_clear_line(tmp_path: Path) -> None:
    """A fault that doesn't exist is our caller's mistake: exit 2 and its name."""
    ended = gate(tmp_path, "--fault", "no-such-fault")
    assert ended.returncode == 2
    assert "no fault no-such-fault" in ended.stderr.splitlines()[-1]
