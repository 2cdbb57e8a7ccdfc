"""Two schemas made into one that asks for what both ask, as far as keywords combine; for guesses, never to decide."""

from typing import Any

_HIGHER = frozenset({"minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum", "minContains"})
_LOWER = frozenset({"maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum", "maxContains"})


def merge_schemas(one: Any, other: Any) -> Any:
    """One schema for both. A keyword that doesn't combine is taken from the first, or goes into `allOf`."""
    if one is False or other is False:
        return False
    if not isinstance(one, dict):
        return other if isinstance(other, dict) else True
    if not isinstance(other, dict):
        return one
    made = dict(one)
    for key, value in other.items():
        made[key] = _combined(key, made[key], value) if key in made else value
    return made


def _combined(key: str, one: Any, other: Any) -> Any:
    try:
        if key in _HIGHER:
            return max(one, other)
        if key in _LOWER:
            return min(one, other)
    except TypeError:
        return one
    if key in ("properties", "patternProperties", "dependentSchemas", "$defs"):
        both = {name: merge_schemas(one[name], other[name]) for name in one.keys() & other.keys()}
        return {**one, **other, **both}
    if key in ("required", "allOf"):
        return [*one, *[item for item in other if item not in one]]
    if key in ("anyOf", "oneOf"):
        return [merge_schemas(a, b) for a in one for b in other][:24]
    if key == "type":
        return _types(one, other)
    if key == "enum":
        return [item for item in one if item in other]
    if key in ("items", "contains", "propertyNames") or (key == "additionalProperties" and one is not False):
        return merge_schemas(one, other)
    return one


def _types(one: Any, other: Any) -> list[str]:
    first, second = (value if isinstance(value, list) else [value] for value in (one, other))
    found = [name for name in first if name in second]
    if "integer" not in found and (
        ("integer" in first and "number" in second) or ("integer" in second and "number" in first)
    ):
        found.append("integer")
    return found
