"""A value built around another, so that it stands at a given place of a schema."""

import itertools
from collections.abc import Iterator
from typing import Any

from nhq.diff.json_schema import Schema
from nhq.diff.value_guesses import ValueGuesser

_AT_MOST = 4
_NONE = object()
_BESIDE = ("allOf", "anyOf", "oneOf", "then", "else", "dependentSchemas")


def embedded_values(schema: Schema, path: tuple[str | int, ...], value: Any) -> Iterator[Any]:
    """Guesses at values of the schema that hold `value` where the path leads to; none where the path can't be walked.

    The path's keys are those of the schema ("properties", "email"), as an `Edit` has them.
    """
    yield from _around(ValueGuesser(schema), schema, path, value)


def _around(sampler: ValueGuesser, schema: Any, path: tuple[str | int, ...], value: Any) -> Iterator[Any]:
    if not path:
        yield value
        return
    if not isinstance(schema, dict):
        return
    key, rest = path[0], path[1:]
    if key == "$defs":
        if rest and schema.get("$ref") == f"#/$defs/{rest[0]}":
            yield from _around(sampler, schema["$defs"][rest[0]], rest[1:], value)
        return
    is_named = key in ("properties", "patternProperties", "prefixItems", *_BESIDE) and key not in ("then", "else")
    inner = schema.get(key, {}) if not is_named else _member(schema.get(key), rest[0] if rest else "")
    parts = itertools.islice(_around(sampler, inner, rest[1:] if is_named else rest, value), _AT_MOST)
    name = rest[0] if is_named and rest else ""
    several = [list(_placed(sampler, schema, str(key), name, part)) for part in parts]
    for row in itertools.zip_longest(*several, fillvalue=_NONE):  # the first of each before the second of any
        yield from (one for one in row if one is not _NONE)


def _member(holder: Any, key: str | int) -> Any:
    try:
        return holder[key]
    except (LookupError, TypeError):
        return {}


def _placed(sampler: ValueGuesser, schema: dict[str, Any], key: str, name: str | int, part: Any) -> Iterator[Any]:
    """The schema's own value with the part in its place."""
    rest = {k: v for k, v in schema.items() if k not in ("anyOf", "oneOf")} if key in ("anyOf", "oneOf") else schema
    wholes = list(itertools.islice(sampler.values(rest, wide=2), _AT_MOST))
    if key in ("properties", "additionalProperties", "patternProperties", "unevaluatedProperties"):
        at = str(name) if key == "properties" else "other"
        yield from ({**whole, at: part} for whole in wholes if isinstance(whole, dict))
    elif key in ("items", "contains", "unevaluatedItems", "prefixItems"):
        lists = [whole for whole in wholes if isinstance(whole, list)] or [[]]
        at_index = int(name) if key == "prefixItems" else len(schema.get("prefixItems", ()))
        yield from ([*whole[:at_index], part, *whole[at_index + 1 :]] for whole in lists)
    else:
        if isinstance(part, dict):
            yield from ({**whole, **part} for whole in wholes[:2] if isinstance(whole, dict))
            yield from ({**part, **whole} for whole in wholes[:1] if isinstance(whole, dict))
        yield part
