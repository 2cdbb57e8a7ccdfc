"""The record of nights in one SQLite file: each night is one transaction, so the file is always consistent."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from nhq.errors import ConfigError
from nhq.model import Verdict
from nhq.nights.limiter_timeline import LimiterTimeline
from nhq.nights.migrations import migrate_database
from nhq.nights.night import DEEP, NO_LOAD, FindingStanding, FindingState, Load, Night, RuleCell, Sighting

NONE_UNUSED: Mapping[str, int] = {}
_COLUMNS = ("target", "started", "contract", "suite", "seed", "exit_code")


@dataclass(frozen=True, slots=True)
class NightEntry:
    """A night in the store. `exit_code` None: it was cut short before its end."""

    number: int
    target: str
    started: float
    contract: str
    suite: str
    seed: int
    exit_code: int | None
    load: Load = NO_LOAD
    scopes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    statuses: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    timeline: LimiterTimeline | None = None

    @property
    def cut_short(self) -> bool:
        """Did it never end, or was it interrupted?"""
        return self.exit_code in (None, 130)


class NightStore:
    """Nights of any number of targets. Each method is one transaction; SQLite's own errors become ConfigError."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def begin(self, target: str, started: float, contract: str, suite: str, seed: int) -> int:
        """Store the beginning of a night, and return its number. Raises ConfigError if nothing can be written."""
        with self._write() as database:
            row = (target, started, contract, suite, seed)
            done = database.execute(
                "INSERT INTO nights (target, started, contract, suite, seed) VALUES (?, ?, ?, ?, ?)", row
            )
            assert done.lastrowid is not None
            return done.lastrowid

    def end(
        self,
        number: int,
        night: Night,
        standings: Sequence[FindingStanding],
        exit_code: int,
        marks: Sequence[str] = (),
        reasons: Sequence[str] = (),
        unused: Mapping[str, int] = NONE_UNUSED,
    ) -> None:
        """Store a night's results and the standing of its findings, in one transaction.

        `unused`: stanzas of the approvals file, by fingerprint, with their number of nights without any approval.
        """
        with self._write() as database:
            database.execute(
                "UPDATE nights SET contract = ?, suite = ?, exit_code = ?, load = ?, scopes = ?, statuses = ?,"
                " marks = ?, reasons = ?, troubles = ?, unused = ?, timeline = ? WHERE number = ?",
                (
                    night.contract,
                    night.suite,
                    exit_code,
                    json.dumps(asdict(night.load)),
                    json.dumps(dict(night.scopes)),
                    json.dumps(dict(night.statuses)),
                    json.dumps(list(marks)),
                    json.dumps(list(reasons)),
                    json.dumps(list(night.troubles)),
                    json.dumps(dict(unused)),
                    msgspec.json.encode(night.timeline).decode(),
                    number,
                ),
            )
            database.executemany(
                "INSERT INTO cells VALUES (?, ?, ?, ?, ?)",
                [(number, c.rule, c.operation, c.verdict.value, c.cause) for c in night.cells],
            )
            database.executemany("INSERT INTO standings VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _rows(number, standings))
            database.executemany(
                "INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?)",
                [(night.target, scenario, variant, number) for scenario, variant in sorted(night.sent)],
            )

    def fail(self, number: int, reason: str) -> None:
        """Store that a night could judge nothing, and the cause."""
        with self._write() as database:
            database.execute(
                "UPDATE nights SET exit_code = 2, reasons = ? WHERE number = ?", (json.dumps([reason]), number)
            )

    def entries(self, target: str, most: int = 90) -> list[NightEntry]:
        """The last nights of a target, oldest first."""
        with self._read() as database:
            rows = database.execute(
                "SELECT * FROM nights WHERE target = ? ORDER BY number DESC LIMIT ?", (target, most)
            ).fetchall()
        return [_entry(row) for row in reversed(rows)]

    def targets(self) -> list[str]:
        """The targets with stored nights, the most recent first."""
        with self._read() as database:
            rows = database.execute("SELECT target FROM nights GROUP BY target ORDER BY max(number) DESC").fetchall()
        return [row["target"] for row in rows]

    def last_night(self, target: str, before: int, untroubled: bool = False) -> Night | None:
        """The last complete night of a target before a number that judged anything; None if there is none.

        `untroubled`: preferably one in which nothing went wrong on our side.
        """
        with self._read() as database:
            row = _last(database, target, before, untroubled)
            return _night(row, _cells(database, row["number"])) if row is not None else None

    def unused_stanzas(self, target: str, before: int) -> dict[str, int]:
        """The stanzas that approved nothing in the last complete night before a number, with their count of nights."""
        with self._read() as database:
            row = _last(database, target, before)
            return dict(json.loads(row["unused"])) if row is not None else {}

    def last_sent(self, target: str) -> dict[tuple[str, int], int]:
        """By scenario and place of its variant (or what stands for one), the last night that sent it to a target."""
        with self._read() as database:
            rows = database.execute("SELECT * FROM sent WHERE target = ?", (target,)).fetchall()
        return {(row["scenario"], row["variant"]): row["night"] for row in rows}

    def cells(self, number: int) -> tuple[RuleCell, ...]:
        """The cells that a night judged."""
        with self._read() as database:
            return _cells(database, number)

    def standings(self, number: int) -> tuple[FindingStanding, ...]:
        """The standings of findings after a night."""
        with self._read() as database:
            rows = database.execute("SELECT * FROM standings WHERE night = ? ORDER BY rowid", (number,)).fetchall()
        return tuple(_standing(row) for row in rows)

    def last_standings(self, target: str, before: int) -> dict[str, FindingStanding]:
        """The last standing of each finding of a target, by fingerprint, from the complete nights before a number.

        A finding that only a night that was cut short saw has failed no night yet: it is new in the next.
        """
        with self._read() as database:
            rows = database.execute(
                "SELECT s.* FROM standings s JOIN nights n ON n.number = s.night"
                " WHERE n.target = ? AND s.night < ? AND n.exit_code IS NOT NULL AND n.exit_code != 130"
                " ORDER BY s.night, s.rowid",
                (target, before),
            ).fetchall()
        last = {row["fingerprint"]: row for row in rows}
        return {fingerprint: _standing(row) for fingerprint, row in last.items()}

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as database:
            yield database

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as database, database:
            database.execute("BEGIN IMMEDIATE")
            yield database

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=10, isolation_level=None)) as database:
                database.row_factory = sqlite3.Row
                migrate_database(database, self._file)
                yield database
        except (sqlite3.Error, OSError) as problem:
            raise ConfigError(f"{self._file}: can't use this database of nights: {problem}") from None


