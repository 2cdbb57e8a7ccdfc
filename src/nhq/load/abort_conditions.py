"""When a run that exceeds a remote server's allowance stops by itself: if too many answers are 5xx.

Counted over all processes of the run: each worker tells its master what it was answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nhq.client.target import Target
from nhq.load.budget import BudgetJudgement
from nhq.load.excess_load import exceeds_allowance
from nhq.load.send_plan import SendPlan
from nhq.model import Verdict
from nhq.ratelimit.checker.anomalies import Judgement, Verdicts

#: Prefix of a line that says why a run has stopped.
STOPPED = "stopped by itself"
#: More than this share of 5xx stops a run, once there are so many answers.
SHARE, LEAST = 0.05, 50


@dataclass(slots=True)
class AnswerCounts:
    """How many requests were answered, and how many of them with a 5xx."""

    answers: int = 0
    errors: int = 0

    def see(self, status: int) -> None:
        """One request is over; 0 where no answer came."""
        self.answers += status > 0
        self.errors += status >= 500

    def told(self) -> dict[str, int]:
        """The counts in words."""
        return {"answers": self.answers, "errors": self.errors}


class ProcessTally:
    """What the processes of a run were answered: the last word of each counts."""

    def __init__(self) -> None:
        self._of: dict[str, Mapping[str, int]] = {}

    def hear(self, process: str, told: Mapping[str, int]) -> None:
        """Take a process' counts of all its answers so far."""
        self._of[process] = told

    def reason(self) -> str:
        """Why the run must stop; "" if it may go on."""
        answers, errors = (sum(told[name] for told in self._of.values()) for name in ("answers", "errors"))
        if answers < LEAST or errors <= SHARE * answers:
            return ""
        return f"{STOPPED}: {errors} of {answers} answers were 5xx, more than {SHARE:.0%}"


def must_watch(target: Target, plan: SendPlan) -> bool:
    """Must this run be watched for too many 5xx?"""
    return not target.loopback and exceeds_allowance(plan)


def left_open(verdicts: Verdicts, cause: str) -> Verdicts:
    """The verdicts of a stopped run: proven violations stay, the rest is unknown with that cause."""
    return replace(
        verdicts,
        admissions=_left_open(verdicts.admissions, cause),
        headers=_left_open(verdicts.headers, cause),
        reset=_left_open(verdicts.reset, cause),
        algorithm=_left_open(verdicts.algorithm, cause),
    )


def _left_open(judgement: Judgement, cause: str) -> Judgement:
    if judgement.verdict is Verdict.VIOLATED:
        return judgement
    return replace(judgement, verdict=Verdict.UNKNOWN, cause=cause)


def budget_left_open(kept: list[BudgetJudgement]) -> list[BudgetJudgement]:
    """The budget of a stopped run: an exceeded number stays exceeded, the others are unknown."""
    return [one if one.verdict is Verdict.VIOLATED else replace(one, verdict=Verdict.UNKNOWN) for one in kept]
