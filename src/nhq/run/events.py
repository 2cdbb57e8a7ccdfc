"""The events of a run, a stream of frozen, typed records; the state of a run is their fold (`RunState`).

Progress, journal and reports listen to the stream. On disk (`journal`) the events of one test are written when it has
ended, equal ones summed (`times`): an interrupted test is run again. Things that a write created are written at once,
because no repetition removes them. No event holds a body or a secret.
"""

from typing import ClassVar

from msgspec import Struct

from nhq.model import Finding, Verdict
from nhq.record.case_row import CaseRow
from nhq.record.judged_rows import ExchangeRow, TestRow

#: The identity of a finding in a run: rule, operation, place, and what was expected.
FindingKey = tuple[str, str | None, str, str]
#: The label of the key that a finding was seen with, or "", and the test.
Sighting = tuple[str, str]


class Head(Struct, frozen=True):
    """What two runs must share for one to resume the other."""

    target: str
    seed: int
    contract: str
    profile: str
    rules: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()


class RunBegan(Struct, frozen=True, kw_only=True, tag_field="event", tag="run-began"):
    """The first line of a journal: which run this is, and what is judged."""

    format: str
    head: Head


class RequestsCounted(Struct, frozen=True, kw_only=True, tag_field="event", tag="requests-counted"):
    """Requests counted elsewhere: by the label of their key, and answers by operation and status.

    `preflight`: they were sent before the first test.
    """

    by_key: dict[str, int]
    statuses: dict[str, dict[str, int]] = {}
    preflight: bool = False


class ExchangeSeen(Struct, frozen=True, kw_only=True, tag_field="event", tag="exchange-seen"):
    """A request and the status of its answer, None if none came for the cause in `trouble`.

    `digest` is that of all requests and statuses of the run up to this one; "" if several are summed.
    `background`: it is a background read, which the digest ignores.
    """

    key: str
    operation: str | None
    status: int | None
    trouble: str = ""
    background: bool = False
    digest: str = ""
    times: int = 1


class Observed(Struct, frozen=True, kw_only=True, tag_field="event", tag="observed"):
    """An observation of a rule on an operation: its verdict, the exchange that shows it, and a cause."""

    rule: str
    operation: str | None
    verdict: Verdict
    exchange: int | None = None
    cause: str = ""
    times: int = 1


class FindingSeen(Struct, frozen=True, kw_only=True, tag_field="event", tag="finding-seen"):
    """A violation: with which key, in which test, and what reproduces it: a command, a part of the test."""

    finding: Finding
    key: str
    test: str
    curl: str
    times: int = 1
    case: CaseRow | None = None


class FindingRemarked(Struct, frozen=True, kw_only=True, tag_field="event", tag="finding-remarked"):
    """Another possible explanation of a finding."""

    finding: FindingKey
    text: str


class FindingWithdrawn(Struct, frozen=True, kw_only=True, tag_field="event", tag="finding-withdrawn"):
    """Sightings that are no finding: the rule is unknown, with the cause."""

    finding: FindingKey
    sightings: tuple[Sighting, ...]
    cause: str


class ExchangeShown(Struct, frozen=True, kw_only=True, tag_field="event", tag="exchange-shown"):
    """An exchange as a report may show it."""

    number: int
    row: ExchangeRow


class TroubleMet(Struct, frozen=True, kw_only=True, tag_field="event", tag="trouble-met"):
    """A failure on our side or of the network that prevented a judgement."""

    where: str
    cause: str
    time_up: bool = False


class NeedUnmet(Struct, frozen=True, kw_only=True, tag_field="event", tag="need-unmet"):
    """The target lacks what a test needs, or doesn't permit it."""

    need: str


class ChoiceSeen(Struct, frozen=True, kw_only=True, tag_field="event", tag="choice-seen"):
    """The target's choice where the contract leaves it open."""

    ambiguity: str
    choice: str


class ThingsCreated(Struct, frozen=True, kw_only=True, tag_field="event", tag="things-created"):
    """Things that a write created, a line each."""

    lines: tuple[str, ...]


class JudgeLeftOut(Struct, frozen=True, kw_only=True, tag_field="event", tag="judge-left-out"):
    """A test that would judge a rule on an operation (None: on any) is not run."""

    rule: str
    operation: str | None
    cause: str


class Waited(Struct, frozen=True, kw_only=True, tag_field="event", tag="waited"):
    """The cost of pacing since the last such event: waits, their seconds, unplanned 429s, and `unused`, the number of
    requests that other keys could have sent meanwhile."""

    waits: int
    seconds: float
    unplanned_429: int
    unused: int


class TestEnded(Struct, frozen=True, kw_only=True, tag_field="event", tag="test-ended"):
    """A test has ended. `last` is the number of the last exchange so far, `digest` that of all requests up to it."""

    __test__: ClassVar[bool] = False

    last: int
    test: TestRow
    digest: str


class EndedEarly(Struct, frozen=True, kw_only=True, tag_field="event", tag="ended-early"):
    """The run ends before its last test, with the cause."""

    cause: str


#: What belongs to the test in which it happened.
TestEvent = ExchangeSeen | Observed | FindingSeen | ExchangeShown | TroubleMet | NeedUnmet | ChoiceSeen | Waited
Event = (
    RunBegan
    | RequestsCounted
    | TestEvent
    | FindingRemarked
    | FindingWithdrawn
    | ThingsCreated
    | JudgeLeftOut
    | TestEnded
    | EndedEarly
)
