"""One value that a schema describes: its own example where it has one, else the plainest that fits."""

from collections.abc import Mapping
from typing import Any

from nhq.contract.derived_operations import follow_reference

_FORMATS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "email": "nhq@example.com",
    "uri": "https://example.com/nhq",
}
_DEPTH_MOST = 8


def sample_value(document: Mapping[str, Any], schema: Any, depth: int = 0) -> Any:
    """A value for a schema; None where it allows null, or nests deeper than anything sensible."""
    said = follow_reference(document, "", schema)[1]
    for name in ("const", "example", "default"):
        if name in said:
            return said[name]
    for name in ("examples", "enum"):
        if isinstance(said.get(name), list) and said[name]:
            return said[name][0]
    for name in ("allOf", "oneOf", "anyOf"):
        if said.get(name) and depth < _DEPTH_MOST:
            parts = [sample_value(document, part, depth + 1) for part in said[name][: None if name == "allOf" else 1]]
            if len(parts) > 1 and all(isinstance(part, dict) for part in parts):
                return {key: value for part in parts for key, value in part.items()}
            return parts[0]
    return _plain(document, said, depth)


def _plain(document: Mapping[str, Any], said: Mapping[str, Any], depth: int) -> Any:
    kinds = said.get("type", "object" if "properties" in said else "string")
    kind = next((k for k in kinds if k != "null"), "null") if isinstance(kinds, list) else kinds
    if kind == "object" and depth < _DEPTH_MOST:
        named = said.get("properties", {})
        return {name: sample_value(document, named.get(name, {}), depth + 1) for name in said.get("required", ())}
    if kind == "array":
        return [sample_value(document, said.get("items", {}), depth + 1) for _ in range(int(said.get("minItems", 0)))]
    if kind in ("integer", "number"):
        return said.get("minimum", 1)
    if kind == "boolean":
        return True
    return _text(said) if kind == "string" else None


def _text(said: Mapping[str, Any]) -> str:
    text = _FORMATS.get(str(said.get("format")), "nhq")
    least, most = int(said.get("minLength", 0)), int(said.get("maxLength", 10**6))
    return text.ljust(least, "x")[: max(most, least)]
