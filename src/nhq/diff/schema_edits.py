"""Where two schemas differ, one small edit at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from nhq.diff.json_schema import AT, LISTS, MAPS, NOTE, SINGLES, Schema, bare_part, bare_schema, schema_text

# Where one schema has one of these and the other hasn't, they are built otherwise: keyword by keyword says little.
_COMBINING = ("$ref", "allOf", "anyOf", "if", "oneOf")


class MissingValue(Enum):
    """What stands where a key has no value."""

    MISSING = "none"


MISSING = MissingValue.MISSING


@dataclass(frozen=True, slots=True)
class Edit:
    """One difference between a schema and another: at `path` (keys into the first), `key` has another value.

    `name` is what the difference is about where that is one of several (a required name). `one_at` and `other_at`
    are pointers of the two schemas' documents. `within` is the schema that holds the key.
    """

    path: tuple[str | int, ...]
    key: str | int
    before: Any
    after: Any
    one_at: str
    other_at: str
    keyword: str
    name: str = ""
    is_open: bool = False

    @property
    def is_property(self) -> bool:
        return self.keyword == "properties"

    @property
    def is_unnamed(self) -> bool:
        """Does it ask something of a property that the first schema neither names nor forbids?"""
        return self.is_property and self.before is MISSING and self.is_open

    @property
    def is_schema(self) -> bool:
        """Are the values whole schemas, and not those of a keyword?"""
        return self.keyword in ("properties", "patternProperties", "schema")


def schema_edits(one: Schema, other: Schema) -> list[Edit]:
    """The edits that make the second schema of the first, in the order of the first."""
    if isinstance(one, bool) or isinstance(other, bool):
        return []
    return list(_edits(one, other, ()))


def apply_edit(schema: Any, edit: Edit) -> Any:
    """A copy of the schema with one edit done."""
    return _set(schema, (*edit.path, edit.key), edit.after)


def _set(holder: Any, path: tuple[str | int, ...], value: Any) -> Any:
    key = path[0]
    if isinstance(holder, list):
        return [
            _set(item, path[1:], value) if n == key and len(path) > 1 else value if n == key else item
            for n, item in enumerate(holder)
        ]
    if len(path) > 1:
        return {**holder, key: _set(holder.get(key, {}), path[1:], value)}
    if value is MISSING:
        return {k: v for k, v in holder.items() if k != key}
    return {**holder, key: value}


def _edits(one: dict[str, Any], other: dict[str, Any], path: tuple[str | int, ...]) -> Iterator[Edit]:
    one_at, other_at = one.get(AT, ""), other.get(AT, "")
    if path and {key for key in _COMBINING if key in one} != {key for key in _COMBINING if key in other}:
        yield Edit(path[:-1], path[-1], one, other, one_at, other_at, "schema")
        return
    for key in [*one, *[key for key in other if key not in one]]:
        if key in (AT, NOTE):
            continue
        before, after = one.get(key, MISSING), other.get(key, MISSING)
        if asks_the_same(key, before, after):
            continue
        if key == "required":
            yield from _required(before, after, path, one_at, other_at)
        elif key in MAPS and key != "dependentSchemas":
            yield from _map(key, before, after, one, path, one_at, other_at)
        elif key in SINGLES and isinstance(before, dict) and isinstance(after, dict) and key not in ("not", "if"):
            yield from _edits(before, after, (*path, key))
        elif key in LISTS and _alike(before, after):
            yield from _list(key, before, after, path)
        else:
            yield Edit(path, key, before, after, one_at, other_at, str(key))


def asks_the_same(key: str | int, before: Any, after: Any) -> bool:
    """Do two values of a keyword ask for the same? True is not 1 here."""
    if before is MISSING or after is MISSING:
        return before is after
    return schema_text(bare_part(key, before)) == schema_text(bare_part(key, after))


def _required(before: Any, after: Any, path: tuple[str | int, ...], one_at: str, other_at: str) -> Iterator[Edit]:
    had = [] if before is MISSING else before
    has = [] if after is MISSING else after
    for name in has:
        if name not in had:
            yield Edit(path, "required", had, [*had, name], one_at, other_at, "required", name)
    for name in had:
        if name not in has:
            kept = [n for n in had if n != name]
            yield Edit(path, "required", had, kept or MISSING, one_at, other_at, "required", name)


def _map(
    key: str, before: Any, after: Any, one: dict[str, Any], path: tuple[str | int, ...], one_at: str, other_at: str
) -> Iterator[Edit]:
    had = {} if before is MISSING else before
    has = {} if after is MISSING else after
    more = one.get("additionalProperties", one.get("unevaluatedProperties", True))
    is_open = (more is True or (isinstance(more, dict) and not bare_schema(more))) and "patternProperties" not in one
    for name in [*had, *[n for n in has if n not in had]]:
        old, new = had.get(name, MISSING), has.get(name, MISSING)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _edits(old, new, (*path, key, name))
        elif old is MISSING or new is MISSING or old is not new:
            here, there = (v.get(AT, "") if isinstance(v, dict) else "" for v in (old, new))
            yield Edit((*path, key), name, old, new, here or one_at, there or other_at, key, name, is_open)


def _alike(before: Any, after: Any) -> bool:
    """Can two lists of schemas be read branch by branch? If at most one differs, or each stands where it did."""
    if not isinstance(before, list) or not isinstance(after, list) or len(before) != len(after):
        return False
    pairs = [(a, b) for a, b in zip(before, after, strict=True) if bare_schema(a) != bare_schema(b)]
    if not all(isinstance(a, dict) and isinstance(b, dict) for a, b in pairs):
        return False
    return len(pairs) <= 1 or all(a.get(AT) == b.get(AT) for a, b in pairs)


def _list(key: str, before: list[Any], after: list[Any], path: tuple[str | int, ...]) -> Iterator[Edit]:
    for index, (a, b) in enumerate(zip(before, after, strict=True)):
        if isinstance(a, dict) and isinstance(b, dict):
            yield from _edits(a, b, (*path, key, index))


def differing_notes(one: Any, other: Any) -> Iterator[tuple[str, Any, Any, str]]:
    """What is noted otherwise at the same place of both: which note, before, after, the pointer in the other."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return
    had, has = one.get(NOTE, {}), other.get(NOTE, {})
    for key in [*had, *[key for key in has if key not in had]]:
        if had.get(key, MISSING) != has.get(key, MISSING):
            yield key, had.get(key, MISSING), has.get(key, MISSING), other.get(AT, "")
    for key in SINGLES:
        yield from differing_notes(one.get(key), other.get(key))
    for key in MAPS:
        for name, inner in one.get(key, {}).items():
            yield from differing_notes(inner, other.get(key, {}).get(name))
    for key in LISTS:
        if _alike(one.get(key), other.get(key)):
            for a, b in zip(one[key], other[key], strict=True):
                yield from differing_notes(a, b)
