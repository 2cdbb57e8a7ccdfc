"""End a run early: `--fail-fast` and `--max-findings N`."""

from collections.abc import Callable
from dataclasses import dataclass

from nhq.client.target import Target
from nhq.contract import Contract
from nhq.contract.change_approvals import ChangeApprovals
from nhq.model import Level, binds
from nhq.run.collector import Collector
from nhq.run.events import FindingKey
from nhq.run.finding_approvals import settle_run
from nhq.run.key_doubts import excusable
from nhq.run.scope_inference import KeyAnswers
from nhq.run.selection import Selection

#: Returns why a run ends before its last test, or "". Called after each test.
Stop = Callable[[Collector], str]


@dataclass(frozen=True, slots=True)
class EarlyEnd:
    """Ends a run after so many findings that fail it; 0: never.

    Warnings, approved findings and rules that aren't selected don't count, nor do findings that a wrong line of the
    target file may explain: more answers show whether it does.
    """

    most: int
    contract: Contract
    target: Target
    selection: Selection
    approvals: ChangeApprovals
    answers: KeyAnswers
    fail_on: Level = Level.MUST

    def cause(self, collector: Collector) -> str:
        """Why no more tests run; "" while there are fewer findings."""
        if not self.most or len(collector.findings) < self.most:
            return ""
        count = len(self._failing(collector))
        return early_end_cause(count, self.most) if count >= self.most else ""

    def _failing(self, collector: Collector) -> list[FindingKey]:
        """The findings for which a run that ended now would fail."""
        doubted = excusable(collector, self.target, self.contract, self.answers)
        kept = [key for key in collector.findings if key not in doubted and self._binds(key[0])]
        found = [collector.findings[key].finding for key in kept]
        approved = settle_run(found, (), self.contract, self.approvals).approved
        return [key for number, key in enumerate(kept) if number not in approved]

    def _binds(self, rule: str) -> bool:
        return self.selection.judges(rule) and binds(self.contract.rules[rule].level, self.fail_on)


def early_end_cause(count: int, most: int) -> str:
    """The cause, with the option to change."""
    option = "--fail-fast" if most == 1 else f"--max-findings {most}"
    return f"the run ended after {count} finding{'s' * (count != 1)} ({option})"
