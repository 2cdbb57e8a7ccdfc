"""The state of each finding of a target after a night, from its state before. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nhq.model import Verdict
from nhq.nights.night import REFUSED, FindingStanding, FindingState, Night, Sighting


def finding_standings(
    before: Mapping[str, FindingStanding], tonight: Night, number: int
) -> tuple[FindingStanding, ...]:
    """The standing of every finding after the night `number`: first those that were found, then the others.

    `before` holds the last standing of each finding, by fingerprint. A finding stays gone until it is back.
    """
    seen = {sighting.fingerprint: sighting for sighting in tonight.sightings}
    there = [_seen(sighting, before.get(fingerprint), number) for fingerprint, sighting in seen.items()]
    missing = [_missing(past, tonight) for fingerprint, past in before.items() if fingerprint not in seen]
    return (*there, *missing)


def _seen(sighting: Sighting, past: FindingStanding | None, number: int) -> FindingStanding:
    if past is None:
        return FindingStanding(sighting, FindingState.NEW, number, number)
    state = FindingState.BACK if past.state is FindingState.GONE else FindingState.KNOWN
    return FindingStanding(replace(sighting, case=sighting.case or past.sighting.case), state, past.first, number)


def _missing(past: FindingStanding, tonight: Night) -> FindingStanding:
    """Gone if it was looked for, else unseen. A rule that is broken there in another way may hide it."""
    past = replace(past, sighting=_current(past.sighting, tonight))
    rule, operation = past.sighting.rule, past.sighting.operation
    verdict = tonight.verdict(rule, operation)
    if verdict is Verdict.HOLDS:
        return replace(past, state=FindingState.GONE, cause="", judged_gone=past.judged_gone + 1)
    state = FindingState.GONE if past.state is FindingState.GONE else FindingState.UNSEEN
    return replace(past, state=state, cause=_unseen_cause(verdict, tonight, rule, operation))


def _current(sighting: Sighting, tonight: Night) -> Sighting:
    """A sighting with its rule's present id."""
    return replace(sighting, rule=tonight.renamed.get(sighting.rule, sighting.rule))


def _unseen_cause(verdict: Verdict, tonight: Night, rule: str, operation: str) -> str:
    if verdict is Verdict.VIOLATED:
        return f"{rule} is broken there in another way"
    causes = (cell.cause for cell in tonight.cells if (cell.rule, cell.operation) == (rule, operation))
    return next(causes, "") or "not judged in this night"


def lost_rules(before: Night | None, tonight: Night) -> tuple[str, ...]:
    """The rules that the night before judged, and that this one should have judged but didn't, by id.

    Rules with a test that there was no time for are left out: it may be the one that judges them. Nights begin with
    the tests sent longest ago, so a later night reaches it; a rule not judged for a week is a trust warning.
    """
    if before is None:
        return ()
    asked = {cell.rule for cell in tonight.cells}
    judged = {tonight.renamed.get(rule, rule) for rule in before.judged}
    return tuple(sorted(judged & asked - tonight.judged - tonight.late))


def night_marks(before: Night | None, tonight: Night) -> tuple[str, ...]:
    """Changes around the server since the night before: contract, suite, keys."""
    if before is None:
        return ()
    changes: Sequence[tuple[str, object, object]] = (
        ("contract", before.contract, tonight.contract),
        ("suite", before.suite, tonight.suite),
    )
    named = [f"{what} {_short(old)} → {_short(new)}" for what, old, new in changes if old != new]
    return (*named, *_scope_marks(before.scopes, tonight.scopes))


def _short(value: object) -> str:
    return str(value)[:12]


def _scope_marks(before: Mapping[str, Sequence[str]], now: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    told = []
    for label in sorted({*before, *now}):
        old, new = set(before.get(label, ())), set(now.get(label, ()))
        if REFUSED in old ^ new:
            told.append(f"key {label}: {REFUSED if REFUSED in new else 'accepted again'}")
            continue
        signs = [*(f"-{scope}" for scope in sorted(old - new)), *(f"+{scope}" for scope in sorted(new - old))]
        if signs or (label in before) != (label in now):
            told.append(f"key {label}: {' '.join(signs) or ('new' if label in now else 'no longer there')}")
    return tuple(told)
