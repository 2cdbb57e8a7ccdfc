"""What a record holds of a load run, or of recorded histories: four verdicts, budget, latencies, timelines."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from nhq.model import Verdict
from nhq.record.scalars import Count, Lines, Name, Names, Seconds

SomeSeconds = Annotated[Seconds | None, Meta(description="Null where no request was answered.")]


class WitnessRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One request of a witness; times in seconds from the run's first request."""

    sent: float
    received: float
    key: str
    status: str
    remaining: int | None
    reset: float | None


class LimitFindingRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named fault of one key, with the fewest requests that show it."""

    name: Name
    key: str
    keys: Annotated[int, Meta(description="How many keys show it.", ge=1)] = 1
    expected: str
    actual: str
    source: Literal["headers", "statuses"]
    times: Annotated[int, Meta(description="Places where this key shows it.", ge=1)]
    witnesses: Annotated[Count, Meta(description="Requests that show it; the first of them follow.")]
    witness: tuple[WitnessRow, ...]


class AspectRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to one of the four questions put to the history."""

    aspect: Literal["admissions", "headers", "reset", "algorithm"]
    verdict: Verdict
    cause: Annotated[str, Meta(description="Why unknown, or what was seen.")]
    by_headers: Verdict
    by_statuses: Verdict
    findings: tuple[LimitFindingRow, ...]
    doubts: Annotated[
        tuple[LimitFindingRow, ...], Meta(description="What would be a finding if nobody else used the keys.")
    ]


class BudgetRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number of the budget, and what was measured."""

    name: Name
    allowed: str
    actual: str
    verdict: Verdict


class LatencyRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Seconds from sent to received, of the answered requests of one operation."""

    operation: Annotated[str, Meta(description='"" for all.')]
    requests: Count
    p50: SomeSeconds
    p90: SomeSeconds
    p95: SomeSeconds
    p99: SomeSeconds
    longest: SomeSeconds
    per_second: Annotated[Seconds, Meta(description="Requests a second over the whole run.")]
    errors: Annotated[float, Meta(description="Share without a reply, or with a 5xx.", ge=0, le=1)]


class LatenessRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Seconds that our side sent later than planned."""

    p50: Seconds
    p99: Seconds
    longest: Seconds


class CourseRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Latency over time: of each stretch of `step` seconds its requests, p50, p95, share of errors."""

    step: Annotated[float, Meta(gt=0)]
    points: tuple[tuple[Count, float | None, float | None, float], ...]


class TimelineRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Requests and windows of one key."""

    key: str
    left_out: Count
    points: Annotated[
        tuple[tuple[float, int | None, int], ...],
        Meta(description="Each request: when sent, what was left (null: not told), status (0: no reply)."),
    ]
    declared: Annotated[tuple[float, ...], Meta(description="Ends of windows as Reset declared them.")]
    observed: Annotated[
        tuple[tuple[float, float], ...], Meta(description="Last answer of one window, first of the next.")
    ]


class LoadRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A load run's own results."""

    profile: Name
    says: Annotated[str, Meta(description="What the profile does, in words.")]
    limit: Annotated[int, Meta(description="Requests per window and key.", ge=1)]
    window: Annotated[float, Meta(description="Seconds.", gt=0)]
    keys: Count
    requests: Count
    seconds: Annotated[Seconds, Meta(description="From the first request to the last answer.")]
    per_second: Annotated[Seconds, Meta(description="Requests a second over all that time.")]
    statuses: Annotated[
        dict[Annotated[str, Meta(pattern=r"^([1-9]\d\d|no reply)$")], Count],
        Meta(description='Status, or "no reply" → how often.'),
    ]
    verdicts: Annotated[
        tuple[AspectRow, ...], Meta(description="The four questions put to the history.", min_length=4, max_length=4)
    ]
    exceeded: Annotated[Names, Meta(description="Names of the budget's numbers that were not kept.")]
    budget: tuple[BudgetRow, ...]
    latency: Annotated[
        tuple[LatencyRow, ...],
        Meta(description="Seconds from sent to received; all operations first, then one by one."),
    ]
    lateness: LatenessRow
    course: CourseRow
    looks_like: Annotated[str, Meta(description="The algorithm that explains the history, if one does.")]
    skew: Annotated[
        tuple[float, float] | None,
        Meta(description="The server's clock minus ours, as the resets allow; null where they bound nothing."),
    ]
    notes: Lines
    timeline: Annotated[tuple[TimelineRow, ...], Meta(description="Of some keys; seconds from the first request.")]
    workers: Annotated[int, Meta(description="Locust processes that sent.", ge=1)]
    histories: Annotated[Names, Meta(description="Files that the workers wrote.")]
