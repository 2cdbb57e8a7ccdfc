"""Make values of a schema, which the mock shows where it has no state."""

from typing import Any

from nhq.mock.served_document import ServedDocument

_NESTED_MOST = 6
_LONG_AGO = "2024-01-01T00:00:00Z"
_BY_FORMAT = {
    "date-time": _LONG_AGO,
    "date": _LONG_AGO[:10],
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "7b1f6d0e-0000-4000-8000-000000000000",
}
_GIVEN = ("const", "example", "default")


class SampleMaker:
    """Makes one value of a schema, with all members that it names."""

    def __init__(self, document: ServedDocument) -> None:
        self._document = document

    def value(self, schema: Any, deep: int = 0) -> Any:
        """The schema's own example, else a plain value of its type; null where nothing else is left."""
        said = self._document.followed(schema)
        given = [said[name] for name in _GIVEN if name in said]
        listed = [values[0] for name in ("examples", "enum") if (values := said.get(name)) and isinstance(values, list)]
        if given or listed:
            return (given or listed)[0]
        if "allOf" in said:
            merged: dict[str, Any] = {}
            for part in (*said["allOf"], {k: v for k, v in said.items() if k != "allOf"}):
                made = self.value(part, deep + 1)
                merged |= made if isinstance(made, dict) else {}
            return merged
        for name in ("oneOf", "anyOf"):
            if said.get(name):
                return self.value(said[name][0], deep + 1)
        return self._typed(said, deep)

    def _typed(self, said: dict[str, Any], deep: int) -> Any:
        named = said.get("type", "object" if "properties" in said else "")
        kinds = [named] if isinstance(named, str) else [kind for kind in named if kind != "null"]
        match kinds[0] if kinds else "":
            case "object":
                members = said.get("properties", {})
                shown = members if deep < _NESTED_MOST else said.get("required", ())
                return {name: self.value(members.get(name, {}), deep + 1) for name in shown}
            case "array":
                count = max(1 if deep < _NESTED_MOST else 0, said.get("minItems", 0))
                return [self.value(said.get("items", {}), deep + 1) for _ in range(count)]
            case "integer" | "number":
                return max(said.get("minimum", 0), said.get("exclusiveMinimum", -1) + 1)
            case "boolean":
                return False
            case "string":
                text = _BY_FORMAT.get(str(said.get("format")), "sample")
                return text.ljust(said.get("minLength", 0), "-")[: said.get("maxLength", 10**5)]
        return None
