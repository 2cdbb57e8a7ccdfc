"""The result of one test, while it runs and after it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nhq.record.judged_rows import TestOutcome, TestRow


@dataclass(slots=True)
class TestResult:
    """How one test went: passed, failed (a finding) or unknown (with the cause)."""

    __test__ = False

    id: str
    rules: tuple[str, ...]
    outcome: TestOutcome = "passed"
    cause: str = ""
    seconds: float = 0.0
    requests: int = 0
    keys: dict[str, int] = field(default_factory=dict)  # requests by the role of their key (`plan.role`)
    scopes: dict[str, int] = field(default_factory=dict)  # those that any key with this scope could have sent
    depth: str = ""  # how much it was to send: as the profile or the plan has it
    operations: dict[str, int] = field(default_factory=dict)  # answers by operation
    needs: list[str] = field(default_factory=list)  # what it lacked (`nhq.needs`)
    variants: tuple[int, ...] = ()  # their places among all of the test
    own_seconds: float = 0.0  # those that weren't spent waiting for allowance
    scenario: str = ""  # its id for good, whatever the test is called

    def fail(self) -> None:
        """It showed a promise broken."""
        self.outcome = "failed"

    def leave_open(self, cause: str) -> None:
        """Its rules could not be judged."""
        self.outcome, self.cause = "unknown", cause

    def lack(self, needs: Iterable[str]) -> None:
        """The target lacks what it needs."""
        self.needs = list(needs)

    def renew(self) -> None:
        """It is run again: how it ended before is forgotten."""
        self.outcome, self.cause, self.needs = "passed", "", []

    def go(self, depth: str, operations: Mapping[str, int], variants: Sequence[int] = ()) -> None:
        """How deep it went, what was answered, by operation, and the places of the variants that it sent."""
        self.depth, self.operations, self.variants = depth, dict(operations), tuple(variants)

    def cost(self, roles: Mapping[str, int], scopes: Mapping[str, int], seconds: float, waited: float) -> None:
        """What it sent, and how long it took, `waited` of it for allowance."""
        self.keys, self.scopes = dict(roles), dict(scopes)
        self.requests = sum(self.keys.values())
        self.seconds, self.own_seconds = seconds, max(0.0, seconds - waited)

    @property
    def row(self) -> TestRow:
        """As record and journal hold it."""
        return TestRow(
            id=self.id,
            rules=self.rules,
            outcome=self.outcome,
            cause=self.cause,
            seconds=round(self.seconds, 3),
            requests=self.requests,
            keys=self.keys,
            scopes=self.scopes,
            depth=self.depth,
            operations=self.operations,
            variants=self.variants,
            needs=tuple(self.needs),
            own_seconds=round(self.own_seconds, 3),
            scenario=self.scenario,
        )
