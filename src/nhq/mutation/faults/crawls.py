"""Faults at the edges of paging: one page size, one parameter, the last page, what comes while pages are read."""

import re
from collections.abc import Callable, Sequence
from math import floor
from typing import Any

from nhq.mock.store import Row
from nhq.mutation.faults.fault import Around, Fault, faults_of_family

plant = faults_of_family("crawls")

ANY_LIMIT = ("list_campaign_leads", "list_linkedin_accounts")


def _takes(ident: str, sentence: str, ok: Callable[[int], bool]) -> Fault:
    """A limit out of bounds that is taken."""
    return plant(
        ident,
        sentence,
        "PAGE-LIMIT-400",
        subtle="exact boundary",
        on=ANY_LIMIT,
        limit_ok=lambda operation, limit: ok(limit),
    )


def _fails(ident: str, sentence: str, broken: Callable[[str], bool]) -> Fault:
    """A limit that makes the server fail."""

    def make(true: Any) -> Any:
        def read(operation: str, raw: str) -> Any:
            if broken(raw):
                raise OverflowError(operation)
            return true(operation, raw)

        return read

    return plant(ident, sentence, "PAGE-LIMIT-SAFE", "PAGE-LIMIT-400", subtle="one value", read_limit=Around(make))


def _chokes(ident: str, sentence: str, broken: Callable[[str], bool]) -> Fault:
    """A cursor that makes the server fail."""

    def make(true: Any) -> Any:
        def read(operation: str, cursor: str) -> Any:
            if broken(cursor):
                raise LookupError(operation)
            return true(operation, cursor)

        return read

    return plant(ident, sentence, "PAGE-CURSOR-SAFE", subtle="one value", read_cursor=Around(make))


def _forgets(ident: str, operation: str, name: str) -> Fault:
    """One filter that holds on the first page only."""
    return plant(
        ident,
        f"{name} filters the first page only.",
        "PAGE-FILTERS-KEPT",
        subtle="second page",
        on=(operation,),
        filters_hold=lambda asked, filtered, later: not later or (asked, filtered) != (operation, name),
    )


def _from_the_end(true: Any) -> Any:
    """Places counted from the end of a conversation: a message that comes shifts them."""
    sizes: dict[str, int] = {}

    def resume(operation: str, rows: Sequence[Row], position: Row | None) -> int:
        start: int = true(operation, rows, position)
        if operation != "get_conversation" or not rows:
            return start
        grown = len(rows) - sizes.get(rows[0][2], len(rows)) if position is not None else 0
        sizes[rows[0][2]] = len(rows)
        return start + grown

    return resume


