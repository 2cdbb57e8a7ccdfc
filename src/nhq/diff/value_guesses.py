"""Small values that a schema may accept: guesses, simple ones first, for whoever then asks the validators.

Nothing here decides anything. The guesses lie where schemas differ: at bounds, at every named value, with and
without each property.
"""

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from nhq.diff.json_schema import Schema
from nhq.diff.patterns import matching_strings
from nhq.diff.schema_merging import merge_schemas

_DEEP = 12
_WIDE = 8
_EVERY: tuple[Any, ...] = ("", "a", 0, 1, -1, 0.5, True, False, None, [], {})
_TEXTS = ("", "a", "A", "0", "1", " ", "-", "_", "é", "a b", "ab", "zz", "a1", "\n", "a@b.co", "/")
_FORMATTED = {
    "date": ("2026-01-01",),
    "date-time": ("2026-01-01T00:00:00Z",),
    "email": ("a@example.com",),
    "ipv4": ("192.0.2.1",),
    "ipv6": ("2001:db8::1",),
    "time": ("00:00:00Z",),
    "uri": ("https://example.com/",),
    "uuid": ("00000000-0000-4000-8000-000000000000",),
}
_TYPED = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems", "unevaluatedItems"),
    "object": (
        "properties",
        "required",
        "patternProperties",
        "additionalProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
        "dependentRequired",
        "dependentSchemas",
        "unevaluatedProperties",
    ),
}


