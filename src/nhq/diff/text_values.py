"""Values that travel as text (parameters, headers): on the wire 1 and "1" are the same."""

import json
from typing import Any

from nhq.diff.json_schema import LISTS, MAPS, SINGLES, Schema
from nhq.diff.witness_search import ValueReading

_TEXT = ["string", "number", "boolean"]
_NARROWING = ("const", "enum", "format", "maxLength", "minLength", "pattern")


def widen_to_text(schema: Schema) -> Schema:
    """A schema of the receiver as it reads text: where any string fits, so does whatever is written as text.

    Of several alternatives text fits at least one: nobody can tell a number from its digits.
    """
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for key, value in schema.items():
        name = "anyOf" if key == "oneOf" and "anyOf" not in schema else key
        if key in MAPS:
            made[name] = {inner: widen_to_text(one) for inner, one in value.items()}
        elif key in LISTS:
            made[name] = [widen_to_text(one) for one in value]
        else:
            made[name] = widen_to_text(value) if key in SINGLES else value
    if not any(key in schema for key in _NARROWING):
        made.update(_kinds(made.get("type")))
    return made


def _kinds(kind: Any) -> dict[str, Any]:
    if kind == "string":
        return {"type": _TEXT}
    if isinstance(kind, list) and "string" in kind:
        return {"type": [*_TEXT, *[name for name in kind if name not in (*_TEXT, "integer")]]}
    return {}


def text_readings(value: Any) -> list[Any]:
    """How whoever receives a value as text may read it; itself first."""
    found = [value]
    for reading in (_texts(value), _parsed(value)):
        if all(json.dumps(reading, sort_keys=True) != json.dumps(other, sort_keys=True) for other in found):
            found.append(reading)
    return found


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner) for inner in value]
    return value if isinstance(value, str) or value is None else json.dumps(value)


def _parsed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _parsed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_parsed(inner) for inner in value]
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


AS_TEXT = ValueReading(text_readings, widen_to_text)
