"""What is known of the catalogue's faults: the rules that they break, and which tests were seen to find them.

fixtures/faults.json and fixtures/kills.json, for rooms that may not import the faults.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nhq import paths
from nhq.errors import ConfigError

FORMAT, KILLS_FORMAT = "nhq-faults/1", "nhq-kills/2"
#: By test, and by the place of a variant among those that the scenario gives to `few` ("" for none): faults.
Sightings = Mapping[str, Mapping[str, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class CatalogueFault:
    """A fault of the catalogue: the rules that it breaks, and the operations on which it shows (none: any)."""

    rules: frozenset[str]
    on: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Faults:
    """The catalogue by id, and which faults each test was seen to find.

    `kills`: where a test sends all that it can; `least`: where it sends the fewest requests, but all variants. `unseen`
    are those that no test shows with the fewest.
    """

    rows: Mapping[str, CatalogueFault]
    kills: Sightings = field(default_factory=dict)
    least: Sightings = field(default_factory=dict)
    unseen: frozenset[str] = frozenset()
    _finders: dict[str, set[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _sparing: set[str] = field(default_factory=set, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for test, ident in (*_pairs(self.kills), *_pairs(self.least)):
            self._finders.setdefault(ident, set()).add(test)
        self._sparing.update(self.unseen, (ident for _, ident in _pairs(self.least)))

    @property
    def finders(self) -> Mapping[str, set[str]]:
        """By fault: the tests that were seen to find it."""
        return self._finders

    @property
    def sparing(self) -> set[str]:
        """The faults of which it is known which tests show them with the fewest requests."""
        return self._sparing

    def whole(self, test: str) -> frozenset[str]:
        """What a test was seen to find at any depth."""
        rows = (self.kills.get(test, {}), self.least.get(test, {}))
        return frozenset().union(*(idents for row in rows for idents in row.values()))

    def by_variant(self, test: str) -> dict[str, frozenset[str]]:
        """What each variant of a test shows where the test sends the fewest requests; "" for what they all do.

        Of faults that were looked for at the test's whole depth only: what showed there.
        """
        found = dict(self.least.get(test, {}))
        for place, idents in self.kills.get(test, {}).items():
            found[place] = found.get(place, frozenset()) | (idents - self._sparing)
        return {place: idents for place, idents in found.items() if idents}

    def variants(self, test: str) -> list[int]:
        """The places of a test's variants that were seen to find something, the most telling first.

        A fault counts for less where many tests find it.
        """
        row = {int(place): idents for place, idents in self.by_variant(test).items() if place}
        worth = {place: sum(1 / len(self._finders[ident]) for ident in idents) for place, idents in row.items()}
        return sorted(worth, key=lambda place: (-worth[place], place))


def _pairs(table: Sightings) -> list[tuple[str, str]]:
    """Tests, each with a fault that it shows."""
    return [(test, ident) for test, row in table.items() for idents in row.values() for ident in idents]


def faults_path() -> Path:
    """Where the catalogue's rules and operations lie."""
    return paths.fixtures_folder() / "faults.json"


def kills_path() -> Path:
    """Where it lies which tests found which faults."""
    return paths.fixtures_folder() / "kills.json"


def load_faults(faults: Path | None = None, kills: Path | None = None) -> Faults:
    """The kept tables. Kills may be missing. Raises ConfigError for a file that holds something else."""
    rows = _read(faults or faults_path(), FORMAT).get("faults", {})
    where = kills or kills_path()
    found = _read(where, KILLS_FORMAT) if where.exists() else {}
    catalogue = {
        name: CatalogueFault(frozenset(row["rules"]), frozenset(row.get("on", ()))) for name, row in rows.items()
    }
    whole, least = (_sightings(found.get(part, {})) for part in ("kills", "least"))
    return Faults(catalogue, whole, least, frozenset(found.get("unseen", ())))


def _sightings(table: Mapping[str, Mapping[str, Sequence[str]]]) -> Sightings:
    return {test: {place: frozenset(idents) for place, idents in row.items()} for test, row in table.items()}


def faults_text(rows: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> str:
    """The catalogue's file: by fault, the rules that it breaks and the operations on which it shows."""
    told = {
        ident: {"rules": sorted(rules), **({"on": sorted(on)} if on else {})}
        for ident, (rules, on) in rows.items()
        if rules
    }
    lines = ",\n".join(f"    {json.dumps(ident)}: {json.dumps(row)}" for ident, row in sorted(told.items()))
    return f'{{\n  "format": "{FORMAT}",\n  "faults": {{\n{lines}\n  }}\n}}\n'


def _read(file: Path, form: str) -> Mapping[str, Any]:
    try:
        raw = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise ConfigError(f"{file.name}: cannot be read ({problem})") from None
    if not isinstance(raw, dict) or raw.get("format") != form:
        raise ConfigError(f"{file.name}: is not of the form {form}")
    return raw
