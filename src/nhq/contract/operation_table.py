"""operations.toml joined with the contract: sixteen rows, each checked against what the document says of it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nhq.contract.alignment import documented_operations, template_shape
from nhq.contract.definitions import Operation, Parameter
from nhq.contract.derived_operations import current_operation, scopes_named
from nhq.contract.pointers import make_pointer
from nhq.contract.toml_tables import require_unique, table_rows
from nhq.errors import ContractError
from nhq.model import Effect

_FIELDS = {"id": str, "method": str, "path": str, "tag": str, "effect": str}
_OPTIONAL = {"scope": str, "scenarios": bool}

Row = Mapping[str, Any]


def load_operations(path: Path, document: Mapping[str, Any]) -> dict[str, Operation]:
    """The operations by id, in the order of the contract.

    A row with `scenarios = false` is of an operation that nobody has written scenarios for: it is judged by what the
    document says. Names of path parameters are ours, whatever the document calls them. Raises ContractError where a
    row is missing, too many, or says another scope, tag or effect than the contract.
    """
    table = read_rows(path)
    by_route = {(row["method"], template_shape(row["path"])): row for row in table}
    found = []
    for template, method, operation in documented_operations(document):
        row = by_route.pop((method, template_shape(template)), None)
        if row is None:
            raise ContractError(f"{path.name}: no row for {method} {template}")
        found.append(_operation(row, operation, template, path.name, document))
    if by_route:
        raise ContractError(f"{path.name}: the contract has no {' '.join(next(iter(by_route)))}")
    return {operation.id: operation for operation in found}


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows as they stand. Raises ContractError for one that is malformed, or stands twice."""
    table = table_rows(path, "operation", _FIELDS, _OPTIONAL)
    require_unique([row["id"] for row in table], f"{path.name}: operation")
    return table


def _operation(
    row: Row, documented: Mapping[str, Any], template: str, file: str, document: Mapping[str, Any]
) -> Operation:
    where = f"{file}: operation {row['id']}"
    _check_prose(row, documented, where)
    if row["path"] != template or not row.get("scenarios", True):
        known = ("id", "method", "path", "tag")
        bare = Operation(
            **{name: row[name] for name in known},
            scope=row.get("scope", ""),
            effect=_effect(row, where),
            statuses=(),
            has_body=False,
            paginated=False,
            parameters=(),
            pointer="",
            derived=not row.get("scenarios", True),
        )
        return current_operation(document, (row["method"], template), replace(bare, path=row["path"]))
    place = make_pointer(["paths", row["path"], row["method"].lower()])
    parameters = tuple(
        Parameter(p["name"], p["in"], bool(p.get("required")), p.get("schema", {}), f"{place}/parameters/{number}")
        for number, p in enumerate(documented.get("parameters", ()))
    )
    return Operation(
        id=row["id"],
        method=row["method"],
        path=row["path"],
        tag=row["tag"],
        scope=row.get("scope", ""),
        effect=_effect(row, where),
        statuses=tuple(sorted(int(status) for status in documented["responses"] if status.isdecimal())),
        has_body="requestBody" in documented,
        paginated=any(p.name == "cursor" for p in parameters),
        parameters=parameters,
        pointer=place,
    )


def _check_prose(row: Row, documented: Mapping[str, Any], where: str) -> None:
    named = scopes_named(documented.get("description"))
    scope = row.get("scope", "")
    if named != ([scope] if scope else []):
        raise ContractError(f"{where} says scope {scope or 'none'}, the prose says {', '.join(named) or 'none'}")
    if documented.get("tags") != [row["tag"]]:
        raise ContractError(f"{where} says tag {row['tag']}, the contract says {documented.get('tags')}")


def _effect(row: Row, where: str) -> Effect:
    if row["effect"] not in list(Effect):
        raise ContractError(f"{where}: effect {row['effect']} is none of {', '.join(Effect)}")
    effect = Effect(row["effect"])
    if (row["method"] == "GET") != (effect is Effect.READ):
        raise ContractError(f"{where}: a {row['method']} cannot have the effect {effect}")
    return effect
