"""A run stops by itself for too many 5xx, counted over all its processes, and what it leaves open is open."""

from dataclasses import replace

import pytest

from nhq.client.target import Target
from nhq.load.abort_conditions import AnswerCounts, ProcessTally, budget_left_open, left_open, must_watch
from nhq.load.budget import BudgetJudgement
from nhq.load.profile import load_profile
from nhq.load.send_plan import make_plan
from nhq.model import Verdict
from nhq.ratelimit.checker.anomalies import Aspect, Judgement, Verdicts

AFAR = Target("https://staging.example.com/api/v1", ())


@pytest.mark.parametrize(
    ("name", "target", "stops"),
    [
        ("saturate", AFAR, True),
        ("drip", AFAR, False),
        ("saturate", replace(AFAR, base_url="http://127.0.0.1:4010"), False),
    ],
)
def test_who_stops(name: str, target: Target, stops: bool) -> None:
    """Only what sends beyond the allowance, and only to a server elsewhere."""
    assert must_watch(target, make_plan(load_profile(name), 60, 60.0)) is stops


def test_answers_are_counted_by_status() -> None:
    """A 5xx is an error, a refusal isn't, and no answer is none."""
    answers = AnswerCounts()
    for status in (200, 429, 503, 0, 500):
        answers.see(status)
    assert answers.told() == {"answers": 4, "errors": 2}


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ((40, 2), (40, 2), ""),
        ((40, 1), (40, 4), "stopped by itself: 5 of 80 answers were 5xx, more than 5%"),
        ((40, 2), (60, 3), ""),
        ((20, 20), (0, 0), ""),
        ((20, 20), (30, 0), "stopped by itself: 20 of 50 answers were 5xx, more than 5%"),
    ],
)
def test_more_than_five_percent_of_all_answers(one: tuple[int, int], other: tuple[int, int], reason: str) -> None:
    """Those of all processes together, once there are fifty; the last word of each counts."""
    tally = ProcessTally()
    tally.hear("one", {"answers": 9, "errors": 9})
    for process, (answers, errors) in {"one": one, "other": other}.items():
        tally.hear(process, {"answers": answers, "errors": errors})
    assert tally.reason() == reason


def test_what_was_proven_stays_and_the_rest_is_open() -> None:
    """A violated question keeps its cause, any other gets the stop's."""
    said = {Aspect.ADMISSIONS: Verdict.HOLDS, Aspect.HEADERS: Verdict.VIOLATED, Aspect.RESET: Verdict.UNKNOWN}
    rows = {aspect: Judgement(aspect, said.get(aspect, Verdict.HOLDS), "seen") for aspect in Aspect}
    left = left_open(Verdicts(*rows.values(), events=9, keys=1, windows=1), "stopped").judgements
    assert [(one.verdict, one.cause) for one in left] == [
        (Verdict.UNKNOWN, "stopped"),
        (Verdict.VIOLATED, "seen"),
        (Verdict.UNKNOWN, "stopped"),
        (Verdict.UNKNOWN, "stopped"),
    ]
    kept = [
        BudgetJudgement("errors", "0", "6", Verdict.VIOLATED),
        BudgetJudgement("latency p95", "1 s", "0.2 s", Verdict.HOLDS),
    ]
    assert [one.verdict for one in budget_left_open(kept)] == [Verdict.VIOLATED, Verdict.UNKNOWN]
