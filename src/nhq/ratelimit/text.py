"""CSV and JSON Lines histories, from whatever tool wrote them, as Arrow tables of the documented columns."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from nhq.errors import HistoryError
from nhq.ratelimit.schema import FIELDS, LABEL, LIMIT_BIT, NEEDED, REMAINING_BIT, RESET_BIT, header_number

_HEADERS = {"limit": LIMIT_BIT, "remaining": REMAINING_BIT, "reset": RESET_BIT}
_KINDS = dict(FIELDS)
_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)

Row = Mapping[str, Any]


def table_from_text(path: Path) -> pa.Table:
    """A table from CSV or JSON Lines, as the suffix says, else as the first line looks. Raises HistoryError."""
    suffix = path.suffix.lower()
    lines = list(_lines(path))
    first = next((line for _, line in lines if not line.startswith("#")), "")
    as_json = suffix in (".jsonl", ".ndjson", ".json") or (suffix != ".csv" and first.startswith(("{", "[")))
    rows, facts = (_json_lines if as_json else _csv)(lines, path.name)
    return _table(rows, facts, path.name)


def _json_lines(lines: Sequence[tuple[int, str]], name: str) -> tuple[list[Row], dict[str, Any]]:
    """The events and the metadata of lines that hold one JSON object each."""
    rows: list[Row] = []
    facts: dict[str, Any] = {}
    for number, line in lines:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise HistoryError(f"{name}: line {number} is not a JSON object, so this is no history")
        if "nhq" in row:
            facts = row
        else:
            rows.append(row)
    return rows, facts


def _csv(lines: Sequence[tuple[int, str]], name: str) -> tuple[list[Row], dict[str, Any]]:
    """The events and the metadata of CSV with a header line, comments before it; empty cells are nulls."""
    facts: dict[str, Any] = {}
    data: list[str] = []
    for number, line in lines:
        if data or not line.startswith("#"):
            data.append(line)
        elif '"nhq"' in line:
            facts = _facts(line[1:], name, number)
    try:
        reader = csv.DictReader(data, strict=True, skipinitialspace=True)
        rows: list[Row] = [{column: value or None for column, value in row.items()} for row in reader]
    except csv.Error as problem:
        raise HistoryError(f"{name}: not CSV, {problem}") from None
    names = list(reader.fieldnames or ())
    if len(names) != len(set(names)):
        raise HistoryError(f"{name}: not CSV, a column stands twice in its header")
    for number, row in enumerate(rows):
        if None in row:
            raise HistoryError(f"{name}: not CSV, event {number} has more cells than the header")
    return rows, facts


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
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if line.strip():
            yield number, line.strip()


def _table(rows: Sequence[Row], facts: Mapping[str, Any], name: str) -> pa.Table:
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
            columns[column] = pa.array(_headers(rows, column, malformed, name), pa.float64())
        elif column in present and column != "malformed":
            columns[column] = _typed(column, [row.get(column) for row in rows], name)
    columns["malformed"] = pa.array(malformed, pa.uint8())
    metadata = {f"nhq.{key}": str(value) for key, value in facts.items()}
    return pa.table(columns).replace_schema_metadata(metadata)


def _headers(rows: Iterable[Row], column: str, malformed: list[int], name: str) -> list[float | None]:
    """A header's numbers; marks the rows where it was there but no number."""
    values: list[float | None] = []
    for index, row in enumerate(rows):
        raw = row.get(column)
        if isinstance(raw, bool | list | dict):
            raise HistoryError(f"{name}: event {index} has {column} {str(raw)[:20]!r}, which is no header's value")
        text = None if raw is None else raw if isinstance(raw, str) else repr(raw)
        value, bad = header_number(text)
        malformed[index] |= bad * _HEADERS[column]
        values.append(value)
    return values


def _typed(column: str, values: list[Any], name: str) -> pa.Array:
    """One column of its documented type. Raises HistoryError naming the first value that does not fit."""
    kind = pa.string() if _KINDS[column] == LABEL else _KINDS[column]
    word = "printable text" if kind == pa.string() else str(kind)
    for row, value in enumerate(values):
        if not _fits(value, kind):
            raise HistoryError(f"{name}: event {row} has {column} {str(value)[:20]!r}, which is no {word}")
    if kind == pa.string():
        return pa.array([None if value is None else str(value) for value in values], kind)
    number = (
        float if kind == pa.float64() else lambda value: int(float(value)) if isinstance(value, str) else int(value)
    )
    return pa.array([None if value is None else number(value) for value in values], kind)


def _fits(value: Any, kind: pa.DataType) -> bool:
    """Whether a cell can be read as `kind`; null always can."""
    if value is None:
        return True
    if isinstance(value, bool | list | dict):
        return False
    if kind == pa.string():
        return str(value).isprintable()
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return False
    try:
        number = float(value)
    except OverflowError:
        return False
    most = 2**15 if kind == pa.int16() else 1e18
    return abs(number) < most and (kind == pa.float64() or number.is_integer())
