"""What the universal checks say of answers that break all that can be broken: on their own operations only, and how."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any

import pytest

from nhq.checks.exchange import check_exchange
from nhq.contract import load_contract
from nhq.model import Exchange, Identity, Observation

CONTRACT = load_contract()
KEY = Identity("full", "alpha", frozenset(), "secret")
LATE = "2999-01-01T00:00:00Z"
#: A row that breaks whatever a check of a row looks for.
ROW: dict[str, Any] = {
    "id": "other", "campaign_id": "other", "lead_id": "other", "is_unread": False, "status": "started",
    "linkedin_account": {"id": "other"}, "leadList": None, "linkedinAccounts": [], "lead_count": "many",
    "created_at": LATE, "createdAt": LATE, "enrolled_at": LATE, "sent_at": LATE, "last_message": {"sent_at": LATE},
    "actions_performed": [{"performed_at": LATE}, {"performed_at": "2026-01-01T00:00:00Z"}],
    "ok": False, "pending": True, "message": {"sent_at": LATE}, "result": "created",
    "lead": {"id": "other", "created_at": LATE},
}  # fmt: skip
OLDER: dict[str, Any] = {name: value if value != LATE else "2026-01-01T00:00:00Z" for name, value in ROW.items()} | {
    "last_message": {"sent_at": "2026-01-01T00:00:00Z"}
}
#: What is not the data, of any answer at all.
BESIDE: dict[str, Any] = {
    "malformed": [{"index": 7}], "failed": [], "summary": {"attempted": 9, "created": 9, "malformed": 9, "failed": 9},
    "result": "created", "enrichment": {"status": "enriched", "charged": False},
    "pagination": {"limit": 7, "has_more": True, "next_cursor": "c"},
}  # fmt: skip
DATA: tuple[Any, ...] = (
    [OLDER, ROW],
    [ROW, OLDER],
    ROW,
    {**ROW, "messages": [ROW, OLDER]},
    {**ROW, "messages": [OLDER]},
)
REQUESTS: tuple[dict[str, Any], ...] = (
    {"lead_lists": [{"name": "a"}, {"name": "b"}]},
    {"leads": [{"linkedin_url": "x"}, {"linkedin_url": "y"}]},
    {"action": "start", "linkedin_url": "x"},
)
QUERY = "unread_only=true&linkedin_account_id=mine&limit=1"


#: What a client may be answered that is no such document at all.
STRANGE: tuple[bytes, ...] = (
    b"", b"<html>", b"\xef\xbb\xbf{}", b"\xff", b'{"data": [', b'{"data": NaN}', b"[]", b"null", b'{"data": null}',
    b'{"error": {"code": 1}}', b'{"error": {"code": "c", "message": "m"}}', b'{"data": {}, "pagination": 5}',
)  # fmt: skip
RATES = {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "61", "x-ratelimit-reset": "soon"}


def looks(operation: str, status: int, query: str, bodies: Sequence[bytes], **headers: str) -> Iterator[Observation]:
    """What is said of answers of one operation, to each of the requests."""
    row = CONTRACT.operations[operation]
    path = "/".join("mine" if part.startswith("{") else part for part in row.path.split("/"))
    target = f"{path}?{query}" if query else path
    told = {"date": "Thu, 01 Oct 2026 00:00:00 GMT", "content-type": "application/json"} | headers
    for body, request in product(bodies, REQUESTS):
        sent = json.dumps(request).encode()
        answer = Exchange(1, operation, row.method, target, {}, sent, KEY, status, told, body, 0.0, 0.0)
        yield from check_exchange(answer, CONTRACT)


@cache
def seen(operation: str, status: int) -> tuple[Observation, ...]:
    """What is said of answers that break all that can be broken, with and without parameters."""
    bodies = [json.dumps({"data": data, **BESIDE}).encode() for data in DATA]
    return tuple(look for query in (QUERY, "") for look in looks(operation, status, query, bodies))


@pytest.mark.parametrize("status", [200, 201, 207])
@pytest.mark.parametrize("operation", CONTRACT.operations)
def test_a_rule_is_spoken_of_on_its_own_operations_only(operation: str, status: int) -> None:
    """An answer that breaks all that can be broken, to each operation in turn."""
    assert {look.rule for look in seen(operation, status) if operation not in CONTRACT.applies(look.rule)} == set()


def words(observations: Iterable[Observation]) -> str:
    """Each thing that is said, once, as a reader is told it."""
    said = {
        f"{look.rule} at {look.finding.where}: {look.finding.expected} | {look.finding.actual} ({look.finding.code})"
        if look.finding
        else f"{look.rule} {look.verdict.value}"
        for look in observations
    }
    return "; ".join(line.replace("; ", ", ") for line in sorted(said))


def test_what_is_told_of_answers_that_break_everything_is_approved(approved: Callable[..., None]) -> None:
    """Every rule that one answer can break, in the words of its finding, on each operation."""
    told = {f"{name} {status}": words(seen(name, status)) for name in CONTRACT.operations for status in (200, 201, 207)}
    approved("broken-answers", told)


def test_what_is_told_of_answers_of_another_kind_is_approved(approved: Callable[..., None]) -> None:
    """No JSON, no object, no page, an error's envelope; statuses that are documented and that aren't; other headers."""
    told = {}
    for name in ("list_leads", "get_conversation", "import_leads", "run_campaign_action"):
        for status in (200, 204, 302, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 502, 503):
            told[f"{name} {status}"] = words(looks(name, status, "limit=2", STRANGE, **RATES))
        told[f"{name} as text"] = words(looks(name, 200, "", STRANGE[-3:], **{"content-type": "text/html; a=b"}))
        told[f"{name} of no type"] = words(looks(name, 200, "", STRANGE[-3:], **{"content-type": "?"}))
    approved("strange-answers", told)
