"""Faults of isolation: one workspace sees or changes what is another's."""

from collections.abc import Callable, Sequence
from typing import Any

from nhq.mock.call import Refused
from nhq.mock.store import Row, Store
from nhq.mutation.faults.fault import Fault, faults_of_family
from nhq.mutation.faults.wire import status_for

plant = faults_of_family("workspaces")


def _seen_by(only: str) -> Callable[[str, str, str | None], bool]:
    """One operation that forgets to ask whose a record is."""
    return lambda operation, workspace, owner: owner == workspace or operation == only


def _reaches(ident: str, operation: str, sentence: str, *rules: str) -> Fault:
    return plant(
        ident, sentence, "WS-FOREIGN-404", *rules, subtle="one operation", on=(operation,), visible=_seen_by(operation)
    )


def _shown_by(only: str) -> Callable[..., tuple[str, ...]]:
    """One list that shows every workspace."""
    return lambda operation, workspace, every, filtered: every if operation == only else (workspace,)


def _lists(ident: str, operation: str, sentence: str) -> Fault:
    return plant(
        ident,
        sentence,
        "WS-LISTS-OWN",
        subtle="one operation",
        on=(operation,),
        listed_workspaces=_shown_by(operation),
    )


def _forbidding(operation: str, workspace: str, owner: str | None) -> bool:
    """A foreign id is told apart from one that doesn't exist."""
    if owner not in (None, workspace):
        raise Refused(403, "forbidden", "this belongs to another workspace")
    return owner == workspace


def _filtered(only: str, name: str = "") -> Callable[..., Any]:
    """One list that shows every workspace where it is filtered, by any filter or by this one."""
    return lambda operation, workspace, every, filtered: (
        every if operation == only and (name in filtered if name else filtered) else (workspace,)
    )


def _by_filter(ident: str, only: str, name: str) -> Fault:
    return plant(
        ident,
        f"{name} reaches into other workspaces; other filters don't.",
        "WS-FILTERS-OWN",
        subtle="one state",
        on=(only,),
        listed_workspaces=_filtered(only, name),
    )


