"""What a section of the page is made of. A `Block` may carry hand-made SVG; what nobody draws is lists and tables."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from nhq.formats.text import cut
from nhq.report.words import Record, area

MOST_ROWS = 200
_MOST_CELL = 300
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a section, whatever of it is set: a heading, facts, a table (columns, rows), a picture."""

    heading: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    left_out: int = 0
    svg: Markup | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page with its own heading and a place in the table of contents."""

    id: str
    title: str
    blocks: tuple[Block, ...]


Builder = Callable[[Record], Section | None]


def generic(name: str, title: str) -> Builder:
    """A builder that shows `record[name]` as it comes."""

    def build(record: Record) -> Section | None:
        value = record[name]
        return Section(name, title, tuple(_blocks("", value, 0))) if value else None

    return build


def _blocks(heading: str, value: Any, depth: int) -> Iterator[Block]:
    if isinstance(value, Mapping) and depth < _DEEPEST:
        flat = tuple((area(str(key)), _cell(item)) for key, item in value.items() if not _nested(item))
        if flat:
            yield Block(heading, facts=flat)
        for key, item in value.items():
            if _nested(item):
                yield from _blocks(f"{heading}: {key}" if heading else area(str(key)), item, depth + 1)
    elif _table(value):
        columns = tuple(dict.fromkeys(str(key) for row in value for key in row))
        rows = tuple(tuple(_cell(row.get(key)) for key in columns) for row in value[:MOST_ROWS])
        yield Block(heading, columns=columns, rows=rows, left_out=max(0, len(value) - MOST_ROWS))
    else:
        yield Block(heading, facts=(("", _cell(value)),))


def _nested(value: Any) -> bool:
    return (isinstance(value, Mapping) and bool(value)) or _table(value)


def _table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return cut(", ".join(_cell(item) for item in value), _MOST_CELL)
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return "" if value is None else cut(str(value), _MOST_CELL)
