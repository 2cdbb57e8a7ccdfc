"""Text recordings of any tool, read in a stream, as Arrow tables of the documented columns."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from nhq.errors import HistoryError
from nhq.ratelimit.history.typed_rows import plain_table, typed_table
from nhq.ratelimit.recordings.csv_tools import hey_rows, jmeter_rows, k6_rows, oha_rows, vegeta_rows
from nhq.ratelimit.recordings.json_tools import har_rows, json_rows, k6_json_rows, nginx_rows, vegeta_json_rows
from nhq.ratelimit.recordings.own_columns import after_comments, own_csv_rows, own_json_rows
from nhq.ratelimit.recordings.recording_formats import RecordingFormat, guess_format, refuse_statistics
from nhq.ratelimit.recordings.recording_rows import Line, Row

#: Rows that are held as Python objects at one time.
BATCH = 20_000
#: Characters; a HAR may be one line.
LONGEST_LINE = 512 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_CSV_READERS = {
    RecordingFormat.K6: k6_rows,
    RecordingFormat.VEGETA: vegeta_rows,
    RecordingFormat.HEY: hey_rows,
    RecordingFormat.OHA: oha_rows,
    RecordingFormat.JMETER: jmeter_rows,
}
_JSON_READERS = {
    RecordingFormat.K6: k6_json_rows,
    RecordingFormat.VEGETA: vegeta_json_rows,
    RecordingFormat.NGINX: nginx_rows,
}


def table_from_text(path: Path, form: RecordingFormat | None = None) -> pa.Table:
    """A table from a text recording, see `tables_from_text`."""
    told = TextFacts()
    tables = list(tables_from_text(path, form, told))
    table = pa.concat_tables(tables, promote_options="default")
    return (table if told.own else with_keys_only(table)).replace_schema_metadata(told.metadata)


@dataclass(slots=True)
class TextFacts:
    """Facts known once all of a recording was read: metadata, and whether it has our `own` columns."""

    facts: dict[str, Any] = field(default_factory=dict)
    own: bool = True

    @property
    def metadata(self) -> dict[str, str]:
        """That of the schema."""
        return {f"nhq.{key}": str(value) for key, value in self.facts.items()}


def tables_from_text(path: Path, form: RecordingFormat | None, told: TextFacts) -> Iterator[pa.Table]:
    """A text recording, plain or gzip, BATCH events at a time, each table with the columns that its events have.

    Its format is guessed if none is given. Raises HistoryError for a file that can't be read.
    """
    empty = True
    with _opened(path) as file:
        lines = _lines(file, path.name)
        buffered, head = _until_data(lines)
        form = form or guess_format(head)
        told.own = form is RecordingFormat.NHQ
        tables = _tables(path, form, head, chain(buffered, lines), told.facts)
        for table in _or_hint(tables, form, guess_format(head)):
            yield table
            empty = False
    if empty:
        raise HistoryError(f"{path.name}: empty history, nothing was recorded")


def with_keys_only(table: pa.Table) -> pa.Table:
    """Drop requests without a key if others have one: they were another client's, or sent without a key."""
    return table.filter(pc.is_valid(table["key"])) if "key" in table.column_names else table


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """The text of a file, unpacked if it is gzip. Raises HistoryError if it can't be read or is no text."""
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


def _tables(
    path: Path, form: RecordingFormat, head: str, lines: Iterator[Line], facts: dict[str, Any]
) -> Iterator[pa.Table]:
    """The requests as tables: our own CSV column by column if possible, everything else row by row."""
    if form is RecordingFormat.NHQ and not _is_json(path, head):
        yield from _csv_tables(after_comments(lines, path.name, facts), path.name)
        return
    for batch in _batches(_rows(path, form, head, lines, facts)):
        yield typed_table(batch, path.name)


def _or_hint(tables: Iterator[pa.Table], form: RecordingFormat, guess: RecordingFormat) -> Iterator[pa.Table]:
    """The tables. If they can't be read, raises HistoryError that names the tool whose format it looks like."""
    try:
        yield from tables
    except HistoryError as problem:
        if guess in (form, RecordingFormat.NHQ):
            raise
        raise HistoryError(f"{problem}; it looks like a recording of {guess}: leave --from out") from None


def _csv_tables(lines: Iterator[Line], name: str) -> Iterator[pa.Table]:
    """Our own CSV. A quoted cell may contain line breaks, so everything after a quote is read row by row."""
    header = list(islice(lines, 1))
    names = [column.strip() for _, line in header for column in line.split(",")]
    while batch := list(islice(lines, BATCH)):
        table = plain_table(names, batch)
        if table is not None:
            yield table
            continue
        quoted = any('"' in line for _, line in (*header, *batch))
        rest = chain(header, batch, lines if quoted else ())
        for rows in _batches(own_csv_rows(rest, name, {})):
            yield typed_table(rows, name)


def _is_json(path: Path, head: str) -> bool:
    """Is a text JSON Lines?"""
    return head.startswith(("{", "[")) or path.name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson"))


def _rows(path: Path, form: RecordingFormat, head: str, lines: Iterable[Line], facts: dict[str, Any]) -> Iterator[Row]:
    """The requests from the format's reader. Raises HistoryError for Locust's statistics."""
    as_json = _is_json(path, head)
    if form is RecordingFormat.LOCUST:
        raise refuse_statistics(path.name)
    if form is RecordingFormat.HAR:
        return _numbered(har_rows("\n".join(text for _, text in lines), path.name))
    if form is RecordingFormat.NHQ:
        return own_json_rows(json_rows(lines, path.name), path.name, facts)
    readers = _JSON_READERS if as_json or form is RecordingFormat.NGINX else _CSV_READERS
    if form not in readers:
        raise HistoryError(f"{path.name}: {form} recordings are read as {'CSV' if as_json else 'JSON'} only")
    return _numbered(readers[form](lines, path.name))


def _numbered(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows with the line number as id: rounded times may make different requests look the same."""
    for number, row in rows:
        yield number, {**row, "id": number}


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
