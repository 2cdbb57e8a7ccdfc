"""Text recordings of any tool, read in a stream, as Arrow tables of the documented columns."""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from nhq.errors import HistoryError
from nhq.ratelimit.recordings.csv_tools import hey_rows, jmeter_rows, k6_rows, oha_rows, vegeta_rows
from nhq.ratelimit.recordings.formats import Format, guess_format, refuse_statistics
from nhq.ratelimit.recordings.json_tools import har_rows, json_rows, k6_json_rows, nginx_rows, vegeta_json_rows
from nhq.ratelimit.recordings.own import own_csv_rows, own_json_rows
from nhq.ratelimit.recordings.rows import Line, Row
from nhq.ratelimit.schema import FIELDS, LABEL, LIMIT_BIT, REMAINING_BIT, REQUIRED, RESET_BIT, header_number
from nhq.ratelimit.unread import kept

#: Rows that are held as Python objects at one time.
BATCH = 20_000
#: Characters; a HAR may stand on one line.
LONGEST_LINE = 512 * 1024 * 1024
HEADER_BITS = {"limit": LIMIT_BIT, "remaining": REMAINING_BIT, "reset": RESET_BIT}
_GZIP = b"\x1f\x8b"
_KINDS = dict(FIELDS)
_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_CSV_READERS = {
    Format.K6: k6_rows,
    Format.VEGETA: vegeta_rows,
    Format.HEY: hey_rows,
    Format.OHA: oha_rows,
    Format.JMETER: jmeter_rows,
}
_JSON_READERS = {Format.K6: k6_json_rows, Format.VEGETA: vegeta_json_rows, Format.NGINX: nginx_rows}


def table_from_text(path: Path, form: Format | None = None) -> pa.Table:
    """A table from a text recording, see `tables_from_text`."""
    told = Told()
    tables = list(tables_from_text(path, form, told))
    table = pa.concat_tables(tables, promote_options="default")
    return (table if told.own else with_keys_only(table)).replace_schema_metadata(told.metadata)


@dataclass(slots=True)
class Told:
    """What is known of a recording once all of it was read: metadata, and whether it holds our `own` columns."""

    facts: dict[str, Any] = field(default_factory=dict)
    own: bool = True

    @property
    def metadata(self) -> dict[str, str]:
        """That of the schema."""
        return {f"nhq.{key}": str(value) for key, value in self.facts.items()}


def tables_from_text(path: Path, form: Format | None, told: Told) -> Iterator[pa.Table]:
    """A text recording, plain or gzip, BATCH events at a time, each table with the columns that its events have.

    Its format is guessed where none is given. Raises HistoryError for what can't be read.
    """
    empty = True
    with _opened(path) as file:
        lines = _lines(file, path.name)
        buffered, head = _until_data(lines)
        form = form or guess_format(head)
        told.own = form is Format.NHQ
        rows = _rows(path, form, head, chain(buffered, lines), told.facts)
        for batch in _batches(rows):
            yield _table(batch, path.name)
            empty = False
    if empty:
        raise HistoryError(f"{path.name}: empty history, nothing was recorded")


def with_keys_only(table: pa.Table) -> pa.Table:
    """Without the requests that have no key, where others have one: they were another's, or tried without any."""
    return table.filter(pc.is_valid(table["key"])) if "key" in table.column_names else table


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """The text of a file, unpacked where it is gzip. Raises HistoryError where it can't be read or is no text."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP
        with gzip.open(path, "rt", encoding="utf-8-sig") if packed else path.open(encoding="utf-8-sig") as file:
            yield file
    except UnicodeDecodeError:
        raise HistoryError(f"{path.name}: neither Arrow nor text, so this is no history") from None
    except (OSError, EOFError, zlib.error) as problem:
        raise HistoryError(f"{path.name}: cannot be read, {getattr(problem, 'strerror', None) or problem}") from None


def _lines(file: Iterable[str], name: str) -> Iterator[Line]:
    """The lines that are not blank, with their numbers."""
    for number, line in enumerate(file, 1):
        if len(line) > LONGEST_LINE:
            raise HistoryError(f"{name}: line {number} is longer than {LONGEST_LINE} characters, so this is no history")
        if text := line.strip():
            yield number, text


def _until_data(lines: Iterator[Line]) -> tuple[list[Line], str]:
    """The lines up to the first that is no comment, and that one's text."""
    buffered: list[Line] = []
    for line in lines:
        buffered.append(line)
        if not line[1].startswith("#"):
            return buffered, line[1]
    return buffered, ""


def _rows(path: Path, form: Format, head: str, lines: Iterable[Line], facts: dict[str, Any]) -> Iterator[Row]:
    """The requests, as the format's reader tells them. Raises HistoryError for Locust's statistics."""
    as_json = head.startswith(("{", "[")) or path.name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson"))
    if form is Format.LOCUST:
        raise refuse_statistics(path.name)
    if form is Format.HAR:
        return _numbered(har_rows("\n".join(text for _, text in lines), path.name))
    if form is Format.NHQ:
        if as_json:
            return own_json_rows(json_rows(lines, path.name), path.name, facts)
        return own_csv_rows(lines, path.name, facts)
    readers = _JSON_READERS if as_json or form is Format.NGINX else _CSV_READERS
    if form not in readers:
        raise HistoryError(f"{path.name}: {form} recordings are read as {'CSV' if as_json else 'JSON'} only")
    return _numbered(readers[form](lines, path.name))


def _numbered(rows: Iterable[Row]) -> Iterator[Row]:
    """With the line as the id: times are rounded, so that different requests may look the same."""
    for number, row in rows:
        yield number, {**row, "id": number}


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _table(rows: Sequence[Row], name: str) -> pa.Table:
    """Rows as typed columns; unknown columns are left aside."""
    present = {column for _, row in rows for column in row if column}
    missing = [column for column in REQUIRED if column not in present]
    if missing:
        raise HistoryError(f"{name}: no history, it lacks the columns {', '.join(missing)}; see `nhq check --help`")
    malformed = [0] * len(rows)
    unread: list[str | None] = [None] * len(rows)
    columns: dict[str, pa.Array] = {}
    for column in _KINDS:
        if column in HEADER_BITS and column in present:
            columns[column] = pa.array(_headers(rows, column, malformed, unread, name), pa.float64())
        elif column in present and column not in ("malformed", "unread"):
            columns[column] = _typed(column, rows, name)
    columns["malformed"] = pa.array(malformed, pa.uint8())
    columns["unread"] = pa.array(unread, pa.string())
    return pa.table(columns)


def _headers(
    rows: Sequence[Row], column: str, malformed: list[int], unread: list[str | None], name: str
) -> list[float | None]:
    """A header's numbers; marks the rows where it was there but no number."""
    values: list[float | None] = []
    for index, (line, row) in enumerate(rows):
        raw = row.get(column)
        if isinstance(raw, bool | list | dict):
            raise HistoryError(f"{name}: line {line} has {column} {str(raw)[:20]!r}, which is no header's value")
        text = None if raw is None else raw if isinstance(raw, str) else repr(raw)
        value, bad = header_number(text)
        malformed[index] |= bad * HEADER_BITS[column]
        if bad and text:
            unread[index] = "\n".join(filter(None, (unread[index], f"{column}={kept(text)}")))
        values.append(value)
    return values


def _typed(column: str, rows: Sequence[Row], name: str) -> pa.Array:
    """One column of its documented type. Raises HistoryError naming the first line whose value does not fit."""
    kind = pa.string() if _KINDS[column] == LABEL else _KINDS[column]
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
