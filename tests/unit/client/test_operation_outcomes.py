"""What a run has heard of each operation: never a sound answer, no answer at all, or requests that went astray."""

from dataclasses import replace

import pytest
from known_contract import CONTRACT

from nhq.client.operation_outcomes import SILENCES, Answered
from nhq.model import Exchange, Identity

KEY = Identity("full", "alpha", frozenset({"leads:read"}), "secret")
COUNTED = {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "9", "x-ratelimit-reset": "1700000000"}
SOUND = Exchange(1, "list_leads", "GET", "/leads", {}, b"", KEY, 200, COUNTED, b"{}", 0.0, 0.0)
LOST = replace(SOUND, status=None, headers={}, trouble="a gateway answered 502")


def heard(*exchanges: Exchange) -> Answered:
    answered = Answered(CONTRACT)
    for exchange in exchanges:
        answered.hear(exchange)
    return answered


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (replace(SOUND, status=204), "answered 204, which it doesn't document"),
        (replace(SOUND, status=401), "answered 401 to a valid key"),
        (replace(SOUND, headers={}), "without the three X-RateLimit headers"),
    ],
)
def test_an_operation_is_out_of_order_until_one_answer_is_sound(answer: Exchange, told: str) -> None:
    """Whatever came in between."""
    assert told in heard(answer).flaw("list_leads")
    assert heard(answer, SOUND).flaw("list_leads") == heard(SOUND, answer).flaw("list_leads") == ""


@pytest.mark.parametrize("status", [400, 422, 429])
def test_a_refusal_that_any_operation_may_give_is_sound(status: int) -> None:
    """bad-limit: 400 or 422 to a limit out of bounds, on lists that document neither."""
    assert heard(replace(SOUND, status=status)).flaw("list_leads") == ""


def test_what_nobody_has_asked_is_in_order() -> None:
    """Silence is no flaw, and so isn't a refusal that a key earns."""
    other = replace(SOUND, status=401, identity=replace(KEY, revoked=True))
    narrow = replace(SOUND, status=302, identity=replace(KEY, scopes=frozenset()))
    assert heard(other, narrow, replace(SOUND, status=401, identity=None)).flaw("list_leads") == ""


def test_an_operation_that_never_answers_is_out_of_order_after_some_requests() -> None:
    """One that got lost says nothing yet."""
    assert heard(*[LOST] * (SILENCES - 1)).flaw("list_leads") == ""
    assert "got no answer: a gateway answered 502" in heard(*[LOST] * SILENCES).silence("list_leads")
    assert heard(*[LOST] * SILENCES, SOUND).silence("list_leads") == ""


def test_requests_that_went_astray_are_counted_by_key() -> None:
    """They may have been counted: what lies between two answers of the same key."""
    other = replace(LOST, id=3, identity=replace(KEY, label="other"))
    answered = heard(SOUND, replace(LOST, id=2), other, replace(SOUND, id=4), replace(LOST, id=5))
    assert answered.lost(KEY, SOUND, replace(SOUND, id=4)) == 1
