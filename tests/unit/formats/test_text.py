"""Text is cut, cleaned and laid out by total functions."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.formats import text
from nhq.report.report_words import MARKS, area_heading, count_words, duration_words, first_few, verdict_mark

ANY = st.text(st.characters(exclude_categories=()))


@given(ANY)
def test_xml_takes_whatever_we_clean(value: str) -> None:
    """Any text at all, once cleaned, can be written as XML and read again, in an attribute and in a body."""
    element = ET.Element("a", {"b": text.for_xml(value)})
    element.text = text.for_xml(value)
    read = ET.fromstring(ET.tostring(element, encoding="unicode").encode())
    assert len(read.get("b") or "") == len(value)


@given(ANY)
def test_printable_can_be_encoded_and_steers_nothing(value: str) -> None:
    """Printable text encodes as UTF-8 and holds no escape, no other control and no bidirectional override."""
    cleaned = text.printable_text(value)
    cleaned.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", cleaned)


@given(ANY)
def test_one_line_is_one_line(value: str) -> None:
    """A text on one line has no line break of any kind."""
    assert len(text.one_line(value).splitlines()) <= 1


@given(ANY, st.integers(0, 50))
def test_cut_says_how_much_is_gone(value: str, most: int) -> None:
    """A cut text keeps its beginning, and says how many characters are missing."""
    cut = text.cut_text(value, most)
    assert cut.startswith(value[:most])
    assert (cut == value) if len(value) <= most else (f"({len(value) - most:,} more characters)" in cut)


@given(ANY)
def test_fence_outlasts_what_is_inside(value: str) -> None:
    """A Markdown code block can't be closed by its content."""
    lines = text.fenced_block(value).split("\n")
    assert lines[-1] not in "\n".join(lines[1:-1])


@pytest.mark.parametrize("sign", ["|", "<", ">", "*", "_", "`", "[", "#", "@", "&", "~", "\\"])
def test_markup_is_escaped_inline(sign: str) -> None:
    """A character that means something in Markdown is written as itself."""
    assert text.inline_text(f"a{sign}b") == f"a\\{sign}b"


def test_pretty_leaves_what_is_no_json() -> None:
    """JSON is indented; anything else, and JSON too deep to read, stays as it came."""
    assert text.pretty_body('{"a":1}') == '{\n  "a": 1\n}'
    assert text.pretty_body("<html>") == "<html>"
    assert text.pretty_body("[" * 100_000) == "[" * 100_000


def test_marks_are_told_apart_without_colour() -> None:
    """Verdicts that stand in one table differ in their sign and in their words."""
    for table in (("holds", "violated", "warned", "unknown", "none"), ("seen", "missing", "extra", "absent")):
        assert len({MARKS[name].glyph for name in table}) == len(table)
        assert len({MARKS[name].label for name in table}) == len(table)


def test_only_a_must_accuses() -> None:
    """A broken `should` or assumption is shown as a warning, never as a violation."""
    assert verdict_mark("violated") is MARKS["violated"]
    assert verdict_mark("violated", "should") is verdict_mark("violated", "assumed") is MARKS["warned"]
    assert verdict_mark("holds", "should") is MARKS["holds"]


def test_words() -> None:
    """Numbers, durations and areas read as a person would write them."""
    assert (count_words(1, "rule"), count_words(2, "rule"), count_words(1234, "entry", "entries")) == (
        "1 rule",
        "2 rules",
        "1,234 entries",
    )
    assert [duration_words(value) for value in (0.04, 9.96, 59.4, 185, 7440)] == [
        *("0.0 s", "10.0 s", "59 s", "3 min 5 s", "2 h 4 min"),
    ]
    assert (area_heading("ratelimit"), area_heading("some_area"), area_heading("")) == (
        "Rate limit",
        "Some area",
        "Other",
    )
    assert first_few(["a", "b", "c"], 2) == "a, b and 1 more"
