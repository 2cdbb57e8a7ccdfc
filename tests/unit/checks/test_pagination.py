"""One page: how many items, what it says of itself, and their order."""

from typing import Any

import pytest

from nhq.model import Verdict

HOLDS, VIOLATED = Verdict.HOLDS, Verdict.VIOLATED


def page(*rows: Any, limit: int = 100, more: bool = False) -> dict[str, Any]:
    return {"data": list(rows), "pagination": {"limit": limit, "has_more": more, "next_cursor": "c" if more else None}}


def leads(*moments: str) -> list[dict[str, Any]]:
    return [{"id": str(number), "created_at": moment} for number, moment in enumerate(moments)]


def many(count: int) -> list[dict[str, Any]]:
    return leads(*["2026-01-01T00:00:00Z"] * count)


@pytest.mark.parametrize(
    ("query", "count", "verdict"),
    [
        ("limit=2", 2, HOLDS),
        ("limit=2", 3, VIOLATED),
        ("", 500, HOLDS),
        ("", 501, VIOLATED),
        ("limit=501", 500, HOLDS),
        ("limit=abc", 501, VIOLATED),
        ("limit=1&limit=5", 5, HOLDS),
        ("limit=2", 0, None),
    ],
)
def test_no_more_than_asked_for(judged, query, count, verdict):
    """A page holds at most the plain limit asked for; of a limit that can be read two ways only 500 is the bound."""
    assert judged(f"/leads?{query}", page(*many(count))).get("PAGE-LIMIT-KEPT") is verdict


def test_no_item_twice_in_a_page(judged):
    """An item that stands twice in one page is found; that none does shows nothing of the pages to come."""
    one, other = leads("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z")
    rule = "PAGE-NO-DUPLICATES"
    assert judged("/leads?list_ids=a,b", page(one, other, other)).get(rule) is VIOLATED
    assert judged("/leads?list_ids=a,b", page(one, other)).get(rule) is None
    assert judged("/leads", page({"id": None}, {"id": None}, {})).get(rule) is None
    assert judged("/leads/0", {"data": [one, one]}).get(rule) is None


@pytest.mark.parametrize(
    ("query", "told", "verdict"),
    [
        ("limit=7", 7, HOLDS),
        ("limit=7", 7.0, HOLDS),
        ("limit=7", 100, VIOLATED),
        ("", 100, HOLDS),
        ("", 50, VIOLATED),
        ("cursor=x", 7, None),
        ("limit=0", 1, None),
        ("limit=007", 9, None),
    ],
)
def test_the_limit_in_effect(judged, query, told, verdict):
    """pagination.limit is the limit asked for, or 100; a cursor may carry its own, and odd limits leave it open."""
    assert judged(f"/linkedin_accounts?{query}", page(limit=told)).get("PAGE-LIMIT-ECHO") is verdict


def test_full_before_more(judged):
    """A page that has more after it is full; the last one need not be."""
    assert judged("/leads?limit=2", page(*many(2), limit=2, more=True))["PAGE-FULL"] is HOLDS
    assert judged("/leads?limit=2", page(*many(1), limit=2, more=True))["PAGE-FULL"] is VIOLATED
    assert "PAGE-FULL" not in judged("/leads?limit=2", page(*many(1), limit=2))


@pytest.mark.parametrize(
    ("moments", "verdict"),
    [
        (("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"), HOLDS),
        (("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"), VIOLATED),
        (("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"), None),
        (("2026-01-01T12:00:00+02:00", "2026-01-01T11:00:00+02:00"), HOLDS),
        (("2026-01-01T00:30:00Z", "2026-01-01T02:00:00+02:00"), HOLDS),
        (("2026-01-01T02:00:00+02:00", "2026-01-01T00:30:00Z"), VIOLATED),
        (("2026-01-01T00:00:00.2Z", "2026-01-01T00:00:00.150Z"), HOLDS),
        (("no time", "2026-01-01T00:00:00Z"), None),
    ],
)
def test_newest_first(judged, moments, verdict):
    """Instants are compared, not texts: zones and fractions count, ties are free, and ties alone show nothing."""
    assert judged("/leads", page(*leads(*moments))).get("ORDER-NEWEST") is verdict


def test_search_results_may_be_ranked(judged):
    """The order of a text search is open; that of other filters is not."""
    rising = page(*leads("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"))
    assert "ORDER-NEWEST" not in judged("/leads?query=anna", rising)
    assert judged("/leads?list_ids=l1", rising)["ORDER-NEWEST"] is VIOLATED


def test_threads_without_a_message_may_stand_anywhere(judged):
    """Conversations are ordered by their last message; those without any are left out."""
    rows = [
        {"last_message": {"sent_at": f"2026-01-0{day}T00:00:00Z"}} if day else {"last_message": None}
        for day in (3, 0, 2)
    ]
    assert judged("/conversations", page(*rows))["ORDER-RECENT"] is HOLDS
    assert judged("/conversations", page(*reversed(rows)))["ORDER-RECENT"] is VIOLATED


def test_history_oldest_first(judged):
    """Messages stand in chronological order."""
    messages = [{"sent_at": f"2026-01-0{day}T00:00:00Z"} for day in (1, 2, 2, 3)]
    for shown, verdict in ((messages, HOLDS), (messages[::-1], VIOLATED)):
        body = page() | {"data": {"id": "c", "messages": shown}}
        assert judged("/conversations/c", body)["ORDER-HISTORY"] is verdict


def done(day: int) -> dict[str, Any]:
    return {"performed_at": f"2026-01-0{day}T00:00:00Z"}


def planned(day: int) -> dict[str, Any]:
    return {"scheduled_for": f"2026-01-0{day}T00:00:00Z"}


@pytest.mark.parametrize(
    ("events", "verdict"),
    [
        ([done(1), done(2), planned(4)], HOLDS),
        ([done(2), done(1)], VIOLATED),
        ([planned(4), planned(3)], VIOLATED),
        ([planned(5) | done(3), planned(4) | done(6)], HOLDS),
        ([planned(4) | done(3), planned(5) | done(2)], HOLDS),
        ([done(1), planned(3)], None),
        ([], None),
    ],
)
def test_actions_in_order(judged, events, verdict):
    """A timeline is chronological by the time performed or by the time scheduled; wrong only when it is by neither."""
    rows = [{"id": "1", "actions_performed": events}]
    assert judged("/campaigns/c/leads", page(*rows)).get("ORDER-ACTIONS") is verdict


@pytest.mark.parametrize("body", [b"", b"[]", b"{", {"data": 3}, {"data": [1, None]}, {"data": [], "pagination": []}])
def test_odd_bodies_are_for_the_schema_to_judge(judged, body):
    """No check of pages accuses a body that is no page, nor crashes on it."""
    found = judged("/leads?limit=1", body)
    assert not {rule: verdict for rule, verdict in found.items() if rule.startswith(("PAGE-", "ORDER-"))}


def test_refusals_are_no_pages(judged):
    """Nothing is asked of a 400's or a 404's items."""
    found = judged("/leads?limit=1", page(*many(9)), status=400)
    assert not [rule for rule in found if rule.startswith(("PAGE-", "ORDER-"))]
