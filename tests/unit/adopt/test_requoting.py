"""Quotes found again in other words."""

import pytest

from nhq.adopt.requoting import numbers_changed, requote, same_meaning, with_numbers

BEFORE = "Lists campaigns, newest first. Requests are capped at 60 per minute per API key."


@pytest.mark.parametrize(
    ("quote", "after", "found"),
    [
        ("capped at 60 per minute", "Lists campaigns, newest first. Requests are capped at 120 per minute per API key.",
         "capped at 120 per minute"),
        ("newest first", "Lists campaigns, latest first. Requests are capped at 60 per minute per API key.",
         "latest first"),
        ("newest first", "Lists campaigns. Requests are capped at 60 per minute per API key.", None),
        ("newest first", "Nothing of the kind.", None),
        ("Lists campaigns", "Lists all campaigns, newest first.", "Lists all campaigns"),
    ],
)  # fmt: skip
def test_a_quote_moves_with_its_sentence(quote: str, after: str, found: str | None) -> None:
    """The words that stand where the quote stood; none where too few are left."""
    assert requote(quote, BEFORE, after) == found


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("newest first", "latest first", True),
        ("newest first", "oldest first", False),
        ("case-insensitive", "case-sensitive", False),
        ("returns 404", "never returns 404", False),
        ("capped at 60", "capped at 120", True),
    ],
)
def test_a_promise_turned_round_is_another(before: str, after: str, same: bool) -> None:
    """Words that turn it round count; numbers don't, they are told apart."""
    assert same_meaning(before, after) is same


def test_numbers_are_put_in_place_of_whole_ones() -> None:
    """500 in 1–500, but not in 5000."""
    changed = numbers_changed("(1–500, default 100)", "(1–200, default 100)")
    assert changed == [("500", "200")]
    assert with_numbers("maxItems: 500, not 5000 or v500", changed) == "maxItems: 200, not 5000 or v500"
