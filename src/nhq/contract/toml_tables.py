"""Reading our own TOML tables strictly: a field too many or too few is an error with one clear line."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from nhq.errors import ContractError

Shape = Mapping[str, type]


def table_rows(
    path: Path, table: str, required: Shape, optional: Shape | None = None, beside: Collection[str] = ()
) -> list[dict[str, Any]]:
    """The rows of `[[table]]` in a file, each with all required fields, of the right types, and no unknown one.

    `beside` names tables that may stand in the same file.

    Raises ContractError for a file that is missing, no TOML, or shaped otherwise.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ContractError(f"{path.name}: cannot be read ({problem.strerror})") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ContractError(f"{path.name}: not valid TOML ({problem})") from problem
    listed = content.pop(table, [])
    other = [name for name in content if name not in beside]
    if other or not isinstance(listed, list):
        raise ContractError(f"{path.name}: expected only [[{table}]], found {', '.join(other) or table}")
    for row in listed:
        _check(row, f"{path.name}: {table} {row.get('id', '?')}", required, optional or {})
    return listed


def _check(row: Mapping[str, Any], what: str, required: Shape, optional: Shape) -> None:
    for name, kind in required.items():
        if name not in row:
            raise ContractError(f"{what} has no {name}")
        if not isinstance(row[name], kind) or row[name] in ("", []):
            raise ContractError(f"{what}: {name} must be a {kind.__name__} that is not empty")
    for name in row:
        if name not in required and name not in optional:
            raise ContractError(f"{what} has an unknown field {name}")
        if name in optional and not isinstance(row[name], optional[name]):
            raise ContractError(f"{what}: {name} must be a {optional[name].__name__}")


def require_unique(ids: list[str], what: str) -> None:
    """Raises ContractError when an id stands twice."""
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ContractError(f"{what} {twice[0]} is defined twice")
