"""Faults of order."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from nhq.faults.fault import Around, Fault, family
from nhq.server.store import Row, Store

plant = family("ordering")

Arrange = Callable[[str, Sequence[Row], Store], Sequence[Row]]


def _turned(only: str) -> Arrange:
    """One list back to front; its cursors stay right."""
    return lambda operation, rows, store: (
        [(-rank, -number, ident) for rank, number, ident in reversed(rows)] if operation == only else rows
    )


def _ranked(only: str, rank: Callable[[Store, str], Any]) -> Arrange:
    """One list ordered by something else; its cursors stay right."""

    def arrange(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
        if operation != only:
            return rows
        ordered = sorted(rows, key=lambda row: (rank(store, row[2]), row[2]))
        return [(float(place), 0, row[2]) for place, row in enumerate(ordered)]

    return arrange


def _oldest(ident: str, operation: str, sentence: str, *rules: str) -> Fault:
    return plant(ident, sentence, *rules, subtle="one operation", on=(operation,), arrange=_turned(operation))


def _by_chance(true: Arrange) -> Arrange:
    """Equal instants in another order each time."""
    chance = random.Random(20)

    def arrange(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
        if operation == "get_conversation":
            return rows
        return sorted(((rank, chance.randrange(1 << 30), ident) for rank, _, ident in rows))

    return arrange


def _latest_two_swapped(operation: str, found: Sequence[Row], limit: int, later: bool) -> Sequence[Row]:
    """The first two items of a later page in the wrong order."""
    page = list(found[:limit])
    if later and len(page) > 2:
        page[0], page[1] = page[1], page[0]
    return page


FAULTS = (
    _oldest("lists-campaigns-oldest-first", "list_campaigns", "Campaigns come oldest first.", "ORDER-NEWEST"),
    _oldest("lists-accounts-oldest-first", "list_linkedin_accounts", "Accounts come oldest first.", "ORDER-NEWEST"),
    _oldest("lists-enrollments-oldest-first", "list_campaign_leads", "Oldest enrollment first.", "ORDER-ENROLLMENT"),
    _oldest("lists-members-oldest-first", "list_members", "Members come oldest membership first.", "ORDER-MEMBERSHIP"),
    _oldest("lists-conversations-oldest-first", "list_conversations", "The quietest come first.", "ORDER-RECENT"),
    _oldest("lists-messages-newest-first", "get_conversation", "The history is back to front.", "ORDER-HISTORY"),
    plant(
        "orders-lists-by-name",
        "Lead lists are ordered by name.",
        "ORDER-NEWEST",
        subtle="one operation",
        on=("list_lead_lists",),
        arrange=_ranked("list_lead_lists", lambda store, ident: store.lists[ident].name),
    ),
    plant(
        "orders-leads-by-name",
        "Leads are ordered by last name.",
        "ORDER-NEWEST",
        subtle="one operation",
        on=("list_leads",),
        arrange=_ranked("list_leads", lambda store, ident: store.leads[ident].last_name or ""),
    ),
    plant(
        "orders-members-by-creation",
        "Members are ordered by when the lead was created, not by when it joined.",
        "ORDER-MEMBERSHIP",
        subtle="one state",
        on=("list_members",),
        arrange=_ranked("list_members", lambda store, ident: [-ord(c) for c in store.leads[ident].created_at]),
    ),
    plant(
        "orders-conversations-by-creation",
        "Conversations are ordered by when they began, not by their latest message.",
        "ORDER-RECENT",
        "SEND-MOVES-UP",
        on=("list_conversations",),
        arrange=_ranked(
            "list_conversations", lambda store, ident: [-ord(c) for c in store.conversations[ident].created_at]
        ),
    ),
    plant(
        "orders-enrollments-by-id",
        "Campaign leads are ordered by their id.",
        "ORDER-ENROLLMENT",
        subtle="one operation",
        on=("list_campaign_leads",),
        arrange=_ranked("list_campaign_leads", lambda store, ident: ident),
    ),
    plant(
        "breaks-ties-by-chance",
        "Items of one instant come in another order each time.",
        "PAGE-TIES",
        "PAGE-SAME-SEQUENCE",
        subtle="tie",
        arrange=Around(_by_chance),
    ),
    plant(
        "swaps-two-on-later-pages",
        "The first two items of each later page stand in the wrong order.",
        "PAGE-SAME-SEQUENCE",
        "ORDER-NEWEST",
        "ORDER-HISTORY",
        subtle="second page",
        page_slice=_latest_two_swapped,
    ),
    plant(
        "turns-later-pages-of-messages",
        "Messages are oldest first on the first page, newest first on the others.",
        "ORDER-HISTORY",
        subtle="second page",
        on=("get_conversation",),
        page_slice=lambda operation, found, limit, later: (
            found[:limit][::-1] if later and operation == "get_conversation" and len(found) <= limit else found[:limit]
        ),
    ),
    plant(
        "tells-actions-newest-first",
        "The timeline of a campaign lead begins with the latest action.",
        "ORDER-ACTIONS",
        on=("list_campaign_leads",),
        show_campaign_lead=lambda operation, row: replace(row, actions_performed=row.actions_performed[::-1]),
    ),
)
