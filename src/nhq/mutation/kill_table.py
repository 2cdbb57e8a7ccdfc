"""fixtures/kills.json: which scenario, in which variant, shows which fault. A live run is planned by it."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nhq import paths
from nhq.errors import ConfigError
from nhq.files import replace_text
from nhq.mutation.fault_sightings import Place

FORMAT = "nhq-kills/2"
#: Scenario's id -> place of a variant -> ids of the faults that show there.
Table = Mapping[str, Mapping[str, Collection[str]]]
#: What was found: by fault, where it shows; nowhere where that is empty.
Found = Mapping[str, Collection[Place]]


@dataclass(frozen=True, slots=True)
class KillTables:
    """Where faults show: `whole` where each test sends all that the gate does, `least` where it sends the fewest.

    `unseen` are the faults that no test shows with the fewest.
    """

    whole: Table = field(default_factory=dict)
    least: Table = field(default_factory=dict)
    unseen: frozenset[str] = frozenset()

    def listed(self, *, least: bool = False) -> set[str]:
        """The faults that were looked for at a depth."""
        table = self.least if least else self.whole
        return {fault for row in table.values() for faults in row.values() for fault in faults} | (
            self.unseen if least else set()
        )

    def renewed(self, found: Found, *, least: bool = False) -> "KillTables":
        """The tables with what was found at one depth in place of what they say of those faults there."""
        if not least:
            return KillTables(renew_kill_table(self.whole, found), self.least, self.unseen)
        unseen = (self.unseen - found.keys()) | {fault for fault, places in found.items() if not places}
        return KillTables(self.whole, renew_kill_table(self.least, found), unseen)

    def without(self, faults: Collection[str]) -> "KillTables":
        """The tables without faults that there are no more."""
        gone: Found = dict.fromkeys(faults, ())
        whole, least = renew_kill_table(self.whole, gone), renew_kill_table(self.least, gone)
        return KillTables(whole, least, self.unseen - gone.keys())


def kill_table_path() -> Path:
    """Where the tables lie."""
    return paths.fixtures_folder() / "kills.json"


def read_kill_tables(contract: str, file: Path | None = None) -> KillTables:
    """The tables; empty where none are kept for this contract. Raises ConfigError for a file that holds none."""
    where = file or kill_table_path()
    if not where.exists():
        return KillTables()
    try:
        raw = json.loads(where.read_text("utf-8"))
        known = KillTables(_table(raw["kills"]), _table(raw["least"]), frozenset(raw["unseen"]))
    except OSError as problem:
        raise ConfigError(f"{where.name}: cannot be read ({problem.strerror})") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ConfigError(f"{where.name}: has no kills; remove it and run `nhq mutation --kills --write`") from None
    return known if raw.get("format") == FORMAT and raw.get("contract") == contract else KillTables()


def renew_kill_table(known: Table, found: Found) -> dict[str, dict[str, list[str]]]:
    """One table with what was `found` of some faults in place of what it says of them."""
    rows: dict[str, dict[str, set[str]]] = {}
    for test, row in known.items():
        for variant, faults in row.items():
            rows.setdefault(test, {}).setdefault(variant, set()).update(set(faults) - set(found))
    for fault, seen in found.items():
        for test, variant in seen:
            rows.setdefault(test, {}).setdefault(variant, set()).add(fault)
    full = {test: {place: sorted(ids) for place, ids in row.items() if ids} for test, row in rows.items()}
    return {test: row for test, row in full.items() if row}


def render_kill_tables(contract: str, tables: KillTables) -> str:
    """The file, one scenario a line."""
    head = f'  "format": "{FORMAT}",\n  "contract": "{contract}",\n'
    parts = f'  "kills": {_lines(tables.whole)},\n  "least": {_lines(tables.least)},\n'
    return "{\n" + head + parts + f'  "unseen": {json.dumps(sorted(tables.unseen))}\n' + "}\n"


def add_kills(contract: str, found: Found, *, least: bool = False) -> Path:
    """Write what was found into the file, and return where that lies. Raises ConfigError where it can't be written."""
    return _written(contract, read_kill_tables(contract).renewed(found, least=least))


def complete_kills(contract: str, found: Found) -> Path:
    """Write what was found of all faults that there are: what stands in the file of one stays, others go.

    Returns where the file lies. Raises ConfigError where it can't be written.
    """
    tables = read_kill_tables(contract)
    known = tables.listed()
    gone = (known | tables.listed(least=True)) - set(found)
    fresh = {fault: places for fault, places in found.items() if fault not in known}
    return _written(contract, tables.without(gone).renewed(fresh))


def _table(raw: Mapping[str, Mapping[str, Collection[str]]]) -> dict[str, dict[str, list[str]]]:
    return {test: {place: list(ids) for place, ids in row.items()} for test, row in raw.items()}


def _lines(table: Table) -> str:
    lines = ",\n".join(f"    {json.dumps(test)}: {_line(row)}" for test, row in sorted(table.items()))
    return "{\n" + lines + "\n  }"


def _line(row: Any) -> str:
    return json.dumps(row, sort_keys=True)


def _written(contract: str, tables: KillTables) -> Path:
    where = kill_table_path()
    try:
        replace_text(where, render_kill_tables(contract, tables))
    except OSError as problem:
        raise ConfigError(f"cannot write {where.name}: {problem.strerror}") from None
    return where
