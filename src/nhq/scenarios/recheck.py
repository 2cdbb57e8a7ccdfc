"""Rechecks before accusing: on a live target, others write while we read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nhq.client.session import Session
from nhq.fingerprints import Breach
from nhq.model import Exchange
from nhq.scenarios.judge import Judge
from nhq.scenarios.steps import look_until


@dataclass(frozen=True, slots=True)
class Claim:
    """What one look showed of one rule; the fields are those of calling a Judge."""

    rule: str
    ok: bool
    proof: tuple[Exchange, ...]
    expected: str
    actual: str = ""
    where: str = ""
    code: str = Breach.BROKEN


def look_patiently(session: Session, look: Callable[[], Iterable[Claim]]) -> Callable[[], Iterable[Claim]]:
    """A look at what was just written: repeated for some seconds until it shows nothing broken."""
    return lambda: look_until(session, lambda: list(look()), lambda claims: all(claim.ok for claim in claims))


def report_after_recheck(
    judge: Judge, look: Callable[[], Iterable[Claim]], session: Session, otherwise: str, operation: str
) -> bool:
    """Look, and tell the judge. Where others may write, only what two looks in a row show broken is a finding.

    `look` reads everything afresh each time; of a rule that only one of two looks shows broken, the look that shows
    it kept counts. Rules of the test that the looks say nothing of become unknown, with `otherwise` as the cause.
    Returns whether nothing was found.
    """
    claims = list(look())
    if not session.target.undisturbed and not all(claim.ok for claim in claims):
        suspects = {claim.rule for claim in claims if not claim.ok}
        claims = [claim for claim in look() if claim.ok or claim.rule in suspects]
    for claim in claims:
        told = {"expected": claim.expected, "actual": claim.actual, "where": claim.where, "code": claim.code}
        judge(claim.rule, claim.ok, claim.proof, operation=operation, **told)
    for rule in sorted(judge.rules - {claim.rule for claim in claims}):
        judge.unknown(rule, otherwise, operation)
    return all(claim.ok for claim in claims)
