"""`--fail-fast` and `--max-findings N` end a run, with a whole report of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from nhq.cli import main

CAUSE = "the run ended after 1 finding (--fail-fast)"
CHOSEN = ("--rule", "AUTH-MALFORMED", "--rule", "AUTH-UNKNOWN", "--fault", "takes-any-word-for-a-key")


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, Any], Path]:
    """A run that fails fast on a server which takes any word for a key: its code, record and folder."""
    out = tmp_path_factory.mktemp("out")
    with pytest.raises(SystemExit) as exited:
        main(["gate", "--out", str(out), "--fail-fast", *CHOSEN])
    return int(str(exited.value.code)), json.loads((out / "results.json").read_text("utf-8")), out


def test_a_run_that_ended_early_is_violated(ended):
    """Exit 1, not interrupted, nothing of ours broke; the record says why it ended."""
    code, record, _ = ended
    assert (code, record["exit_code"], record["verdict"], record["interrupted"]) == (1, 1, "violated", False)
    assert (record["troubles"], len(record["findings"]), record["ended_early"]) == ([], 1, CAUSE)


def test_what_it_did_not_come_to_is_unknown(ended):
    """Every test is in the record; those that were not run say why."""
    _, record, _ = ended
    outcomes = [(test["outcome"], test["cause"]) for test in record["tests"]]
    failed = outcomes.index(("failed", ""))
    assert outcomes[failed + 1 :] == [("unknown", CAUSE)] * (len(outcomes) - failed - 1)
    assert failed + 1 < len(outcomes)


def test_every_report_says_that_the_run_ended_early(ended):
    """Whoever reads only one of them knows it."""
    _, _, out = ended
    for name in ("junit.xml", "report.html", "summary.md"):
        assert CAUSE in (out / name).read_text("utf-8"), name


def test_the_command_that_shows_a_finding_again_runs_to_its_end(ended):
    """It judges one rule: nothing is left out of that."""
    _, record, _ = ended
    assert "--fail-fast" not in record["findings"][0]["rerun"]


def test_both_options_at_odds_are_one_line(capfd):
    """Which of both counts would be a guess."""
    with pytest.raises(SystemExit) as exited:
        main(["gate", "--fail-fast", "--max-findings", "3"])
    assert exited.value.code == 2
    assert "drop one of them" in capfd.readouterr().err
