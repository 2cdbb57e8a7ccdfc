"""How requests stand to the contract: what is certain, and what is left open."""

import json
from typing import Any

import pytest
from known_contract import CONTRACT

from nhq.checks.request_validity import RequestReading, Validity, limit_standing, may_be_doubted, read_request_body
from nhq.contract import Contract

LEAD = {"first_name": "Ada", "last_name": "Lovelace", "linkedin_url": "https://www.linkedin.com/in/ada"}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return CONTRACT


def read(contract: Contract, operation: str, body: Any) -> RequestReading:
    return read_request_body(contract, operation, json.dumps(body).encode())


def keywords(reading: RequestReading) -> set[str]:
    return {flaw.keyword for flaw in reading.flaws}


def test_a_body_within_the_schema_is_valid(contract: Contract) -> None:
    """What the schema allows and no server has a reason to refuse is valid."""
    assert read(contract, "import_leads", LEAD) == RequestReading(Validity.VALID)


@pytest.mark.parametrize(
    ("operation", "body", "keyword"),
    [
        ("run_campaign_action", {}, "required"),
        ("run_campaign_action", {"action": 7}, "type"),
        ("run_campaign_action", {"action": "stop"}, "enum"),
        ("run_campaign_action", {"action": "start", "now": True}, "additionalProperties"),
        ("send_message", {"content": ""}, "minLength"),
        ("send_message", {"content": "x" * 8001}, "maxLength"),
        ("create_lead_lists", {"lead_lists": []}, "minItems"),
        ("import_leads", {"leads": [LEAD] * 101}, "maxItems"),
        ("import_leads", {**LEAD, "first_name": None}, "type"),
        ("import_leads", {}, "required"),
    ],
)
def test_a_broken_body_has_one_flaw(contract: Contract, operation: str, body: Any, keyword: str) -> None:
    """A body that breaks its schema in one way is broken by exactly that keyword."""
    reading = read(contract, operation, body)
    assert reading.standing is Validity.BROKEN
    assert keywords(reading) == {keyword}


@pytest.mark.parametrize("raw", [b"", b"{", b"NaN", b"[]", b'"text"', b"null", b'{"content": NaN}'])
def test_what_is_no_json_object_is_broken(contract: Contract, raw: bytes) -> None:
    """No body, no JSON, JSON that is no object: broken, whatever Python's parser lets pass."""
    assert keywords(read_request_body(contract, "send_message", raw)) == {"json"}


def test_flaws_of_batch_entries_are_theirs(contract: Contract) -> None:
    """An entry that breaks its schema leaves the request open: 207 is promised for it."""
    reading = read(contract, "import_leads", {"leads": [LEAD, {"first_name": "Ada"}, 3]})
    assert reading == RequestReading(Validity.OPEN, (), (Validity.VALID, Validity.BROKEN, Validity.BROKEN))


def test_a_flaw_beside_a_batch_is_the_requests(contract: Contract) -> None:
    """A member too many beside the batch breaks the request itself."""
    reading = read(contract, "create_lead_lists", {"lead_lists": [{"name": "A"}], "more": 1})
    assert (reading.standing, reading.entries) == (Validity.BROKEN, (Validity.VALID,))


def test_a_format_is_never_certain(contract: Contract) -> None:
    """Whether a server asserts `format` is open, in a single lead and in a batch."""
    born = {**LEAD, "date_of_birth": "in spring"}
    assert read(contract, "import_leads", born) == RequestReading(Validity.OPEN)
    assert read(contract, "import_leads", {"leads": [born]}).entries == (Validity.OPEN,)


def test_operations_without_a_body_are_open(contract: Contract) -> None:
    """Of a body that an operation doesn't take nothing is asked."""
    assert read_request_body(contract, "get_lead", b"{") == RequestReading(Validity.OPEN)


@pytest.mark.parametrize(
    "value",
    [
        {"content": " "},
        {"content": "\x00"},
        {"content": "\ud800"},
        {"linkedin_url": "0"},
        {"linkedin_url": "https://example.com/ada"},
        {"email": "nobody"},
        {"phone": "none"},
        {"phone": "1 (((((("},
        {"email": "..a..@b..c"},
        {"linkedin_url": "https://www.linkedin.com/in/a_b"},
        {"first_name": "A\nda"},
        {"date_of_birth": "0001-01-01T00:00:00Z"},
        {"date_of_birth": "2199-01-01T00:00:00Z"},
    ],
)
def test_texts_that_a_server_may_refuse_are_doubtful(value: Any) -> None:
    """Blank and control characters, surrogates, URLs, numbers, dates that are none: valid by the schema, yet open."""
    assert may_be_doubted({"list": [value]})


@pytest.mark.parametrize(
    "value", [{"content": "Grüße\n👋"}, {"email": "a.b+c@example.com"}, LEAD, {"n": 0, "t": True, "x": None}]
)
def test_ordinary_values_are_not_doubtful(value: Any) -> None:
    """Texts in any script, and everything that is no text."""
    assert not may_be_doubted(value)


@pytest.mark.parametrize(
    ("value", "standing"),
    [
        (None, Validity.VALID),
        ("1", Validity.VALID),
        ("500", Validity.VALID),
        ("0", Validity.BROKEN),
        ("501", Validity.BROKEN),
        ("-3", Validity.BROKEN),
        ("AAA", Validity.BROKEN),
        ("0.5", Validity.BROKEN),
        ("null", Validity.BROKEN),
        ("", Validity.OPEN),
        ("05", Validity.OPEN),
        ("+5", Validity.OPEN),
        ("5.0", Validity.OPEN),
        ("1e2", Validity.OPEN),
    ],
)
def test_limits_stand_by_their_text(value: str | None, standing: Validity) -> None:
    """Whole numbers in and out of 1 to 500 are certain; other spellings of a number are open."""
    assert limit_standing(value) is standing


@pytest.mark.parametrize(
    ("value", "doubt"),
    [
        ({"headline": "x" * 255}, False),
        ({"headline": "x" * 256}, True),
        ({"headline": "é" * 128}, True),
        ({"skills": ["x" * 256]}, True),
        ({"content": "x" * 8000}, False),
        ({"message": "x" * 8000}, False),
        ({"description": "x" * 500}, False),
    ],
)
def test_long_texts_are_doubtful_where_no_length_is_named(value: object, doubt: bool) -> None:
    """A server may have a limit of its own where the schema has none; where it has one, that is the limit."""
    assert may_be_doubted(value) is doubt
