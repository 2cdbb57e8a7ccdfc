"""One night as it is remembered: where and how it ran, what it judged, what it found."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from nhq.contract.approvals import StanzaUse
from nhq.model import Level, Verdict
from nhq.nights.limiter_timeline import LimiterTimeline


class FindingState(StrEnum):
    """How a finding of this target stands tonight.

    `gone` needs a look: its rule was judged tonight on its operation. What nobody looked at is `unseen`.
    """

    NEW = "new"
    KNOWN = "known"
    BACK = "back"
    GONE = "gone"
    UNSEEN = "unseen"


#: What stands in place of a key's scopes in a night in which the server refused the key.
REFUSED = "refused"


#: What stands in place of a variant: a scenario has none; it was sent as deep as a night goes.
UNVARIED, DEEP = -1, -2


def verdict_weight(verdict: Verdict) -> int:
    """How much a verdict says beside others of its kind: violated most, then holds; unknown nothing."""
    return (Verdict.UNKNOWN, Verdict.HOLDS, Verdict.VIOLATED).index(verdict)


@dataclass(frozen=True, slots=True)
class RuleCell:
    """A rule's verdict on an operation ("" where the rule speaks of none), with the cause where it is unknown."""

    rule: str
    operation: str
    verdict: Verdict
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A finding as it was seen in a night: `seen` of `tries` runs of its case showed it, the night's own included.

    `proven`: a recorded exchange breaks the sentence, so that it counts although it didn't come again. `trace` is the
    id by which the server's own telemetry knows the requests that showed it.
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
        """It didn't come in each of the runs of its case."""
        return self.seen < self.tries


@dataclass(frozen=True, slots=True)
class Load:
    """What a night cost: requests, their allowance, seconds, and the answers' latency in seconds.

    Latencies and allowance are 0 where none is known: the clock of a mock with a control plane stands still.
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
    """What one run saw of one target. `started` is seconds since the epoch; `scopes`: a key's label → its scopes.

    `statuses`: an operation → how often it answered each status. `approved`: the fingerprints of tonight's findings
    that the approvals file accepts; `stanzas`: what became of its stanzas; `complaints`: those that have expired, and
    what changed in the contract and nobody approved; `renamed`: former ids of rules → their ids now. `sent`: each
    scenario that was sent, with the place of each of its variants, or what stands for one (`UNVARIED`, `DEEP`).
    `timeline` is how the limiter treated one key. `late`: the rules of tests that the night had no time for.
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
        """The verdict on a rule and an operation; unknown where the night has none. A former id finds its rule."""
        now = self.renamed.get(rule, rule)
        found = (cell.verdict for cell in self.cells if (cell.rule, cell.operation) == (now, operation))
        return next(found, Verdict.UNKNOWN)

    @property
    def judged(self) -> frozenset[str]:
        """The rules that were judged on at least one operation."""
        return frozenset(cell.rule for cell in self.cells if cell.verdict is not Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class FindingStanding:
    """A finding's state in a night, and why nobody looked where it is unseen, or gone since before.

    `first` and `last` are the nights (numbers of the store) in which it was seen; `judged_gone` counts the nights in
    a row in which it was looked for and not there.
    """

    sighting: Sighting
    state: FindingState
    first: int
    last: int
    cause: str = ""
    judged_gone: int = 0

    @property
    def changed(self) -> bool:
        """Is it otherwise than in the night before: new, back, or gone for the first time?"""
        if self.state is FindingState.GONE:
            return self.judged_gone == 1 and not self.cause
        return self.state in (FindingState.NEW, FindingState.BACK)
