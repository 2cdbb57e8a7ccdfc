"""A schema of OpenAPI 3.0 or 3.1, made into a plain JSON Schema of draft 2020-12 that stands by itself.

What the two versions say differently becomes one; what validates nothing is dropped; read-only parts are left out of
requests and write-only ones out of responses; references are inlined unless they lead in a circle or would make the
schema huge. Each schema keeps the pointer where it was written as `x-at`, and notes that a client may depend on
though they validate nothing as `x-note`; `bare` takes both away.
"""

import json
from collections.abc import Mapping
from typing import Any

from nhq.diff.change_records import ComparedDocument, Side
from nhq.diff.references import Node, reference_target

Schema = dict[str, Any] | bool

AT, NOTE = "x-at", "x-note"
MAPS = ("properties", "patternProperties", "dependentSchemas", "$defs")
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
SINGLES = (
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_PLAIN = (
    "const",
    "dependentRequired",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "type",
    "uniqueItems",
)
# What both validators assert; any other format is a note.
FORMATS = ("date", "date-time", "email", "ipv4", "ipv6", "time", "uri", "uuid")
_NOTES = ("contentEncoding", "contentMediaType", "default", "deprecated", "discriminator", "format")
_ANYTHING = frozenset({"", ".*", "^.*", ".*$", "^", "$", "(.*)"})
_NODES_AT_MOST = 20_000
# Parts that speak of the same value as the schema that holds them.
_SAME_VALUE = frozenset({"allOf", "anyOf", "oneOf"})
_DEPTH_AT_MOST = 8


def normalized_schema(document: ComparedDocument, node: Node, side: Side) -> Schema:
    """The schema at a node, as that side reads it."""
    inlined = _Normaliser(document, side, inline=True)
    try:
        return inlined.whole(node)
    except _TooLarge:
        return _Normaliser(document, side, inline=False).whole(node)


def bare_schema(schema: Any) -> Any:
    """The schema without where its parts stand and what is noted of them."""
    if not isinstance(schema, dict):
        return schema
    return {key: bare_part(key, value) for key, value in schema.items() if key not in (AT, NOTE)}


def bare_part(key: str | int, value: Any) -> Any:
    """The same for the value of one keyword."""
    if key in MAPS and isinstance(value, dict):
        return {name: bare_schema(inner) for name, inner in value.items()}
    if key in LISTS and isinstance(value, list):
        return [bare_schema(inner) for inner in value]
    return bare_schema(value) if key in SINGLES else value


def schema_text(schema: Schema) -> str:
    """The schema as text: the same for two that are written alike."""
    return json.dumps(schema, sort_keys=True, ensure_ascii=False)


class _TooLarge(Exception):
    pass


class _Normaliser:
    """Makes one schema; keeps count of what it has made, and which references lead in a circle."""

    def __init__(self, document: ComparedDocument, side: Side, inline: bool) -> None:
        self._document, self._side, self._inline = document, side, inline
        self._hidden = "readOnly" if side is Side.REQUEST else "writeOnly"
        self._circular: dict[str, Node] = {}
        self._made = 0

    def whole(self, node: Node) -> Schema:
        made = self._schema(node, ())
        definitions: dict[str, Any] = {}
        while waiting := [at for at in self._circular if at not in definitions]:
            for at in waiting:
                definitions[at] = self._schema(self._circular[at], (at,))
        if definitions and isinstance(made, dict):
            made = {**made, "$defs": {_name(at): inner for at, inner in definitions.items()}}
        return made

    def _schema(self, node: Node, within: tuple[str, ...], beside: frozenset[str] = frozenset()) -> Schema:
        """The schema at a node; `beside` are the properties that other parts hide which speak of the same value."""
        self._made += 1
        if self._inline and self._made > _NODES_AT_MOST:
            raise _TooLarge
        if isinstance(node.value, bool):
            return node.value
        if not isinstance(node.value, Mapping):
            return {AT: node.at}
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return self._keywords(node, within, beside)
        hidden = beside | self._hidden_in(node)
        led = self._led(reference, node, within, hidden)
        rest = self._keywords(node, within, hidden) if not self._document.nullable else {}
        return {AT: node.at, "allOf": [led, rest]} if set(rest) - {AT, NOTE} else led

    def _led(self, reference: str, node: Node, within: tuple[str, ...], hidden: frozenset[str]) -> Schema:
        found = reference_target(self._document.content, reference)
        if found is None:
            return {AT: node.at, "$ref": reference}
        if found.at in within or (not self._inline and found.at not in within):
            self._circular[found.at] = found
            return {AT: found.at, "$ref": "#/$defs/" + _name(found.at)}
        return self._schema(found, (*within, found.at), hidden)

    def _keywords(self, node: Node, within: tuple[str, ...], beside: frozenset[str]) -> dict[str, Any]:
        made: dict[str, Any] = {AT: node.at}
        made.update({key: node.value[key] for key in _PLAIN if key in node.value})
        self._numbers(made)
        if isinstance(node.get("enum"), list):
            made["enum"] = node.value["enum"]
        if isinstance(node.get("pattern"), str) and node.value["pattern"] not in _ANYTHING:
            made["pattern"] = node.value["pattern"]
        if node.get("format") in FORMATS:
            made["format"] = node.value["format"]
        if node.get("nullable") is True and self._document.nullable and isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
        notes = {key: node.value[key] for key in _NOTES if key in node.value and key not in made}
        if notes:
            made[NOTE] = notes
        self._applied(made, node, within, beside | self._hidden_in(node))
        return made

    def _numbers(self, made: dict[str, Any]) -> None:
        """3.0 says with a boolean that a bound is exclusive."""
        for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if isinstance(made.get(exclusive), bool) and made.pop(exclusive) and bound in made:
                made[exclusive] = made.pop(bound)

    def _hidden_in(self, node: Node, depth: int = 0) -> frozenset[str]:
        """The properties that a schema and all that it is made of hide from this side."""
        listed, parts, reference = node.child("properties"), node.child("allOf"), node.get("$ref")
        names = {name for name, one in (listed.members() if listed is not None else {}).items() if self._is_hidden(one)}
        found = reference_target(self._document.content, reference) if isinstance(reference, str) else None
        beside = [*(parts.items() if parts is not None else []), *([found] if found is not None else [])]
        for part in beside if depth < _DEPTH_AT_MOST else []:
            names |= self._hidden_in(part, depth + 1)
        return frozenset(names)

    def _applied(self, made: dict[str, Any], node: Node, within: tuple[str, ...], hidden: frozenset[str]) -> None:
        for key in SINGLES:
            inner = node.child(key)
            if inner is None:
                continue
            if key == "items" and isinstance(inner.value, list):  # as drafts before 2020-12 wrote a tuple
                made["prefixItems"] = [self._schema(item, within) for item in inner.items()]
                if (rest := node.child("additionalItems")) is not None:
                    made["items"] = self._schema(rest, within)
            else:
                made[key] = self._schema(inner, within)
        for key in LISTS:
            inner = node.child(key)
            if inner is not None and isinstance(inner.value, list) and inner.value:
                beside = hidden if key in _SAME_VALUE else frozenset()
                made[key] = [self._schema(item, within, beside) for item in inner.items()]
        for key in ("patternProperties", "dependentSchemas"):
            inner = node.child(key)
            if inner is not None and inner.value:
                made[key] = {name: self._schema(one, within) for name, one in inner.members().items()}
        self._properties(made, node, within, hidden)

    def _properties(self, made: dict[str, Any], node: Node, within: tuple[str, ...], unasked: frozenset[str]) -> None:
        """The properties that this side sees, and which of them are required: none of the `unasked`."""
        inner = node.child("properties")
        listed = inner.members() if inner is not None else {}
        closed = node.get("additionalProperties") is False or node.get("unevaluatedProperties") is False
        properties: dict[str, Any] = {}
        hidden = {name for name, one in listed.items() if self._is_hidden(one)}
        for name, one in listed.items():
            if name not in hidden:
                properties[name] = self._schema(one, within)
            elif closed:  # whoever sends it all the same isn't refused for it
                properties[name] = {AT: one.at}
        if properties:
            made["properties"] = properties
        required = node.get("required")
        names = [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
        if names := [name for name in dict.fromkeys(names) if name not in unasked]:
            made["required"] = names

    def _is_hidden(self, node: Node) -> bool:
        if node.get(self._hidden) is True:
            return True
        reference = node.get("$ref")
        found = reference_target(self._document.content, reference) if isinstance(reference, str) else None
        return found is not None and found.get(self._hidden) is True


def _name(at: str) -> str:
    """A definition's name, which must need no escaping in a pointer."""
    return "".join(c if c.isalnum() else "_" for c in at) or "root"
