"""The results of the rate-limit checker: named anomalies with witnesses, four judgements, one verdict on each."""

from dataclasses import dataclass
from enum import StrEnum

from nhq.model import Verdict


class Aspect(StrEnum):
    """The four questions asked of every history."""

    ADMISSIONS = "admissions"
    HEADERS = "headers"
    RESET = "reset"
    ALGORITHM = "algorithm"


class Name(StrEnum):
    """Every fault that the checker can prove. Each is certain: no correct server produces it."""

    HEADER_MISSING = "header missing"
    LIMIT_WRONG = "limit wrong"
    REMAINING_ON_429 = "remaining on a 429 not 0"
    REMAINING_RANGE = "remaining out of range"
    PHANTOM_COUNT = "phantom count"
    LOST_UPDATE = "lost update"
    ORDER = "order"
    RESET_NOT_EPOCH = "reset not an epoch"
    RESET_NOT_INTEGER = "reset not an integer"
    RESET_IN_PAST = "reset in the past"
    RESET_TOO_FAR = "reset too far"
    RESET_DRIFTING = "reset drifting"
    RESET_INCONSISTENT = "reset inconsistent"
    OVER_ADMISSION = "over-admission"
    PREMATURE_429 = "premature 429"
    KEYS_SHARING = "keys sharing a counter"
    WINDOW_TOO_LONG = "window too long"
    WINDOW_TOO_SHORT = "window too short"
    NOT_FIXED_WINDOW = "not a fixed window"


ASPECTS: dict[Name, Aspect] = {
    Name.HEADER_MISSING: Aspect.HEADERS,
    Name.LIMIT_WRONG: Aspect.HEADERS,
    Name.REMAINING_ON_429: Aspect.HEADERS,
    Name.REMAINING_RANGE: Aspect.HEADERS,
    Name.PHANTOM_COUNT: Aspect.HEADERS,
    Name.LOST_UPDATE: Aspect.HEADERS,
    Name.ORDER: Aspect.HEADERS,
    Name.RESET_NOT_EPOCH: Aspect.RESET,
    Name.RESET_NOT_INTEGER: Aspect.RESET,
    Name.RESET_IN_PAST: Aspect.RESET,
    Name.RESET_TOO_FAR: Aspect.RESET,
    Name.RESET_DRIFTING: Aspect.RESET,
    Name.RESET_INCONSISTENT: Aspect.RESET,
    Name.OVER_ADMISSION: Aspect.ADMISSIONS,
    Name.PREMATURE_429: Aspect.ADMISSIONS,
    Name.KEYS_SHARING: Aspect.ADMISSIONS,
    Name.WINDOW_TOO_LONG: Aspect.ALGORITHM,
    Name.WINDOW_TOO_SHORT: Aspect.ALGORITHM,
    Name.NOT_FIXED_WINDOW: Aspect.ALGORITHM,
}


class EvidenceSource(StrEnum):
    """What an anomaly was derived from."""

    HEADERS = "headers"
    STATUSES = "statuses"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One named fault of one key, proved by `witness`: the fewest rows of the history that show it.

    `times` counts the places where the same key shows the same fault. Texts hold no secret: keys are labels.
    `alone`: a proof only if nobody but the recorder used the key; another client's requests would explain it.
    `keys`: how many keys show it; an anomaly reported once for all of them names the first, and counts all places.
    `values`: a few different wrong values of a header.
    """

    name: Name
    key: str
    expected: str
    actual: str
    witness: tuple[int, ...]
    source: EvidenceSource
    times: int = 1
    alone: bool = False
    keys: int = 1
    values: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        """The key or keys in words."""
        return f"key {self.key}" if self.keys == 1 else f"key {self.key} and {self.keys - 1} more"

    @property
    def aspect(self) -> Aspect:
        """The question that this fault answers with no."""
        return ASPECTS[self.name]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer to one of the four questions; `cause` says why it is unknown, or what was seen.

    `doubts` are what would be findings if nobody else used the keys.
    """

    aspect: Aspect
    verdict: Verdict
    cause: str
    findings: tuple[Anomaly, ...] = ()
    doubts: tuple[Anomaly, ...] = ()
    by_headers: Verdict = Verdict.UNKNOWN
    by_statuses: Verdict = Verdict.UNKNOWN


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The whole judgement of a history.

    `skew` is the range (seconds, server's clock minus ours) that the declared resets allow, None when they
    bound nothing. `disagreements` lists where headers and statuses contradict each other; `notes` what was
    left unjudged although the verdicts stand (a lost tail, for example).
    """

    admissions: Judgement
    headers: Judgement
    reset: Judgement
    algorithm: Judgement
    events: int
    keys: int
    windows: int
    skew: tuple[float, float] | None = None
    disagreements: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """The four, in the order of `Aspect`."""
        return (self.admissions, self.headers, self.reset, self.algorithm)

    @property
    def findings(self) -> tuple[Anomaly, ...]:
        """Everything found, in the order of the four questions."""
        return tuple(found for judgement in self.judgements for found in judgement.findings)

    @property
    def names(self) -> frozenset[Name]:
        """The set of faults found."""
        return frozenset(found.name for found in self.findings)
