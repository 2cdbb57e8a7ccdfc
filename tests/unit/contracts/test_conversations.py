"""Conversations: what is a preview of a message, and which order may be told."""

from collections.abc import Callable
from types import ModuleType

import pytest

NOON = "2026-03-01T12:00:00Z"


@pytest.mark.parametrize(
    ("shown", "at", "same"),
    [
        ("one two three", NOON, True),
        ("one  two\nthree", NOON, True),
        ("one two", NOON, True),
        ("one two…", NOON, True),
        ("one two ...", NOON, True),
        ("two three", NOON, False),
        ("", NOON, False),
        ("…", NOON, False),
        ("one two four", NOON, False),
        ("one two", "2026-03-01T12:00:00.900Z", True),
        ("one two", "2026-03-01T13:00:00+01:00", True),
        ("one two", "2026-03-01T12:00:01Z", False),
        ("one two", "2026-03-01T11:59:58.900Z", False),
        ("one two", None, True),
    ],
)
def test_a_preview_is_a_beginning(
    shown: str, at: str | None, same: bool, scenario: Callable[[str], ModuleType]
) -> None:
    """Of the text, blanks folded, with or without an ellipsis, within a second of the message's own instant."""
    message = {"content": "one two three", "sent_at": NOON}
    assert scenario("conversations").previews({"content": shown, "sent_at": at}, message) is same
