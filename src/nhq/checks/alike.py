"""Do two views show the same thing? By what values mean, and by what both of them show."""

from collections.abc import Iterable, Mapping
from typing import Any

from nhq.checks.values import instant


def alike(one: Any, other: Any) -> bool:
    """Equal in meaning: instants in any spelling, objects by the members that both have (schemas are open)."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(alike(one[name], other[name]) for name in one.keys() & other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    moments = instant(one), instant(other)
    return bool(one == other) or (None not in moments and moments[0] == moments[1])


def unlike(one: Mapping[str, Any], other: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """Those of `names` in which two views differ; a member left out is the same as null."""
    return sorted(name for name in names if not alike(one.get(name), other.get(name)))


def listing(names: Iterable[str]) -> str:
    """Names of members, for a reader of a finding."""
    return f"differs in {', '.join(sorted(names)) or 'nothing'}"
