"""The parts of a section of the page. A `PageBlock` may carry hand-made SVG."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from nhq.record.run_record import Record

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class PageBlock:
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
    blocks: tuple[PageBlock, ...]


Builder = Callable[[Record], Section | None]
