"""Rules that the gate could not judge on a mock with variants, though it judges all of them on the usual mock."""

from collections.abc import Iterator

from nhq.contract import Contract
from nhq.model import Verdict
from nhq.run.collector import Collector


def rules_not_judged(collector: Collector, contract: Contract) -> Iterator[str]:
    """The rules that are broken on no operation, and unknown on at least one."""
    for rule in contract.rules.values():
        verdicts = [_verdict(collector, rule.id, operation) for operation in contract.applies(rule)]
        if Verdict.UNKNOWN in verdicts and Verdict.VIOLATED not in verdicts:
            yield rule.id


def _verdict(collector: Collector, rule: str, operation: str) -> Verdict:
    cell = collector.cells.get((rule, operation))
    return Verdict.UNKNOWN if cell is None else cell.verdict
