"""Rows of our columns, and plain CSV, as Arrow tables of the documented types."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from nhq.errors import HistoryError
from nhq.ratelimit.checker.unreadable_headers import printable_header
from nhq.ratelimit.history.history import Floats
from nhq.ratelimit.history.history_schema import (
    FIELDS,
    LABEL,
    LIMIT_BIT,
    REMAINING_BIT,
    REQUIRED,
    RESET_BIT,
    header_number,
)
from nhq.ratelimit.recordings.own_columns import NOT_SECONDS, TIMES
from nhq.ratelimit.recordings.recording_rows import Line, Row

HEADER_BITS = {"limit": LIMIT_BIT, "remaining": REMAINING_BIT, "reset": RESET_BIT}
#: The columns that are read, with their types.
KINDS = {name: pa.string() if kind == LABEL else kind for name, kind in FIELDS}
READ = tuple(name for name in KINDS if name not in ("malformed", "unread"))
_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)


def plain_table(names: Sequence[str], lines: Sequence[Line]) -> pa.Table | None:
    """The same as `typed_table` for these lines of CSV, in a tenth of the time; None if anything in them is unusual.

    Unusual are quotes, spaces between cells, another number of cells than `names`, a duplicate name, times that are no
    plain seconds.
    """
    if not set(REQUIRED) <= set(names) or len(names) != len(set(names)):
        return None
    text = "\n".join(line for _, line in lines)
    if '"' in text or ", " in text or "\r" in text:
        return None
    try:
        cells = csv.read_csv(
            pa.BufferReader(text.encode()),
            csv.ReadOptions(column_names=names, use_threads=False),
            csv.ParseOptions(quote_char=False),
            csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
            ),
        )
        return _plain(cells.combine_chunks())
    except (pa.ArrowException, UnicodeEncodeError):
        return None


def _plain(cells: pa.Table) -> pa.Table | None:
    """The columns of their types. Raises ArrowInvalid for what is no plain number."""
    malformed = np.zeros(len(cells), dtype=np.uint8)
    unread: list[str | None] = [None] * len(cells)
    columns: dict[str, pa.Array] = {}
    for column in (column for column in READ if column in cells.column_names):
        values = cells[column].combine_chunks()
        if column in HEADER_BITS:
            columns[column] = _plain_header(values, column, malformed, unread)
            continue
        kind = KINDS[column]
        columns[column] = values if kind == pa.string() else values.cast(kind)
        if column in TIMES and not _are_seconds(columns[column]):
            return None
        if kind == pa.string() and not all(str(label).isprintable() for label in values.unique().to_pylist()):
            return None
    return _with_unread(columns, malformed, unread)


def _plain_header(texts: pa.Array, column: str, malformed: npt.NDArray[np.uint8], unread: list[str | None]) -> pa.Array:
    """A header's numbers, given few different texts; marks the rows where it was present but no number."""
    coded = texts.dictionary_encode()
    read = [header_number(text) for text in coded.dictionary.to_pylist()]
    numbers = pa.array([value for value, _ in read], pa.float64()).take(coded.indices)
    for row in np.flatnonzero(texts.is_valid().to_numpy(zero_copy_only=False) & np.isnan(_floats(numbers))).tolist():
        malformed[row] |= HEADER_BITS[column]
        unread[row] = _added(unread[row], column, texts[row].as_py())
    return numbers


def _are_seconds(times: pa.Array) -> bool:
    """Can all of them be taken as plain seconds?"""
    return bool((np.abs(_floats(times.drop_null())) < NOT_SECONDS).all())


def _floats(values: pa.Array) -> Floats:
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)


def _with_unread(columns: dict[str, pa.Array], malformed: Any, unread: list[str | None]) -> pa.Table:
    return pa.table(columns | {"malformed": pa.array(malformed, pa.uint8()), "unread": pa.array(unread, pa.string())})


def _added(unread: str | None, column: str, text: str) -> str:
    """Add one to a row's unreadable headers."""
    return "\n".join(filter(None, (unread, f"{column}={printable_header(text)}")))


def typed_table(rows: Sequence[Row], name: str) -> pa.Table:
    """Rows as typed columns; unknown columns are ignored. Raises HistoryError naming the line that doesn't fit."""
    present = {column for _, row in rows for column in row if column}
    missing = [column for column in REQUIRED if column not in present]
    if missing:
        said = ", ".join("received (or duration, duration_ms)" if one == "received" else one for one in missing)
        raise HistoryError(f"{name}: no history, it lacks the columns {said}; see `nhq check --help`")
    malformed = [0] * len(rows)
    unread: list[str | None] = [None] * len(rows)
    columns: dict[str, pa.Array] = {}
    for column in (column for column in READ if column in present):
        if column in HEADER_BITS:
            columns[column] = pa.array(_headers(rows, column, malformed, unread, name), pa.float64())
        else:
            columns[column] = _typed(column, rows, name)
    return _with_unread(columns, malformed, unread)


def _headers(
    rows: Sequence[Row], column: str, malformed: list[int], unread: list[str | None], name: str
) -> list[float | None]:
    """A header's numbers; marks the rows where it was present but no number."""
    values: list[float | None] = []
    for index, (line, row) in enumerate(rows):
        raw = row.get(column)
        if isinstance(raw, bool | list | dict):
            raise HistoryError(f"{name}: line {line} has {column} {str(raw)[:20]!r}, which is no header's value")
        text = None if raw is None else raw if isinstance(raw, str) else repr(raw)
        value, bad = header_number(text)
        malformed[index] |= bad * HEADER_BITS[column]
        if bad and text:
            unread[index] = _added(unread[index], column, text)
        values.append(value)
    return values


def _typed(column: str, rows: Sequence[Row], name: str) -> pa.Array:
    """One column of its documented type. Raises HistoryError naming the first line whose value does not fit."""
    kind = KINDS[column]
    word = "printable text" if kind == pa.string() else str(kind)
    values = [row.get(column) for _, row in rows]
    for (line, _), value in zip(rows, values, strict=True):
        if not _fits(value, kind):
            raise HistoryError(f"{name}: line {line} has {column} {str(value)[:20]!r}, which is no {word}")
    if kind == pa.string():
        return pa.array([None if value is None else str(value) for value in values], kind)
    number = float if kind == pa.float64() else _whole
    return pa.array([None if value is None else number(value) for value in values], kind)


def _whole(value: Any) -> int:
    return int(float(value)) if isinstance(value, str) else int(value)


def _fits(value: Any, kind: pa.DataType) -> bool:
    """Can a cell be read as `kind`? Null always can."""
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
