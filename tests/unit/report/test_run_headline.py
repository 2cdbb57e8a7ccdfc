"""The verdict of a run in one line; a run says PASSED only of how many rules, and only where it judged enough."""

from typing import Any

import pytest

from nhq.record.record_json import record_of
from nhq.report.record_facts import headline_remarks
from nhq.report.run_headline import headline_mark, run_headline


def told(record: dict[str, Any]) -> str:
    """The mark and the headline."""
    read = record_of(record)
    return f"{headline_mark(read).glyph} {run_headline(read)}"


def leave_open(record: dict[str, Any], number: int, *, level: str = "must") -> None:
    """So many rules of a level stay unknown, as a live run leaves them: the exit code is 0 all the same."""
    record["verdict"] = "unknown"
    for rule in [rule for rule in record["rules"] if rule["level"] == level][:number]:
        rule.update(verdict="unknown", cells={}, cause="no data")


def test_all_passed(holding: dict[str, Any]) -> None:
    """PASSED stands with how many of how many rules."""
    assert told(holding) == "✓ PASSED 108 of 108 rules"


def test_a_few_open_rules_are_said(holding: dict[str, Any]) -> None:
    """At least 90 % of the `must` rules were judged: passed, and what was not fully checked is named beside it."""
    leave_open(holding, 5)
    assert told(holding) == "✓ PASSED 103 of 108 rules"
    assert "5 rules not fully checked" in headline_remarks(record_of(holding))


def test_too_few_judged_is_no_pass(holding: dict[str, Any]) -> None:
    """Below 90 % of the `must` rules nothing is said to have passed."""
    leave_open(holding, 10)
    assert told(holding) == "? NOTHING BROKEN, 98 of 108 judged"


def test_rules_that_only_warn_do_not_hinder(holding: dict[str, Any]) -> None:
    """The share is of the rules that fail the run; with --fail-on should those count, too."""
    leave_open(holding, 20, level="should")
    assert "PASSED" in told(holding)
    holding["fail_on"] = "should"
    assert told(holding) == "? NOTHING BROKEN, 90 of 108 judged"


def test_failed(violated: dict[str, Any]) -> None:
    """How many rules failed, and on how many operations; what only warns is told beside it."""
    assert told(violated) == "✗ FAILED 2 of 108 rules, on 2 operations"
    assert "1 warning (a “should” or an assumption broken)" in headline_remarks(record_of(violated))


def test_failures_that_somebody_approved(violated: dict[str, Any]) -> None:
    """They are failures, and no pass."""
    for finding in violated["findings"]:
        finding["approved"] = "somebody"
    violated["exit_code"] = 0
    assert told(violated) == "✗ APPROVED FAILURES of 2 of 108 rules, on 2 operations"


@pytest.mark.parametrize("source", ["unknown", "empty"])
def test_what_could_not_be_judged(source: str, request: pytest.FixtureRequest) -> None:
    """Exit code 2 never reads as if anything had passed."""
    assert told(request.getfixturevalue(source)).startswith("? COULD NOT JUDGE: ")


def test_interrupted(holding: dict[str, Any]) -> None:
    """An interrupted run says so first, and never that it passed."""
    holding.update(interrupted=True, exit_code=130)
    assert told(holding) == "? INTERRUPTED, NOTHING BROKEN, 108 of 108 judged"


def test_a_problem_with_approvals_fails_without_a_rule(holding: dict[str, Any]) -> None:
    """Exit code 1 is a failure in words, too."""
    holding.update(exit_code=1, approval_problems=["line 3: no reason"])
    assert told(holding) == "✗ FAILED: 1 problem in contracts/approvals.toml; no rule failed, 108 of 108 judged"
