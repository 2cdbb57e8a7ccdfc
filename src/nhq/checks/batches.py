"""Reading the answers of batches: their parts, the indexes they name, the fields they blame. Never raises."""

from collections.abc import Mapping, Sequence
from typing import Any

from nhq.checks.values import whole
from nhq.model import Exchange


def part(answer: Exchange, name: str) -> list[dict[str, Any]]:
    """The objects of an array of the answer; [] where there is none."""
    try:
        found = answer.json().get(name)
    except (ValueError, AttributeError):
        return []
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def index_of(item: Mapping[str, Any]) -> int:
    """The index that an item of the answer names; -1 for none."""
    index = whole(item.get("index"))
    return -1 if index is None else index


def by_index(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Items in the order of their index."""
    return sorted(items, key=index_of)


def at(items: Sequence[Mapping[str, Any]], wanted: set[int]) -> bool:
    """Are these exactly the wanted entries? Counting from 1 is as good as from 0."""
    told = [index_of(item) for item in by_index(items)]
    return told in (sorted(wanted), sorted(index + 1 for index in wanted))


def names_field(told: Mapping[str, Any], field: str) -> bool:
    """Does one of an item's errors name the field, alone or as a step of a path? "" asks for any error at all."""
    errors = told.get("errors")
    named = (
        [str(error.get("field", "")) for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    )
    steps = {step for name in named for step in name.replace("]", "").replace("[", ".").replace("/", ".").split(".")}
    return bool(named) and (not field or field in steps)
