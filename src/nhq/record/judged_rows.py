"""The rows of a record that judge: rules with their cells, findings, the exchanges that prove them, tests."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from nhq.model import Effect, Level, Verdict
from nhq.record.case_row import CaseRow
from nhq.record.scalars import Count, Counts, Headers, Name, Names, Seconds, Status

_CAUSE_OF_UNKNOWN = {
    "if": {"properties": {"verdict": {"const": "unknown"}}},
    "then": {"properties": {"cause": {"minLength": 1}}},
}

TestOutcome = Literal["passed", "failed", "unknown"]


class CellRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one rule fared on one operation."""

    verdict: Verdict
    observations: Count
    cause: Annotated[str, Meta(description='Why unknown; else "".')]
    exchange: Annotated[int | None, Meta(description="The id of an exchange that is evidence.")]


class RuleRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One promise, and how it fared on each operation it applies to."""

    id: Name
    title: str
    area: Name
    level: Level
    pointer: Annotated[str, Meta(description="JSON pointer into the contract.")]
    quote: Annotated[str, Meta(description="The sentence, verbatim.")]
    verdict: Verdict
    cause: Annotated[
        str, Meta(description='Why unknown; of one that holds, why one of its judges couldn\'t run, or "".')
    ]
    selected: Annotated[bool, Meta(description="This run was asked to judge it.")]
    cells: dict[str, Annotated[CellRow, Meta(extra_json_schema=_CAUSE_OF_UNKNOWN)]]
    bound: Annotated[Names, Meta(description="The checks and scenarios that judge it.")]
    aliases: Annotated[Names, Meta(description="Its former ids, the oldest first.")] = ()
    left_out: Annotated[
        bool, Meta(description="A test that would have judged it wasn't made, for want of time or requests.")
    ] = False


class FindingRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A promise seen broken: by which operation, how, and what shows it again."""

    id: Annotated[str, Meta(pattern=r"^F\d+$")]
    rule: Name
    operation: str | None
    code: Annotated[str, Meta(description="The kind of breach, whatever the texts say.", pattern="^[a-zA-Z0-9-]+$")]
    where: Annotated[str, Meta(description='A JSON pointer, a header\'s name, or "" for the whole answer.')]
    expected: str
    actual: str
    fingerprint: Annotated[
        str,
        Meta(
            description="Of rule (its oldest id), operation, code and place: the same from run to run.",
            pattern="^[0-9a-f]{64}$",
        ),
    ]
    level: Level
    count: Annotated[int, Meta(description="How often it was seen.", ge=1)]
    exchanges: tuple[int, ...]
    curl: Annotated[str, Meta(description='Reproduces it, the key as a variable; "" where one request can\'t.')]
    rerun: Annotated[str, Meta(description="The nhq command that judges this again.")]
    test: str
    approved: Annotated[
        str,
        Meta(description='Who approved it, until when and why; "" where nobody did. It then fails no run.'),
    ] = ""
    stanza: Annotated[str, Meta(description='What would approve it in the approvals file; "" where nothing need.')] = ""
    trace: Annotated[
        str,
        Meta(description='The trace id that the server got with the requests that prove it; "" where none was sent.'),
    ] = ""
    case: Annotated[CaseRow | None, Meta(description="What shows it again, alone; null where nobody knows.")] = None


class ExchangeRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One request and its answer, as a report may hold them."""

    id: int
    operation: str | None
    method: str
    path: Annotated[str, Meta(description="Path and query as sent, scrubbed.")]
    identity: Annotated[str | None, Meta(description="The label of the key used; null for none.")]
    status: Annotated[Status | None, Meta(description="null when no reply came.")]
    trouble: Annotated[str, Meta(description='Why no reply came; else "".')]
    request_headers: Headers
    request_body: str
    headers: Headers
    body: Annotated[str, Meta(description="Scrubbed, and cut where long.")]
    at: Annotated[float, Meta(description="Seconds since the Unix epoch, by the target's clock.")]
    seconds: Annotated[float, Meta(description="From sent to received.")]
    test: str
    trace: Annotated[str, Meta(description="The trace id of its traceparent: one a test.")] = ""


class TestRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One test: how it ended and what it sent."""

    __test__: ClassVar[bool] = False

    id: Name
    rules: Names
    outcome: TestOutcome
    cause: str
    seconds: Seconds
    requests: Count
    keys: Annotated[
        Counts,
        Meta(description="What a key is in the run (wide, narrow, revoked …) → requests that the test sent with such."),
    ] = {}
    scopes: Annotated[
        Counts,
        Meta(description="A scope → requests that the test sent and that any key with this scope could have sent."),
    ] = {}
    depth: Annotated[str, Meta(description="How much it was to send: live, the fewest requests; gate; nightly.")] = ""
    operations: Annotated[Counts, Meta(description="An operation → answers that the test got from it.")] = {}
    variants: Annotated[
        tuple[Count, ...], Meta(description="The places of the variants that it sent, among all that the test has.")
    ] = ()
    needs: Annotated[Names, Meta(description="What it lacked on the target: a kind and a value each.")] = ()
    own_seconds: Annotated[Seconds, Meta(description="Without those spent waiting for allowance.")] = 0.0
    scenario: Annotated[Name, Meta(description="Its id for good, whatever the test is called.")]


class OperationRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One operation: whether it kept its promises, and what it answered."""

    id: Name
    method: Annotated[str, Meta(pattern="^(GET|POST|PUT|PATCH|DELETE)$")]
    path: Annotated[str, Meta(pattern="^/")]
    tag: str
    scope: str
    effect: Effect
    verdict: Verdict
    requests: Count
    succeeded: Annotated[bool, Meta(description="It answered 2xx at least once.")]
    statuses: Annotated[
        dict[Annotated[str, Meta(pattern=r"^[1-9]\d\d$")], Count],
        Meta(description="Status → how often it was answered."),
    ]
    documented: Annotated[tuple[Status, ...], Meta(extra_json_schema={"uniqueItems": True})]
