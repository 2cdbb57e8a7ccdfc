"""The policy's table, and documents of others."""

import datetime
from typing import Any

import pytest

from nhq.diff.change_records import ChangeLevel, ComparedDocument, DocumentChange
from nhq.diff.compare_documents import compare_documents
from nhq.diff.openapi_document import parse_openapi
from nhq.diff.policy import MIRRORED, TABLE
from nhq.errors import ConfigError

TODAY = datetime.date(2026, 11, 28)


def document(schema: Any, side: str, version: str = "3.1.0", **more: Any) -> ComparedDocument:
    """A document whose one operation sends or gives a value."""
    content = {"content": {"application/json": {"schema": schema}}}
    operation = {"responses": {"200": {"description": "", **(content if side == "response" else {})}}, **more}
    operation |= {"requestBody": content} if side == "request" else {}
    return ComparedDocument("made", {"openapi": version, "paths": {"/things/{id}": {"post": operation}}})


def levels(base: ComparedDocument, head: ComparedDocument) -> set[ChangeLevel]:
    return {change.level for change in compare_documents(base, head, TODAY).changes}


def changes(base: ComparedDocument, head: ComparedDocument) -> tuple[DocumentChange, ...]:
    return compare_documents(base, head, TODAY).changes


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
        (
            {"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": 4},
            {"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": 5},
        ),
    ],
)
def test_a_narrowed_request_is_what_a_widened_response_is(narrow: Any, wide: Any) -> None:
    """Both break with a witness; the other way round neither does."""
    for side, base, head in (("request", wide, narrow), ("response", narrow, wide)):
        broken = [c for c in changes(document(base, side), document(head, side)) if c.level is ChangeLevel.BREAKING]
        assert [change.witness is not None for change in broken] == [True], side
        assert levels(document(head, side), document(base, side)) == {ChangeLevel.COMPATIBLE}, side


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
    head = ComparedDocument(
        "made", {"openapi": "3.1.0", "paths": {"/things/{key}": base.content["paths"]["/things/{id}"]}}
    )
    assert changes(base, head) == ()


def test_one_changed_schema_is_one_change_with_all_its_operations() -> None:
    """Two operations that name a schema are reached by the one change of it."""
    answer = {
        "200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}}}
    }

    def made(kind: str) -> ComparedDocument:
        paths = {path: {"get": {"responses": answer}} for path in ("/a", "/b")}
        return ComparedDocument(
            "made", {"openapi": "3.1.0", "paths": paths, "components": {"schemas": {"T": {"type": kind}}}}
        )

    (change,) = changes(made("integer"), made("string"))
    assert change.operations == ("GET /a", "GET /b")
    assert change.pointer == "/components/schemas/T"


def test_a_sunset_that_is_past_lets_an_operation_go() -> None:
    """Announced and over: risky. Announced and not over: breaking."""
    empty = ComparedDocument("made", {"openapi": "3.1.0", "paths": {}})
    for sunset, level in (("2026-11-01", ChangeLevel.RISKY), ("2027-01-01", ChangeLevel.BREAKING)):
        base = document({}, "request", deprecated=True, **{"x-sunset": sunset})
        assert levels(base, empty) == {level}


def test_yaml_is_read_as_json_would_be() -> None:
    """`no` is a word, a status is text, a date is text."""
    content = parse_openapi(b"openapi: 3.0.0\npaths: {}\nx: {200: no, at: 2026-01-01}\n", "made").content
    assert content["x"] == {"200": "no", "at": "2026-01-01"}


@pytest.mark.parametrize("raw", [b"", b"{", b"a: [", b"swagger: '2.0'", b"openapi: 4.0.0", b"\xff", b"[]"])
def test_what_is_no_document_is_told_in_one_line(raw: bytes) -> None:
    """With the name that it was given."""
    with pytest.raises(ConfigError, match=r"^made\.yaml: [^\n]+$"):
        parse_openapi(raw, "made.yaml")


def with_operation(**operation: Any) -> ComparedDocument:
    """A document of one operation without a body, and what is given of it."""
    return ComparedDocument(
        "made", {"openapi": "3.1.0", "paths": {"/a": {"post": {"responses": {"200": {}}, **operation}}}}
    )


def worst(base: ComparedDocument, head: ComparedDocument) -> ChangeLevel | None:
    return min((change.level for change in changes(base, head)), key=list(ChangeLevel).index, default=None)


def test_a_read_only_property_is_required_of_no_request_by_a_part_beside_it() -> None:
    """`required` in one part of an `allOf`, `readOnly` in another: only answers must have it."""
    parts = [{"type": "object", "properties": {"id": {"type": "string", "readOnly": True}}}, {"required": ["id"]}]
    for head in ({"allOf": parts}, {"allOf": parts[:1], "required": ["id"]}):
        one, other = (document({"allOf": parts[:1]}, side) for side in ("request", "response"))
        two, three = (document(head, side) for side in ("request", "response"))
        assert worst(one, two) in (None, ChangeLevel.COMPATIBLE)
        assert worst(three, other) is ChangeLevel.BREAKING


@pytest.mark.parametrize(
    ("schema", "location", "level"),
    [
        ({"type": "string"}, "query", None),
        ({"enum": ["a"]}, "query", None),
        ({"type": "array"}, "query", ChangeLevel.BREAKING),
        ({"type": "array"}, "header", None),
        ({"type": "object"}, "header", ChangeLevel.BREAKING),
        ({}, "query", ChangeLevel.BREAKING),
    ],
)
def test_a_style_that_no_value_shows_is_no_change(schema: Any, location: str, level: ChangeLevel | None) -> None:
    """A single value is written alike exploded or not, and `simple` writes an array alike."""
    exploded, not_exploded = (
        with_operation(parameters=[{"name": "q", "in": location, "schema": schema, "explode": explode}])
        for explode in (True, False)
    )
    assert worst(exploded, not_exploded) is level
    assert worst(not_exploded, exploded) is level


