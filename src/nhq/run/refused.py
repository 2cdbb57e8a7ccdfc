"""Judging refusals: the promised status, and that nothing happened all the same."""

from nhq.drive.attempts import Attempt
from nhq.model import Exchange
from nhq.run.judge import Judge


def judge_refused(judge: Judge, rule: str, answer: Exchange, status: int, when: str) -> bool:
    """Has the answer that status? A 429 in its place shows nothing: any caller may be limited."""
    if answer.status == 429 != status:
        judge.unknown(rule, "the caller was limited before it could be refused", answer.operation)
        return False
    expected = f"{status} {when}"
    return judge(rule, answer.status == status, answer, expected=expected, actual=f"{answer.status}", where="status")


def judge_untouched(judge: Judge, rule: str, write: Attempt, answer: Exchange, status: int) -> None:
    """A write that was refused with that status has not happened; one that was answered otherwise shows nothing."""
    if answer.status != status:
        judge.unknown(rule, f"the request was answered {answer.status}, not {status}", write.operation)
        return
    happened, shown = write.happened()
    proof, expected = [answer, shown], f"nothing changed by a {status}"
    judge(rule, not happened, proof, expected=expected, actual="the change was made", operation=write.operation)
