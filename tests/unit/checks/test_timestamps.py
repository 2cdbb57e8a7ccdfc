"""What was just made is of now, by the server's own clock."""

import json
from typing import Any

import pytest
from known_contract import CONTRACT

from nhq.checks.exchange import check_exchange
from nhq.checks.timestamps import RULE, dated_now, happened
from nhq.model import Exchange, Identity, Verdict

DATE = "Thu, 26 Nov 2026 04:00:00 GMT"
NOW, EARLIER, LATER = "2026-11-26T04:00:00Z", "2026-11-24T04:00:00Z", "2026-12-26T04:00:00Z"


def verdicts(path: str, body: Any, date: str = DATE, status: int = 201) -> list[Verdict]:
    key = Identity("full", "alpha", frozenset(), "secret")
    headers = {"date": date} if date else {}
    made = Exchange(1, None, "POST", path, {}, b"{}", key, status, headers, json.dumps(body).encode(), 0.0, 0.0)
    return [look.verdict for look in check_exchange(made, CONTRACT, (dated_now,)) if look.rule == RULE]


@pytest.mark.parametrize(
    ("moment", "verdict"),
    [
        (NOW, Verdict.HOLDS),
        ("2026-11-26T17:59:59+14:00", Verdict.HOLDS),
        ("2026-11-26T04:00:00+14:00", Verdict.HOLDS),
        (EARLIER, Verdict.VIOLATED),
        (LATER, Verdict.VIOLATED),
        ("1970-01-21T19:00:00Z", Verdict.VIOLATED),
    ],
)
def test_new_things_are_of_now(moment: str, verdict: Verdict) -> None:
    """A list, a lead and a message alike; a zone that was mistaken is no proof."""
    row = {"created_at": moment}
    assert verdicts("/lead_lists", {"data": [{"created_at": NOW}, row]}) == [verdict]
    assert verdicts("/lead_lists/l1/leads", {"data": row, "result": "created"}) == [verdict]
    assert verdicts("/lead_lists/l1/leads", {"data": [{"lead": row, "result": "created"}]}) == [verdict]
    assert verdicts("/conversations/c1/messages", {"data": {"message": {"sent_at": moment}}}, status=200) == [verdict]


def test_what_was_there_before_may_be_old() -> None:
    """A lead that existed already keeps its date."""
    row = {"created_at": EARLIER}
    assert verdicts("/lead_lists/l1/leads", {"data": row, "result": "added_existing"}) == []
    assert verdicts("/lead_lists/l1/leads", {"data": [{"lead": row, "result": "already_in_list"}]}) == []


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_without_a_date_nothing_is_said(date: str) -> None:
    """Our own clock is no witness against a server's."""
    assert verdicts("/lead_lists", {"data": [{"created_at": EARLIER}]}, date=date) == []


@pytest.mark.parametrize("body", [[], {"data": None}, {"data": [None, 3]}, {"data": {"message": None}}, {}])
def test_strange_bodies_are_left_alone(body: Any) -> None:
    """What has no such shape is for the schema to say."""
    for path in ("/lead_lists", "/lead_lists/l1/leads", "/conversations/c1/messages"):
        assert verdicts(path, body) == []


def pasts(moment: str, name: str = "updated_at", date: str = DATE) -> list[Verdict]:
    key, headers = Identity("full", "alpha", frozenset(), "secret"), {"date": date} if date else {}
    body = json.dumps({"data": [{"id": "l1", name: moment}, {"id": "l2", "created_at": EARLIER}]}).encode()
    shown = Exchange(1, None, "GET", "/leads", {}, b"", key, 200, headers, body, 0.0, 0.0)
    return [look.verdict for look in check_exchange(shown, CONTRACT, (happened,))]


@pytest.mark.parametrize("name", ["created_at", "updatedAt", "sent_at", "performed_at", "profile_enriched_at"])
def test_nothing_has_happened_in_the_future(name: str) -> None:
    """A day ahead may be a zone that was mistaken; a month is not."""
    assert pasts(NOW, name) == pasts("2026-11-27T03:59:00Z", name) == [Verdict.HOLDS]
    assert pasts(LATER, name) == pasts("2126-11-26T04:00:00Z", name) == [Verdict.VIOLATED]


@pytest.mark.parametrize("name", ["next_action_at", "cooldown_until", "date_of_birth"])
def test_plans_may_lie_ahead(name: str) -> None:
    """What is yet to come has a right to the future."""
    assert pasts(LATER, name) == [Verdict.HOLDS]


def test_what_is_no_moment_is_left_alone() -> None:
    """Texts that are no date-times are for the schema to say, and without a Date nothing is."""
    assert pasts("9999", "updated_at") == pasts("tomorrow", "updated_at") == [Verdict.HOLDS]
    assert pasts(LATER, date="") == []


def test_only_what_was_made_is_of_now() -> None:
    """An answer of the same shape from an operation that makes nothing may be of any time."""
    body = {"data": {"message": {"sent_at": EARLIER}, "created_at": EARLIER}}
    for path in ("/leads/l1/enrich", "/campaigns/c1/actions"):
        assert verdicts(path, body, status=200) == []
