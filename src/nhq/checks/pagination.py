"""One page of a list: the number of its items, its `pagination` member, and the order of its items."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any
from urllib.parse import parse_qs, urlsplit

from nhq.checks.context import CheckContext, judges, listed_rows
from nhq.checks.values import first_fall, first_rise, parse_instant, whole_number
from nhq.contract.definitions import PAGE_DEFAULT, PAGE_MOST
from nhq.model import Observation

DEFAULT, MOST = PAGE_DEFAULT, PAGE_MOST
_LIMIT = re.compile(r"[1-9]\d{0,4}", re.ASCII)
# The member of a list's rows that holds the time the list is ordered by.
ORDERED_BY: Mapping[str, tuple[str, ...]] = {
    "list_campaigns": ("createdAt",),
    "list_campaign_leads": ("enrolled_at",),
    "list_linkedin_accounts": ("created_at",),
    "list_lead_lists": ("created_at",),
    "list_leads": ("created_at",),
    "list_conversations": ("last_message", "sent_at"),
    "get_conversation": ("sent_at",),
}
_ORDER_RULES = {
    "list_campaign_leads": "ORDER-ENROLLMENT",
    "list_conversations": "ORDER-RECENT",
    "get_conversation": "ORDER-HISTORY",
}


def order_rule(operation: str) -> str:
    """The rule that promises an operation's order."""
    return _ORDER_RULES.get(operation, "ORDER-NEWEST")


def query_value(seen: CheckContext, name: str) -> str | None:
    """The one value of a query parameter; None when it was not sent, "" when it was sent twice (that is open)."""
    values = parse_qs(urlsplit(seen.exchange.path).query, keep_blank_values=True).get(name, [])
    return None if not values else values[0] if len(values) == 1 else ""


def limit_asked(seen: CheckContext) -> int | None:
    """The page size that the request asks for beyond doubt: a plain number from 1 to 500, or the default of 100.

    None where that is open: another spelling of a number, and a cursor without a limit (it may carry one).
    """
    text = query_value(seen, "limit")
    if text is None:
        return seen.operation.limits[2] if query_value(seen, "cursor") is None else None
    return int(text) if _LIMIT.fullmatch(text) and int(text) <= seen.operation.limits[1] else None


def is_page(seen: CheckContext) -> bool:
    """Is this a list request that was answered with a page?"""
    return seen.operation.paginated and seen.status == 200 and isinstance(seen.body, dict) and "data" in seen.body


@judges("PAGE-LIMIT-KEPT")
def limit_kept(seen: CheckContext) -> Iterator[Observation]:
    """«Pass `limit` (1–500, default 100)»: never more items than asked for, never more than 500."""
    if not is_page(seen) or not listed_rows(seen):
        return
    explicit = query_value(seen, "limit") is not None
    most = (limit_asked(seen) if explicit else None) or seen.operation.limits[1]
    count = len(listed_rows(seen))
    yield seen.judged("PAGE-LIMIT-KEPT", count <= most, f"at most {most} items", f"{count}", "/data")


@judges("PAGE-NO-DUPLICATES")
def once_in_a_page(seen: CheckContext) -> Iterator[Observation]:
    """No item twice, even if two filters match it. Reports violations only: a crawl reads more pages."""
    idents = [str(row["id"]) for row in listed_rows(seen) if row.get("id") is not None] if is_page(seen) else []
    again = len(idents) - len(set(idents))
    if again:
        yield seen.broken("PAGE-NO-DUPLICATES", "each item once in a page", f"{again} again", "/data/*/id")


@judges("PAGE-LIMIT-ECHO")
def limit_echoed(seen: CheckContext) -> Iterator[Observation]:
    """`pagination.limit` is the limit in effect."""
    limit = limit_asked(seen)
    told = whole_number(_pagination(seen).get("limit"))
    if is_page(seen) and limit is not None and told is not None:
        yield seen.judged("PAGE-LIMIT-ECHO", told == limit, f"{limit}", f"{told}", "/pagination/limit")


@judges("PAGE-FULL")
def full_before_more(seen: CheckContext) -> Iterator[Observation]:
    """A page that says that more follow is full."""
    limit = limit_asked(seen)
    if is_page(seen) and limit is not None and _pagination(seen).get("has_more") is True:
        count = len(listed_rows(seen))
        yield seen.judged("PAGE-FULL", count >= limit, f"{limit} items, since more follow", f"{count}", "/data")


@judges("ORDER-NEWEST", "ORDER-ENROLLMENT", "ORDER-RECENT", "ORDER-HISTORY")
def page_in_order(seen: CheckContext) -> Iterator[Observation]:
    """Newest first (messages: oldest first). Equal instants may come in any order.

    A text search may rank by relevance: the contract leaves the order of its results open.
    """
    operation = seen.operation.id
    if not is_page(seen) or operation not in ORDERED_BY or query_value(seen, "query"):
        return
    instants = row_instants(operation, listed_rows(seen))
    if len(set(instants)) > 1:
        wrong = out_of_order(operation, instants)
        where = "/data/messages/*/sent_at" if operation == "get_conversation" else "/data/*"
        yield seen.judged(
            order_rule(operation), wrong is None, f"{sort_direction(operation)} first", f"not so at item {wrong}", where
        )


def sort_direction(operation: str) -> str:
    """Does a list begin with its newest or its oldest item?"""
    return "oldest" if operation == "get_conversation" else "newest"


def time_of(operation: str, row: Mapping[str, Any]) -> Fraction | None:
    """The instant by which a list orders a row; None where it has none (a conversation without any message)."""
    value: Any = row
    for name in ORDERED_BY[operation]:
        value = value.get(name) if isinstance(value, Mapping) else None
    return parse_instant(value)


def row_instants(operation: str, listed: Sequence[Mapping[str, Any]]) -> list[Fraction]:
    """The instants of rows in their order; rows without one may stand anywhere and are left out."""
    return [moment for row in listed if (moment := time_of(operation, row)) is not None]


def out_of_order(operation: str, instants: Sequence[Fraction]) -> int | None:
    """The index of the first instant that is out of order in this list; None when all are in order."""
    return first_fall(instants) if operation == "get_conversation" else first_rise(instants)


@judges("ORDER-ACTIONS")
def actions_in_order(seen: CheckContext) -> Iterator[Observation]:
    """«a chronological `actions_performed` timeline»: by the time performed or by the time scheduled."""
    if seen.operation.id != "list_campaign_leads" or not is_page(seen):
        return
    timelines = [events for row in listed_rows(seen) if isinstance(events := row.get("actions_performed"), list)]
    told = [moments for events in timelines if (moments := _timelines(events))]
    if told:
        wrong = [moments for moments in told if all(first_fall(one) is not None for one in moments)]
        yield seen.judged(
            "ORDER-ACTIONS", not wrong, "oldest first", f"not so for {len(wrong)} leads", "/data/*/actions_performed"
        )


def _timelines(events: Sequence[Any]) -> list[list[Fraction]]:
    """The events' instants in each of the readings that can be told apart: performed, and scheduled."""
    readings = [
        [
            moment
            for event in events
            if isinstance(event, dict) and (moment := parse_instant(event.get(name))) is not None
        ]
        for name in ("performed_at", "scheduled_for")
    ]
    return [moments for moments in readings if len(set(moments)) > 1]


def _pagination(seen: CheckContext) -> Mapping[str, Any]:
    told = seen.body.get("pagination") if isinstance(seen.body, dict) else None
    return told if isinstance(told, dict) else {}
