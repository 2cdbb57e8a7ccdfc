"""What is summed up of looks: by rule and operation, by finding, and by test."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from msgspec import structs

from nhq.model import Finding, Verdict, worst_verdict
from nhq.record.case_row import CaseRow
from nhq.run.events import Observed


@dataclass(slots=True)
class CellTally:
    """What was seen of one rule on one operation: how often each verdict, an exchange that shows it, and a cause."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    exchange: int | None = None
    cause: str = ""

    def add(self, seen: Observed) -> None:
        """One more look, or several alike."""
        self.verdicts[seen.verdict] += seen.times
        if self.exchange is None or seen.verdict is Verdict.VIOLATED:
            self.exchange = seen.exchange
        self.cause = self.cause or seen.cause

    def take_back(self, violations: int) -> None:
        """So many violations were none."""
        self.verdicts[Verdict.VIOLATED] -= violations
        self.verdicts = +self.verdicts

    def summary(self, rule: str, operation: str | None) -> Iterator[Observed]:
        """As events tell it, one a verdict; the exchange and the cause are those of the whole."""
        for verdict, times in self.verdicts.items():
            yield Observed(
                rule=rule,
                operation=operation,
                verdict=verdict,
                exchange=self.exchange,
                cause=self.cause,
                times=times,
            )

    @property
    def verdict(self) -> Verdict:
        return worst_verdict(self.verdicts)


@dataclass(slots=True)
class Proven:
    """A finding, how often it was seen, and what shows it again."""

    finding: Finding
    test: str
    curl: str
    count: int = 1
    case: CaseRow | None = None

    def add(self, times: int) -> None:
        """It was seen so many times more."""
        self.count += times

    def shorten(self, case: CaseRow | None) -> None:
        """It is shown by this case too: the one that sends less is kept."""
        if case is not None and (self.case is None or case.requests < self.case.requests):
            self.case = case

    def remark(self, text: str) -> None:
        """Say beside what was seen what else it might be."""
        self.finding = replace(self.finding, actual=f"{self.finding.actual}, {text}")


#: Requests that find out what a generated one may name.
READS = 3


def sized_case(case: CaseRow | None, finding: Finding, sent: int) -> CaseRow | None:
    """What is under way, with how many requests it takes to show a finding; its test has sent so many.

    A sequence's proof is all of it. What a generated request needs before it are a few reads.
    """
    if case is None:
        return None
    whole = {"sequence": len(finding.exchanges), "request": len(finding.exchanges) + READS}
    return structs.replace(case, requests=whole.get(case.kind, sent))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something of ours, or of the network, that kept us from judging. `time_up`: the run's time was used up."""

    where: str
    cause: str
    time_up: bool = False
