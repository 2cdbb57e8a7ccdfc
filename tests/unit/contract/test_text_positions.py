"""The line and column of a JSON pointer, in whatever way the document is written."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nhq import paths
from nhq.contract.pointers import make_pointer, resolve_pointer
from nhq.contract.text_positions import Positions, TextMark
from nhq.contract.text_spans import value_spans

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": 'A "title", ü', "description": "First.\n\nAnswers 429 after 60 requests. Last."},
    "paths": {"/a~b": {"get": {"tags": ["x", "y"], "responses": {"200": {}, "404": {"description": "none"}}}}},
    "empty": [],
}
PRETTY, LINE, YAML = (
    json.dumps(DOCUMENT, indent=2, ensure_ascii=False),
    json.dumps(DOCUMENT, separators=(",", ":")),
    yaml.safe_dump(DOCUMENT, sort_keys=False, allow_unicode=True, width=1000),
)
WAYS = [PRETTY, LINE, YAML, json.dumps(DOCUMENT, indent="\t"), PRETTY.replace("\n", "\r\n")]


def shown(text: str, mark: TextMark) -> str:
    """What a mark stands on."""
    return text.replace("\r\n", "\n").split("\n")[mark.line - 1][mark.column - 1 : mark.end - 1]


def everywhere(value: Any, place: str = "") -> list[str]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(found for name, inner in members for found in everywhere(inner, place + make_pointer([name])))]


@pytest.mark.parametrize("text", WAYS)
def test_a_member_is_marked_at_its_key(text: str) -> None:
    """Pretty-printed, on one line, with tabs, with CRLF and as YAML, the mark stands on the key of the member."""
    positions = Positions(text)
    for place, key in (("/paths/~1a~0b", "/a~b"), ("/paths/~1a~0b/get/responses/404", "404"), ("/info", "info")):
        assert shown(text, positions.mark(place)).strip("\"'") == key


@pytest.mark.parametrize("text", WAYS)
def test_a_sentence_is_marked_where_it_begins(text: str) -> None:
    """Words that stand in a value are marked themselves, so that a document of one line has a column to look at."""
    quote = "Answers 429 after 60 requests."
    assert shown(text, Positions(text).mark("/info/description", quote)) == quote


@pytest.mark.parametrize("text", WAYS)
def test_what_is_gone_is_marked_at_the_nearest_place_above(text: str) -> None:
    """A pointer that leads nowhere is marked at the nearest place that is there."""
    positions = Positions(text)
    assert positions.mark("/paths/~1a~0b/get/responses/500/content") == positions.mark("/paths/~1a~0b/get/responses")
    assert positions.mark("no pointer") == positions.mark("")


def test_a_scalar_is_marked_with_its_value() -> None:
    """A member that holds one value is marked from its key to the end of the value."""
    assert shown(LINE, Positions(LINE).mark("/openapi")) == '"openapi":"3.1.0"'
    assert shown(YAML, Positions(YAML).mark("/openapi")) == "openapi: 3.1.0"


@pytest.mark.parametrize("text", ["", "{", '{"a" 1}', '{"a":', "a: [", "\ufeff{}", "[" * 5000, "&a [*a]"])
def test_a_text_that_cannot_be_read_has_a_first_line(text: str) -> None:
    """Whatever is given, a mark comes out; where nothing was understood, it is the first line."""
    assert Positions(text).mark("/a/b").line == 1


def test_our_own_contract_is_found_whole() -> None:
    """Every place of our contract has a span, and in JSON the span holds just that value."""
    text = paths.openapi_file().read_text(encoding="utf-8")
    document, found = json.loads(text), value_spans(text)
    assert sorted(found) == sorted(everywhere(document))
    assert all(
        json.loads(text[span.begin : span.end]) == resolve_pointer(document, place) for place, span in found.items()
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(JSON.filter(lambda value: isinstance(value, dict | list)), st.sampled_from([None, 0, 2]), st.booleans())
def test_any_json_is_found_whole(value: Any, indent: int | None, ascii_only: bool) -> None:
    """For whatever JSON, however it is written, each pointer's span holds just that value."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    found = value_spans(text)
    assert sorted(found) == sorted(everywhere(value))
    assert all(
        json.loads(text[span.begin : span.end]) == resolve_pointer(value, place) for place, span in found.items()
    )