def _hides(ident: str, only: str, sentence: str, kept: Callable[[Store, str], bool]) -> Fault:
    """One list that leaves out what isn't kept."""

    def lie(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
        return [row for row in rows if kept(store, row[2])] if operation == only else rows

    return plant(ident, sentence, "WS-LISTS-COMPLETE", subtle="one state", on=(only,), arrange=lie)


def _and_theirs(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
    """The leads of another workspace behind the own ones."""
    if operation != "list_leads" or not rows:
        return rows
    other = next(name for name in store.workspaces if name != store.owner[rows[0][2]])
    theirs = enumerate(store.listed("leads", other), 1)
    return [*rows, *((rows[-1][0], rows[-1][1] + place, row[2]) for place, row in theirs)]


def _missing(what: str) -> Refused:
    return Refused(404, "not_found", f"{what} not found in this workspace")


def _empty(ident: str, only: str, sentence: str, near: str) -> Fault:
    """One list that takes nothing in it for nothing there."""

    def lie(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
        if operation == only and not rows:
            raise _missing("it")
        return rows

    return plant(ident, sentence, "WS-LISTED-FOUND", subtle="one state", on=(only,), near=[near], arrange=lie)


def _with_a_company(operation: str, lead: Any) -> Any:
    """A lead that is read by way of its company."""
    if operation == "get_lead" and lead.company_details is None:
        raise _missing("lead")
    return lead


FAULTS = (
    _reaches("reads-foreign-leads", "get_lead", "GET /leads/{lead_id} finds leads of every workspace."),
    _reaches("reads-foreign-lists", "get_lead_list", "GET /lead_lists/{lead_list_id} finds lists of every workspace."),
    _reaches("shows-members-of-foreign-lists", "list_members", "Members of any workspace's list are shown."),
    _reaches("shows-leads-of-foreign-campaigns", "list_campaign_leads", "Leads of any workspace's campaign are shown."),
    _reaches("reads-foreign-conversations", "get_conversation", "Conversations of every workspace can be read."),
    _reaches(
        "runs-foreign-campaigns", "run_campaign_action", "Actions work on every campaign.", "WS-FOREIGN-NO-EFFECT"
    ),
    _reaches("sends-for-others", "send_message", "Messages go into every conversation.", "WS-FOREIGN-NO-EFFECT"),
    _reaches("enriches-foreign-leads", "enrich_lead", "Any workspace's lead is enriched.", "WS-FOREIGN-NO-EFFECT"),
    _reaches("imports-into-foreign-lists", "import_leads", "Leads go into any list.", "WS-FOREIGN-NO-EFFECT"),
    _reaches("overrides-foreign-leads", "save_message_overrides", "Any lead and campaign are found.", "OVR-LEAD-404"),
    plant(
        "answers-403-for-foreign-ids",
        "An id of another workspace is answered 403, which tells that it exists.",
        "WS-FOREIGN-404",
        visible=_forbidding,
    ),
    plant(
        "answers-400-for-unknown-lists",
        "A list that doesn't exist is answered 400.",
        "WS-UNKNOWN-404",
        subtle="one operation",
        on=("get_lead_list",),
        error_status=status_for({404: 400}, "get_lead_list"),
    ),
    plant(
        "answers-500-for-unknown-conversations",
        "A conversation that doesn't exist makes the server fail.",
        "WS-UNKNOWN-404",
        "STATUS-DOCUMENTED",
        subtle="one operation",
        on=("get_conversation",),
        error_status=status_for({404: 500}, "get_conversation"),
    ),
    plant(
        "shows-an-empty-page-for-unknown-lists",
        "The members of a list that doesn't exist are an empty page, not a 404.",
        "WS-UNKNOWN-404",
        subtle="one operation",
        on=("list_members",),
        stages=lambda operation: (
            ("key", "limit", "scope", "prefer", "body", *(("exists",) if operation != "list_members" else ()), "act")
        ),
    ),
    _lists("lists-everybodys-leads", "list_leads", "GET /leads lists the leads of every workspace."),
    _lists("lists-everybodys-campaigns", "list_campaigns", "GET /campaigns lists those of every workspace."),
    _lists("lists-everybodys-accounts", "list_linkedin_accounts", "GET /linkedin_accounts lists those of everyone."),
    _lists("lists-everybodys-lists", "list_lead_lists", "GET /lead_lists lists the lists of every workspace."),
    _lists("lists-everybodys-conversations", "list_conversations", "GET /conversations lists those of everyone."),
    plant(
        "searches-everybodys-leads",
        "A search or list filter over leads reaches into other workspaces; the plain list doesn't.",
        "WS-FILTERS-OWN",
        subtle="one state",
        on=("list_leads",),
        listed_workspaces=_filtered("list_leads"),
    ),
    plant(
        "filters-everybodys-conversations",
        "A filter over conversations reaches into other workspaces; the plain list doesn't.",
        "WS-FILTERS-OWN",
        subtle="one state",
        on=("list_conversations",),
        listed_workspaces=_filtered("list_conversations"),
    ),
    plant(
        "believes-the-workspace-in-a-cursor",
        "A cursor says whose page comes next, and is believed.",
        "WS-CURSOR-OWN",
        subtle="second page",
        cursor_workspace=lambda operation, workspace, issued_for: issued_for.split(" ")[1],
    ),
    plant(
        "hides-what-is-beyond-a-thousand",
        "GET /leads knows the newest thousand leads only.",
        "WS-LISTS-COMPLETE",
        subtle="second page",
        on=("list_leads",),
        arrange=lambda operation, rows, store: rows[:1000] if operation == "list_leads" else rows,
    ),
    plant(
        "hides-drafts",
        "GET /campaigns leaves drafts out.",
        "WS-LISTS-COMPLETE",
        subtle="one state",
        on=("list_campaigns",),
        arrange=lambda operation, rows, store: (
            [row for row in rows if store.campaigns[row[2]].status != "draft"]
            if operation == "list_campaigns"
            else rows
        ),
    ),
    plant(
        "hides-empty-lists",
        "GET /lead_lists leaves lists without members out.",
        "WS-LISTS-COMPLETE",
        "LIST-CREATES",
        subtle="one state",
        on=("list_lead_lists",),
        arrange=lambda operation, rows, store: (
            [row for row in rows if store.listed("members", row[2])] if operation == "list_lead_lists" else rows
        ),
    ),
    plant(
        "knows-leads-of-every-workspace",
        "An import recognises a lead that only another workspace has, and adds that one.",
        "IMPORT-DEDUP-OWN",
        subtle="one state",
        on=("import_leads",),
        known_lead=lambda leads, workspace, made: leads.get(workspace) or next(iter(leads.values()), None),
    ),
    plant(
        "takes-foreign-leads-for-overrides",
        "Overrides look whose the campaign is, but not whose the lead is.",
        "OVR-LEAD-404",
        "WS-FOREIGN-404",
        subtle="one field",
        on=("save_message_overrides",),
        takes_id=lambda operation, what, exists, own: exists if what == "lead" else own,
    ),
    plant(
        "takes-foreign-campaigns-for-overrides",
        "Overrides look whose the lead is, but not whose the campaign is.",
        "WS-FOREIGN-404",
        subtle="one field",
        on=("save_message_overrides",),
        takes_id=lambda operation, what, exists, own: (
            exists if (operation, what) == ("save_message_overrides", "campaign") else own
        ),
    ),
    plant(
        "does-not-look-for-the-lead-of-overrides",
        "A lead that exists nowhere is taken for one outside of the campaign.",
        "OVR-LEAD-404",
        "WS-UNKNOWN-404",
        subtle="one field",
        on=("save_message_overrides",),
        takes_id=lambda operation, what, exists, own: own or (operation, what) == ("save_message_overrides", "lead"),
    ),
    plant(
        "leaks-at-the-end-of-leads",
        "Behind the last lead of the workspace come those of another.",
        "WS-LISTS-OWN",
        subtle="second page",
        on=("list_leads",),
        arrange=_and_theirs,
    ),
    _hides(
        "hides-read-conversations",
        "list_conversations",
        "GET /conversations shows unread threads only, whatever is asked for.",
        lambda store, ident: store.conversations[ident].is_unread,
    ),
    _hides(
        "hides-leads-of-no-list",
        "list_leads",
        "GET /leads joins leads with their lists, and loses those that are in none.",
        lambda store, ident: bool(store.lists_of.get(ident)),
    ),
    _hides(
        "hides-leads-of-no-company",
        "list_leads",
        "GET /leads joins leads with their company details, and loses those without.",
        lambda store, ident: store.leads[ident].company_details is not None,
    ),
    _hides(
        "hides-campaigns-of-no-list",
        "list_campaigns",
        "GET /campaigns joins campaigns with their source list, and loses those without.",
        lambda store, ident: store.campaigns[ident].lead_list is not None,
    ),
    _hides(
        "hides-campaigns-of-no-sender",
        "list_campaigns",
        "GET /campaigns joins campaigns with their senders, and loses those without.",
        lambda store, ident: bool(store.campaigns[ident].linkedin_accounts),
    ),
    _hides(
        "hides-campaigns-that-are-over",
        "list_campaigns",
        "GET /campaigns leaves completed campaigns out.",
        lambda store, ident: store.campaigns[ident].status != "completed",
    ),
    _hides(
        "hides-campaigns-that-are-paused",
        "list_campaigns",
        "GET /campaigns leaves paused campaigns out.",
        lambda store, ident: store.campaigns[ident].status != "paused",
    ),
    _hides(
        "hides-lists-of-no-description",
        "list_lead_lists",
        "GET /lead_lists leaves lists without a description out.",
        lambda store, ident: bool(store.lists[ident].description),
    ),
    _empty("finds-no-empty-lists", "list_members", "A list without members is answered 404.", "LIST-COUNT-TRUE"),
    _empty(
        "finds-no-empty-campaigns",
        "list_campaign_leads",
        "A campaign without leads is answered 404.",
        "CAMP-REFUSED-UNCHANGED",
    ),
    _empty(
        "finds-no-silent-conversations",
        "get_conversation",
        "A conversation without messages is answered 404.",
        "CONV-PREVIEW",
    ),
    plant(
        "finds-no-leads-without-a-company",
        "GET /leads/{lead_id} joins the lead with its company details, and finds none without.",
        "WS-LISTED-FOUND",
        subtle="one state",
        on=("get_lead",),
        near=["LEAD-LIST-IDS"],
        show_lead=_with_a_company,
    ),
    _by_filter("searches-everybody", "list_leads", "query"),
    _by_filter("filters-everybody-by-list", "list_leads", "list_ids"),
    _by_filter("filters-everybody-by-account", "list_conversations", "linkedin_account_id"),
    _by_filter("shows-everybodys-unread-threads", "list_conversations", "unread_only"),
    plant(
        "does-not-look-for-the-campaign-of-overrides",
        "Overrides of a campaign that exists nowhere make the server fail.",
        "WS-UNKNOWN-404",
        subtle="one field",
        on=("save_message_overrides",),
        takes_id=lambda operation, what, exists, own: (
            own or (operation, what) == ("save_message_overrides", "campaign")
        ),
    ),
)
