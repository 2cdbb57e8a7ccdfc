"""Headers that are no numbers, as they were sent: the first of each key, so that a finding can tell what came."""

from collections.abc import Mapping

#: (key label, column) -> the header's text.
Unread = Mapping[tuple[str, str], str]
#: The headers' names by column.
HEADERS = {"limit": "X-RateLimit-Limit", "remaining": "X-RateLimit-Remaining", "reset": "X-RateLimit-Reset"}
#: Characters of a text that are kept: it comes from a stranger.
LONGEST = 40


def printable_header(text: str) -> str:
    """A header's text, cut, with nothing in it that a terminal or a line of text could stumble over."""
    return "".join(mark if mark.isprintable() else "?" for mark in text[:LONGEST])


def describe_unreadable(unread: Unread, key: str, column: str) -> str:
    """What to tell of a header that is no number."""
    text = unread.get((key, column))
    if text is None:
        return "(not a number)"
    return f'"{text}"{" (not a number: sent twice, as by a proxy that adds it again)" * _doubled(text)}'


def _doubled(text: str) -> bool:
    """Whether one value is told twice or more."""
    parts = [part.strip() for part in text.split(",")]
    return len(parts) > 1 and len(set(parts)) == 1 and bool(parts[0])
