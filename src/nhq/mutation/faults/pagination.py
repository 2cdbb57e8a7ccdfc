"""Faults of pages and cursors."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import inf
from typing import Any

from nhq.mock.store import Row
from nhq.mutation.faults.fault import Around, faults_of_family

plant = faults_of_family("pagination")

CLAMPED = "list_linkedin_accounts"


def _digits(operation: str, raw: str) -> int | None:
    """The digits that a text begins with."""
    found = re.match(r"\d{1,9}", raw, re.ASCII)
    return int(found[0]) if found else None


def _crashing(operation: str, raw: str) -> int:
    """A limit read without a look at it."""
    return int(raw)


def _crashing_cursor(operation: str, cursor: str) -> Any:
    """A cursor decoded without a look at it: what nobody issued makes the server fail."""
    raise LookupError(operation)


def _safe(true: Any) -> Any:
    return lambda operation, cursor: true(operation, cursor) or _crashing_cursor(operation, cursor)


def _offsets(true: Any) -> Any:
    """Cursors that are offsets: what is new at the front shifts what was shown to the next page."""
    sizes: dict[tuple[str, str], int] = {}

    def resume(operation: str, rows: Sequence[Row], position: Row | None) -> int:
        start: int = true(operation, rows, position)
        if not rows:
            return start
        place = (operation, rows[-1][2] if operation != "get_conversation" else rows[0][2])
        grown = len(rows) - sizes.get(place, len(rows)) if position is not None else 0
        sizes[place] = len(rows)
        return max(0, start - grown) if operation != "get_conversation" else start

    return resume


def _sorted_page(operation: str, found: Sequence[Row], limit: int, later: bool) -> Sequence[Row]:
    """Each page sorted by itself, equal instants by id."""
    return sorted(found[:limit], key=lambda row: (row[0], row[2]))


def _first_page(only: str) -> Any:
    return lambda operation, page, found, more: (page[0] if operation == only else page[-1]) if more else None


def _endless(true: Any) -> Any:
    """A list of conversations whose last page leads back to its second."""
    first: dict[int, str] = {}

    def fields(operation: str, limit: int, more: bool, cursor: str | None) -> Any:
        told = true(operation, limit, more, cursor)
        if operation != "list_conversations":
            return told
        if cursor is not None:
            first.setdefault(limit, cursor)
        return told if more or limit not in first else told | {"has_more": True, "next_cursor": first[limit]}

    return fields


FAULTS = (
    plant(
        "loses-one-between-pages",
        "The cursor stands one item too far: the first item of each later page is lost.",
        "PAGE-NO-GAPS",
        subtle="second page",
        next_position=lambda operation, page, found, more: found[len(page)] if more else None,
    ),
    plant(
        "loses-ties-between-pages",
        "The next page begins after the instant of the last item: others of that instant are lost.",
        "PAGE-NO-GAPS",
        "PAGE-SAME-SEQUENCE",
        subtle="tie",
        resume=lambda operation, rows, position: 0 if position is None else bisect_right(rows, (position[0], inf, "")),
    ),
    plant(
        "repeats-ties-between-pages",
        "The next page begins at the instant of the last item: others of that instant come twice.",
        "PAGE-NO-DUPLICATES",
        "PAGE-TERMINATES",
        subtle="tie",
        resume=lambda operation, rows, position: 0 if position is None else bisect_left(rows, (position[0], -inf, "")),
    ),
    plant(
        "repeats-the-last-item",
        "The next page begins with the last item of the one before.",
        "PAGE-NO-DUPLICATES",
        subtle="second page",
        next_position=lambda operation, page, found, more: page[-2 if len(page) > 1 else -1] if more else None,
    ),
    plant(
        "moves-on-by-one-item",
        "The cursor of one list stands at the first item of the page instead of the last.",
        "PAGE-NO-DUPLICATES",
        subtle="one operation",
        on=("list_conversations",),
        next_position=_first_page("list_conversations"),
    ),
    plant(
        "ignores-the-cursor",
        "GET /lead_lists shows the first page, whatever the cursor.",
        "PAGE-CURSOR",
        "PAGE-TERMINATES",
        "PAGE-NO-DUPLICATES",
        subtle="one operation",
        on=("list_lead_lists",),
        resume=Around(
            lambda true: (
                lambda operation, rows, position: (
                    0 if operation == "list_lead_lists" else true(operation, rows, position)
                )
            )
        ),
    ),
    plant(
        "counts-offsets",
        "Cursors are offsets: what is created during a crawl shifts items to the next page.",
        "PAGE-UNDER-WRITES",
        subtle="concurrent",
        resume=Around(_offsets),
    ),
    plant(
        "sorts-each-page-by-itself",
        "Equal instants are put in order within each page only.",
        "PAGE-SAME-SEQUENCE",
        "PAGE-TIES",
        subtle="tie",
        page_slice=_sorted_page,
    ),
    plant(
        "shows-one-item-too-many",
        "A page holds one item more than the limit.",
        "PAGE-LIMIT-KEPT",
        page_slice=lambda operation, found, limit, later: found[: limit + 1],
    ),
    plant(
        "shows-one-item-too-many-on-later-pages",
        "Pages after the first hold one item more than the limit.",
        "PAGE-LIMIT-KEPT",
        subtle="second page",
        page_slice=lambda operation, found, limit, later: found[: limit + later],
    ),
    plant(
        "shows-501-for-500",
        "With the highest limit a page holds 501 items.",
        "PAGE-LIMIT-KEPT",
        subtle="exact boundary",
        page_slice=lambda operation, found, limit, later: found[: limit + (limit == 500)],
    ),
    plant(
        "leaves-pages-one-short",
        "A page holds one item less than the limit although more follow.",
        "PAGE-FULL",
        page_slice=lambda operation, found, limit, later: found[: max(1, limit - 1)],
    ),
    plant(
        "shows-fifty-by-default",
        "Without a limit a page of members holds 50.",
        "PAGE-DEFAULT-100",
        subtle="one operation",
        on=("list_members",),
        default_limit=lambda operation: 50 if operation == "list_members" else 100,
    ),
    plant(
        "shows-all-by-default",
        "Without a limit a page holds up to 500.",
        "PAGE-DEFAULT-100",
        default_limit=lambda operation: 500,
    ),
    plant(
        "refuses-a-limit-of-500",
        "The highest limit is refused.",
        "PAGE-LIMIT-ACCEPTED",
        "REQUEST-VALID",
        subtle="exact boundary",
        limit_ok=lambda operation, limit: 1 <= limit < 500,
    ),
    plant(
        "refuses-a-limit-of-1",
        "The lowest limit is refused.",
        "PAGE-LIMIT-ACCEPTED",
        "REQUEST-VALID",
        subtle="exact boundary",
        limit_ok=lambda operation, limit: 1 < limit <= 500,
    ),
    plant(
        "takes-a-limit-of-501",
        "A limit of 501 is accepted.",
        "PAGE-LIMIT-400",
        subtle="exact boundary",
        on=("list_campaign_leads", "list_linkedin_accounts"),
        limit_ok=lambda operation, limit: 1 <= limit <= 501,
    ),
    plant(
        "clamps-limits-of-accounts",
        "GET /linkedin_accounts takes any number and clamps it.",
        "PAGE-LIMIT-400",
        subtle="one operation",
        on=(CLAMPED,),
        read_limit=Around(
            lambda true: (
                lambda operation, raw: (
                    min(500, max(1, number))
                    if (number := true(operation, raw)) is not None and operation == CLAMPED
                    else number
                )
            )
        ),
    ),
    plant(
        "reads-limits-up-to-the-first-letter",
        "A limit of 10abc is read as 10.",
        "PAGE-LIMIT-400",
        subtle="near miss",
        on=("list_campaign_leads", "list_linkedin_accounts"),
        read_limit=_digits,
    ),
    plant(
        "fails-on-a-limit-that-is-no-number",
        "A limit that is no number makes the server fail.",
        "PAGE-LIMIT-SAFE",
        "PAGE-LIMIT-400",
        read_limit=_crashing,
    ),
    plant(
        "knows-no-highest-limit",
        "GET /leads takes any limit and shows as many items.",
        "PAGE-LIMIT-SAFE",
        "PAGE-LIMIT-KEPT",
        subtle="one operation",
        on=("list_leads",),
        limit_ok=lambda operation, limit: limit >= 1 and (limit <= 500 or operation == "list_leads"),
    ),
    plant(
        "echoes-the-default-limit",
        "pagination.limit is 100, whatever was asked for.",
        "PAGE-LIMIT-ECHO",
        shown_page_limit=lambda operation, limit: 100,
    ),
    plant(
        "promises-more-after-an-exactly-full-page",
        "has_more is true when the last page is exactly full.",
        "PAGE-LAST-NOT-EMPTY",
        subtle="exact boundary",
        has_more=lambda operation, found, limit: len(found) >= limit,
    ),
    plant(
        "promises-more-while-there-is-anything",
        "has_more is true on every page that holds something.",
        "PAGE-LAST-NOT-EMPTY",
        has_more=lambda operation, found, limit: bool(found),
    ),
    plant(
        "promises-more-without-a-cursor",
        "has_more is true on every page; the last one has no next_cursor.",
        "PAGE-HAS-MORE-FALSE-AT-END",
        "PAGE-CURSOR",
        "PAGE-CURSOR-NULL",
        subtle="second page",
        page_fields=lambda operation, limit, more, cursor: {"limit": limit, "has_more": True, "next_cursor": cursor},
    ),
    plant(
        "never-says-that-more-follow",
        "has_more is always false.",
        "PAGE-HAS-MORE-TRUE",
        has_more=lambda operation, found, limit: False,
    ),
    plant(
        "denies-more-but-gives-a-cursor",
        "has_more is false on pages that have a next_cursor.",
        "PAGE-HAS-MORE-TRUE",
        "PAGE-CURSOR-NULL",
        page_fields=lambda operation, limit, more, cursor: {"limit": limit, "has_more": False, "next_cursor": cursor},
    ),
    plant(
        "fetches-no-more-than-500",
        "One row too few is fetched for a page of 500, so that has_more is false there.",
        "PAGE-HAS-MORE-TRUE",
        subtle="exact boundary",
        has_more=lambda operation, found, limit: len(found) > limit and limit < 500,
    ),
    plant(
        "gives-conversations-no-cursor",
        "A conversation's messages have no next_cursor, although more follow.",
        "PAGE-CURSOR",
        "PAGE-CURSOR-NULL",
        subtle="one operation",
        on=("get_conversation",),
        page_fields=lambda operation, limit, more, cursor: {
            "limit": limit,
            "has_more": more,
            "next_cursor": None if operation == "get_conversation" else cursor,
        },
    ),
    plant(
        "gives-a-cursor-after-the-last-page",
        "The last page has a next_cursor.",
        "PAGE-CURSOR-NULL",
        next_position=lambda operation, page, found, more: page[-1] if page else None,
    ),
    plant(
        "fails-on-an-unknown-cursor",
        "A cursor that nobody issued makes the server fail.",
        "PAGE-CURSOR-SAFE",
        read_cursor=Around(_safe),
    ),
    plant(
        "forgets-filters-on-later-pages",
        "Filters apply to the first page only.",
        "PAGE-FILTERS-KEPT",
        subtle="second page",
        filters_hold=lambda operation, name, later: not later,
    ),
    plant(
        "forgets-the-search-on-later-pages",
        "Pages of leads after the first are not filtered.",
        "PAGE-FILTERS-KEPT",
        subtle="second page",
        on=("list_leads",),
        filters_hold=lambda operation, name, later: not later or operation != "list_leads",
    ),
    plant(
        "starts-again-without-end",
        "After the last page of conversations comes the second again.",
        "PAGE-TERMINATES",
        "PAGE-HAS-MORE-FALSE-AT-END",
        subtle="one operation",
        on=("list_conversations",),
        page_fields=Around(_endless),
    ),
)
