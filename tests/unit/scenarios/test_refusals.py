"""What counts as refused, and what shows nothing."""

from collections.abc import Callable

import pytest

from nhq.client.target import Target
from nhq.contract import Contract
from nhq.model import Exchange, Verdict
from nhq.run.collector import Collector
from nhq.scenarios.forbidden_writes import Attempt
from nhq.scenarios.judge import Judge
from nhq.scenarios.refusals import judge_refused, judge_untouched

Make = Callable[..., Exchange]
RULE = "AUTH-NO-EFFECT"


@pytest.fixture
def collector(target: Target) -> Collector:
    return Collector(target)


@pytest.fixture
def judge(contract: Contract, collector: Collector) -> Judge:
    return Judge(contract, collector, [RULE])


def verdicts(collector: Collector) -> list[Verdict]:
    return [cell.verdict for (rule, _), cell in collector.cells.items() if rule == RULE]


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(401, Verdict.HOLDS), (200, Verdict.VIOLATED), (404, Verdict.VIOLATED), (429, Verdict.UNKNOWN)],
)
def test_a_refusal_has_its_status(
    judge: Judge, collector: Collector, exchange: Make, status: int, verdict: Verdict
) -> None:
    """The promised status keeps the rule, another breaks it; a limited caller shows nothing."""
    judge_refused(judge, RULE, exchange(status=status), 401, "without a key")
    assert verdicts(collector) == [verdict]


@pytest.mark.parametrize(
    ("status", "happened", "verdict"),
    [
        (401, False, Verdict.HOLDS),
        (401, True, Verdict.VIOLATED),
        (200, True, Verdict.UNKNOWN),
        (429, False, Verdict.UNKNOWN),
    ],
)
def test_a_refused_write_has_not_happened(
    judge: Judge, collector: Collector, exchange: Make, status: int, happened: bool, verdict: Verdict
) -> None:
    """Only a request that was refused as promised shows whether refusals are without effect."""
    write = Attempt("create_lead_lists", {}, lambda: (happened, exchange(2)))
    judge_untouched(judge, RULE, write, exchange(status=status), 401, lambda write: exchange(3))
    assert verdicts(collector) == [verdict]


@pytest.mark.parametrize(
    ("without", "status", "again", "verdict"),
    [
        (False, 401, True, Verdict.VIOLATED),
        (False, 401, False, Verdict.UNKNOWN),
        (True, 401, True, Verdict.UNKNOWN),
        (False, 429, True, Verdict.UNKNOWN),
    ],
)
def test_what_another_may_have_changed_must_come_again(
    judge: Judge, collector: Collector, exchange: Make, without: bool, status: int, again: bool, verdict: Verdict
) -> None:
    """One pause by somebody else is no finding: the change comes again with the request, and not without it."""
    looks = iter([without, again])

    def renewed() -> Attempt:
        return Attempt("run_campaign_action", {}, lambda: (next(looks), exchange(3)))

    write = Attempt("run_campaign_action", {}, lambda: (True, exchange(2)), None, renewed)
    judge_untouched(judge, RULE, write, exchange(status=401), 401, lambda write: exchange(4, status=status))
    assert verdicts(collector) == [verdict]
