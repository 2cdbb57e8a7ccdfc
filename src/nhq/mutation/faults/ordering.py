"""Faults of order."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from nhq.mock.store import Row, Store
from nhq.mutation.faults.fault import Around, Fault, faults_of_family

plant = faults_of_family("ordering")

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


def _late(moment: str) -> list[int]:
    """Sorts later moments first."""
    return [-ord(letter) for letter in moment]


def _from_the_end(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
    """A history in blocks of a hundred, the last block first."""
    if operation != "get_conversation":
        return rows
    starts = range(len(rows) - 100, -100, -100)
    turned = [row for start in starts for row in rows[max(0, start) : start + 100]]
    return [(float(place), 0, row[2]) for place, row in enumerate(turned)]


def _by_chance_in(only: str) -> Callable[[Arrange], Arrange]:
    """Equal instants of one list in another order each time."""

    def make(true: Arrange) -> Arrange:
        shuffled = _by_chance(true)
        return lambda operation, rows, store: (shuffled if operation == only else true)(operation, rows, store)

    return make


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
    _oldest("lists-leads-oldest-first", "list_leads", "Leads come oldest first.", "ORDER-NEWEST"),
    _oldest("lists-lists-oldest-first", "list_lead_lists", "Lead lists come oldest first.", "ORDER-NEWEST"),
    plant(
        "orders-accounts-by-name",
        "Accounts are ordered by name.",
        "ORDER-NEWEST",
        subtle="one operation",
        on=("list_linkedin_accounts",),
        arrange=_ranked("list_linkedin_accounts", lambda store, ident: store.accounts[ident].profile_name or ""),
    ),
    plant(
        "orders-campaigns-by-their-latest-change",
        "Campaigns are ordered by when they were changed, not by when they were created.",
        "ORDER-NEWEST",
        subtle="repeated call",
        on=("list_campaigns",),
        near=["CAMP-ACTION-LISTED"],
        arrange=_ranked("list_campaigns", lambda store, ident: _late(store.campaigns[ident].updated_at)),
    ),
    plant(
        "puts-unread-conversations-first",
        "Unread conversations stand before all others.",
        "ORDER-RECENT",
        subtle="one state",
        on=("list_conversations",),
        arrange=_ranked(
            "list_conversations",
            lambda store, ident: (
                not (row := store.conversations[ident]).is_unread,
                _late(row.last_message.sent_at if row.last_message else "0"),
            ),
        ),
    ),
    plant(
        "orders-members-by-name",
        "Members are ordered by last name.",
        "ORDER-MEMBERSHIP",
        subtle="one operation",
        on=("list_members",),
        arrange=_ranked("list_members", lambda store, ident: store.leads[ident].last_name or ""),
    ),
    plant(
        "shows-the-latest-hundred-messages-first",
        "A history is paged from its end: its last hundred messages come first, in order.",
        "ORDER-HISTORY",
        "PAGE-SAME-SEQUENCE",
        subtle="second page",
        on=("get_conversation",),
        arrange=_from_the_end,
    ),
    plant(
        "swaps-the-first-two-actions",
        "The first two actions of a campaign lead stand in the wrong order.",
        "ORDER-ACTIONS",
        subtle="one value",
        on=("list_campaign_leads",),
        show_campaign_lead=lambda operation, row: replace(
            row, actions_performed=(*row.actions_performed[1::-1], *row.actions_performed[2:])
        ),
    ),
    plant(
        "orders-enrollments-by-the-lead",
        "Campaign leads are ordered by when the lead was created.",
        "ORDER-ENROLLMENT",
        subtle="one state",
        on=("list_campaign_leads",),
        arrange=_ranked(
            "list_campaign_leads",
            lambda store, ident: _late(
                lead.created_at if (lead := store.leads.get(store.campaign_leads[ident].lead_id or "")) else "0"
            ),
        ),
    ),
    plant(
        "breaks-ties-of-members-by-chance",
        "Members that joined at one instant come in another order each time.",
        "PAGE-TIES",
        subtle="tie",
        on=("list_members",),
        arrange=Around(_by_chance_in("list_members")),
    ),
    plant(
        "breaks-ties-of-lists-by-chance",
        "Lists that were created at one instant come in another order each time.",
        "PAGE-TIES",
        subtle="tie",
        on=("list_lead_lists",),
        arrange=Around(_by_chance_in("list_lead_lists")),
    ),
)
