"""Which keywords of the contract's schemas a request touches, and whether it keeps or breaks each of them. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from nhq.contract import Contract, Operation
from nhq.contract.pointers import resolve_pointer
from nhq.generate.generated_cases import GeneratedKind, Sending

Mark = tuple[str, bool]  # a keyword's place in the schema, and whether the request keeps it
_SINGLE = ("enum", "const", "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "minItems", "maxItems")
_WHOLE = re.compile(r"-?(0|[1-9]\d*)")
_WORDS = {"true": True, "false": False}


def request_marks(contract: Contract, row: Operation, sending: Sending) -> frozenset[Mark]:
    """Everything that a request shows of an operation's schemas. Probes of methods and media types are one mark."""
    if sending.kind is not GeneratedKind.ORDINARY:
        return frozenset({(f"{sending.kind.value} {sending.method} {sending.media_type.partition(';')[0]}", False)})
    found = set(_parameters(row, sending))
    if row.has_body:
        found |= set(_body(contract, row, sending.body))
    return frozenset(found) or frozenset({("bare", True)})


def _parameters(row: Operation, sending: Sending) -> Iterator[Mark]:
    values = dict(sending.query)
    for parameter in row.parameters:
        if parameter.where == "query":
            yield f"?{parameter.name}", parameter.name in values
            if parameter.name in values:
                yield from walk_keywords({}, parameter.schema, _read(values[parameter.name]), f"?{parameter.name}")
    known = {parameter.name for parameter in row.parameters}
    if set(values) - known:
        yield "?unknown", False
    if len(values) < len(sending.query):
        yield "?repeated", False


def _read(text: str) -> Any:
    """A query's text as the value that it writes; a number written as no number should be stays a text."""
    return int(text) if _WHOLE.fullmatch(text) else _WORDS.get(text, text)


def _body(contract: Contract, row: Operation, raw: bytes | None) -> Iterator[Mark]:
    try:
        value = json.loads(raw or b"")
    except (ValueError, RecursionError):
        yield "body/json", False
        return
    yield "body/json", True
    place = f"{row.pointer}/requestBody/content/application~1json/schema"
    yield from walk_keywords(contract.document, resolve_pointer(contract.document, place), value, "body")


def walk_keywords(document: Mapping[str, Any], schema: Mapping[str, Any], value: Any, place: str) -> Iterator[Mark]:
    """The keywords of a schema that speak of a value, from the outside in; a value of a wrong type ends it."""
    if "$ref" in schema:
        schema = resolve_pointer(document, schema["$ref"].removeprefix("#"))
    if "oneOf" in schema or "anyOf" in schema:
        word = "oneOf" if "oneOf" in schema else "anyOf"
        number, branch = intended_alternative(document, schema[word], value)
        yield f"{place}/{word}", keeps_keyword(document, {word: schema[word]}, value)
        yield from walk_keywords(document, branch, value, f"{place}/{word}/{number}")
    if "type" in schema:
        text = schema["type"] == "string" and place.startswith("?")  # in a query everything is a text
        fits = text or keeps_keyword(document, {"type": schema["type"]}, value)
        yield f"{place}/type", fits
        if not fits:
            return
    for word in _SINGLE:
        if word in schema:
            yield f"{place}/{word}", keeps_keyword(document, {word: schema[word]}, value)
    if isinstance(value, dict):
        yield from _members(document, schema, value, place)
    elif isinstance(value, list) and "items" in schema:
        for item in value:
            yield from walk_keywords(document, schema["items"], item, f"{place}/items")


def _members(
    document: Mapping[str, Any], schema: Mapping[str, Any], value: Mapping[str, Any], place: str
) -> Iterator[Mark]:
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        yield f"{place}/required/{name}", name in value
    if schema.get("additionalProperties") is False:
        yield f"{place}/additionalProperties", set(value) <= set(properties)
    for name in properties:
        if name in value:
            yield from walk_keywords(document, properties[name], value[name], f"{place}/properties/{name}")


def intended_alternative(document: Mapping[str, Any], branches: list[Any], value: Any) -> tuple[int, Mapping[str, Any]]:
    """The alternative that a value was meant to be: that which knows most of its members."""

    def known(branch: Mapping[str, Any]) -> int:
        whole = resolve_pointer(document, branch["$ref"].removeprefix("#")) if "$ref" in branch else branch
        return len(set(whole.get("properties", ())) & set(value)) if isinstance(value, dict) else 0

    best = max(range(len(branches)), key=lambda number: (known(branches[number]), -number))
    return best, branches[best]


def keeps_keyword(document: Mapping[str, Any], keyword: Mapping[str, Any], value: Any) -> bool:
    """Does a value keep one keyword? `document` is where the references of its alternatives lead."""
    whole = (
        {**keyword, "components": document.get("components", {})}
        if {"oneOf", "anyOf"} & set(keyword)
        else dict(keyword)
    )
    return bool(jsonschema_rs.Draft202012Validator(whole, validate_formats=True).is_valid(value))