def last_nights(sent: Mapping[tuple[str, int], int]) -> dict[str, int]:
    """By scenario, the night that sent that variant of it which wasn't sent for longest."""
    longest: dict[str, int] = {}
    for (scenario, place), night in sent.items():
        if place != DEEP:
            longest[scenario] = min(night, longest.get(scenario, night))
    return longest


def last_deep(sent: Mapping[tuple[str, int], int]) -> dict[str, int]:
    """By scenario, the last night that sent it as deep as a night goes."""
    return {scenario: night for (scenario, place), night in sent.items() if place == DEEP}


def _last(database: sqlite3.Connection, target: str, before: int, untroubled: bool = False) -> Any:
    """The row of a target's last complete night before a number that judged anything; None if there is none."""
    order = "troubles = '[]' DESC, number DESC" if untroubled else "number DESC"
    return database.execute(
        "SELECT * FROM nights n WHERE target = ? AND number < ? AND exit_code IS NOT NULL AND exit_code != 130"
        f" AND EXISTS (SELECT 1 FROM cells WHERE night = n.number AND verdict != ?) ORDER BY {order} LIMIT 1",
        (target, before, Verdict.UNKNOWN.value),
    ).fetchone()


def _rows(number: int, standings: Sequence[FindingStanding]) -> list[tuple[Any, ...]]:
    return [
        (
            number,
            s.sighting.fingerprint,
            s.state.value,
            s.first,
            s.last,
            s.cause,
            s.judged_gone,
            msgspec.json.encode(s.sighting).decode(),
        )
        for s in standings
    ]


def _standing(row: Mapping[str, Any]) -> FindingStanding:
    sighting = msgspec.json.decode(row["sighting"], type=Sighting)
    state = FindingState(row["state"])
    return FindingStanding(sighting, state, row["first"], row["last"], row["cause"], row["judged_gone"])


def _cells(database: sqlite3.Connection, number: int) -> tuple[RuleCell, ...]:
    rows = database.execute("SELECT rule, operation, verdict, cause FROM cells WHERE night = ?", (number,)).fetchall()
    return tuple(msgspec.convert(dict(row), RuleCell) for row in rows)


def _entry(row: Mapping[str, Any]) -> NightEntry:
    told: dict[str, Any] = {name: row[name] for name in ("number", *_COLUMNS)}
    told |= {name: json.loads(row[name]) for name in ("scopes", "statuses")}
    told |= {name: tuple(json.loads(row[name])) for name in ("marks", "reasons", "troubles")}
    timeline = msgspec.json.decode(row["timeline"], type=LimiterTimeline | None)
    return NightEntry(**told, load=Load(**json.loads(row["load"])), timeline=timeline)


def _night(row: Mapping[str, Any], cells: tuple[RuleCell, ...]) -> Night:
    scopes = {label: tuple(names) for label, names in json.loads(row["scopes"]).items()}
    return Night(
        row["target"],
        row["started"],
        row["contract"],
        row["suite"],
        row["seed"],
        row["exit_code"],
        cells,
        scopes=scopes,
    )
