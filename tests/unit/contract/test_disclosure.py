"""Of an answer is shown what has the form that belongs there, and nothing that could be a person."""

import json
from base64 import b64encode

import pytest

from nhq.contract.disclosure import (
    disclose_value,
    header_may_be_shown,
    looks_like_a_cursor,
    looks_like_an_id,
    may_be_shown,
    round_long_number,
    shown_header,
    shown_name,
    shown_number,
    shown_pointer,
)
from nhq.contract.public_words import is_too_plain


def packed(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "ident",
    [
        "lead_3606f74a23978c8a48e9", "clead_73be264e564c015daaf6", "1001", "1728291919191919191", "lead-12", "66f0a1b2",
        "550e8400-e29b-41d4-a716-446655440000", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "V1StGXR8_Z5jdHi6B-myT", "p1",
    ],
)  # fmt: skip
def test_ids_of_machines_are_shown(ident: str) -> None:
    """Numbers, UUIDs, prefixes with letters and digits."""
    assert looks_like_an_id(ident)


@pytest.mark.parametrize(
    "ident",
    [
        "jane.doe@example.com", "jane-doe-81", "Zyxofiel", "zyxofiel81", "+4915123456789", "4915123456789",
        "0151-2345678-9", "lead_4915123456789", packed("Zyxofiel Kanarov 1"), "two words 12", "",
    ],
)  # fmt: skip
def test_an_id_that_could_be_a_person_is_hidden(ident: str) -> None:
    """Addresses, names, names with a number, telephones, and a name in Base64."""
    assert not looks_like_an_id(ident)


def test_a_cursor_is_shown_unless_it_holds_a_person() -> None:
    """What Base64 holds is looked at."""
    assert looks_like_a_cursor(packed('{"id":"lead_3606f74a23978c8a48e9","created_at":"2026-01-01T00:00:00Z"}'))
    assert looks_like_a_cursor("20")
    assert not looks_like_a_cursor(packed('{"last_name":"Zyxofiel"}'))
    assert not looks_like_a_cursor(packed("4915123456789"))
    assert not looks_like_a_cursor("Zyxofiel")


@pytest.mark.parametrize("place", range(0, 40, 3))
def test_a_cursor_that_was_altered_is_read_all_the_same(place: int) -> None:
    """A letter more or less, as tests of foreign cursors make it, hides nobody's name from us."""
    cursor = packed('{"after": "list_1", "last_name": "Zyxofiel", "phone": "4915123456789"}')
    assert not looks_like_a_cursor(cursor[:place] + "x" + cursor[place:])
    assert not looks_like_a_cursor(cursor[:place] + cursor[place + 1 :])


@pytest.mark.parametrize(
    ("name", "value", "ok"),
    [
        ("code", "invalid_parameter", True), ("code", "LEAD_NOT_FOUND", True), ("code", "zyxofiel", False),
        ("field", "lead_lists[0].name", True), ("field", "/leads/3/email", True), ("field", "zyxofiel", False),
        ("createdAt", "2025-10-09T07:53:20.000Z", True), ("created_at", "Wyvernmoot at seven", False),
        ("status", "started", True), ("type", "4915123456789", False), ("message", "not found", False),
        ("first_name", "Lead", False),
    ],
)  # fmt: skip
def test_a_member_is_shown_by_name_and_form(name: str, value: str, ok: bool) -> None:
    """A code is made of usual words, a time is a time; a member that nobody thought of is hidden."""
    assert may_be_shown(name, value) is ok


@pytest.mark.parametrize(
    ("name", "value", "ok"),
    [
        ("date", "Thu, 09 Oct 2025 08:53:20 GMT", True), ("date", "Zyxofiel", False),
        ("content-type", "application/json; charset=utf-8", True), ("content-type", "application/zyxofiel", False),
        ("x-ratelimit-reset", "1760000060", True), ("x-ratelimit-limit", "60/min", True),
        ("x-ratelimit-limit", "60, 60", True), ("x-ratelimit-remaining", "4915123456789", False),
        ("www-authenticate", 'Bearer error="invalid_token"', True), ("www-authenticate", 'Bearer realm="Zoe"', False),
        ("allow", "GET, POST", True), ("allow", "ZOE", False), ("retry-after", "17", True), ("server", "nhq", False),
    ],
)  # fmt: skip
def test_a_header_is_shown_by_name_and_form(name: str, value: str, ok: bool) -> None:
    """A known header with another value than belongs there may say anything."""
    assert header_may_be_shown(name, value) is ok


def test_a_media_type_is_told_without_its_parameters() -> None:
    """What was promised of it can be judged, whoever its profile names."""
    assert shown_header("content-type", 'application/json; profile="Zoe"') == "application/json; ‹text 13›"


def test_names_numbers_and_pointers() -> None:
    """Usual names and short numbers stay; the rest is a shape, or rounded where it must stay a number."""
    assert (shown_name("lead_count"), shown_name("Zyxofiel")) == ("lead_count", "‹text 8›")
    assert (shown_number(12.5), shown_number(4915123456789)) == (12.5, "‹number 13›")
    assert shown_pointer("/data/3/Zyxofiel") == "/data/3/‹text 8›"
    assert (round_long_number("4915123456789"), round_long_number("1760000060"), round_long_number("x")) == (
        "4000000000000",
        "1760000060",
        "x",
    )
    assert (disclose_value("status", "paused"), disclose_value("status", "Zoe"), disclose_value("status", None)) == (
        "paused",
        "‹text 3›",
        "null",
    )


def test_a_secret_of_plain_words_is_told_from_a_good_one() -> None:
    """A key that is short, or a word of the contract, can't be masked: the mask would hide everything but it."""
    assert [is_too_plain(key) for key in ("test", "campaigns", "lead_lists", "nhq_mock_81ab")] == [True] * 3 + [False]


def test_the_words_are_those_of_the_document() -> None:
    """An error's code of the contract is shown, whatever it is."""
    assert json.dumps([may_be_shown("code", code) for code in ("processing_failed", "not_found")]) == "[true, true]"