def taking(*media: str, side: str = "request") -> ComparedDocument:
    content = {"content": {name: {"schema": {"type": "string"}} for name in media}}
    return with_operation(**({"requestBody": content} if side == "request" else {"responses": {"200": content}}))


def test_media_types_are_told_apart_by_their_parameters() -> None:
    """A version that has gone breaks; a charset and a parameter that only one side names do not."""
    one, two = "application/json;version=1", "application/json; version=2"
    for side in ("request", "response"):
        assert worst(taking(one, side=side), taking(two, side=side)) is ChangeLevel.BREAKING
    assert worst(taking(one, two), taking(two)) is ChangeLevel.BREAKING
    assert worst(taking("application/json"), taking("application/json; charset=utf-8")) is None
    assert worst(taking("application/json"), taking(one)) is None


def test_an_answer_of_a_range_may_become_one_type_of_it() -> None:
    """It was promised before; a request may not be narrowed so."""
    assert worst(taking("application/*", side="response"), taking("application/json", side="response")) is None
    assert worst(taking("application/*"), taking("application/json")) is ChangeLevel.BREAKING


def test_a_header_described_by_content_is_compared() -> None:
    """What its schema promises, as that of a header with `schema`."""

    def made(kind: str) -> ComparedDocument:
        header = {"content": {"application/json": {"schema": {"type": kind}}}}
        return with_operation(responses={"200": {"headers": {"X": header}}})

    assert worst(made("integer"), made("string")) is ChangeLevel.BREAKING


def secured(schemes: Any, name: str) -> ComparedDocument:
    content = {**with_operation(security=[{name: ["r"]}]).content, "components": {"securitySchemes": schemes}}
    return ComparedDocument("made", content)


def oauth(*kinds: str) -> Any:
    return {"type": "oauth2", "flows": {kind: {"tokenUrl": "https://t", "scopes": {"r": ""}} for kind in kinds}}


def test_a_credential_is_what_a_client_brings() -> None:
    """A flow that has gone breaks; a new name of the scheme and the case of a header's name show in no request."""
    both, one = oauth("clientCredentials", "password"), oauth("password")
    assert worst(secured({"o": both}, "o"), secured({"o": one}, "o")) is ChangeLevel.BREAKING
    assert worst(secured({"o": one}, "o"), secured({"o": both}, "o")) is ChangeLevel.COMPATIBLE
    assert worst(secured({"o": both}, "o"), secured({"p": both}, "p")) is None
    upper, lower = ({"k": {"type": "apiKey", "in": "header", "name": name}} for name in ("X-Key", "x-key"))
    assert worst(secured(upper, "k"), secured(lower, "k")) is None


def served(url: str, *values: str) -> ComparedDocument:
    variables = {"e": {"default": values[0], "enum": list(values)}} if values else {}
    return with_operation(servers=[{"url": url, "variables": variables}])


def test_a_server_is_every_address_that_its_variables_make() -> None:
    """One value less is a server less, another default is nothing, and hosts don't tell cases apart."""
    url = "https://{e}.test/v1"
    assert worst(served(url, "live", "stage"), served(url, "live")) is ChangeLevel.RISKY
    assert worst(served(url, "live", "stage"), served(url, "stage", "live")) is None
    assert worst(served("https://API.test/V1"), served("https://api.test/V1")) is None
    assert worst(served("https://api.test/V1"), served("https://api.test/v1")) is ChangeLevel.BREAKING


def called_back(body: Any, replies: Any = None, header: Any = None) -> ComparedDocument:
    received = {"responses": replies or {"2XX": {}}, "parameters": [header] if header else []}
    received |= {"requestBody": body} if body else {}
    return with_operation(callbacks={"event": {"{$request.body#/url}": {"post": received}}})


def test_what_a_callback_brings_and_takes_is_promised() -> None:
    """The body, a header and the replies: less of each breaks whoever receives it, more does not."""
    body = {"content": {"application/json": {"schema": {"type": "string"}}}, "required": True}
    header = {"name": "X-Sign", "in": "header", "required": True, "schema": {"type": "string", "maxLength": 3}}
    less = [
        (called_back(body), called_back(None)),
        (called_back(body), called_back({**body, "required": False})),
        (called_back(body), called_back(body, {"200": {}})),
        (called_back(body, header=header), called_back(body)),
        (called_back(body, header=header), called_back(body, header={**header, "schema": {"type": "string"}})),
        (called_back(body, header=header), called_back(body, header={**header, "required": False})),
    ]
    for base, head in less:
        assert worst(base, head) is ChangeLevel.BREAKING
        assert worst(head, base) in (None, ChangeLevel.COMPATIBLE)


def test_another_encoding_is_risky() -> None:
    """Of the parts of a form, and of the text of a value."""
    encodings = [{"a": {"style": style}} for style in ("form", "pipeDelimited")]
    forms = [{"content": {"multipart/form-data": {"encoding": encoding}}} for encoding in encodings]
    assert worst(*(with_operation(requestBody=form) for form in forms)) is ChangeLevel.RISKY
    schemas = [{"type": "string", **more} for more in ({"contentEncoding": "base64"}, {})]
    assert worst(*(document(schema, "response") for schema in schemas)) is ChangeLevel.RISKY
