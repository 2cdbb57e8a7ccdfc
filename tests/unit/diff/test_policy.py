"""The policy's table, and documents of others."""

import datetime
from typing import Any

import pytest

from nhq.diff.compare import compare
from nhq.diff.documents import read_document
from nhq.diff.policy import MIRRORED, TABLE
from nhq.diff.records import Change, Document, Level
from nhq.errors import ConfigError

TODAY = datetime.date(2026, 11, 28)


def document(schema: Any, side: str, version: str = "3.1.0", **more: Any) -> Document:
    """A document whose one operation sends or gives a value."""
    content = {"content": {"application/json": {"schema": schema}}}
    operation = {"responses": {"200": {"description": "", **(content if side == "response" else {})}}, **more}
    operation |= {"requestBody": content} if side == "request" else {}
    return Document("made", {"openapi": version, "paths": {"/things/{id}": {"post": operation}}})


def levels(base: Document, head: Document) -> set[Level]:
    return {change.level for change in compare(base, head, TODAY).changes}


def changes(base: Document, head: Document) -> tuple[Change, ...]:
    return compare(base, head, TODAY).changes


@pytest.mark.parametrize(("one", "other"), MIRRORED)
def test_mirrored_rules_have_one_level(one: str, other: str) -> None:
    """What a request's narrowing does, a response's widening does."""
    assert TABLE[one].level is TABLE[other].level


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"type": "string", "maxLength": 3}, {"type": "string"}),
        ({"type": "integer"}, {"type": "number"}),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}),
        ({"type": "object", "required": ["a"]}, {"type": "object"}),
        ({"type": "array", "items": {"type": "string"}}, {"type": "array"}),
        ({"type": "string"}, {"type": ["string", "null"]}),
        ({"type": "string", "format": "uuid"}, {"type": "string"}),
    ],
)
def test_a_narrowed_request_is_what_a_widened_response_is(narrow: Any, wide: Any) -> None:
    """Both break with a witness; the other way round neither does."""
    for side, base, head in (("request", wide, narrow), ("response", narrow, wide)):
        broken = [c for c in changes(document(base, side), document(head, side)) if c.level is Level.BREAKING]
        assert [change.witness is not None for change in broken] == [True], side
        assert levels(document(head, side), document(base, side)) == {Level.COMPATIBLE}, side


def test_what_the_versions_say_differently_is_the_same() -> None:
    """`nullable` and exclusive bounds of 3.0 are type arrays and numbers of 3.1."""
    old = {"type": "integer", "nullable": True, "minimum": 1, "exclusiveMinimum": True}
    new = {"type": ["integer", "null"], "exclusiveMinimum": 1}
    assert changes(document(old, "request", "3.0.3"), document(new, "request")) == ()


def test_a_read_only_property_asks_nothing_of_requests() -> None:
    """It may become required, and narrower, and no request is refused."""
    old = {"type": "object", "properties": {"id": {"type": "string", "readOnly": True}}}
    new = {"type": "object", "properties": {"id": {"type": "integer", "readOnly": True}}, "required": ["id"]}
    assert changes(document(old, "request"), document(new, "request")) == ()


def test_a_template_is_matched_by_position() -> None:
    """A renamed path parameter shows in no request."""
    base = document({}, "request")
    head = Document("made", {"openapi": "3.1.0", "paths": {"/things/{key}": base.content["paths"]["/things/{id}"]}})
    assert changes(base, head) == ()


def test_one_changed_schema_is_one_change_with_all_its_operations() -> None:
    """Two operations that name a schema are reached by the one change of it."""
    answer = {
        "200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}}}
    }

    def made(kind: str) -> Document:
        paths = {path: {"get": {"responses": answer}} for path in ("/a", "/b")}
        return Document("made", {"openapi": "3.1.0", "paths": paths, "components": {"schemas": {"T": {"type": kind}}}})

    (change,) = changes(made("integer"), made("string"))
    assert change.operations == ("GET /a", "GET /b")
    assert change.pointer == "/components/schemas/T"


def test_a_sunset_that_is_past_lets_an_operation_go() -> None:
    """Announced and over: risky. Announced and not over: breaking."""
    empty = Document("made", {"openapi": "3.1.0", "paths": {}})
    for sunset, level in (("2026-11-01", Level.RISKY), ("2027-01-01", Level.BREAKING)):
        base = document({}, "request", deprecated=True, **{"x-sunset": sunset})
        assert levels(base, empty) == {level}


def test_yaml_is_read_as_json_would_be() -> None:
    """`no` is a word, a status is text, a date is text."""
    content = read_document(b"openapi: 3.0.0\npaths: {}\nx: {200: no, at: 2026-01-01}\n", "made").content
    assert content["x"] == {"200": "no", "at": "2026-01-01"}


@pytest.mark.parametrize("raw", [b"", b"{", b"a: [", b"swagger: '2.0'", b"openapi: 4.0.0", b"\xff", b"[]"])
def test_what_is_no_document_is_told_in_one_line(raw: bytes) -> None:
    """With the name that it was given."""
    with pytest.raises(ConfigError, match=r"^made\.yaml: [^\n]+$"):
        read_document(raw, "made.yaml")
