"""Each universal check speaks of the operations that its rules are about, whatever else an answer looks like."""

import json
from typing import Any

import pytest

from nhq.checks.exchange import check_exchange
from nhq.contract import load_contract
from nhq.model import Exchange, Identity

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


def spoken(operation: str, status: int, query: str = QUERY) -> set[str]:
    """The rules that are spoken of, over all these answers of one operation."""
    row = CONTRACT.operations[operation]
    path = "/".join("mine" if part.startswith("{") else part for part in row.path.split("/"))
    headers = {"date": "Thu, 01 Oct 2026 00:00:00 GMT", "content-type": "application/json"}
    found = set[str]()
    for data in DATA:
        for request in REQUESTS:
            body, sent = json.dumps({"data": data, **BESIDE}).encode(), json.dumps(request).encode()
            target = f"{path}?{query}" if query else path
            answer = Exchange(1, operation, row.method, target, {}, sent, KEY, status, headers, body, 0.0, 0.0)
            found |= {look.rule for look in check_exchange(answer, CONTRACT)}
    return found


@pytest.mark.parametrize("status", [200, 201, 207])
@pytest.mark.parametrize("operation", CONTRACT.operations)
def test_a_rule_is_spoken_of_on_its_own_operations_only(operation: str, status: int) -> None:
    """An answer that breaks all that can be broken, to each operation in turn."""
    found = spoken(operation, status) | spoken(operation, status, "")
    assert {rule for rule in found if operation not in CONTRACT.applies(rule)} == set()


def test_each_rule_that_one_answer_can_break_is_spoken_of() -> None:
    """The table above is no empty one: of each check's rules at least one is seen on each kind of answer."""
    found = {rule for operation in CONTRACT.operations for rule in spoken(operation, 200) | spoken(operation, 201)}
    assert len(found) >= 30
