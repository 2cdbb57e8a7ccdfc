"""No key and no personal data leaves the suite."""

import dataclasses
import json

from hypothesis import given
from hypothesis import strategies as st

from nhq.drive.redact import body_text, shown_exchange, shown_headers, shown_path
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
