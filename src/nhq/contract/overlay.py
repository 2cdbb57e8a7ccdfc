"""OpenAPI Overlay 1.0, applied strictly.

By the standard, an action that matches nothing is silently passed over; here it is an error.
"""

import copy
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from nhq.contract.definitions import Place
from nhq.contract.pointers import resolve_pointer
from nhq.contract.rules import check_quote
from nhq.errors import ContractError

MARK = "x-nhq-rule"
_FIELDS = {"target", "description", "update", "remove", "x-nhq-quote", "x-nhq-pointer", MARK}


@dataclass(frozen=True, slots=True)
class Action:
    """One change: what it matches, what it merges there or whether it removes, and the sentence it rests on."""

    target: str
    update: Any
    remove: bool
    place: Place
    rule: str


def load_overlay(path: Path, document: Mapping[str, Any], rules: Collection[str]) -> list[Action]:
    """The actions of an overlay file.

    Raises ContractError for a file that is no overlay, an action whose quote is no longer at its pointer, or a
    rule that does not exist.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as problem:
        raise ContractError(f"{path.name}: cannot be read ({problem.strerror})") from problem
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise ContractError(f"{path.name}: not valid YAML ({' '.join(str(problem).split())})") from problem
    if not isinstance(content, dict) or content.get("overlay") != "1.0.0" or not content.get("actions"):
        raise ContractError(f"{path.name}: not an OpenAPI 1.0.0 overlay with actions")
    return [_action(row, f"{path.name}: action {n}", document, rules) for n, row in enumerate(content["actions"], 1)]


def _action(row: Any, who: str, document: Mapping[str, Any], rules: Collection[str]) -> Action:
    if not isinstance(row, dict) or not isinstance(row.get("target"), str) or set(row) - _FIELDS:
        raise ContractError(f"{who} has no target, or a field that actions don't have")
    if ("update" in row) == (row.get("remove") is True):
        raise ContractError(f"{who} must either update or remove")
    if not all(isinstance(row.get(name), str) for name in ("x-nhq-quote", "x-nhq-pointer", MARK)):
        raise ContractError(f"{who} doesn't name the sentence that it rests on: x-nhq-pointer, x-nhq-quote, {MARK}")
    place = Place(row["x-nhq-pointer"], row["x-nhq-quote"])
    check_quote(place, document, who)
    for rule in {row[MARK], *_marks(row.get("update"))}:
        if rule not in rules:
            raise ContractError(f"{who}: no rule {rule}")
    return Action(row["target"], row.get("update"), row.get("remove") is True, place, row[MARK])


def _marks(value: Any) -> Iterator[str]:
    """Every rule that an update attributes something to."""
    if isinstance(value, dict):
        if isinstance(value.get(MARK), str):
            yield value[MARK]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _marks(item)


def apply_overlay(document: Mapping[str, Any], actions: Collection[Action], name: str) -> dict[str, Any]:
    """A copy of the document with the actions done in order. Raises ContractError where one matches nothing."""
    changed: dict[str, Any] = json.loads(json.dumps(document))  # a deep copy, several times faster than copy.deepcopy
    for number, action in enumerate(actions, 1):
        _perform(changed, action, f"{name}: action {number}")
    return changed


def apply_what_fits(
    document: Mapping[str, Any], actions: Sequence[tuple[str, Action]]
) -> tuple[dict[str, Any], list[str]]:
    """A copy of the document with the actions done that can be, each with its name; and the names of the others."""
    changed: dict[str, Any] = json.loads(json.dumps(document))
    unfit = []
    for name, action in actions:
        try:
            _perform(changed, action, name)
        except (ContractError, LookupError, TypeError):
            unfit.append(name)
    return changed, unfit


def _perform(document: dict[str, Any], action: Action, who: str) -> None:
    matched = _matches(document, action.target, who)
    if not matched:
        raise ContractError(f"{who} matches nothing: {action.target}")
    for reference in _references(action.update):
        _resolved(document, reference, who)
    # Last first, so that removing an item does not move those still to be removed.
    for parts in reversed(matched):
        holder, value = _walk(document, parts)
        if action.remove:
            if not parts:
                raise ContractError(f"{who} would remove the whole document")
            del holder[parts[-1]]
        elif isinstance(value, list):
            value.append(copy.deepcopy(action.update))
        elif isinstance(value, dict) and isinstance(action.update, dict):
            _merge(value, action.update)
        else:
            raise ContractError(f"{who} cannot merge its update into what it matches: {action.target}")


def _references(value: Any) -> Iterator[str]:
    """Where an update refers to, in the document that it is done to."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref" and isinstance(inner, str) and inner.startswith("#/"):
                yield inner
            else:
                yield from _references(inner)


def _resolved(document: Mapping[str, Any], reference: str, who: str) -> None:
    try:
        resolve_pointer(document, unquote(reference[1:]))
    except (LookupError, ValueError):
        raise ContractError(f"{who} refers to {reference}, which doesn't exist") from None


def _matches(document: Mapping[str, Any], target: str, who: str) -> list[tuple[str | int, ...]]:
    # Imported late: the library takes longer to import than a contract without overlays to load.
    import jsonpath

    try:
        return [match.parts for match in jsonpath.finditer(target, document)]
    except jsonpath.JSONPathError as problem:
        raise ContractError(f"{who}: {target} is not a JSONPath ({' '.join(str(problem).split())})") from problem


def _walk(document: Any, parts: tuple[str | int, ...]) -> tuple[Any, Any]:
    holder, value = None, document
    for part in parts:
        holder, value = value, value[part]
    return holder, value


def _merge(into: dict[str, Any], update: Mapping[str, Any]) -> None:
    """By the standard: objects merge, arrays concatenate, anything else is replaced."""
    for key, value in update.items():
        present = into.get(key)
        if isinstance(present, dict) and isinstance(value, dict):
            _merge(present, value)
        elif isinstance(present, list) and isinstance(value, list):
            present.extend(copy.deepcopy(value))
        else:
            into[key] = copy.deepcopy(value)
