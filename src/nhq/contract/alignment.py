"""Aligns two versions of a document: which operation, parameter or sentence corresponds to which."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nhq.contract.pointers import child_value, make_pointer, pointer_tokens

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PARAMETER = re.compile(r"\{[^}]*\}")


def documented_operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation of a document: its path template, its method in capitals, what is said of it."""
    for template, item in document["paths"].items():
        for method in item if isinstance(item, dict) else ():
            if method in METHODS and isinstance(item[method], dict):
                yield template, method.upper(), item[method]


def template_shape(template: str) -> str:
    """A path template without the names of its parameters, which no client sees."""
    return _PARAMETER.sub("{}", template)


Route = tuple[str, str]  # a method in capitals and a path template


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where what stood in `before` stands in `after`. `moved` has the routes that are spelt otherwise now."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    moved: Mapping[Route, Route] = field(default_factory=dict)

    def route(self, method: str, template: str) -> Route | None:
        """The present route of an operation of the former document; None where it is gone."""
        found = self.moved.get((method, template), (method, template))
        item = self.after["paths"].get(found[1])
        return found if isinstance(item, dict) and found[0].lower() in item else None

    def place(self, former: str) -> str | None:
        """The present pointer of a former place; None where nothing of that name stands there any more."""
        path = pointer_tokens(former)
        if path[:1] == ["paths"] and len(path) > 2:
            found = self.route(path[2].upper(), path[1])
            if found is None:
                return None
            path[1:3] = [found[1], found[0].lower()]
            return self._walked(pointer_tokens(former), path, 3)
        return self._walked(path, path, 0)

    def _walked(self, old: list[str], new: list[str], start: int) -> str | None:
        """The new path with the indexes of named things (parameters, tags) as they are now."""
        try:
            here, there = _at(self.before, old[:start]), _at(self.after, new[:start])
            for place in range(start, len(old)):
                if isinstance(here, list) and isinstance(there, list):
                    new[place] = _index(here, there, old[place])
                here, there = child_value(here, old[place]), child_value(there, new[place])
        except (LookupError, ValueError):
            return None
        return make_pointer(new)


def _at(value: Any, path: list[str]) -> Any:
    for token in path:
        value = child_value(value, token)
    return value


def _index(here: list[Any], there: list[Any], token: str) -> str:
    """The index of the item with the same name; the same index where items have none."""
    wanted = parameter_or_tag_name(here[int(token)])
    if wanted is None:
        return token
    return next((str(n) for n, item in enumerate(there) if parameter_or_tag_name(item) == wanted), "-")


def parameter_or_tag_name(item: Any) -> tuple[str, str] | None:
    """What tells a parameter or a tag apart from its neighbours."""
    if isinstance(item, dict) and isinstance(item.get("name"), str):
        return (str(item.get("in", "")), item["name"])
    return None


def align_documents(before: Mapping[str, Any], after: Mapping[str, Any]) -> Alignment:
    """Find the operations that only go by another path: their parameters renamed, or the path itself.

    A path is taken for a renamed one where method and description are the same, and no other operation has these.
    """
    old = {(method, template): row for template, method, row in documented_operations(before)}
    new = {(method, template): row for template, method, row in documented_operations(after)}
    gone, come = [r for r in old if r not in new], [r for r in new if r not in old]
    moved: dict[Route, Route] = {}
    for route in gone:
        alike = [
            other for other in come if other[0] == route[0] and template_shape(other[1]) == template_shape(route[1])
        ]
        alike = alike or [o for o in come if o[0] == route[0] and _same_words(old[route], new[o])]
        if len(alike) == 1 and alike[0] not in moved.values():
            moved[route] = alike[0]
    return Alignment(before, after, moved)


def _same_words(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one.get("description")) and one.get("description") == other.get("description")
