"""Do two views show the same thing? Compares the meaning of values, and the members that the contract knows."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from nhq.checks.values import parse_instant


def documented_members(document: Any) -> frozenset[str]:
    """The names of all members that an OpenAPI document describes; what a server shows beyond them is its own."""
    return frozenset(_properties(document))


def _properties(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("properties"), Mapping):
            yield from node["properties"]
        for inner in node.values():
            yield from _properties(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _properties(inner)


def equivalent(one: Any, other: Any, known: Collection[str]) -> bool:
    """Equal in meaning: instants in any spelling, objects by the known members that both have."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(equivalent(one[name], other[name], known) for name in one.keys() & other.keys() if name in known)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(equivalent(*pair, known) for pair in zip(one, other, strict=True))
    moments = parse_instant(one), parse_instant(other)
    return bool(one == other) or (None not in moments and moments[0] == moments[1])


def differing_members(
    one: Mapping[str, Any], other: Mapping[str, Any], names: Iterable[str], known: Collection[str]
) -> list[str]:
    """Those of `names` in which two views differ; a member left out is the same as null."""
    return sorted(name for name in names if not equivalent(one.get(name), other.get(name), known))


def join_names(names: Iterable[str]) -> str:
    """Names of members, for a reader of a finding."""
    return f"differs in {', '.join(sorted(names)) or 'nothing'}"
