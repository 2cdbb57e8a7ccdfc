"""Choices about pages: limits out of bounds, cursors, last and short pages, the order of equals."""

from collections.abc import Sequence
from typing import Any

from nhq.mock.cursors import decode_cursor
from nhq.mock.policies.paging import DEFAULT_LIMIT, MAX_LIMIT
from nhq.mock.store import Row, Store
from nhq.mutation.faults.fault import Around
from nhq.mutation.variants.variant import variants_of_area

take = variants_of_area("pagination", "pagination", "workspaces")

STRICT = ("list_campaign_leads", "list_linkedin_accounts")  # these document a 400
FILLING = "x" * 200


def _lenient(clamp: bool) -> Any:
    """For `read_limit`, where no 400 is documented: into the bounds, or the default for whatever is outside."""

    def make(true: Any) -> Any:
        def read(operation: str, raw: str) -> int | None:
            if operation in STRICT:
                told: int | None = true(operation, raw)
                return told
            try:
                asked = int(raw)
            except ValueError:
                return DEFAULT_LIMIT
            return min(max(asked, 1), MAX_LIMIT) if clamp or 1 <= asked <= MAX_LIMIT else DEFAULT_LIMIT

        return read

    return Around(make)


def show_later(listing: str, seconds: float) -> Any:
    """For `settled`: what is new stands in a list so many seconds later."""

    def settled(operation: str, rows: Sequence[Row], now: float) -> Sequence[Row]:
        if operation != listing:
            return rows
        return [row for row in rows if not now - seconds < abs(row[0]) <= now]

    return settled


def _long(text: str, outgoing: bool) -> str:
    return text + FILLING if outgoing else text.removesuffix(FILLING)


def _strange(text: str, outgoing: bool) -> str:
    """A cursor full of characters that mean something in a URL."""
    if outgoing:
        return f'{{"after": "{text[::-1]}", "of": "ä+b/c=d&e%20f?g#h"}}'
    return text.partition('": "')[2].partition('"')[0][::-1]


def _numeric(text: str, outgoing: bool) -> str:
    """A cursor of digits alone."""
    if outgoing:
        return str(int.from_bytes(b"\1" + text.encode()))
    if not text.isascii() or not text.isdigit():
        return ""
    number = int(text[:2000])
    return number.to_bytes(number.bit_length() // 8 + 1)[1:].decode("ascii", "replace")


def _salted(true: Any) -> Any:
    """Cursors that are never the same twice."""
    count = 0

    def text(text: str, outgoing: bool) -> str:
        nonlocal count
        count += outgoing
        return f"{count:06x}{text}" if outgoing else text[6:]

    return text


def _single(true: Any) -> Any:
    """Cursors that are good for one request."""
    used: set[str] = set()
    count = 0

    def text(text: str, outgoing: bool) -> str:
        nonlocal count
        if outgoing:
            count += 1
            return f"{count:06x}{text}"
        if text in used or decode_cursor(text[6:]) is None:
            return ""
        used.add(text)
        return text[6:]

    return text


def _turned(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
    """Items of one instant the other way round."""
    return sorted((moment, -number, ident) for moment, number, ident in rows)


def _by_id(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
    """Items of one instant by their id."""
    return sorted((moment, 0, ident) for moment, number, ident in rows)


def _short(operation: str, found: Sequence[Row], limit: int, later: bool) -> Sequence[Row]:
    """A page with one item less than would fit, where more follow."""
    return found[: max(1, limit - 1)] if len(found) > limit else found[:limit]


VARIANTS = (
    take(
        "clamps-limits",
        "A limit out of bounds is moved into them.",
        "bad-limit",
        "clamping into the bounds",
        read_limit=_lenient(clamp=True),
    ),
    take(
        "takes-the-default-for-bad-limits",
        "A limit out of bounds counts as none.",
        "bad-limit",
        "the default",
        read_limit=_lenient(clamp=False),
    ),
    take(
        "answers-422-to-bad-limits",
        "Where no 400 is documented, bad parameters are answered 422.",
        "bad-limit",
        "422 with the error envelope",
        error_status=lambda operation, status: (
            422 if status == 400 and operation in {"list_leads", "list_lead_lists", "list_members"} else status
        ),
    ),
    take(
        "shows-the-first-page-for-unknown-cursors",
        "A cursor that nobody issued shows the first page.",
        "unknown-cursor",
        "the first page",
        unknown_cursor=lambda operation: "first",
    ),
    take(
        "shows-nothing-for-unknown-cursors",
        "A cursor that nobody issued shows an empty page.",
        "unknown-cursor",
        "an empty page",
        unknown_cursor=lambda operation: "empty",
    ),
    take(
        "shows-the-first-page-for-foreign-cursors",
        "A cursor of another workspace or list shows the own first page.",
        "foreign-cursor",
        "the first page of the own workspace",
        unfit_cursor=lambda operation: "first",
    ),
    take(
        "shows-nothing-for-foreign-cursors",
        "A cursor of another workspace or list shows an empty page.",
        "foreign-cursor",
        "an empty page",
        unfit_cursor=lambda operation: "empty",
    ),
    take(
        "binds-cursors-to-their-filters",
        "A cursor with other filters than it was issued for is answered 400.",
        "cursor-other-filters",
        "400",
        cursor_binds=lambda operation: "refuse",
    ),
    take(
        "keeps-filters-in-cursors",
        "A cursor brings the filters that it was issued for.",
        "cursor-other-filters",
        "the filters of the cursor",
        cursor_binds=lambda operation: "keep",
    ),
    take(
        "has-long-cursors", "A cursor has some three hundred characters.", "cursor-form", "any text", cursor_text=_long
    ),
    take(
        "has-strange-cursors",
        "A cursor is full of characters that mean something in a URL.",
        "cursor-form",
        "any text",
        cursor_text=_strange,
    ),
    take("has-numbers-for-cursors", "A cursor is a long number.", "cursor-form", "any text", cursor_text=_numeric),
    take(
        "salts-cursors",
        "No two cursors are equal, though they mean the same place.",
        "cursor-form",
        "any text",
        cursor_text=Around(_salted),
    ),
    take(
        "issues-cursors-for-one-request",
        "A cursor can be used once.",
        "cursor-lifetime",
        "one request",
        cursor_text=Around(_single),
    ),
    take(
        "has-a-cursor-on-the-last-page",
        "The last page has a next_cursor, too, behind which nothing is.",
        "next-cursor-null",
        "a cursor on the last page",
        warns=("PAGE-CURSOR-NULL",),
        next_position=lambda operation, page, found, more: page[-1] if page else None,
    ),
    take(
        "ends-with-an-empty-page",
        "Where the last items fill a page, an empty one follows.",
        "empty-last-page",
        "yes, with has_more false",
        warns=("PAGE-LAST-NOT-EMPTY",),
        has_more=lambda operation, found, limit: len(found) >= limit,
    ),
    take(
        "has-short-pages",
        "A page may be one item short, though more follow.",
        "short-pages",
        "yes",
        warns=("PAGE-FULL",),
        near=("lists",),
        page_slice=_short,
    ),
    take(
        "turns-ties-round",
        "Items of one instant come the other way round.",
        "ties",
        "any, the same on every crawl",
        arrange=_turned,
    ),
    take(
        "orders-ties-by-id",
        "Items of one instant come by their id.",
        "ties",
        "any, the same on every crawl",
        arrange=_by_id,
    ),
)
