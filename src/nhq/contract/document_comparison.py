"""Where two documents differ, place by place: the outermost part that came, went or changed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nhq.contract.alignment import METHODS, Alignment, parameter_or_tag_name
from nhq.contract.contract_changes import ChangeKind
from nhq.contract.pointers import make_pointer
from nhq.contract.sentences import PROSE

NUMBERS = frozenset(
    {
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "default",
        "multipleOf",
    }
)
_SHOWN = 80
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class DocumentDifference:
    """One place that differs: its path in the later document (where it has gone, in the former), and both texts."""

    kind: ChangeKind
    path: Path
    before: str
    after: str

    @property
    def pointer(self) -> str:
        return make_pointer(self.path)


def document_differences(aligned: Alignment) -> Iterator[DocumentDifference]:
    """What differs outside of prose and beside whole operations, which the alignment tells of."""
    before, after = aligned.before, aligned.after
    for key in dict.fromkeys([*before, *after]):
        if key == "paths":
            yield from _paths(aligned)
        else:
            yield from _member(before, after, key, ())


def _paths(aligned: Alignment) -> Iterator[DocumentDifference]:
    """Inside of operations, and what stands beside them in a path."""
    templates: dict[str, str] = {}
    for template, item in aligned.before["paths"].items():
        for method in item:
            found = aligned.route(method.upper(), template) if method in METHODS else None
            if found is not None:
                templates.setdefault(template, found[1])
                path = ("paths", found[1], found[0].lower())
                yield from _inside(item[method], aligned.after["paths"][found[1]][found[0].lower()], path)
    for template, now in templates.items():
        yield from _inside(*(_beside(aligned, template, now)), ("paths", now))
    known = {*aligned.before["paths"], *templates.values()}
    for template, item in aligned.after["paths"].items():
        if template not in known and not any(key in METHODS for key in item):
            yield DocumentDifference(ChangeKind.ADDED, ("paths", template), "", abbreviate_value(item))


def _beside(aligned: Alignment, template: str, now: str) -> tuple[dict[str, Any], dict[str, Any]]:
    items = aligned.before["paths"][template], aligned.after["paths"][now]
    before, after = ({key: value for key, value in item.items() if key not in METHODS} for item in items)
    return before, after


def _member(before: Mapping[str, Any], after: Mapping[str, Any], key: str, path: Path) -> Iterator[DocumentDifference]:
    here = (*path, key)
    if key not in before:
        yield DocumentDifference(ChangeKind.ADDED, here, "", abbreviate_value(after[key]))
    elif key not in after:
        yield DocumentDifference(ChangeKind.REMOVED, here, abbreviate_value(before[key]), "")
    elif before[key] != after[key]:
        yield from _inside(before[key], after[key], here)


def _inside(before: Any, after: Any, path: Path) -> Iterator[DocumentDifference]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from _member(before, after, key, path)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _items(before, after, path)
    elif not (path[-1] in PROSE and isinstance(before, str) and isinstance(after, str)):
        number = path[-1] in NUMBERS and not isinstance(before, bool)
        kind = ChangeKind.NUMBER_CHANGED if number else ChangeKind.CHANGED
        yield DocumentDifference(kind, path, abbreviate_value(before), abbreviate_value(after))


def _items(before: list[Any], after: list[Any], path: Path) -> Iterator[DocumentDifference]:
    """Named things by name, plain values as a set, anything else by position."""
    if all(parameter_or_tag_name(item) for item in [*before, *after]):
        old, new = ({parameter_or_tag_name(item): (n, item) for n, item in enumerate(side)} for side in (before, after))
        for name in dict.fromkeys([*old, *new]):
            if name not in old:
                yield DocumentDifference(ChangeKind.ADDED, (*path, new[name][0]), "", abbreviate_value(new[name][1]))
            elif name not in new:
                yield DocumentDifference(ChangeKind.REMOVED, (*path, old[name][0]), abbreviate_value(old[name][1]), "")
            else:
                yield from _inside(old[name][1], new[name][1], (*path, new[name][0]))
    elif not any(isinstance(item, dict | list) for item in [*before, *after]):
        yield from (
            DocumentDifference(ChangeKind.ADDED, path, "", abbreviate_value(v)) for v in after if v not in before
        )
        yield from (
            DocumentDifference(ChangeKind.REMOVED, path, abbreviate_value(v), "") for v in before if v not in after
        )
    else:
        for number in range(max(len(before), len(after))):
            if number >= len(before):
                yield DocumentDifference(ChangeKind.ADDED, (*path, number), "", abbreviate_value(after[number]))
            elif number >= len(after):
                yield DocumentDifference(ChangeKind.REMOVED, (*path, number), abbreviate_value(before[number]), "")
            else:
                yield from _inside(before[number], after[number], (*path, number))


def only_added(before: Any, after: Any) -> bool:
    """Does `after` hold all that `before` holds, and more? Members, listed values and items may have come."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(key in after and only_added(value, after[key]) for key, value in before.items())
    if isinstance(before, list) and isinstance(after, list):
        return all(any(only_added(item, other) for other in after) for item in before)
    return bool(before == after and type(before) is type(after))


def abbreviate_value(value: Any) -> str:
    """A short text for a value."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