class ValueGuesser:
    """Guesses within one schema, whose `$defs` its references name."""

    def __init__(self, schema: Schema, names: tuple[str, ...] = ()) -> None:
        """`names` are tried for properties that the schema doesn't list."""
        self._root, self._names = schema, names
        self._definitions: Mapping[str, Any] = schema.get("$defs", {}) if isinstance(schema, dict) else {}

    def values(self, schema: Schema | None = None, wide: int = _WIDE) -> Iterator[Any]:
        """Distinct guesses for a part of the schema, or for all of it."""
        seen: set[str] = set()
        for value in self._values(self._root if schema is None else schema, _DEEP, wide):
            key = json.dumps(value, sort_keys=True)
            if key not in seen:
                seen.add(key)
                yield value

    def _values(self, schema: Any, deep: int, wide: int) -> Iterator[Any]:
        if schema is False or deep < 0:
            return
        if not isinstance(schema, dict):
            yield from _EVERY
            return
        for one in itertools.islice(self._alternatives(schema, deep), 24):
            yield from itertools.islice(self._plain(one, deep, wide), wide * 40)

    def _alternatives(self, schema: dict[str, Any], deep: int) -> Iterator[dict[str, Any]]:
        """The schema without `$ref`, `allOf`, `anyOf`, `oneOf`, `if`: one for each combination of branches."""
        if deep < 0:
            return
        rest = {k: v for k, v in schema.items() if k not in ("$ref", "allOf", "anyOf", "oneOf", "if", "then", "else")}
        parts: list[list[Any]] = []
        if isinstance(schema.get("$ref"), str):
            parts.append([self._definitions.get(schema["$ref"].rpartition("/")[2], {})])
        parts += [[branch] for branch in schema.get("allOf", [])]
        parts += [list(schema[key]) for key in ("anyOf", "oneOf") if schema.get(key)]
        if "if" in schema:
            parts.append([_both(schema["if"], schema.get("then", True)), schema.get("else", True)])
        if not parts:
            yield rest
            return
        for chosen in itertools.product(*parts):
            whole = rest
            for part in chosen:
                whole = merge_schemas(whole, part)
            if isinstance(whole, dict):
                yield from itertools.islice(self._alternatives(whole, deep - 1), 8)

    def _plain(self, schema: dict[str, Any], deep: int, wide: int) -> Iterator[Any]:
        if "const" in schema:
            yield schema["const"]
            return
        if isinstance(schema.get("enum"), list):
            yield from schema["enum"]
            return
        for kind in _kinds(schema):
            if kind == "object":
                yield from self._objects(schema, deep, wide)
            elif kind == "array":
                yield from self._arrays(schema, deep, wide)
            elif kind == "string":
                yield from _strings(schema)
            elif kind in ("number", "integer"):
                yield from _numbers(schema, kind)
            else:
                yield from {"boolean": (True, False), "null": (None,)}.get(kind, ())

    def _objects(self, schema: dict[str, Any], deep: int, wide: int) -> Iterator[Any]:
        listed = schema.get("properties", {})
        required = [name for name in schema.get("required", []) if isinstance(name, str)]
        least: dict[str, Any] = {}
        for name in required:
            first = next(self._values(self._named(schema, name), deep - 1, wide), None)
            least[name] = first
        names = self._new_names(schema)
        if isinstance(schema.get("minProperties"), int):
            missing = schema["minProperties"] - len(least)
            fill = [n for n in [*listed, *names, *(f"p{i}" for i in range(min(missing, 50)))] if n not in least]
            for name in fill[: max(missing, 0)]:
                least[name] = next(self._values(self._named(schema, name), deep - 1, wide), None)
        yield least
        if deep <= 0:
            return
        asked = [*required, *[n for n in listed if n not in required], *names]
        # A few values of every property first, and then more of each: what differs may be the last of many.
        for first, last in ((0, 2), (2, wide * 3)):
            for name in asked:
                values = self._values(self._named(schema, name), deep - 1, wide)
                yield from ({**least, name: value} for value in itertools.islice(values, first, last))
        full = {name: next(self._values(self._named(schema, name), deep - 1, wide), None) for name in listed}
        yield {**full, **least}
        for one, other in itertools.islice(itertools.combinations(listed, 2), 30):
            yield {**least, one: full[one], other: full[other]}
        count = schema.get("maxProperties")
        if isinstance(count, int) and count < 50:
            yield {**least, **{f"p{i}": None for i in range(count)}}

    def _named(self, schema: dict[str, Any], name: str) -> Any:
        """What a property of that name must be."""
        import re

        listed = schema.get("properties", {})
        found = [listed[name]] if name in listed else []
        for pattern, inner in schema.get("patternProperties", {}).items():
            try:
                found += [inner] if re.search(pattern, name) else []
            except re.error:
                continue
        if not found:
            return schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
        whole = found[0]
        for inner in found[1:]:
            whole = merge_schemas(whole, inner)
        return whole

    def _new_names(self, schema: dict[str, Any]) -> list[str]:
        """Names that the schema doesn't list."""
        found = [text for pattern in schema.get("patternProperties", {}) for text in matching_strings(pattern)[:3]]
        if isinstance(schema.get("propertyNames"), dict):
            found += [str(v) for v in itertools.islice(self._values(schema["propertyNames"], 1, _WIDE), 4)]
        for names in (schema.get("dependentRequired", {}), schema.get("dependentSchemas", {})):
            found += list(names)
        found += [n for needed in schema.get("dependentRequired", {}).values() for n in needed]
        for view in schema.get("dependentSchemas", {}).values():
            found += list(view.get("properties", {})) if isinstance(view, dict) else []
        return list(dict.fromkeys([*found, *self._names, "other", "Other", "0"]))

    def _arrays(self, schema: dict[str, Any], deep: int, wide: int) -> Iterator[Any]:
        first = schema.get("prefixItems", [])
        least = schema.get("minItems", 0)
        lists = [list(itertools.islice(self._values(part, deep - 1, wide), wide)) for part in first]
        more = list(itertools.islice(self._values(schema.get("items", True), deep - 1, wide), wide * 6))
        held = list(itertools.islice(self._values(schema.get("contains", False), deep - 1, wide), wide))
        start = [options[0] for options in lists if options]
        if not isinstance(least, int) or least > 20_000:
            return
        yield _filled(start[:least] if least < len(start) else start, more, least, schema)
        if least > 1:
            yield _filled(start, more[:1], least, schema)
        if deep <= 0:
            return
        for index, options in enumerate(lists):
            for value in options:
                yield _filled([*start[:index], value], more, least, schema)
        for value in [*held, *more]:
            yield _filled([*start, value], more, least, schema)
        for count in range(2, min(schema.get("minContains", 1), 20) + 1):
            yield _filled([*start, *(held or more)[:1] * count], more, least, schema)
        for value in more[:2]:
            yield _filled([*start, value, value], more, least, schema)
        for most in (schema.get("maxItems"), schema.get("maxContains")):
            if isinstance(most, int) and most <= 20_000 and (held or more):
                yield _filled(start, held or more, most, schema)
                yield _filled(start, (held or more)[:1], most, schema)  # where few guesses are of the format


