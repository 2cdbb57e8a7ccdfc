"""Cursor pagination: which rows a page shows, whether more follow, and where the next page starts."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from typing import Any

from nhq.mock.cursors import decode_cursor
from nhq.mock.store import Row, Store

DEFAULT_LIMIT = 100
MAX_LIMIT = 500


def default_limit(operation: str) -> int:
    """The page size when none is asked for."""
    return DEFAULT_LIMIT


def read_limit(operation: str, raw: str) -> int | None:
    """The page size asked for; None when it is no integer."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None


def limit_ok(operation: str, limit: int) -> bool:
    """Page sizes run from 1 to 500."""
    return 1 <= limit <= MAX_LIMIT


def shown_page_limit(operation: str, limit: int) -> int:
    """`pagination.limit` repeats the page size in force."""
    return limit


def arrange(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
    """The order in which rows are listed: that of the store, newest first (messages: oldest first)."""
    return rows


def settled(operation: str, rows: Sequence[Row], now: float) -> Sequence[Row]:
    """The rows that a list shows by now: all there are."""
    return rows


def resume(operation: str, rows: Sequence[Row], position: Row | None) -> int:
    """The index of the first row after the last one shown. By position, so what was created since changes nothing."""
    return 0 if position is None else bisect_right(rows, position)


def page_slice(operation: str, found: Sequence[Row], limit: int, later: bool) -> Sequence[Row]:
    """The rows of this page, out of up to `limit + 1` that follow the cursor."""
    return found[:limit]


def has_more(operation: str, found: Sequence[Row], limit: int) -> bool:
    """More follow when more were found than fit."""
    return len(found) > limit


def next_position(operation: str, page: Sequence[Row], found: Sequence[Row], more: bool) -> Row | None:
    """The next page starts after the last row shown; there is none after the last page."""
    return page[-1] if more else None


def filters_hold(operation: str, name: str, later: bool) -> bool:
    """Each filter holds on every page, not only on the first."""
    return True


def minds_cursor(operation: str, beside: Collection[str]) -> bool:
    """A cursor counts, whatever parameters are given beside it, or none."""
    return True


def read_cursor(operation: str, cursor: str) -> tuple[str, Row] | None:
    """The list and the row that a cursor was made from; None for one that nobody issued."""
    return decode_cursor(cursor)


def cursor_workspace(operation: str, workspace: str, issued_for: str) -> str:
    """The workspace that a page behind a cursor shows: the key's own, whatever the cursor says."""
    return workspace


def cursor_fits(operation: str, issued_for: str, used_for: str) -> bool:
    """A cursor is good for the list and the workspace that it was issued for."""
    return issued_for == used_for


def cursor_text(text: str, outgoing: bool) -> str:
    """A cursor on the wire is the one that was made; an incoming one is read as it is."""
    return text


def unknown_cursor(operation: str) -> str:
    """What becomes of a cursor that nobody issued: `refuse` (400), `first` page, or `empty` page."""
    return "refuse"


def unfit_cursor(operation: str) -> str:
    """What becomes of a cursor that was issued for another list or workspace, in the same words."""
    return "refuse"


def cursor_binds(operation: str) -> str:
    """What a cursor does with the filters it was issued for: nothing; or `refuse` others, or `keep` them."""
    return ""


def page_fields(operation: str, limit: int, more: bool, cursor: str | None) -> dict[str, Any]:
    """The `pagination` object."""
    return {"limit": limit, "has_more": more, "next_cursor": cursor}
