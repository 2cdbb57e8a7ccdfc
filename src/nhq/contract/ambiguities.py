"""ambiguities.toml: the questions that the contract leaves open."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nhq.contract.definitions import Ambiguity, Excluded
from nhq.contract.pointers import resolve_pointer
from nhq.contract.toml_tables import require_unique, table_rows
from nhq.errors import ContractError

_EXCLUDED = {"check": str, "operation": str, "reason": str}
_REQUIRED = {"id": str, "question": str, "may": list, "mock": str, "judged": str}


def load_ambiguities(path: Path, document: Mapping[str, Any]) -> dict[str, Ambiguity]:
    """The open questions by id. Raises ContractError for a row that is malformed or points nowhere."""
    found = [
        _ambiguity(row, document)
        for row in table_rows(path, "ambiguity", _REQUIRED, {"pointer": str}, beside=("excluded",))
    ]
    require_unique([row.id for row in found], "ambiguity")
    return {row.id: row for row in found}


def _ambiguity(row: Mapping[str, Any], document: Mapping[str, Any]) -> Ambiguity:
    place = row.get("pointer", "")
    try:
        resolve_pointer(document, place)
    except (LookupError, ValueError):
        raise ContractError(f"ambiguity {row['id']}: the contract has nothing at {place}") from None
    return Ambiguity(row["id"], row["question"], place, tuple(row["may"]), row["mock"], row["judged"])


def load_excluded(path: Path) -> list[Excluded]:
    """What a plain `st run` must leave out. Raises ContractError for a row that is malformed."""
    return [Excluded(**row) for row in table_rows(path, "excluded", _EXCLUDED, beside=("ambiguity",))]
