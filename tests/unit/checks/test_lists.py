"""Answers about lead lists, each against its request and itself."""

from typing import Any

import pytest

from nhq.model import Verdict

HOLDS, VIOLATED = Verdict.HOLDS, Verdict.VIOLATED


def made(count: int, malformed: int = 0) -> dict[str, Any]:
    return {
        "data": [{"id": str(number), "name": "x"} for number in range(count)],
        "malformed": [{"index": count + number, "errors": []} for number in range(malformed)],
        "summary": {"attempted": count + malformed, "created": count, "malformed": malformed},
    }


def verdicts(judged: Any, status: int, body: Any, count: Any) -> dict[str, Verdict]:
    sent = {"lead_lists": [{"name": "x"}] * count} if isinstance(count, int) else count
    found = judged("/lead_lists", body, method="POST", status=status, request=sent)
    return {rule: verdict for rule, verdict in found.items() if rule.startswith("LIST-")}


@pytest.mark.parametrize(
    ("status", "created", "malformed", "verdict"),
    [
        (201, 2, 0, HOLDS),
        (207, 2, 0, VIOLATED),
        (200, 2, 0, VIOLATED),
        (201, 1, 1, VIOLATED),
        (201, 1, 0, VIOLATED),
        (207, 1, 1, None),
        (207, 0, 2, None),
    ],
)
def test_201_is_for_every_list_created(judged, status, created, malformed, verdict):
    """201 when every list was created, and not otherwise; which entries are malformed is judged elsewhere."""
    assert verdicts(judged, status, made(created, malformed), 2).get("LIST-STATUS-201") is verdict


def test_malformed_empty_on_201(judged):
    """A 201 has nothing malformed."""
    assert verdicts(judged, 201, made(2), 2)["LIST-201-CLEAN"] is HOLDS
    assert verdicts(judged, 201, made(2, 1), 3)["LIST-201-CLEAN"] is VIOLATED


@pytest.mark.parametrize("name", ["attempted", "created", "malformed"])
def test_each_count_of_the_summary(judged, name):
    """A count that is off by one is found."""
    body = made(2, 1)
    assert verdicts(judged, 207, body, 3)["LIST-SUMMARY"] is HOLDS
    body["summary"][name] -= 1
    assert verdicts(judged, 207, body, 3)["LIST-SUMMARY"] is VIOLATED


@pytest.mark.parametrize("missing", ["data", "malformed", "summary"])
def test_parts_of_a_207(judged, missing):
    """A 207 has data, malformed and summary, though the contract has no schema for it."""
    whole = made(1, 1)
    assert verdicts(judged, 207, whole, 2)["LIST-207-BODY"] is HOLDS
    assert verdicts(judged, 207, {k: v for k, v in whole.items() if k != missing}, 2)["LIST-207-BODY"] is VIOLATED


@pytest.mark.parametrize(
    ("count", "verdict"),
    [(0, HOLDS), (3, HOLDS), (3.0, HOLDS), (None, VIOLATED), (-1, VIOLATED), ("3", VIOLATED), (True, VIOLATED)],
)
def test_member_count_is_there(judged, count, verdict):
    """Both reads give each list its member count, a whole number."""
    row = {"id": "l1", "name": "x", "lead_count": count}
    page = {"data": [row], "pagination": {"limit": 100, "has_more": False, "next_cursor": None}}
    assert judged("/lead_lists", page)["LIST-COUNT-PRESENT"] is verdict
    assert judged("/lead_lists/l1", {"data": row})["LIST-COUNT-PRESENT"] is verdict


def test_no_lists_show_nothing(judged):
    """An empty list of lists is no evidence."""
    page = {"data": [], "pagination": {"limit": 100, "has_more": False, "next_cursor": None}}
    assert "LIST-COUNT-PRESENT" not in judged("/lead_lists", page)


def test_the_list_asked_for(judged):
    """The list returned has the id asked for; the case of ids is the server's affair."""
    assert judged("/lead_lists/l1", {"data": {"id": "l1"}})["LIST-SAME-ID"] is HOLDS
    assert judged("/lead_lists/L1", {"data": {"id": "l1"}})["LIST-SAME-ID"] is HOLDS
    assert judged("/lead_lists/l2", {"data": {"id": "l1"}})["LIST-SAME-ID"] is VIOLATED


@pytest.mark.parametrize("sent", [b"", b"nonsense", [], {"lead_lists": "x"}, {"lead_lists": []}, {}])
def test_odd_requests_are_not_judged(judged, sent):
    """A request that is no creation of lists accuses nobody."""
    for status, body in ((400, {"error": {"code": "x", "message": "y"}}), (201, made(0)), (500, b"")):
        assert VIOLATED not in verdicts(judged, status, body, sent).values()
