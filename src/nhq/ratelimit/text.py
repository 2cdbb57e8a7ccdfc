"""CSV and JSON Lines histories, from whatever tool wrote them, as Arrow tables of the documented columns."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from nhq.errors import HistoryError
from nhq.ratelimit.schema import FIELDS, LABEL, LIMIT_BIT, NEEDED, REMAINING_BIT, RESET_BIT, header_number

_HEADERS = {"limit": LIMIT_BIT, "remaining": REMAINING_BIT, "reset": RESET_BIT}
_KINDS = dict(FIELDS)


def table_from_json_lines(path: Path) -> pa.Table:
    """A table from a file with one JSON object a line. Raises HistoryError for anything else."""
    rows: list[Mapping[str, Any]] = []
    facts: dict[str, Any] = {}
    for number, line in _lines(path):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise HistoryError(f"{path.name}: line {number} is not a JSON object, so this is no history")
        if "nhq" in row:
            facts = row
        else:
            rows.append(row)
    return _table(rows, facts, path.name)


def table_from_csv(path: Path) -> pa.Table:
    """A table from a CSV file with a header line; empty cells are nulls."""
    facts: dict[str, Any] = {}
    lines: list[str] = []
    for number, line in _lines(path):
        if not line.startswith("#"):
            lines.append(line)
        elif '"nhq"' in line:
            facts = _facts(line[1:], path.name, number)
    try:
        rows: list[Mapping[str, Any]] = [
            {name: value or None for name, value in row.items()} for row in csv.DictReader(lines, strict=True)
        ]
    except csv.Error as problem:
        raise HistoryError(f"{path.name}: not CSV, {problem}") from None
    return _table(rows, facts, path.name)


def _facts(text: str, name: str, number: int) -> dict[str, Any]:
    """Metadata in a CSV comment."""
    try:
        return dict(json.loads(text))
    except (TypeError, ValueError):
        raise HistoryError(f"{name}: line {number} holds unreadable metadata") from None


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise HistoryError(f"{path.name}: cannot be read, {problem.strerror}") from None
    except UnicodeDecodeError:
        raise HistoryError(f"{path.name}: neither Arrow nor text, so this is no history") from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, line.strip()


def _table(rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], name: str) -> pa.Table:
    """Rows as typed columns; unknown columns are left aside."""
    if not rows:
        raise HistoryError(f"{name}: empty history, nothing was recorded")
    present = {column for row in rows for column in row if column}
    missing = [column for column in NEEDED if column not in present]
    if missing:
        raise HistoryError(f"{name}: no history, it lacks the columns {', '.join(missing)}")
    malformed = [0] * len(rows)
    columns: dict[str, pa.Array] = {}
    for column in _KINDS:
        if column in _HEADERS:
            columns[column] = pa.array(_headers(rows, column, malformed), pa.float64())
        elif column in present and column != "malformed":
            columns[column] = _typed(column, [row.get(column) for row in rows], name)
    columns["malformed"] = pa.array(malformed, pa.uint8())
    metadata = {f"nhq.{key}": str(value) for key, value in facts.items()}
    return pa.table(columns).replace_schema_metadata(metadata)


def _headers(rows: Iterable[Mapping[str, Any]], column: str, malformed: list[int]) -> list[float | None]:
    """A header's numbers; marks the rows where it was there but no number."""
    values: list[float | None] = []
    for index, row in enumerate(rows):
        raw = row.get(column)
        text = None if raw is None else raw if isinstance(raw, str) else repr(raw)
        value, bad = header_number(text)
        malformed[index] |= bad * _HEADERS[column]
        values.append(value)
    return values


def _typed(column: str, values: list[Any], name: str) -> pa.Array:
    """One column of its documented type. Raises HistoryError naming the first value that does not fit."""
    kind = pa.string() if _KINDS[column] == LABEL else _KINDS[column]
    for row, value in enumerate(values):
        if not _fits(value, kind):
            raise HistoryError(f"{name}: event {row} has {column} {str(value)[:20]!r}, which is no {kind}")
    if kind == pa.string():
        return pa.array([None if value is None else str(value) for value in values], kind)
    number = float if kind == pa.float64() else int
    return pa.array([None if value is None else number(value) for value in values], kind)


def _fits(value: Any, kind: pa.DataType) -> bool:
    """Whether a cell can be read as `kind`; null always can."""
    if value is None or kind == pa.string():
        return True
    try:
        return float(value) == int(value) and abs(int(value)) < 2**15 if kind == pa.int16() else float(value) < 1e18
    except (TypeError, ValueError, OverflowError):
        return False
