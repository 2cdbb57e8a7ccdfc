"""One handler of sixteen forgets what all others do: the same fault in one operation alone."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from nhq.mock.route_table import OPERATIONS
from nhq.mutation.faults.fault import Around, Fault, Plant, faults_of_family
from nhq.mutation.faults.wire import careless_json, changed_body, status_for, without_member

plant = faults_of_family("handlers")

LINES = {row.id: f"{row.method} {row.path}" for row in OPERATIONS}
SCOPES = {row.id: row.scope for row in OPERATIONS}
WITH_ID = tuple(ident for ident, line in LINES.items() if "{" in line)
BODIES = ("run_campaign_action", "save_message_overrides", "create_lead_lists", "import_leads", "send_message")
ACTING = ("run_campaign_action", "create_lead_lists", "import_leads", "enrich_lead", "send_message")
AIMED = tuple(operation for operation in ACTING if operation in WITH_ID)
SUCCESS = (200, 201, 207)


def at_operation(operation: str, lie: Callable[..., Any]) -> Around:
    """A wrong policy for one operation; the others decide as before. For policies that take the operation first."""
    return Around(lambda true: lambda asked, *rest: lie(asked, *rest) if asked == operation else true(asked, *rest))


class Each(Protocol):
    """Makes one fault of a family for each operation."""

    def __call__(
        self, ident: str, sentence: str, *rules: str, on: Iterable[str] = ..., but: Iterable[str] = ..., **lie: Any
    ) -> Iterator[Fault]:
        """{} in the id and in the sentence is the operation; the policy's lie is made by the operation's id.

        `but` are those that have this fault in another family already.
        """


def each_of(plant: Plant) -> Each:
    """The maker of a family's faults of one operation each."""

    def each(
        ident: str, sentence: str, *rules: str, on: Iterable[str] = LINES, but: Iterable[str] = (), **lie: Any
    ) -> Iterator[Fault]:
        ((policy, make),) = lie.items()
        for operation in (operation for operation in on if operation not in but):
            named, said = ident.format(operation.replace("_", "-")), sentence.replace("{}", LINES[operation])
            told: dict[str, Any] = {policy: make(operation)}
            yield plant(named, said, *rules, subtle="one operation", on=(operation,), **told)

    return each


each = each_of(plant)


def _order(*stages: str) -> Callable[[str], Around]:
    """One operation that judges a request in another order."""
    return lambda operation: at_operation(operation, lambda asked: stages)


def _another(operation: str) -> str:
    """A scope of the same kind, of another resource."""
    resource, _, access = SCOPES[operation].partition(":")
    return f"{'leads' if resource == 'conversations' else 'conversations'}:{access}"


ACCESS = (
    *each(
        "opens-{}-to-everyone",
        "{} has no guard: without a key it answers as for the first one.",
        "AUTH-ABSENT",
        but=["list_linkedin_accounts"],
        find_key=lambda operation: at_operation(
            operation, lambda asked, known, token: known.get(token or "") or (not token and next(iter(known.values())))
        ),
    ),
    *each(
        "takes-any-word-for-{}",
        "{} takes whatever stands after Bearer for the first key.",
        "AUTH-UNKNOWN",
        find_key=lambda operation: at_operation(
            operation, lambda asked, known, token: known.get(token or "") or (token and next(iter(known.values())))
        ),
    ),
    *each(
        "accepts-revoked-keys-for-{}",
        "{} doesn't look whether a key was revoked.",
        "AUTH-REVOKED",
        but=["get_lead"],
        key_valid=lambda operation: at_operation(operation, lambda asked, key: key is not None),
    ),
    *each(
        "looks-before-the-key-for-{}",
        "{} looks for its ids before it looks at the key.",
        "AUTH-FIRST",
        on=WITH_ID,
        stages=_order("name", "exists", "key", "limit", "scope", "prefer", "body", "act"),
    ),
    *each(
        "reads-before-the-key-for-{}",
        "{} judges the body before it looks at the key.",
        "AUTH-FIRST",
        on=BODIES,
        stages=_order("name", "body", "key", "limit", "scope", "prefer", "exists", "act"),
    ),
    *each(
        "acts-before-the-key-for-{}",
        "{} is done before the key's validity is judged.",
        "AUTH-NO-EFFECT",
        on=ACTING,
        stages=_order("name", "limit", "scope", "prefer", "body", "exists", "act", "key"),
    ),
    *each(
        "needs-no-scope-for-{}",
        "{} asks for no scope.",
        "SCOPE-MISSING",
        but=["list_lead_lists"],
        required_scope=lambda operation: at_operation(operation, lambda asked, scope: ""),
    ),
    *each(
        "wants-another-scope-for-{}",
        "{} asks for the scope of another resource.",
        "SCOPE-SUFFICIENT",
        required_scope=lambda operation: at_operation(operation, lambda asked, scope: _another(operation)),
    ),
    *each(
        "looks-before-the-scope-for-{}",
        "{} looks for its ids before it looks at the scope.",
        "SCOPE-FIRST",
        on=WITH_ID,
        stages=_order("key", "limit", "exists", "scope", "prefer", "body", "act"),
    ),
    *each(
        "reads-before-the-scope-for-{}",
        "{} judges the body before it looks at the scope.",
        "SCOPE-FIRST",
        on=BODIES,
        stages=_order("key", "limit", "body", "scope", "prefer", "exists", "act"),
    ),
    *each(
        "acts-before-the-scope-for-{}",
        "{} is done before the scope is judged.",
        "SCOPE-NO-EFFECT",
        on=ACTING,
        stages=_order("key", "limit", "prefer", "body", "exists", "act", "scope"),
    ),
    *each(
        "acts-before-it-looks-whose-for-{}",
        "{} is done before it is asked whose the thing is: the answer is 404, and another workspace changed.",
        "WS-FOREIGN-NO-EFFECT",
        on=AIMED,
        stages=_order("key", "limit", "scope", "prefer", "body", "act", "exists"),
    ),
    *each(
        "answers-400-for-unknown-ids-of-{}",
        "{} answers 400 for an id that doesn't exist.",
        "WS-UNKNOWN-404",
        on=WITH_ID,
        but=["get_lead_list", "save_message_overrides"],
        error_status=lambda operation: status_for({404: 400}, operation),
    ),
    *each(
        "answers-400-for-unknown-ids-of-{}",
        "{} answers 400 for an id that doesn't exist.",
        "OVR-LEAD-404",  # WS-UNKNOWN-404 leaves a 400 open there: a server may look for the slot first
        on=["save_message_overrides"],
        error_status=lambda operation: status_for({404: 400}, operation),
    ),
    *each(
        "finds-nothing-for-{}",
        "{} finds nothing, whatever the id.",
        "WS-LISTED-FOUND",
        on=WITH_ID,
        takes_id=lambda operation: at_operation(operation, lambda asked, what, exists, own: False),
    ),
)