def _both(one: Any, other: Any) -> Any:
    return (
        merge_schemas(one, other)
        if isinstance(one, dict) and isinstance(other, dict)
        else (other if one is True else one)
    )


def _filled(start: list[Any], more: list[Any], least: int, schema: Mapping[str, Any]) -> list[Any]:
    """A list of at least so many items: the start, then others."""
    found = list(start)
    while len(found) < least and more:
        n = len(found)
        found.append(more[n % len(more)] if not schema.get("uniqueItems") or n < len(more) else f"{n}")
    return found


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    """The types to guess, those first whose keywords the schema has."""
    kind = schema.get("type")
    allowed = [kind] if isinstance(kind, str) else kind if isinstance(kind, list) else None
    spoken = [name for name, keywords in _TYPED.items() if any(key in schema for key in keywords)]
    every = ["string", "number", "boolean", "null", "array", "object"]
    order = [*spoken, *[name for name in every if name not in spoken]]
    if allowed is None:
        return order
    return sorted((str(name) for name in allowed), key=lambda n: order.index(n) if n in order else 0)


def _strings(schema: Mapping[str, Any]) -> Iterator[str]:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    found: list[str] = []
    if isinstance(schema.get("pattern"), str):
        found += matching_strings(schema["pattern"])
    found += _FORMATTED.get(str(schema.get("format")), ())
    found += _TEXTS
    for text in found:
        if isinstance(least, int) and len(text) < least <= 2_000_000:
            yield text + "a" * (least - len(text)) if not text or text == "a" else (text * least)[:least]
        else:
            yield text
    if isinstance(most, int) and 0 < most <= 2_000_000:
        yield "a" * most


def _numbers(schema: Mapping[str, Any], kind: str) -> Iterator[Any]:
    step = schema.get("multipleOf", 1)
    edges = [schema.get(k) for k in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")]
    bounds = [edge for edge in edges if isinstance(edge, int | float) and not isinstance(edge, bool)]
    for bound in bounds:
        yield bound
        yield bound + 1
        yield bound - 1
        if isinstance(step, int | float) and step > 0 and abs(bound / step) < 1e15:
            yield (bound // step) * step
            yield (bound // step + 1) * step
        if kind == "number":
            yield bound + 0.5
            yield bound - 0.5
    if len(bounds) >= 2:
        yield (bounds[0] + bounds[1]) / 2
    yield from (0, 1, -1, 2, 3)
    if isinstance(step, int | float):
        yield step
        yield step * 3
    if kind == "number":
        yield from (0.5, 1.5, -0.5)


def names_in(schema: Any) -> Iterator[str]:
    """Names of properties that a schema speaks of, and some that fit its patterns, wherever they stand."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in ("properties", "dependentSchemas", "dependentRequired") and isinstance(value, dict):
                yield from value
            elif key == "patternProperties":
                yield from (text for pattern in value for text in matching_strings(pattern)[:3])
            elif key == "propertyNames" and isinstance(value, dict) and isinstance(value.get("pattern"), str):
                yield from matching_strings(value["pattern"])[:3]
            yield from names_in(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from names_in(item)
