"""How many findings end a run early, and which of them count."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from nhq.client.target import Target
from nhq.contract import Contract
from nhq.contract.approvals import Approval, Command, Subject
from nhq.contract.change_approvals import ChangeApprovals
from nhq.model import Exchange, Finding, violated
from nhq.run.collector import Collector
from nhq.run.early_end import EarlyEnd
from nhq.run.record import NO_APPROVALS
from nhq.run.scope_inference import KeyAnswers
from nhq.run.selection import Selection, make_selection

EVERYTHING = Selection()


@pytest.fixture
def find(collector: Collector, exchange: Callable[..., Exchange]) -> Callable[..., None]:
    """Lets the collector see a finding of a rule, on GET /leads."""

    def seen(rule: str, where: str = "") -> None:
        proof = exchange(collector.requests + 1)
        collector.exchange(proof)
        finding = Finding(rule, "list_leads", "expected", "actual", where, (proof.id,), code="x")
        collector.observe([violated(finding)])

    return seen


@pytest.fixture
def cause(collector: Collector, contract: Contract, target: Target) -> Callable[..., str]:
    """Why a run with the collector's findings ends, by its options."""

    def asked(most: int, **fields: Any) -> str:
        plain = EarlyEnd(most, contract, target, EVERYTHING, NO_APPROVALS, KeyAnswers())
        return replace(plain, **fields).cause(collector)

    return asked


def test_a_run_ends_with_its_last_allowed_finding(find, cause):
    """It goes on below the number, and says the number and the option that set it."""
    find("PAGE-CURSOR")
    assert cause(2) == ""
    find("PAGE-TERMINATES")
    assert cause(2) == "the run ended after 2 findings (--max-findings 2)"


def test_the_first_finding_ends_a_run_that_fails_fast(find, cause):
    """`--fail-fast` is one finding."""
    assert cause(1) == ""
    find("PAGE-CURSOR")
    assert cause(1) == "the run ended after 1 finding (--fail-fast)"


def test_no_number_ends_nothing(find, cause):
    """Without the options a run goes on whatever it finds."""
    find("PAGE-CURSOR")
    assert cause(0) == ""


def test_a_finding_seen_again_counts_once(find, cause):
    """Findings are counted as the report counts them."""
    find("PAGE-CURSOR")
    find("PAGE-CURSOR")
    assert cause(2) == ""


def test_what_only_warns_ends_nothing(find, cause, contract):
    """A `should` that is broken doesn't fail a run."""
    find(next(rule.id for rule in contract.rules.values() if rule.level != "must"))
    assert cause(1) == ""


def test_what_is_not_selected_ends_nothing(find, cause, contract):
    """Findings that the report leaves out don't count."""
    find("PAGE-CURSOR")
    assert cause(1, selection=make_selection(contract, ["PAGE-TERMINATES"], ())) == ""


def test_what_is_approved_ends_nothing(find, cause):
    """Somebody knows it: it doesn't fail the run."""
    find("PAGE-CURSOR")
    known = Subject(Command.GATE, "PAGE-CURSOR", ("list_leads",), ("x", ""))
    approval = Approval(known, "it is on its way", "somebody", date(2027, 1, 1), 1)
    assert cause(1, approvals=ChangeApprovals((approval,), date(2026, 1, 1))) == ""


def test_what_a_wrong_target_file_may_explain_ends_nothing(collector, exchange, cause, target):
    """One refusal of a scope may be a slip of the file: more answers are to show which."""
    answers = KeyAnswers()
    refused = exchange(1, status=403, test="one")
    answers.hear(refused)
    collector.exchange(refused)
    finding = Finding("SCOPE-SUFFICIENT", "list_leads", "let in", "403", "status", (1,))
    collector.observe([violated(finding)])
    assert cause(1, answers=answers) == ""
    assert cause(1) != ""
