"""Faults of single leads, their members and accounts: what one view shows and another doesn't."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from nhq.mock.store import Row, Store
from nhq.mutation.faults.fault import Around, faults_of_family

plant = faults_of_family("leads")


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


def _in_view(view: str, **members: Any) -> Any:
    """Leads that lack something, or have it otherwise, in one view."""
    return lambda operation, lead: replace(lead, **members) if operation == view else lead


def _and_the_next(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
    """The members of a list, and then those of another."""
    if operation != "list_members" or not rows:
        return rows
    mine = {row[2] for row in rows}
    every = (found for (kind, _), found in store.rows.items() if kind == "members" and found)
    other = next((found for found in every if not mine & {row[2] for row in found}), [])
    return [*rows, *((rows[-1][0], rows[-1][1] + place, row[2]) for place, row in enumerate(other, 1))]


FAULTS = (
    plant(
        "shows-the-lead-asked-for-before",
        "GET /leads/{lead_id} shows the lead of the request before.",
        "LEAD-SAME-ID",
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
    plant(
        "forgets-the-list-joined-last",
        "lead_list_ids lacks the list that a lead joined last.",
        "LEAD-LIST-IDS",
        subtle="repeated call",
        shown_lists=lambda operation, lists: lists[:-1] if len(lists) > 1 else lists,
    ),
    plant(
        "names-a-list-twice",
        "lead_list_ids names the first list twice.",
        "LEAD-LIST-IDS",
        subtle="one value",
        shown_lists=lambda operation, lists: (*lists, *lists[:1]),
    ),
    plant(
        "reads-one-lead-without-its-lists",
        "lead_list_ids is empty in a lead read alone.",
        "LEAD-LIST-IDS",
        subtle="one operation",
        on=("get_lead",),
        shown_lists=lambda operation, lists: () if operation == "get_lead" else lists,
    ),
    plant(
        "lists-leads-without-their-company",
        "Leads in the list of all come without company details.",
        "LEAD-DETAILS",
        subtle="one operation",
        on=("list_leads",),
        show_lead=_in_view("list_leads", company_details=None),
    ),
    plant(
        "reads-one-lead-without-its-company",
        "A lead read alone comes without company details.",
        "LEAD-DETAILS",
        subtle="one operation",
        on=("get_lead",),
        show_lead=_in_view("get_lead", company_details=None),
    ),
    plant(
        "shows-companies-of-members-in-short",
        "The company of a list's member lacks its industry and size.",
        "LEAD-DETAILS",
        subtle="one field",
        on=("list_members",),
        show_lead=lambda operation, lead: (
            replace(lead, company_details=replace(lead.company_details, industry=None, employee_count=None))
            if operation == "list_members" and lead.company_details is not None
            else lead
        ),
    ),
    plant(
        "lists-leads-without-their-heat",
        "Leads in the list of all come without their heat.",
        "LEAD-HEAT",
        subtle="one operation",
        on=("list_leads",),
        show_lead=_in_view("list_leads", lead_heat_reason=None, lead_heat_raw_score=UNSET),
    ),
    plant(
        "reads-one-lead-without-its-heat",
        "A lead read alone comes without its heat.",
        "LEAD-HEAT",
        subtle="one operation",
        on=("get_lead",),
        show_lead=_in_view("get_lead", lead_heat_reason=None, lead_heat_raw_score=UNSET),
    ),
    plant(
        "lists-leads-without-the-reason-of-their-heat",
        "Leads in the list of all come with a score, but without its reason.",
        "LEAD-HEAT",
        subtle="one field",
        on=("list_leads",),
        show_lead=_in_view("list_leads", lead_heat_reason=None),
    ),
    plant(
        "rounds-the-heat-of-one-lead",
        "A lead read alone has its score rounded.",
        "LEAD-HEAT",
        subtle="one value",
        on=("get_lead",),
        show_lead=lambda operation, lead: (
            replace(lead, lead_heat_raw_score=float(round(lead.lead_heat_raw_score)))
            if operation == "get_lead" and lead.lead_heat_raw_score is not UNSET
            else lead
        ),
    ),
    plant(
        "lists-leads-without-their-skills",
        "Leads in the list of all come without skills.",
        "LEAD-SAME-AS-ROW",
        subtle="one field",
        on=("list_leads", "get_lead"),
        show_lead=_in_view("list_leads", skills=None),
    ),
    plant(
        "shows-members-with-the-time-they-joined",
        "A member's created_at is when it joined the list.",
        "LEAD-SAME-AS-ROW",
        subtle="one field",
        on=("list_members",),
        show_lead=_in_view("list_members", created_at="2025-10-09T08:00:00.000Z"),
    ),
    plant(
        "shows-members-of-the-next-list",
        "Behind the members of a list come those of the list beside it.",
        "LEAD-MEMBERS",
        subtle="second page",
        on=("list_members",),
        arrange=_and_the_next,
    ),
    plant(
        "hides-cooling-accounts",
        "Accounts that are cooling down are left out of the list.",
        "ACCOUNT-SENDERS",
        subtle="one state",
        on=("list_linkedin_accounts",),
        arrange=lambda operation, rows, store: (
            [row for row in rows if store.accounts[row[2]].cooldown_until is None]
            if operation == "list_linkedin_accounts"
            else rows
        ),
    ),
)
