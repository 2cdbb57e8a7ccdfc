"""rules/*.toml: every promise, with its sentence looked up in the contract."""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from nhq.contract.definitions import Place, Rule
from nhq.contract.pointers import quotable_text, resolve_pointer
from nhq.contract.toml_tables import require_unique, table_rows
from nhq.errors import ContractError
from nhq.model import Level

AREAS = (
    "auth",
    "scopes",
    "workspaces",
    "ratelimit",
    "pagination",
    "search",
    "lists",
    "import",
    "leads",
    "accounts",
    "lifecycle",
    "overrides",
    "enrichment",
    "conversations",
    "errors",
    "schema",
)
SCOPES = ("exchange", "scenario")

_REQUIRED = {
    "id": str,
    "title": str,
    "pointer": str,
    "quote": str,
    "level": str,
    "area": str,
    "operations": list,
    "scope": str,
}
_ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")


def load_rules(folder: Path, document: Mapping[str, Any], operations: Collection[str]) -> dict[str, Rule]:
    """Every rule by id: areas in their order, rules in the order of their file.

    Raises ContractError for a rule that is malformed, stands twice, or whose quote is no longer at its pointer.
    """
    files = sorted(folder.glob("*.toml"), key=lambda file: (_rank(file.stem), file.stem))
    if not files:
        raise ContractError(f"{folder.name}: no rules found")
    found = [
        _rule(row, file, operations)
        for file in files
        for row in table_rows(file, "rule", _REQUIRED, {"also": list, "unjudged": str, "aliases": list})
    ]
    require_unique([name for rule in found for name in (rule.id, *rule.aliases)], "rule")
    for rule in found:
        if rule.unjudged:
            continue
        for place in rule.places:
            check_quote(place, document, f"rule {rule.id}")
    return {rule.id: rule for rule in found}


def check_quote(place: Place, document: Mapping[str, Any], who: str) -> None:
    """Raises ContractError unless the quote stands at its pointer, verbatim."""
    try:
        value = resolve_pointer(document, place.pointer)
    except (LookupError, ValueError):
        raise ContractError(f"{who}: the contract has nothing at {place.pointer}") from None
    if place.quote not in quotable_text(value):
        raise ContractError(f"{who}: its quote is no longer at {place.pointer}: {place.quote}")


def _rank(area: str) -> int:
    return AREAS.index(area) if area in AREAS else len(AREAS)


def _rule(row: Mapping[str, Any], file: Path, operations: Collection[str]) -> Rule:
    who = f"rule {row['id']}"
    for name in (row["id"], *row.get("aliases", [])):
        if not isinstance(name, str) or not _ID.fullmatch(name):
            raise ContractError(f"{who}: an id looks like AREA-PROMISE, in capitals")
    _one_of(row["level"], list(Level), f"{who}: level")
    _one_of(row["scope"], SCOPES, f"{who}: scope")
    _one_of(row["area"], AREAS, f"{who}: area")
    if row["area"] != file.stem:
        raise ContractError(f"{who} is of area {row['area']} but stands in {file.name}")
    named = tuple(operations) if row["operations"] == ["*"] else tuple(row["operations"])
    if row.get("unjudged"):  # what it was about may be gone
        named = tuple(name for name in named if name in operations)
    for name in set(named).difference(operations):
        _one_of(name, operations, f"{who}: operation")
    return Rule(
        **{name: row[name] for name in ("id", "title", "pointer", "quote", "area", "scope")},
        level=Level(row["level"]),
        operations=named,
        also=tuple(_place(place, who) for place in row.get("also", [])),
        unjudged=row.get("unjudged", ""),
        aliases=tuple(row.get("aliases", ())),
    )


def _one_of(value: str, allowed: Iterable[str], what: str) -> None:
    known = list(allowed)
    if value not in known:
        raise ContractError(f"{what} {value} is none of {', '.join(known)}")


def _place(row: Any, who: str) -> Place:
    if not isinstance(row, dict) or set(row) != {"pointer", "quote"} or not row["quote"]:
        raise ContractError(f"{who}: `also` must hold tables with a pointer and a quote")
    return Place(row["pointer"], row["quote"])