LIMITER = (
    *each(
        "does-not-limit-{}",
        "{} is never refused for exceeding the limit.",
        "RL-EXCEEDED",
        but=["get_lead"],
        admit=lambda operation: at_operation(operation, lambda *given: True),
    ),
    *each(
        "limits-{}-twice-as-hard",
        "{} is refused after half of the allowance.",
        "RL-LIMIT-ADMITTED",
        but=["send_message"],
        admit=lambda operation: at_operation(
            operation, lambda asked, bucket, now, start, window, count, limit: count < limit // 2
        ),
    ),
    *each(
        "does-not-count-{}",
        "{} costs nothing of the allowance.",
        "RL-REMAINING-COUNTS",
        but=["list_linkedin_accounts"],
        count_after=lambda operation: at_operation(operation, lambda asked, admitted, count: count),
    ),
    *each(
        "acts-before-it-counts-for-{}",
        "{} is done before it is counted: the answer is 429, and the request done.",
        "RL-EXCEEDED-NO-EFFECT",
        on=ACTING,
        stages=_order("key", "scope", "prefer", "body", "exists", "act", "limit"),
    ),
    *each(
        "sends-no-headers-with-{}",
        "{} comes without the rate-limit headers.",
        "RL-HEADERS",
        but=["list_linkedin_accounts"],
        quota_headers=lambda operation: at_operation(operation, lambda *given: ()),
    ),
)

ANSWERS = (
    *each(
        "answers-202-for-{}",
        "{} answers a success with 202.",
        "STATUS-DOCUMENTED",
        but=["send_message"],
        sent_status=lambda operation: status_for(dict.fromkeys(SUCCESS, 202), operation),
    ),
    *each(
        "tells-errors-of-{}-in-other-words",
        "{} has no error envelope.",
        "ERROR-BODY",
        error_body=lambda operation: at_operation(operation, lambda asked, status, code, message: {"detail": message}),
    ),
    *each(
        "serves-{}-as-text",
        "{} says that its answers are plain text.",
        "MEDIA-TYPE",
        media_type=lambda operation: at_operation(operation, lambda asked, status: b"text/plain; charset=utf-8"),
    ),
    *each(
        "unwraps-{}",
        "{} answers without the member data.",
        "SCHEMA-BODY",
        sent_body=lambda operation: changed_body(without_member("data"), operation, statuses=SUCCESS),
    ),
    *each(
        "fails-on-broken-json-of-{}",
        "{} fails on a body that isn't JSON.",
        "REQUEST-NOT-JSON",
        on=BODIES,
        parse_json=lambda operation: at_operation(operation, careless_json),
    ),
)

FAULTS = (*ACCESS, *LIMITER, *ANSWERS)
