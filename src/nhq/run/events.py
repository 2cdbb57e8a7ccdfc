"""What a run is written down as, line by line: frozen, typed events, from which it can be taken up again.

A test's looks and requests are told together when it has ended, summed by rule and operation: one that was cut off is
run again as a whole. What a write left behind is told at once, for no repetition takes it back.
"""

from typing import ClassVar

from msgspec import Struct

from nhq.model import Finding, Verdict
from nhq.record.case_row import CaseRow
from nhq.record.judged_rows import ExchangeRow, TestRow
from nhq.record.run_record import TroubleRow


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
    """The first line: which run this is, and what is judged."""

    format: str
    run: str
    head: Head


class CellSeen(Struct, frozen=True, kw_only=True):
    """What one test saw of a rule on an operation: how often each verdict, an exchange that shows it, and a cause."""

    rule: str
    operation: str | None
    verdicts: dict[Verdict, int]
    exchange: int | None
    cause: str


class FindingSeen(Struct, frozen=True, kw_only=True):
    """A finding of one test: how often it was seen, in which test first, and the command that shows it."""

    finding: Finding
    test: str
    curl: str
    count: int
    case: CaseRow | None = None


class ThingsCreated(Struct, frozen=True, kw_only=True, tag_field="event", tag="things-created"):
    """A write left these behind, a line each."""

    run: str
    lines: tuple[str, ...]


class TestEnded(Struct, frozen=True, kw_only=True, tag_field="event", tag="test-ended"):
    """A test is over, with all that it has added. `last` is the number of the last exchange so far."""

    __test__: ClassVar[bool] = False

    run: str
    last: int
    test: TestRow
    cells: tuple[CellSeen, ...]
    findings: tuple[FindingSeen, ...]
    by_key: dict[str, int]
    statuses: dict[str, dict[int, int]]
    shown: dict[int, ExchangeRow]
    troubles: tuple[TroubleRow, ...]
    unsatisfied: tuple[str, ...]
    chosen: dict[str, str]
    digest: str


Event = RunBegan | ThingsCreated | TestEnded
