"""fixtures/kills.json: which scenario, in which variant, shows which fault. A live run is planned by it."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from nhq import paths
from nhq.errors import ConfigError
from nhq.files import replace_text
from nhq.mutation.fault_sightings import Place

FORMAT = "nhq-kills/1"
#: Scenario's id -> place of a variant -> ids of the faults that show there.
Table = Mapping[str, Mapping[str, Collection[str]]]


def kill_table_path() -> Path:
    """Where the table lies."""
    return paths.fixtures_folder() / "kills.json"


def read_kill_table(contract: str, file: Path | None = None) -> dict[str, dict[str, list[str]]]:
    """The table; empty where none is kept for this contract. Raises ConfigError for a file that is none."""
    where = file or kill_table_path()
    if not where.exists():
        return {}
    try:
        raw = json.loads(where.read_text("utf-8"))
        known = {test: {place: list(ids) for place, ids in row.items()} for test, row in raw["kills"].items()}
    except OSError as problem:
        raise ConfigError(f"{where.name}: cannot be read ({problem.strerror})") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ConfigError(f"{where.name}: has no kills; remove it and run `nhq mutation --kills --write`") from None
    return known if raw.get("format") == FORMAT and raw.get("contract") == contract else {}


def listed_faults(contract: str) -> set[str]:
    """The faults of which the table says where they show."""
    return {fault for row in read_kill_table(contract).values() for faults in row.values() for fault in faults}


def renew_kill_table(known: Table, found: Mapping[str, Collection[Place]]) -> dict[str, dict[str, list[str]]]:
    """The table with what was `found` of some faults in place of what it says of them."""
    rows: dict[str, dict[str, set[str]]] = {}
    for test, row in known.items():
        for variant, faults in row.items():
            rows.setdefault(test, {}).setdefault(variant, set()).update(set(faults) - set(found))
    for fault, seen in found.items():
        for test, variant in seen:
            rows.setdefault(test, {}).setdefault(variant, set()).add(fault)
    full = {test: {place: sorted(ids) for place, ids in row.items() if ids} for test, row in rows.items()}
    return {test: row for test, row in full.items() if row}


def render_kill_table(contract: str, table: Table) -> str:
    """The file, one scenario a line."""
    lines = ",\n".join(f"    {json.dumps(test)}: {_line(row)}" for test, row in sorted(table.items()))
    head = f'  "format": "{FORMAT}",\n  "contract": "{contract}",\n  "kills": {{\n'
    return "{\n" + head + lines + "\n  }\n}\n"


def _line(row: Any) -> str:
    return json.dumps(row, sort_keys=True)


def add_kills(contract: str, found: Mapping[str, Collection[Place]]) -> Path:
    """Write what was found into the file, and return where that lies. Raises ConfigError where it can't be written."""
    return _written(render_kill_table(contract, renew_kill_table(read_kill_table(contract), found)))


def complete_kills(contract: str, found: Mapping[str, Collection[Place]]) -> Path:
    """Write what was found of all faults that there are: what stands in the file of one stays, others go.

    Returns where the file lies. Raises ConfigError where it can't be written.
    """
    known = listed_faults(contract)
    gone: dict[str, Collection[Place]] = dict.fromkeys(known - set(found), ())
    fresh = {fault: paths for fault, paths in found.items() if fault not in known}
    return _written(render_kill_table(contract, renew_kill_table(read_kill_table(contract), gone | fresh)))


def _written(text: str) -> Path:
    where = kill_table_path()
    try:
        replace_text(where, text)
    except OSError as problem:
        raise ConfigError(f"cannot write {where.name}: {problem.strerror}") from None
    return where
