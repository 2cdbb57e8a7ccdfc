"""What happens in a run, as a stream of frozen, typed events: what a run has seen is a fold of them (`RunState`).

Who wants to know listens to the stream. On disk (`journal`) the events of one test stand together when it has ended,
alike ones summed (`times`): one that was cut off is run again as a whole. What a write left behind is told at once, for
no repetition takes it back. No event holds a body or a secret.
"""

from typing import ClassVar

from msgspec import Struct

from nhq.model import Finding, Verdict
from nhq.record.case_row import CaseRow
from nhq.record.judged_rows import ExchangeRow, TestRow

#: What a finding is known by in a run: rule, operation, place, and what was expected.
FindingKey = tuple[str, str | None, str, str]
#: The label of the key that a finding was seen with, or "", and the test.
Sighting = tuple[str, str]


class Head(Struct, frozen=True):
    """What two runs must share for one to take up the other."""

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
    """Requests that somebody else has counted: by the label of their key, and answers by operation and status.

    `preflight`: they were sent before the first test.
    """

    by_key: dict[str, int]
    statuses: dict[str, dict[str, int]] = {}
    preflight: bool = False


class ExchangeSeen(Struct, frozen=True, kw_only=True, tag_field="event", tag="exchange-seen"):
    """A request and the status of its answer, None where none came for the cause in `trouble`.

    `digest` is that of all requests and statuses of the run up to this one; "" where several are told together.
    `background`: it was sent beside the tests, and the digest leaves it out.
    """

    key: str
    operation: str | None
    status: int | None
    trouble: str = ""
    background: bool = False
    digest: str = ""
    times: int = 1


class Observed(Struct, frozen=True, kw_only=True, tag_field="event", tag="observed"):
    """A look at a rule on an operation: its verdict, the exchange that shows it, and a cause."""

    rule: str
    operation: str | None
    verdict: Verdict
    exchange: int | None = None
    cause: str = ""
    times: int = 1


class FindingSeen(Struct, frozen=True, kw_only=True, tag_field="event", tag="finding-seen"):
    """A promise seen broken: with which key, in which test, and what shows it again: a command, a part of the test."""

    finding: Finding
    key: str
    test: str
    curl: str
    times: int = 1
    case: CaseRow | None = None


class FindingRemarked(Struct, frozen=True, kw_only=True, tag_field="event", tag="finding-remarked"):
    """What else a finding might be."""

    finding: FindingKey
    text: str


class FindingWithdrawn(Struct, frozen=True, kw_only=True, tag_field="event", tag="finding-withdrawn"):
    """What these sightings showed is no finding: it is unknown, with the cause."""

    finding: FindingKey
    sightings: tuple[Sighting, ...]
    cause: str


class ExchangeShown(Struct, frozen=True, kw_only=True, tag_field="event", tag="exchange-shown"):
    """An exchange as a report may show it."""

    number: int
    row: ExchangeRow


class TroubleMet(Struct, frozen=True, kw_only=True, tag_field="event", tag="trouble-met"):
    """Something of ours, or of the network, kept us from judging."""

    where: str
    cause: str
    time_up: bool = False


class NeedUnmet(Struct, frozen=True, kw_only=True, tag_field="event", tag="need-unmet"):
    """The target lacks what a test needs, or doesn't permit it."""

    need: str


class ChoiceSeen(Struct, frozen=True, kw_only=True, tag_field="event", tag="choice-seen"):
    """Which way the target chose where the contract leaves it open."""

    ambiguity: str
    choice: str


class ThingsCreated(Struct, frozen=True, kw_only=True, tag_field="event", tag="things-created"):
    """A write left these behind, a line each."""

    lines: tuple[str, ...]


class JudgeLeftOut(Struct, frozen=True, kw_only=True, tag_field="event", tag="judge-left-out"):
    """No test is made that would judge a rule on an operation (None: on any)."""

    rule: str
    operation: str | None
    cause: str


class Waited(Struct, frozen=True, kw_only=True, tag_field="event", tag="waited"):
    """What pacing has cost since it was told last: waits, their seconds, 429s that no test asked for, and `unused`,
    requests that other keys could have sent meanwhile."""

    waits: int
    seconds: float
    unplanned_429: int
    unused: int


class TestEnded(Struct, frozen=True, kw_only=True, tag_field="event", tag="test-ended"):
    """A test is over. `last` is the number of the last exchange so far, `digest` that of all requests up to it."""

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
