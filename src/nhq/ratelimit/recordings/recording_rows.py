"""The rows that every reader of a recording yields, and helpers that readers share."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.parser import HeaderParser
from typing import Any

from nhq.errors import HistoryError

Line = tuple[int, str]
#: One request in our columns, with the number of the line that it was read from.
Row = tuple[int, Mapping[str, Any]]
Reader = Callable[[Iterable[Line], str], Iterator[Row]]

LIMIT_HEADERS = {
    "x-ratelimit-limit": "limit",
    "x-ratelimit-remaining": "remaining",
    "x-ratelimit-reset": "reset",
}


@dataclass(slots=True)
class KeyLabels:
    """Labels for keys in order of appearance: a recording may hold the key itself, which must never be shown."""

    labels: dict[str, str] = field(default_factory=dict)

    def label(self, secret: str) -> str:
        """The label of a key, the same for the same key."""
        return self.labels.setdefault(secret, f"key {len(self.labels) + 1}")


def csv_rows(lines: Iterable[Line], name: str, columns: list[str] | None = None) -> Iterator[Row]:
    """CSV as dictionaries, by its header line or the given columns; empty cells are None.

    Raises HistoryError for what is not CSV and for a row with more cells than the header has.
    """
    place = [0]
    reader = csv.DictReader(_texts(lines, place), fieldnames=columns, strict=True, skipinitialspace=True)
    try:
        names = list(reader.fieldnames or ())
        if len(names) != len(set(names)):
            raise HistoryError(f"{name}: not CSV, a column appears twice in its header")
        for row in reader:
            if None in row:
                raise HistoryError(f"{name}: not CSV, line {place[0]} has more cells than the header")
            yield place[0], {column: value or None for column, value in row.items()}
    except csv.Error as problem:
        raise HistoryError(f"{name}: not CSV, line {place[0]}: {problem}") from None


def _texts(lines: Iterable[Line], place: list[int]) -> Iterator[str]:
    for number, line in lines:
        place[0] = number
        yield line


def required_cell(row: Mapping[str, Any], column: str, where: str) -> Any:
    """A required cell. Raises HistoryError naming `where`."""
    value = row.get(column)
    if value is None:
        raise HistoryError(f"{where} lacks {column}")
    return value


def limit_headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    """The three headers of an answer whose headers were all recorded; None for one that wasn't sent.

    A repeated header is joined with ", " (RFC 9110, section 5.3).
    """
    found: dict[str, str | None] = dict.fromkeys(LIMIT_HEADERS.values())
    for raw, value in pairs:
        column = LIMIT_HEADERS.get(raw.lower())
        if column is not None:
            before = found[column]
            found[column] = value if before is None else f"{before}, {value}"
    return found


def header_block(text: str) -> list[tuple[str, str]]:
    """Names and values of headers in wire format: one per line."""
    return [(str(name), str(value)) for name, value in HeaderParser().parsestr(text).items()]


def http_status(text: Any) -> int | None:
    """A status, or None if no answer came (0, empty, or a text of the tool's own)."""
    raw = str(text or "").strip()
    return int(raw) if raw.isascii() and raw.isdigit() and int(raw) else None
