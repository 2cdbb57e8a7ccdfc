"""One stored night: where and how it ran, what it judged, what it found."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from nhq.contract.approvals import StanzaUse
from nhq.model import Level, Verdict
from nhq.nights.limiter_timeline import LimiterTimeline


class FindingState(StrEnum):
    """The state of a finding of this target tonight.

    `gone`: its rule was judged tonight on its operation, and held. `unseen`: it wasn't judged.
    """

    NEW = "new"
    KNOWN = "known"
    BACK = "back"
    GONE = "gone"
    UNSEEN = "unseen"


#: Stored instead of a key's scopes in a night in which the server refused the key.
REFUSED = "refused"


#: What stands in place of a variant: a scenario has none; it was sent as deep as a night goes.
UNVARIED, DEEP = -1, -2


def verdict_weight(verdict: Verdict) -> int:
    """The weight of a verdict among others on the same cell: violated most, then holds; unknown least."""
    return (Verdict.UNKNOWN, Verdict.HOLDS, Verdict.VIOLATED).index(verdict)


@dataclass(frozen=True, slots=True)
class RuleCell:
    """A rule's verdict on an operation ("" for a rule without one), with the cause if it is unknown."""

    rule: str
    operation: str
    verdict: Verdict
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A finding in a night: `seen` of `tries` runs of its case showed it, including the night's own.

    `proven`: a recorded exchange breaks the sentence, so it counts even if it wasn't reproduced. `trace` is the id of
    the requests that showed it in the server's own telemetry.
    """

    fingerprint: str
    rule: str
    operation: str
    where: str
    text: str
    level: Level
    rerun: str = ""
    case: str = ""
    seen: int = 1
    tries: int = 1
    proven: bool = True
    trace: str = ""

    @property
    def flaky(self) -> bool:
        """Did some run of its case not show it?"""
        return self.seen < self.tries


@dataclass(frozen=True, slots=True)
class Load:
    """The cost of a night: requests, their allowance, seconds, and the answers' latency in seconds.

    Latencies and allowance are 0 if unknown: the clock of a mock with a control plane is stopped.
    """

    requests: int = 0
    allowance: int = 0
    seconds: float = 0.0
    p50: float = 0.0
    p95: float = 0.0

    def lasting(self, seconds: float) -> "Load":
        """The same with all of a night's seconds: its keys allow something between two rounds, too."""
        more = seconds / self.seconds if self.seconds else 1.0
        return replace(self, seconds=seconds, allowance=round(self.allowance * more))


NO_LOAD = Load()


@dataclass(frozen=True, slots=True)
class Night:
    """The results of one run on one target. `started` is seconds since the epoch; `scopes`: a key's label → its scopes.

    `statuses`: an operation → the count of each status. `approved`: the fingerprints of tonight's findings that the
    approvals file accepts; `stanzas`: the use of its stanzas; `complaints`: expired ones, and unapproved changes of the
    contract; `renamed`: former ids of rules → their present ids. `sent`: each scenario that was sent, with the place of
    each of its variants, or a constant for none (`UNVARIED`, `DEEP`). `timeline` is the limiter's treatment of one key.
    `late`: the rules of tests that the night had no time for.
    """

    target: str
    started: float
    contract: str
    suite: str
    seed: int
    exit_code: int
    cells: tuple[RuleCell, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    load: Load = NO_LOAD
    statuses: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()
    interrupted: bool = False
    approved: frozenset[str] = frozenset()
    stanzas: tuple[StanzaUse, ...] = ()
    complaints: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    sent: frozenset[tuple[str, int]] = frozenset()
    timeline: LimiterTimeline | None = None
    late: frozenset[str] = frozenset()

    def verdict(self, rule: str, operation: str) -> Verdict:
        """The verdict on a rule and an operation; unknown if the night has none. Accepts a rule's former id."""
        now = self.renamed.get(rule, rule)
        found = (cell.verdict for cell in self.cells if (cell.rule, cell.operation) == (now, operation))
        return next(found, Verdict.UNKNOWN)

    @property
    def judged(self) -> frozenset[str]:
        """The rules that were judged on at least one operation."""
        return frozenset(cell.rule for cell in self.cells if cell.verdict is not Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class FindingStanding:
    """A finding's state in a night, and the cause if it is unseen, or was gone before.

    `first` and `last` are the nights (numbers in the store) in which it was found; `judged_gone` counts the nights in
    a row in which its rule was judged and it wasn't found.
    """

    sighting: Sighting
    state: FindingState
    first: int
    last: int
    cause: str = ""
    judged_gone: int = 0

    @property
    def changed(self) -> bool:
        """Does its state differ from the night before: new, back, or gone for the first time?"""
        if self.state is FindingState.GONE:
            return self.judged_gone == 1 and not self.cause
        return self.state in (FindingState.NEW, FindingState.BACK)
