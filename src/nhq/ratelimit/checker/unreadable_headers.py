"""Headers that are no numbers, as they were sent: the first of each key, for a finding to quote."""

from collections.abc import Mapping

#: (key label, column) -> the header's text.
Unread = Mapping[tuple[str, str], str]
#: The headers' names by column.
HEADERS = {"limit": "X-RateLimit-Limit", "remaining": "X-RateLimit-Remaining", "reset": "X-RateLimit-Reset"}
#: Characters of a text that are kept: a server may send any number.
LONGEST = 40


def printable_header(text: str) -> str:
    """A header's text, shortened, without control characters and line breaks."""
    return "".join(mark if mark.isprintable() else "?" for mark in text[:LONGEST])


def describe_unreadable(unread: Unread, key: str, column: str) -> str:
    """Describe a header that is no number."""
    text = unread.get((key, column))
    if text is None:
        return "(not a number)"
    return f'"{text}"{" (not a number: sent twice, as by a proxy that adds it again)" * _doubled(text)}'


def _doubled(text: str) -> bool:
    """Is one value repeated in the header?"""
    parts = [part.strip() for part in text.split(",")]
    return len(parts) > 1 and len(set(parts)) == 1 and bool(parts[0])
