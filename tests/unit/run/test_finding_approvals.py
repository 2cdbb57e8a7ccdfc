"""Findings of a server that somebody approved: told, and no reason to fail; stanzas that are over fail."""

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from nhq.contract.approvals import load_approvals
from nhq.contract.change_approvals import ChangeApprovals
from nhq.model import Exchange, Finding, holds, violated
from nhq.record.record_json import record_of as typed
from nhq.report import FORMATS, record_facts, render_report, validate_record
from nhq.report.run_headline import run_headline

TODAY = datetime.date(2026, 11, 28)
RULE, OTHER = "CAMP-PAUSE-ONLY-STARTED", "run_campaign_action"
NOTHING = ChangeApprovals((), TODAY)
Judged = Callable[..., dict[str, Any]]


@pytest.fixture
def judged(collector: Any, contract: Any, exchange: Callable[..., Exchange], record_of: Any) -> Judged:
    """The record of a run that saw every operation, found the findings, and knows the approvals."""

    def run(findings: Sequence[Finding], approvals: ChangeApprovals = NOTHING) -> dict[str, Any]:
        for number, operation in enumerate(contract.operations, 1):
            collector.exchange(exchange(number, operation=operation))
        broken = {(finding.rule, finding.operation) for finding in findings}
        for rule in contract.rules.values():
            collector.observe(holds(rule.id, on) for on in contract.applies(rule) if (rule.id, on) not in broken)
        collector.observe(map(violated, findings))
        record: dict[str, Any] = record_of(collector, approvals=approvals)
        validate_record(record)
        return record

    return run


def approving(folder: Path, stanza: str, until: str = "2027-02-26") -> ChangeApprovals:
    """The approvals of a file in which a person wrote reason and owner, and perhaps another day."""
    file = folder / "approvals.toml"
    lines = [line for line in stanza.splitlines() if not line.startswith(("reason", "owner", "expires"))]
    file.write_text("\n".join([*lines, 'reason = "known"', 'owner = "api"', f"expires = {until}"]), "utf-8")
    return ChangeApprovals(load_approvals(file), TODAY)


FOUND = [Finding(RULE, OTHER, "409", "200", "/data/3", code="status")]
STANZA = f"""[[approval]]
command = "gate"
rule = "{RULE}"
operations = ["{OTHER}"]
code = "status"
place = "/data/*"
"""


def test_the_stanza_of_a_failing_finding_approves_it(judged: Judged, tmp_path: Path) -> None:
    """It stays violated and doesn't fail; without reason and owner it fails, and has the stanza beside it."""
    (stanza,) = record_facts.approval_stanzas(typed(judged(FOUND)))
    record = judged(FOUND, approving(tmp_path, stanza))
    assert (record["exit_code"], record["verdict"], record["approval_problems"]) == (0, "violated", [])
    assert (record["findings"][0]["approved"], record["findings"][0]["stanza"]) == ("api until 2027-02-26: known", "")
    assert run_headline(typed(record)).startswith("APPROVED FAILURES of 1 of ")


def test_other_words_and_another_row_are_the_same_finding(judged: Judged, tmp_path: Path) -> None:
    """Neither an index nor a message is part of what is approved."""
    found = [Finding(RULE, OTHER, "409, reworded", "201", "/data/7", code="status")]
    assert judged(found, approving(tmp_path, STANZA))["exit_code"] == 0


@pytest.mark.parametrize(
    "other",
    [
        Finding(RULE, OTHER, "409", "200", "/data/3", code="missing"),
        Finding(RULE, OTHER, "409", "200", "/error", code="status"),
    ],
)
def test_another_code_or_place_is_another_finding(judged: Judged, tmp_path: Path, other: Finding) -> None:
    """It fails; that the approved one wasn't seen is no reproach while its rule is broken."""
    record = judged([other], approving(tmp_path, STANZA))
    assert (record["exit_code"], record["findings"][0]["approved"], record["approval_problems"]) == (1, "", [])


def test_a_stanza_whose_rule_was_judged_and_holds_fails(judged: Judged, tmp_path: Path) -> None:
    """It approves nothing any more."""
    record = judged([], approving(tmp_path, STANZA))
    assert (record["exit_code"], record["verdict"], len(record["approval_problems"])) == (1, "holds", 1)


@pytest.mark.parametrize("rule", ["NO-SUCH-RULE", "quote-gone-0123abcd"])
def test_what_was_not_looked_at_never_fails(judged: Judged, tmp_path: Path, rule: str) -> None:
    """Neither a rule that wasn't judged nor a change of a contract where none was given."""
    stanza = STANZA.replace(RULE, rule) if rule.isupper() else STANZA.replace('"status"', f'"{rule}"')
    assert judged([], approving(tmp_path, stanza))["approval_problems"] == []


def test_an_expired_stanza_approves_nothing_and_fails(judged: Judged, tmp_path: Path) -> None:
    """Whatever was found."""
    record = judged(FOUND, approving(tmp_path, STANZA, "2026-11-27"))
    assert (record["exit_code"], record["findings"][0]["approved"]) == (1, "")
    assert "expired on 2026-11-27" in record["approval_problems"][0]


def test_an_approved_finding_is_red_in_no_report(judged: Judged, tmp_path: Path) -> None:
    """JUnit skips it, SARIF suppresses it, GitHub notes it, GitLab informs."""
    record = judged(FOUND, approving(tmp_path, STANZA))
    texts = {name: render_report(typed(record), name) for name in FORMATS}
    assert "<failure" not in texts["junit"]
    assert '"suppressions"' in texts["sarif"]
    assert "::error" not in texts["github"]
    assert '"severity": "major"' not in texts["gitlab"]
    assert all("approved by api" in texts[name] for name in ("junit", "html", "markdown", "github"))
