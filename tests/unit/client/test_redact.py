"""No key and no personal data leaves the suite."""

import dataclasses
import json

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from nhq.client.redact import body_text, redact_line, shown_exchange, shown_headers, shown_path
from nhq.model import Exchange

LEAD = {
    "data": [{"id": "lead_1", "first_name": "Zoë", "email": "zoe@example.test", "created_at": "2026-01-01T00:00:00Z"}],
    "pagination": {"limit": 100, "has_more": True, "next_cursor": "abc="},
}


def test_names_and_mails_become_shapes_and_ids_stay():
    """A body shows its structure, its ids and times, and no person."""
    text = body_text(json.dumps(LEAD).encode())
    assert "Zoë" not in text
    assert "zoe@" not in text
    assert "lead_1" in text
    assert "2026-01-01T00:00:00Z" in text
    assert "‹text 3›" in text


def test_an_error_keeps_its_code_and_hides_its_message():
    """The code tells what it is; the message may quote what was sent."""
    text = body_text(b'{"error":{"code":"not_found","message":"no lead Zoe Canary"}}')
    assert "not_found" in text
    assert "Canary" not in text


def test_a_key_is_shown_as_its_variable(target):
    """Authorization names the variable that holds the key; an unknown token shows only its length."""
    assert shown_headers({"authorization": "Bearer secret-full"}, target) == {"authorization": "Bearer $NHQ_KEY_FULL"}
    assert "other-token" not in str(shown_headers({"authorization": "Bearer other-token"}, target))


def test_the_variable_is_the_one_the_target_file_names(target):
    """A command that shows a finding again works in the shell that the run was started from."""
    named = dataclasses.replace(target.keys[0], env="STAGING_KEY")
    known = dataclasses.replace(target, keys=(named,))
    assert shown_headers({"authorization": "Bearer secret-full"}, known) == {"authorization": "Bearer $STAGING_KEY"}


def test_unknown_headers_are_left_out(target):
    """A cookie or an address in a header is nobody's business."""
    assert shown_headers({"set-cookie": "a=b", "content-type": "application/json"}, target) == {
        "content-type": "application/json"
    }


def test_search_words_are_hidden_and_cursors_are_not():
    """The query of a search is a person's name more often than not."""
    assert shown_path("/leads?query=Zo%C3%AB&limit=7") == "/leads?query=‹text 3›&limit=7"


@given(st.text(min_size=4).filter(lambda word: word.strip() and not word.isalnum()))
def test_a_text_under_an_unknown_name_never_shows(word):
    """A field that nobody thought of is hidden, not leaked."""
    shown = body_text(json.dumps({"nickname": f"canary{word}"}).encode())
    assert "canary" not in shown


def test_what_is_no_json_is_shown_as_its_size(target):
    """A page of HTML may hold anything."""
    exchange = Exchange(1, None, "GET", "/x", {}, b"", None, 200, {}, b"<html>canary</html>", 0.0, 0.0)
    assert "canary" not in str(shown_exchange(exchange, target))


def test_without_its_bodies_the_rest_is_shown_all_the_same(target):
    """What a rule was seen to hold in is told by its head; only the bodies are left out."""
    exchange = Exchange(1, None, "POST", "/x", {}, b'{"limit": 1}', None, 200, {}, b'{"limit": 2}', 0.0, 0.0)
    whole, head = shown_exchange(exchange, target), shown_exchange(exchange, target, bodies=False)
    assert (whole.request_body, whole.body) == ('{"limit": 1}', '{"limit": 2}')
    assert head == structs.replace(whole, request_body="", body="")


def test_people_in_fields_of_free_values_are_hidden():
    """An id, a code, a cursor, a number and a member's name are shown by their form alone."""
    body = {
        "data": [{"id": "jane.doe@example.com", "Zyxofiel": 1, "phone": 4915123456789, "lead_list_ids": ["Zyxofiel"]}],
        "error": {"code": "zyxofiel", "message": "Zyxofiel"},
        "pagination": {"next_cursor": "eyJsYXN0X25hbWUiOiJaeXhvZmllbCJ9"},
    }
    text = body_text(json.dumps(body).encode())
    assert not [word for word in ("jane", "yxofiel", "49151", "eyJs") if word in text]


def test_messages_of_errors_are_shown_where_the_owner_says_so():
    """`show = ["messages"]` lets the text of an error through, and no other text of that name."""
    body = b'{"error":{"code":"invalid","message":"limit is 0"},"data":{"message":"Dear Zoe"},"message":"Zoe"}'
    text = body_text(body, show={"messages"})
    assert "limit is 0" in text
    assert "Zoe" not in text
    assert "limit is 0" not in body_text(body)


def test_an_exchange_shows_messages_as_its_target_file_says(target):
    """The target file's word reaches the report."""
    body = b'{"error":{"code":"invalid","message":"limit is 0"}}'
    exchange = Exchange(1, None, "GET", "/x", {}, b"", None, 400, {}, body, 0.0, 0.0)
    loud = dataclasses.replace(target, show=frozenset({"messages"}))
    assert "limit is 0" in str(shown_exchange(exchange, loud))
    assert "limit is 0" not in str(shown_exchange(exchange, target))


def test_a_header_with_an_unusual_value_is_a_shape(target):
    """The rate-limit headers may say anything on a server that is wrong."""
    headers = {"x-ratelimit-limit": "Zyxofiel", "date": "at seven", "allow": "GET"}
    assert shown_headers(headers, target) == {
        "x-ratelimit-limit": "‹text 8›",
        "date": "‹text 8›",
        "allow": "GET",
    }


def test_ids_in_paths_are_shown_by_their_form():
    """A path with a person's address for an id."""
    assert shown_path("/leads/jane@example.com/enrich?cursor=Zoe") == "/leads/‹text 16›/enrich?cursor=‹text 3›"


def test_a_line_of_ours_tells_no_address_and_no_telephone():
    """Numbers and words of an answer may stand in what a check says of it."""
    assert redact_line("Reset 4915123456789, by zoe@example.test at 1760000060") == (
        "Reset ‹number 13›, by ‹text 16› at 1760000060"
    )
