"""Map the checker's anomalies to the rules that they break, and its verdicts to the rules that hold."""

from collections.abc import Iterator, Sequence

import numpy as np

from nhq.model import Finding, Observation, Verdict, holds, unknown, violated
from nhq.ratelimit.checker.anomalies import Anomaly, Aspect, Judgement, Name, Verdicts
from nhq.ratelimit.history.history import History

BROKEN_BY: dict[Name, str] = {
    Name.HEADER_MISSING: "RL-HEADERS",
    Name.LIMIT_WRONG: "RL-LIMIT",
    Name.REMAINING_ON_429: "RL-EXCEEDED-REMAINING",
    Name.REMAINING_RANGE: "RL-VALUES",
    Name.PHANTOM_COUNT: "RL-REMAINING-COUNTS",
    Name.LOST_UPDATE: "RL-REMAINING-COUNTS",
    Name.ORDER: "RL-REMAINING-COUNTS",
    Name.RESET_NOT_EPOCH: "RL-RESET-EPOCH",
    Name.RESET_NOT_INTEGER: "RL-VALUES",
    Name.RESET_IN_PAST: "RL-RESET-EPOCH",
    Name.RESET_TOO_FAR: "RL-RESET-EPOCH",
    Name.RESET_DRIFTING: "RL-RESET-STEADY",
    Name.RESET_INCONSISTENT: "RL-RESET-STEADY",
    Name.OVER_ADMISSION: "RL-EXCEEDED",
    Name.PREMATURE_429: "RL-LIMIT-ADMITTED",
    Name.KEYS_SHARING: "RL-PER-KEY",
    Name.WINDOW_TOO_LONG: "RL-RENEWED-AT-RESET",
    Name.WINDOW_TOO_SHORT: "RL-REFUSED-UNTIL-RESET",
    Name.NOT_FIXED_WINDOW: "RL-WINDOW-LENGTH",
}
SHOWN_BY: dict[Aspect, tuple[str, ...]] = {
    Aspect.ADMISSIONS: ("RL-LIMIT-ADMITTED", "RL-EXCEEDED"),
    Aspect.HEADERS: ("RL-HEADERS", "RL-VALUES", "RL-LIMIT", "RL-REMAINING-COUNTS"),
    Aspect.RESET: ("RL-RESET-EPOCH", "RL-RESET-STEADY"),
    Aspect.ALGORITHM: ("RL-REFUSED-UNTIL-RESET", "RL-RENEWED-AT-RESET", "RL-WINDOW-LENGTH"),
}
_KEYS, _ON_429 = "RL-PER-KEY", "RL-EXCEEDED-REMAINING"


def rules_of_run(judges: Sequence[Aspect], verdicts: Verdicts) -> frozenset[str]:
    """The rules of a run: those of the questions that its profile is made for, and any that it found broken."""
    rules = {rule for aspect in judges for rule in SHOWN_BY[aspect]}
    if Aspect.ADMISSIONS in judges:
        rules |= {_ON_429, _KEYS} if verdicts.keys > 1 else {_ON_429}
    return frozenset(rules) | {BROKEN_BY[found.name] for found in verdicts.findings}


def load_observations(history: History, verdicts: Verdicts, operations: Sequence[str | None]) -> Iterator[Observation]:
    """Observations of the contract's rules from the verdicts, on the `operations` that were called; None: on none."""
    broken = {BROKEN_BY[found.name] for found in verdicts.findings}
    for found in verdicts.findings:
        yield violated(_finding(history, found))
    for judgement in verdicts.judgements:
        for rule in SHOWN_BY[judgement.aspect]:
            if rule not in broken:
                yield from _all(rule, operations, _or_unknown(judgement), _cause(judgement))
    refused = bool((history.status == 429).any())
    if _ON_429 not in broken:
        cause = (
            f"whether the headers are right is unknown: {verdicts.headers.cause}" if refused else "nothing was refused"
        )
        yield from _all(_ON_429, operations, _when(refused and verdicts.headers.verdict), cause)
    if _KEYS not in broken:
        several = verdicts.keys > 1 and verdicts.admissions.verdict
        alone = "only one key was used"
        cause = f"the verdict on admissions is unknown: {verdicts.admissions.cause}" if verdicts.keys > 1 else alone
        yield from _all(_KEYS, operations, _when(several), cause)


def _or_unknown(judgement: Judgement) -> Verdict:
    """`unknown` if the question is violated by another rule's sentence: that shows nothing about this rule."""
    return Verdict.UNKNOWN if judgement.verdict is Verdict.VIOLATED else judgement.verdict


def _cause(judgement: Judgement) -> str:
    violated = judgement.verdict is Verdict.VIOLATED
    return f"{judgement.aspect} violated otherwise: {judgement.cause}" if violated else judgement.cause


def _when(verdict: Verdict | bool) -> Verdict:
    """Holds where an aspect that was exercised holds."""
    return Verdict.HOLDS if verdict is Verdict.HOLDS else Verdict.UNKNOWN


def _all(rule: str, operations: Sequence[str | None], verdict: Verdict, cause: str) -> Iterator[Observation]:
    for operation in operations:
        yield holds(rule, operation) if verdict is Verdict.HOLDS else unknown(rule, operation, cause)


def _finding(history: History, found: Anomaly) -> Finding:
    """The checker's anomaly as a finding, on the operation of its last witness."""
    called = history.operations[history.operation[np.array(found.witness[-1:], dtype=int)][0]] if found.witness else ""
    return Finding(
        rule=BROKEN_BY[found.name],
        operation=called or None,
        expected=found.expected,
        actual=found.actual,
        where=f"{found.name}, {found.who}",
        code=found.name.replace(" ", "-"),
    )
