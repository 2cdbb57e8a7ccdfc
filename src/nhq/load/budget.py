"""Did a run stay within its budget? Pure: a history and a budget in, one row per number out."""

from collections.abc import Iterator
from dataclasses import dataclass

from nhq.load.latency import failed_requests, latencies_by_operation
from nhq.load.profile import LatencyBudget
from nhq.model import Verdict
from nhq.ratelimit.history.history import History

#: The numbers of a budget that are latencies.
NUMBERS = ("p50", "p90", "p95", "p99", "longest")


@dataclass(frozen=True, slots=True)
class BudgetJudgement:
    """One number of the budget, and what was measured. Seconds for latencies, else shares."""

    name: str
    allowed: str
    actual: str
    verdict: Verdict


def failure_shares(history: History) -> tuple[float, float]:
    """Shares of errors (no reply, 5xx) and of refusals (429)."""
    return float(failed_requests(history).mean()), float((history.status == 429).mean())


def judge_budget(history: History, budget: LatencyBudget) -> list[BudgetJudgement]:
    """Each number of the budget against the history, in the order of the budget."""
    return list(_judge(history, budget))


def _judge(history: History, budget: LatencyBudget) -> Iterator[BudgetJudgement]:
    overall = latencies_by_operation(history)[0]
    for name in NUMBERS:
        most, actual = getattr(budget, name), getattr(overall, name)
        if most is not None and actual is not None:
            yield BudgetJudgement(f"latency {name}", _time(most), _time(actual), _verdict(actual <= most))
        elif most is not None:
            yield BudgetJudgement(f"latency {name}", _time(most), "no request was answered", Verdict.UNKNOWN)
    errors, refused = failure_shares(history)
    yield BudgetJudgement("errors", f"at most {budget.errors:.2%}", f"{errors:.2%}", _verdict(errors <= budget.errors))
    low, high = budget.refused
    inside = low <= refused <= high
    yield BudgetJudgement("refused (429)", f"{low:.2%} to {high:.2%}", f"{refused:.2%}", _verdict(inside))


def _time(seconds: float) -> str:
    """A duration in words, precise enough that an excess shows."""
    return f"{round(seconds, 6):g} s" if seconds >= 1 else f"{round(seconds * 1000, 3):g} ms"


def _verdict(kept: bool) -> Verdict:
    return Verdict.HOLDS if kept else Verdict.VIOLATED