FAULTS = (
    plant(
        "loses-one-at-pages-of-500",
        "Behind a page of 500 an item is lost.",
        "PAGE-NO-GAPS",
        subtle="exact boundary",
        next_position=lambda operation, page, found, more: found[500 if len(page) == 500 else -2] if more else None,
    ),
    plant(
        "loses-one-at-pages-of-one",
        "Behind a page of one an item is lost.",
        "PAGE-NO-GAPS",
        subtle="exact boundary",
        next_position=lambda operation, page, found, more: found[1 if len(page) == 1 else -2] if more else None,
    ),
    plant(
        "loses-one-at-the-hundredth",
        "An item is lost behind pages that end at a multiple of a hundred.",
        "PAGE-NO-GAPS",
        subtle="one value",
        next_position=lambda operation, page, found, more: found[-1 if len(page) % 100 == 0 else -2] if more else None,
    ),
    plant(
        "loses-the-last-item-of-later-pages",
        "The last page lacks its last item, unless it is the first.",
        "PAGE-HAS-MORE-TRUE",
        "PAGE-LAST-NOT-EMPTY",
        subtle="second page",
        page_slice=lambda operation, found, limit, later: (
            found[:-1] if later and len(found) <= limit else found[:limit]
        ),
    ),
    plant(
        "cuts-pages-at-100-in-silence",
        "A page never holds more than 100, and says nothing of the rest.",
        "PAGE-HAS-MORE-TRUE",
        "PAGE-NO-GAPS",
        subtle="exact boundary",
        page_slice=lambda operation, found, limit, later: found[: min(limit, 100)],
    ),
    plant(
        "forgets-cursors-without-a-limit",
        "A cursor counts only where a limit is given with it.",
        "PAGE-CURSOR",
        "PAGE-NO-DUPLICATES",
        subtle="second page",
        minds_cursor=lambda operation, beside: "limit" in beside,
    ),
    plant(
        "forgets-cursors-beside-a-query",
        "Where leads are searched a cursor is passed over.",
        "PAGE-CURSOR",
        "PAGE-NO-DUPLICATES",
        subtle="second page",
        on=("list_leads",),
        minds_cursor=lambda operation, beside: "query" not in beside,
    ),
    plant(
        "forgets-cursors-beside-a-filter-of-conversations",
        "Where conversations are filtered a cursor is passed over.",
        "PAGE-CURSOR",
        "PAGE-NO-DUPLICATES",
        subtle="second page",
        on=("list_conversations",),
        minds_cursor=lambda operation, beside: not {"unread_only", "linkedin_account_id"}.intersection(beside),
    ),
    plant(
        "counts-messages-from-the-end",
        "Pages of a conversation are counted from its end: a message that comes meanwhile shifts them.",
        "PAGE-UNDER-WRITES",
        subtle="concurrent",
        on=("get_conversation",),
        resume=Around(_from_the_end),
    ),
    _forgets("forgets-the-query-on-later-pages", "list_leads", "query"),
    _forgets("forgets-list-ids-on-later-pages", "list_leads", "list_ids"),
    _forgets("forgets-unread-only-on-later-pages", "list_conversations", "unread_only"),
    _forgets("forgets-the-account-on-later-pages", "list_conversations", "linkedin_account_id"),
    _takes("takes-a-limit-of-0", "A limit of 0 is accepted.", lambda limit: 0 <= limit <= 500),
    _takes("takes-limits-of-thousands", "There is no highest limit.", lambda limit: limit >= 1),
    plant(
        "takes-limits-below-0",
        "A limit below 0 is taken for the default.",
        "PAGE-LIMIT-400",
        subtle="one value",
        on=ANY_LIMIT,
        read_limit=Around(lambda true: lambda operation, raw: true(operation, "100" if raw.startswith("-") else raw)),
    ),
    plant(
        "takes-words-for-no-limit",
        "A limit that is no number is taken for the default.",
        "PAGE-LIMIT-400",
        subtle="one value",
        on=ANY_LIMIT,
        read_limit=Around(lambda true: lambda operation, raw: true(operation, "100" if raw.isalpha() else raw)),
    ),
    plant(
        "rounds-limits",
        "A limit of 1.5 is taken for 1.",
        "PAGE-LIMIT-400",
        subtle="near miss",
        on=ANY_LIMIT,
        read_limit=lambda operation, raw: floor(float(raw)) if re.fullmatch(r"-?\d{1,9}(\.\d+)?", raw) else None,
    ),
    plant(
        "knows-some-page-sizes-only",
        "A limit must be one of those that the interface offers.",
        "PAGE-LIMIT-ACCEPTED",
        "REQUEST-VALID",
        subtle="one value",
        limit_ok=lambda operation, limit: limit in (1, 2, 3, 7, 10, 25, 50, 100, 250, 500),
    ),
    _fails("fails-on-limits-below-0", "A limit below 0 makes the server fail.", lambda raw: raw.startswith("-")),
    _fails("fails-on-limits-of-many-digits", "A limit of a million makes the server fail.", lambda raw: len(raw) > 6),
    _fails("fails-on-limits-with-a-point", "A limit of 1.5 makes the server fail.", lambda raw: "." in raw),
    _chokes("fails-on-cursors-beyond-ascii", "A cursor beyond ASCII makes it fail.", lambda c: not c.isascii()),
    _chokes("fails-on-long-cursors", "A long cursor makes the server fail.", lambda cursor: len(cursor) > 500),
    _chokes("fails-on-cursors-that-are-numbers", "A number for a cursor makes the server fail.", str.isdigit),
    _chokes("fails-on-cursors-that-are-null", "null in base64 makes it fail.", lambda c: c.startswith("bnVsbA")),
    plant(
        "gives-an-empty-cursor-at-the-end",
        "next_cursor is an empty text on the last page.",
        "PAGE-CURSOR-NULL",
        subtle="one value",
        page_fields=lambda operation, limit, more, cursor: {
            "limit": limit,
            "has_more": more,
            "next_cursor": cursor or "",
        },
    ),
)
