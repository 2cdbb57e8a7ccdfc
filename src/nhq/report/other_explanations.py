"""What else a finding might be: the explanations that a run can't rule out by itself, for a reader to check. Pure."""

from collections.abc import Iterator, Sequence

from nhq.fingerprints import Breach
from nhq.model import Level
from nhq.record.judged_rows import ExchangeRow, FindingRow, RuleRow
from nhq.record.run_record import Record

_MOCK = "Nobody else uses this mock: if the server's code is right, the rule or its check is wrong."
_ASSUMED = "The contract doesn't say this; we assume it. It may be a choice that this server is free to make."
_SHOULD = "The contract doesn't oblige a server to this in so many words; it may have a reason."
_OTHERS = "Somebody else may have changed the same data between these requests."
_SHARED = "Another client may use the same key; its requests count too."
_GATEWAY = (
    "A gateway or proxy in front of the server may have answered: compare the headers with those of other answers."
)
_CACHE = "A cache in front of the server may have answered with an earlier state."
_ONCE = "It was seen once: run the command again."
_OWN_CHECK = "If the sentence can be read in another way, the rule may be wrong: {command} prints it."


def other_explanations(record: Record, rule: RuleRow, findings: Sequence[FindingRow]) -> list[str]:
    """What else may explain findings of a rule, what is most likely first; never empty."""
    lines = list(_of_level(rule.level))
    if record.target is not None and record.target.kind == "mock":
        return [*lines, _MOCK]
    return [*lines, *_of_surroundings(record, rule, findings), _OWN_CHECK.format(command=f"`nhq explain {rule.id}`")]


def _of_level(level: Level) -> Iterator[str]:
    if level is Level.ASSUMED:
        yield _ASSUMED
    if level is Level.SHOULD:
        yield _SHOULD


def _of_surroundings(record: Record, rule: RuleRow, findings: Sequence[FindingRow]) -> Iterator[str]:
    """What people, clients and machines between us and a server of others may have done."""
    lead = findings[0]
    if rule.area == "ratelimit":
        yield _SHARED
    elif lead.code in (Breach.CHANGED, Breach.UNCHANGED):
        yield _OTHERS
    if any(_is_gateways(record.exchanges[str(n)]) for n in lead.exchanges[-1:] if str(n) in record.exchanges):
        yield _GATEWAY
    if lead.code in (Breach.UNCHANGED, Breach.DIFFERENT):
        yield _CACHE
    if sum(finding.count for finding in findings) == 1:
        yield _ONCE


def _is_gateways(exchange: ExchangeRow) -> bool:
    """Does an answer look like one that no application writes: an error without JSON, or a gateway's status?"""
    if exchange.status is None or exchange.status < 400:
        return False
    return exchange.status in (502, 503, 504) or "json" not in exchange.headers.get("content-type", "json")
