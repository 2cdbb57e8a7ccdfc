"""Judges refusals: the promised status, and no effect."""

from collections.abc import Callable

from nhq.fingerprints import Breach
from nhq.model import Exchange
from nhq.scenarios.forbidden_writes import Attempt
from nhq.scenarios.judge import Judge


def judge_refused(judge: Judge, rule: str, answer: Exchange, status: int, when: str) -> bool:
    """Has the answer that status? A 429 in its place shows nothing: any caller may be limited."""
    if answer.status == 429 != status:
        judge.unknown(rule, "the caller was limited before it could be refused", answer.operation)
        return False
    expected = f"{status} {when}"
    return judge(
        rule,
        answer.status == status,
        answer,
        expected=expected,
        actual=f"{answer.status}",
        code=Breach.STATUS,
        where="status",
    )


Again = Callable[[Attempt], Exchange]


def judge_untouched(judge: Judge, rule: str, write: Attempt, answer: Exchange, status: int, again: Again) -> None:
    """A write that was refused with that status has not happened; one that was answered otherwise shows nothing.

    What somebody else may have changed convicts only if it comes again with the request, which `again` sends, and
    doesn't come without it.
    """
    if answer.status != status:
        judge.unknown(rule, f"the request was answered {answer.status}, not {status}", write.operation)
        return
    happened, shown = write.happened()
    if happened and write.renewed is not None and not _comes_again(write.renewed, again, status):
        judge.unknown(
            rule, "it changed once, but not when the request was repeated: another client changed it", write.operation
        )
        return
    proof, expected = [answer, shown], f"nothing changed by a {status}"
    judge(
        rule,
        not happened,
        proof,
        expected=expected,
        actual="the change was made",
        code=Breach.CHANGED,
        operation=write.operation,
    )


def _comes_again(renewed: Callable[[], Attempt], again: Again, status: int) -> bool:
    """Does such a change come with the request, and not without it?

    Raises PreconditionNotMet where it can't be tried again.
    """
    if renewed().happened()[0]:
        return False
    write = renewed()
    return again(write).status == status and write.happened()[0]
