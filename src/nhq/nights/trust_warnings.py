"""Why a green night may mean little: what was never tried, or not for a long time. Pure."""

from collections.abc import Collection, Iterator

from nhq.model import Verdict
from nhq.nights.chronicle import Chronicle
from nhq.nights.night import RuleCell, verdict_weight

WEEK = 7 * 86400.0
#: Number of rules with a line each; more share one.
NAMED = 3


def trust_warnings(chronicle: Chronicle, scopes: Collection[str] = ()) -> list[str]:
    """Gaps in the evidence of the nights' verdicts, a line each. `scopes` are the contract's."""
    whole = [entry for entry in chronicle.entries if not entry.cut_short]
    if not whole:
        return ["no whole night yet"]
    blind = [*_blind_operations(chronicle), *_untried_scopes(chronicle, scopes), *_unjudged_rules(chronicle)]
    return [*blind, *_unsent_variants(chronicle)]


def _blind_operations(chronicle: Chronicle) -> Iterator[str]:
    """Operations without a success in any night of the last week."""
    counts: dict[str, dict[str, int]] = {}
    for entry in chronicle.entries:
        for operation, statuses in entry.statuses.items():
            seen = counts.setdefault(operation, {})
            for status, count in statuses.items():
                seen[status] = seen.get(status, 0) + count
    for operation, seen in counts.items():
        if not any(status.startswith("2") for status in seen):
            told = f"only ever answered {', '.join(sorted(seen))}" if seen else "was never asked"
            yield f"{operation} {told}: nothing about its answers is known"


def _untried_scopes(chronicle: Chronicle, scopes: Collection[str]) -> Iterator[str]:
    """Scopes that no key of the last night has; a mock's keys have them all."""
    given = chronicle.entries[-1].scopes
    held = {scope for names in given.values() for scope in names}
    for scope in sorted(set(scopes) - held if given else ()):
        yield f"no key has the scope {scope}"


def _unjudged_rules(chronicle: Chronicle) -> Iterator[str]:
    """Selected rules that no night has judged for a week or more."""
    last = chronicle.entries[-1].started
    recent = [entry for entry in chronicle.entries if entry.started > last - WEEK]
    if chronicle.entries[0].started > last - WEEK:
        return
    asked: dict[str, bool] = {}
    for entry in recent:
        for rule, verdict in rule_verdicts(chronicle.cells[entry.number]).items():
            asked[rule] = asked.get(rule, False) or verdict is not Verdict.UNKNOWN
    unjudged = sorted(rule for rule, judged in asked.items() if not judged)
    if len(unjudged) > NAMED:
        yield f"{len(unjudged)} rules haven't been judged for a week: {', '.join(unjudged)}"
        return
    for rule in unjudged:
        yield f"{rule} hasn't been judged for a week"


def _unsent_variants(chronicle: Chronicle) -> Iterator[str]:
    """The number of variants of scenarios that some night sent, but none of the last week."""
    last = chronicle.entries[-1].started
    recent = {entry.number for entry in chronicle.entries if entry.started > last - WEEK}
    old = [scenario for (scenario, _), night in chronicle.sent.items() if night < min(recent)]
    if old:
        yield f"{len(old)} variants of scenarios haven't been sent for a week, {sorted(old)[0]} among them"


def rule_verdicts(cells: Collection[RuleCell]) -> dict[str, Verdict]:
    """Each rule's verdict from its cells: violated if any is, else holds if any does."""
    told: dict[str, Verdict] = {}
    for cell in cells:
        told[cell.rule] = max(told.get(cell.rule, Verdict.UNKNOWN), cell.verdict, key=verdict_weight)
    return told
