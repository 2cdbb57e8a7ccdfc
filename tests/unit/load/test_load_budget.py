"""A run's budget is judged from its history alone."""

import numpy as np
import pytest

from nhq.load.budget import failure_shares, judge_budget
from nhq.load.latency import latencies_by_operation, latency_over_time, sending_lateness
from nhq.load.profile import LatencyBudget
from nhq.model import Verdict
from nhq.ratelimit.history.history import History


def history(spent: list[float], statuses: list[int], late: float = 0.0) -> History:
    """One request a second, answered after so long with that status."""
    count = len(spent)
    sent = np.arange(count, dtype=float)
    zeros = np.zeros(count, dtype=np.int32)
    return History(
        keys=("k",),
        operations=("list_leads", "get_lead"),
        key=zeros,
        operation=np.arange(count, dtype=np.int32) % 2,
        intended=sent - late,
        sent=sent,
        received=sent + np.array(spent),
        status=np.array(statuses, dtype=np.int16),
        limit=zeros,
        remaining=zeros,
        reset=zeros.astype(float),
    )


def verdicts(found: History, budget: LatencyBudget) -> dict[str, Verdict]:
    return {one.name: one.verdict for one in judge_budget(found, budget)}


@pytest.mark.parametrize(("most", "verdict"), [(0.125, Verdict.HOLDS), (0.124, Verdict.VIOLATED)])
def test_a_percentile_may_reach_its_limit(most: float, verdict: Verdict):
    """Exactly at the limit is within it."""
    found = history([0.125] * 10, [200] * 10)
    assert verdicts(found, LatencyBudget(p99=most))["latency p99"] is verdict


def test_only_answers_have_a_latency():
    """A request given up after half a minute is an error, not a slow answer."""
    found = history([0.1, 30.0], [200, 0])
    judged = verdicts(found, LatencyBudget(p99=1.0, errors=0.4))
    assert judged == {"latency p99": Verdict.HOLDS, "errors": Verdict.VIOLATED, "refused (429)": Verdict.HOLDS}


def test_without_answers_latency_is_unknown():
    """Silence is no good latency."""
    assert verdicts(history([1.0], [0]), LatencyBudget(p50=1.0))["latency p50"] is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("status", "error", "refused"), [(0, 1, 0), (503, 1, 0), (429, 0, 1), (404, 0, 0), (200, 0, 0)]
)
def test_what_counts_as_an_error(status: int, error: int, refused: int):
    """No reply and 5xx do; a refusal is an answer, a 404 too."""
    assert failure_shares(history([0.1], [status])) == (error, refused)


@pytest.mark.parametrize(("low", "high", "verdict"), [(0, 0.4, "violated"), (0.6, 1, "violated"), (0.5, 0.5, "holds")])
def test_expected_refusals_have_two_bounds(low: float, high: float, verdict: str):
    """Too few of them are as wrong as too many."""
    found = history([0.1, 0.1], [200, 429])
    assert verdicts(found, LatencyBudget(refused=(low, high)))["refused (429)"] == verdict


def test_latencies_are_told_by_operation_too():
    """First all, then each."""
    rows = latencies_by_operation(history([0.1, 0.3, 0.1, 0.3], [200] * 4))
    assert [(row.operation, row.requests, row.longest) for row in rows] == [
        ("", 4, pytest.approx(0.3)),
        ("list_leads", 2, pytest.approx(0.1)),
        ("get_lead", 2, pytest.approx(0.3)),
    ]


def test_an_operation_tells_its_throughput_and_its_share_of_errors():
    """Requests a second over the whole run, and what had no reply or a 5xx, answered or not."""
    every, listed, got = latencies_by_operation(history([0.1, 0.3, 0.1, 0.1], [200, 503, 200, 0]))
    assert (every.errors, listed.errors, got.errors) == (0.5, 0.0, 1.0)
    assert every.per_second == pytest.approx(4 / 3.1)
    assert got.p50 == pytest.approx(0.3)


def test_an_operation_without_an_answer_has_no_latency():
    """It has a share of errors."""
    (row, *_) = latencies_by_operation(history([0.1], [0]))
    assert (row.p50, row.p90, row.longest, row.errors) == (None, None, None, 1.0)


def test_the_course_over_time_counts_every_request():
    """Each stretch has its requests, percentiles of those answered, and its share of errors; there are not too many."""
    told = latency_over_time(history([0.1] * 300, [200] * 299 + [0]))
    assert sum(row[0] for row in told.points) == 300
    assert len(told.points) <= 121
    assert told.points[-1][3] > 0


def test_lateness_is_our_own():
    """From intended to sent; a clock's grain to the other side is none."""
    assert sending_lateness(history([0.1] * 3, [200] * 3, late=0.25))["p50"] == pytest.approx(0.25)
    assert sending_lateness(history([0.1] * 3, [200] * 3, late=-0.001))["longest"] == 0.0
