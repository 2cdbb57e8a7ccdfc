"""What is summed up of looks: by rule and operation, by finding, and by test."""

from collections import Counter
from dataclasses import dataclass, field, replace

from msgspec import structs

from nhq.model import Exchange, Finding, Observation, Verdict, worst_verdict
from nhq.record.case_row import CaseRow
from nhq.run.events import CellSeen, FindingSeen

FindingKey = tuple[str, str | None, str, str]
#: Requests that find out what a generated one may name.
READS = 3
Sighting = tuple[str, str]  # the label of the key that a finding was seen with, or "", and the test


@dataclass(slots=True)
class CellTally:
    """What was seen of one rule on one operation."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    exchange: int | None = None
    cause: str = ""

    def add(self, observation: Observation) -> None:
        self.verdicts[observation.verdict] += 1
        if self.exchange is None or observation.verdict is Verdict.VIOLATED:
            self.exchange = observation.exchange
        self.cause = self.cause or observation.cause

    def add_seen(self, seen: CellSeen) -> None:
        """Add what a test has seen that ended before this run was taken up."""
        self.verdicts.update(seen.verdicts)
        if self.exchange is None or Verdict.VIOLATED in seen.verdicts:
            self.exchange = seen.exchange
        self.cause = self.cause or seen.cause

    def take_back(self, violations: int) -> None:
        """So many violations were none."""
        self.verdicts[Verdict.VIOLATED] -= violations
        self.verdicts = +self.verdicts

    def seen(self, rule: str, operation: str | None) -> CellSeen:
        """As an event tells it."""
        return CellSeen(
            rule=rule, operation=operation, verdicts=dict(self.verdicts), exchange=self.exchange, cause=self.cause
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

    def seen(self, count: int) -> FindingSeen:
        """As an event tells it of a test that saw it so many times."""
        return FindingSeen(finding=self.finding, test=self.test, curl=self.curl, count=count, case=self.case)


def case_of(case: CaseRow | None, news: "News", finding: Finding) -> CaseRow | None:
    """What is under way, with how many requests it takes to show a finding.

    A sequence's proof is all of it. What a generated request needs before it are a few reads.
    """
    if case is None:
        return None
    whole = {"sequence": len(finding.exchanges), "request": len(finding.exchanges) + READS}
    return structs.replace(case, requests=whole.get(case.kind, len(news.log)))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something of ours, or of the network, that kept us from judging."""

    where: str
    cause: str


@dataclass(slots=True)
class News:
    """What one test has shown so far."""

    log: dict[int, Exchange] = field(default_factory=dict)
    cells: dict[tuple[str, str | None], CellTally] = field(default_factory=dict)
    findings: Counter[tuple[str, str | None, str, str]] = field(default_factory=Counter)
    by_key: Counter[str] = field(default_factory=Counter)
    by_role: Counter[str] = field(default_factory=Counter)
    by_scope: Counter[str] = field(default_factory=Counter)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    shown: set[int] = field(default_factory=set)
    troubles: list[Trouble] = field(default_factory=list)
    unsatisfied: list[str] = field(default_factory=list)

    def exchange(self, exchange: Exchange, label: str) -> None:
        """One more exchange, made with the key of that label."""
        self.log[exchange.id] = exchange
        self.by_key[label] += 1
        if exchange.operation is not None and exchange.status is not None:
            self.statuses.setdefault(exchange.operation, Counter())[exchange.status] += 1

    def observe(self, observation: Observation) -> None:
        """One more observation."""
        self.cells.setdefault((observation.rule, observation.operation), CellTally()).add(observation)
        if observation.finding is not None:
            self.findings[observation.finding.key] += 1
