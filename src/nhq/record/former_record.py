"""Records of an earlier schema version, in today's names."""

from typing import Any

#: Schema version 2: members of a record and of its mutation section that have other names since.
_SECTION = "power"
_MEMBERS = {"liberties": "variants", "fate": "status"}


def renamed_record(values: dict[str, Any]) -> dict[str, Any]:
    """The JSON values of a record of schema version 2 as version 3 names them. Other values are returned unchanged."""
    if values.get("schema_version") != 2:
        return values
    kept = {name: value for name, value in values.items() if name != _SECTION}
    kind = "mutation" if values.get("kind") == "power" else values.get("kind")
    return kept | {"schema_version": 3, "kind": kind, "mutation": _renamed(values.get(_SECTION))}


def _renamed(node: Any) -> Any:
    """A mutation section, each member by its present name."""
    if isinstance(node, list):
        return [_renamed(item) for item in node]
    if isinstance(node, dict):
        return {_MEMBERS.get(name, name): _renamed(value) for name, value in node.items()}
    return node
