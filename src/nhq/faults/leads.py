"""Faults of single leads, their members and accounts: what one view shows and another doesn't."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from nhq.faults.fault import Around, family
from nhq.server.store import Row, Store

plant = family("leads")


def _one_before(true: Any) -> Any:
    last: list[Any] = []

    def show(operation: str, lead: Any) -> Any:
        if operation != "get_lead":
            return true(operation, lead)
        last.append(lead)
        return true(operation, last[-2] if len(last) > 1 else lead)

    return show


def _with_a_stranger(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
    """The oldest lead of the workspace as the last member of every list."""
    if operation != "list_members" or not rows:
        return rows
    every = store.listed("leads", store.owner[rows[0][2]])
    stranger = next((row[2] for row in reversed(every) if row[2] not in {known[2] for known in rows}), None)
    return rows if stranger is None else [*rows, (rows[-1][0], rows[-1][1] + 1, stranger)]


FAULTS = (
    plant(
        "shows-the-lead-asked-for-before",
        "GET /leads/{lead_id} shows the lead of the request before.",
        "LEAD-THE-ONE",
        subtle="repeated call",
        on=("get_lead",),
        show_lead=Around(_one_before),
    ),
    plant(
        "shows-the-first-list-of-a-lead-only",
        "lead_list_ids names one list, however many there are.",
        "LEAD-LIST-IDS",
        subtle="one state",
        shown_lists=lambda operation, lists: lists[:1],
    ),
    plant(
        "lists-leads-without-their-lists",
        "lead_list_ids is empty in the list of leads.",
        "LEAD-LIST-IDS",
        subtle="one operation",
        on=("list_leads",),
        shown_lists=lambda operation, lists: () if operation == "list_leads" else lists,
    ),
    plant(
        "shows-no-company",
        "Company details are left out everywhere.",
        "LEAD-DETAILS",
        "ENRICH-STORED",
        show_company=lambda company: None,
    ),
    plant(
        "shows-members-without-their-company",
        "Members of a list come without company details.",
        "LEAD-DETAILS",
        "LEAD-SAME-AS-ROW",
        subtle="one operation",
        on=("list_members",),
        show_lead=lambda operation, lead: replace(lead, company_details=None) if operation == "list_members" else lead,
    ),
    plant(
        "shows-members-without-their-heat",
        "Members of a list come without their heat.",
        "LEAD-HEAT",
        "LEAD-SAME-AS-ROW",
        subtle="one operation",
        on=("list_members",),
        show_lead=lambda operation, lead: (
            replace(lead, lead_heat_reason=None, lead_heat_raw_score=0.0) if operation == "list_members" else lead
        ),
    ),
    plant(
        "shows-members-with-another-title",
        "Members of a list show their headline as job title.",
        "LEAD-SAME-AS-ROW",
        subtle="one operation",
        on=("list_members", "get_lead"),
        show_lead=lambda operation, lead: (
            replace(lead, job_title=lead.headline) if operation == "list_members" else lead
        ),
    ),
    plant(
        "lists-a-stranger-among-members",
        "The last member of each list is none.",
        "LEAD-MEMBERS",
        on=("list_members",),
        arrange=_with_a_stranger,
    ),
    plant(
        "hides-disconnected-accounts",
        "Accounts that aren't connected are left out of the list.",
        "ACCOUNT-SENDERS",
        subtle="one state",
        on=("list_linkedin_accounts",),
        arrange=lambda operation, rows, store: (
            [row for row in rows if store.accounts[row[2]].status == "connected"]
            if operation == "list_linkedin_accounts"
            else rows
        ),
    ),
)
