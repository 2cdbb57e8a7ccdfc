"""Nobody is accused of what a second look does not show, where others may have caused it."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from nhq.client.session import Session
from nhq.contract import Contract
from nhq.model import Verdict
from nhq.run.collector import Collector
from nhq.scenarios.judge import Judge
from nhq.scenarios.recheck import Claim, report_after_recheck

OURS = cast(Session, SimpleNamespace(target=SimpleNamespace(undisturbed=True)))
LIVE = cast(Session, SimpleNamespace(target=SimpleNamespace(undisturbed=False)))
RULES = ("PAGE-TERMINATES", "PAGE-NO-GAPS")


@pytest.fixture
def settled(contract: Contract, collector: Collector, exchange: Any) -> Any:
    """Settles looks given as a rule each and whether it held; returns verdicts, causes and how often was looked."""

    def run(session: Session, *looks: dict[str, bool]) -> tuple[dict[str, Verdict], int]:
        taken: list[int] = []

        def look() -> list[Claim]:
            taken.append(1)
            return [Claim(rule, ok, (exchange(),), "x") for rule, ok in looks[len(taken) - 1].items()]

        judge = Judge(contract, collector, RULES)
        report_after_recheck(judge, look, session, "too little", "list_leads")
        return {rule: cell.verdict for (rule, _), cell in collector.cells.items()}, len(taken)

    return run


def test_one_look_is_enough_where_all_holds(settled):
    """Nothing is looked at twice without need."""
    assert settled(LIVE, dict.fromkeys(RULES, True)) == (dict.fromkeys(RULES, Verdict.HOLDS), 1)


def test_what_two_looks_show_is_found(settled):
    """On a live target a rule that two looks in a row show broken is violated."""
    found, looks = settled(
        LIVE, {"PAGE-TERMINATES": False, "PAGE-NO-GAPS": True}, {"PAGE-TERMINATES": False, "PAGE-NO-GAPS": True}
    )
    assert (found, looks) == ({"PAGE-TERMINATES": Verdict.VIOLATED, "PAGE-NO-GAPS": Verdict.HOLDS}, 2)


def test_what_one_look_shows_is_not(settled):
    """What the second look shows kept holds; what only the second shows broken is not known."""
    found, _ = settled(
        LIVE, {"PAGE-TERMINATES": False, "PAGE-NO-GAPS": True}, {"PAGE-TERMINATES": True, "PAGE-NO-GAPS": False}
    )
    assert found == {"PAGE-TERMINATES": Verdict.HOLDS, "PAGE-NO-GAPS": Verdict.UNKNOWN}


def test_a_target_of_our_own_is_believed_at_once(settled):
    """Where nobody else is, the first look counts: a fault that comes and goes does not get away."""
    assert settled(OURS, {"PAGE-TERMINATES": False, "PAGE-NO-GAPS": True}) == (
        {"PAGE-TERMINATES": Verdict.VIOLATED, "PAGE-NO-GAPS": Verdict.HOLDS},
        1,
    )


def test_what_no_look_speaks_of_is_unknown(settled):
    """A rule that was not exercised is unknown, never kept."""
    assert settled(OURS, {"PAGE-TERMINATES": True})[0]["PAGE-NO-GAPS"] is Verdict.UNKNOWN
