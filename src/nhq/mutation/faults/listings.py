"""One list of eight pages in its own way: the same fault in one operation alone."""

from collections.abc import Callable, Sequence
from typing import Any

from nhq.mock.store import Row
from nhq.mutation.faults.fault import Around, Fault, faults_of_family
from nhq.mutation.faults.handlers import LINES, at_operation, each_of

plant = faults_of_family("listings")

SINGLE = ("get_lead_list", "get_lead")
LISTS = tuple(ident for ident, line in LINES.items() if line.startswith("GET") and ident not in SINGLE)
REFUSING = ("list_campaign_leads", "list_linkedin_accounts")
CLAMPING = tuple(operation for operation in LISTS if operation not in REFUSING)
WHOLE = ("list_campaigns", "list_linkedin_accounts", "list_lead_lists", "list_leads", "list_conversations")
each = each_of(plant)


def _crashing(operation: str) -> Around:
    """One operation that fails on a cursor nobody issued."""

    def make(true: Any) -> Any:
        def read(asked: str, cursor: str) -> Any:
            found = true(asked, cursor)
            if found is None and asked == operation:
                raise LookupError(asked)
            return found

        return read

    return Around(make)


def _swapped(operation: str, found: Sequence[Row], limit: int, later: bool) -> Sequence[Row]:
    """The first two items of a later page in the wrong order."""
    page = list(found[:limit])
    return [page[1], page[0], *page[2:]] if later and len(page) > 2 else page


def _told(**members: Any) -> Callable[[str], Around]:
    """One operation whose `pagination` says something else."""
    return lambda operation: Around(
        lambda true: lambda asked, *rest: true(asked, *rest) | (members if asked == operation else {})
    )


def _pages(make: Callable[..., Any]) -> Callable[[str], Around]:
    return lambda operation: at_operation(operation, make)


FAULTS: tuple[Fault, ...] = (
    *each(
        "takes-limits-up-to-499-of-{}",
        "{} refuses the highest limit.",
        "PAGE-LIMIT-ACCEPTED",
        "REQUEST-VALID",
        on=LISTS,
        limit_ok=_pages(lambda asked, limit: 1 <= limit < 500),
    ),
    *each(
        "shows-one-too-many-of-{}",
        "{} shows one item more than the limit.",
        "PAGE-LIMIT-KEPT",
        on=LISTS,
        page_slice=_pages(lambda asked, found, limit, later: found[: limit + 1]),
    ),
    *each(
        "shows-five-by-default-of-{}",
        "{} shows five items when no limit is given.",
        "PAGE-DEFAULT-100",
        on=LISTS,
        default_limit=_pages(lambda asked: 5),
    ),
    *each(
        "divides-by-the-limit-of-{}",
        "{} fails on a limit of 0.",
        "PAGE-LIMIT-400",
        on=REFUSING,
        limit_ok=_pages(lambda asked, limit: 500 // limit >= 1),
    ),
    *each(
        "divides-by-any-limit-of-{}",
        "{} fails on a limit of 0.",
        "PAGE-LIMIT-SAFE",
        on=CLAMPING,
        limit_ok=_pages(lambda asked, limit: 500 // limit >= 1),
    ),
    *each(
        "always-promises-more-of-{}",
        "{} says on every page that more follow.",
        "PAGE-HAS-MORE-FALSE-AT-END",
        "PAGE-CURSOR",
        on=LISTS,
        page_fields=_told(has_more=True),
    ),
    *each(
        "never-promises-more-of-{}",
        "{} says on every page that nothing follows.",
        "PAGE-HAS-MORE-TRUE",
        on=LISTS,
        page_fields=_told(has_more=False),
    ),
    *each(
        "promises-more-after-a-full-page-of-{}",
        "{} says that more follow when the last page is exactly full.",
        "PAGE-LAST-NOT-EMPTY",
        on=LISTS,
        has_more=_pages(lambda asked, found, limit: len(found) >= limit),
    ),
    *each(
        "gives-no-cursor-for-{}",
        "{} never gives a cursor.",
        "PAGE-CURSOR",
        on=LISTS,
        but=["get_conversation"],
        page_fields=_told(next_cursor=None),
    ),
    *each(
        "gives-a-cursor-to-nothing-of-{}",
        "{} gives a cursor on its last page.",
        "PAGE-CURSOR-NULL",
        on=LISTS,
        next_position=_pages(lambda asked, page, found, more: page[-1] if page else None),
    ),
    *each(
        "fails-on-unknown-cursors-of-{}",
        "{} fails on a cursor that nobody issued.",
        "PAGE-CURSOR-SAFE",
        on=LISTS,
        read_cursor=_crashing,
    ),
    *each(
        "starts-over-with-each-page-of-{}",
        "{} shows its first page again, whatever the cursor.",
        "PAGE-TERMINATES",
        "PAGE-NO-DUPLICATES",
        on=LISTS,
        but=["list_lead_lists"],
        resume=_pages(lambda asked, rows, position: 0),
    ),
    *each(
        "repeats-one-between-pages-of-{}",
        "{} begins a page with the last item of the one before.",
        "PAGE-NO-DUPLICATES",
        on=LISTS,
        next_position=_pages(lambda asked, page, found, more: page[-2 if len(page) > 1 else -1] if more else None),
    ),
    *each(
        "loses-one-between-pages-of-{}",
        "{} passes over an item between two pages.",
        "PAGE-NO-GAPS",
        on=LISTS,
        next_position=_pages(lambda asked, page, found, more: found[len(page)] if more else None),
    ),
    *each(
        "swaps-two-on-later-pages-of-{}",
        "{} swaps the first two items of its later pages.",
        "PAGE-SAME-SEQUENCE",
        on=LISTS,
        page_slice=_pages(_swapped),
    ),
    *each(
        "believes-cursors-of-{}",
        "{} shows the workspace that a cursor was made in.",
        "WS-CURSOR-OWN",
        on=WHOLE,
        cursor_workspace=_pages(lambda asked, workspace, issued_for: issued_for.split(" ")[1]),
    ),
    *each(
        "wants-a-limit-of-{}",
        "{} is refused without a limit.",
        "REQUEST-VALID",
        on=LISTS,
        default_limit=_pages(lambda asked: 0),
    ),
    *each(
        "reads-limits-before-the-key-of-{}",
        "{} judges its limit before it looks at the key.",
        "AUTH-ABSENT",
        on=LISTS,
        stages=_pages(lambda asked: ("name", "body", "key", "limit", "scope", "prefer", "exists", "act")),
    ),
    *each(
        "reads-limits-before-the-scope-of-{}",
        "{} judges its limit before it looks at the scope.",
        "SCOPE-MISSING",
        on=LISTS,
        stages=_pages(lambda asked: ("key", "limit", "body", "scope", "prefer", "exists", "act")),
    ),
)
