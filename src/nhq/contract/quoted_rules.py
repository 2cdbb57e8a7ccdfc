"""Rules and overlays beside a document that may have moved on: what still stands in it, none refused."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from nhq.contract.definitions import Place
from nhq.contract.overlay import Action, apply_overlay
from nhq.contract.rules import check_quote
from nhq.contract.toml_tables import table_rows
from nhq.errors import ContractError

_TEXTS, _LISTS = ("title", "level", "area", "scope", "unjudged"), ("operations", "also", "aliases")
_ANY = dict.fromkeys(_TEXTS, str) | dict.fromkeys(_LISTS, list)

_ROW = {**_ANY, "pointer": str, "quote": str}


def quoted_places(folder: Path) -> dict[str, tuple[Place, ...]]:
    """Where each rule of a folder quotes what, without asking whether it still stands there.

    Raises ContractError for a file that is no table of rules.
    """
    found: dict[str, tuple[Place, ...]] = {}
    for file in sorted(folder.glob("*.toml")):
        for row in table_rows(file, "rule", {"id": str, "pointer": str, "quote": str}, _ANY):
            also = [Place(place["pointer"], place["quote"]) for place in row.get("also", ())]
            found[row["id"]] = (Place(row["pointer"], row["quote"]), *also)
    return found


def current_rule_ids(folder: Path) -> dict[str, str]:
    """Former ids of a folder's rules → their ids now. Raises ContractError for a file that is no table of rules."""
    rows = (row for file in sorted(folder.glob("*.toml")) for row in table_rows(file, "rule", {"id": str}, _ROW))
    return {alias: row["id"] for row in rows for alias in row.get("aliases", ())}


def quote_stands(place: Place, document: Mapping[str, Any]) -> bool:
    """Is the quote at its pointer?"""
    try:
        check_quote(place, document, "")
    except ContractError:
        return False
    return True


def apply_overlay_to_both(file: Path, documents: tuple[Mapping[str, Any], Mapping[str, Any]]) -> tuple[Any, Any]:
    """Two documents with those actions of an overlay done whose sentence stands in both, and that match in both."""
    actions = _actions(file.read_text(encoding="utf-8"))
    standing = [action for action in actions if all(quote_stands(action.place, document) for document in documents)]
    done = _both(documents, standing, file.name)
    if done is not None:
        return done
    one, other = documents
    for action in standing:  # one of them matches nothing in one of the documents: leave it out of both
        one, other = _both((one, other), [action], file.name) or (one, other)
    return one, other


def _both(
    documents: tuple[Mapping[str, Any], Mapping[str, Any]], actions: list[Action], name: str
) -> tuple[Any, Any] | None:
    try:
        return apply_overlay(documents[0], actions, name), apply_overlay(documents[1], actions, name)
    except (ContractError, LookupError, TypeError):
        return None


@lru_cache(maxsize=4)
def _actions(text: str) -> tuple[Action, ...]:
    content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return tuple(
        Action(
            row["target"],
            row.get("update"),
            row.get("remove") is True,
            Place(row["x-nhq-pointer"], row["x-nhq-quote"]),
            row["x-nhq-rule"],
        )
        for row in content["actions"]
    )
