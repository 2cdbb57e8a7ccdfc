"""Faults of campaign actions: what they find, whom they enroll, what they leave as it was."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from nhq.mock.call import Refused
from nhq.mock.store import Row, Store
from nhq.mock.wire_records import NamedList
from nhq.mutation.faults.fault import Fault, faults_of_family

plant = faults_of_family("actions")

ACT = ("run_campaign_action",)


def _not_found(status: str) -> bool:
    """A state that is looked for in the wrong table."""
    raise Refused(404, "not_found", "campaign not found in this workspace")


def _on_resume(ident: str, what: str, **members: Any) -> Fault:
    """A resume that changes something else about its campaign."""
    return plant(
        ident,
        f"resume changes {what} too.",
        "CAMP-RESUME-ONLY-FLIPS",
        subtle="one field",
        on=ACT,
        changed=lambda action, campaign: replace(campaign, **members) if action == "resume" else campaign,
    )


def _of_every_campaign(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
    """All rows of a workspace's campaigns, in one order."""
    if operation != "list_campaign_leads" or not rows:
        return rows
    owner = store.owner[rows[0][2]]
    found = (r for (kind, of), r in store.rows.items() if kind == "enrolled" and store.owner[of] == owner)
    return sorted(row for some in found for row in some)


def _some(most: int) -> Callable[..., Sequence[str]]:
    """A start that enrolls one page of those who aren't enrolled."""
    return lambda action, members, enrolled, leads: (
        [lead for lead in members if lead not in enrolled][:most] if action == "start" else []
    )


FAULTS = (
    plant(
        "starts-without-asking-for-the-session",
        "Whether the sender's session can be used is not asked.",
        "CAMP-START-NEEDS-SESSION",
        subtle="one state",
        on=ACT,
        session_reachable=lambda flag, trouble: True,
    ),
    plant(
        "answers-422-for-what-a-start-lacks",
        "A start that lacks a prerequisite is answered 422.",
        "STATUS-DOCUMENTED",
        subtle="one state",
        on=ACT,
        near=["CAMP-START-NEEDS-LIST"],
        status_unprepared=lambda what: 422,
    ),
    plant(
        "answers-404-for-a-wrong-state",
        "A campaign in another state than the action needs isn't found.",
        "CAMP-START-ONLY-DRAFT",
        "CAMP-PAUSE-ONLY-STARTED",
        "CAMP-RESUME-ONLY-PAUSED",
        subtle="one state",
        on=ACT,
        status_conflict=lambda: 404,
    ),
    plant(
        "does-not-find-what-is-to-be-resumed",
        "resume finds no campaign that is paused.",
        "CAMP-RESUME",
        subtle="one state",
        on=ACT,
        can_resume=_not_found,
    ),
    plant(
        "does-not-find-what-is-to-be-paused",
        "pause finds no campaign that is started.",
        "CAMP-PAUSE",
        subtle="one state",
        on=ACT,
        can_pause=_not_found,
    ),
    plant(
        "does-not-find-what-is-to-be-started",
        "start finds no campaign that is a draft.",
        "CAMP-START",
        subtle="one state",
        on=ACT,
        can_start=_not_found,
    ),
    plant(
        "resumes-although-it-refuses",
        "A resume of a completed campaign is answered 409, and the campaign is started.",
        "CAMP-REFUSED-UNCHANGED",
        subtle="one state",
        on=ACT,
        state_after_refusal=lambda status, action: "started" if (status, action) == ("completed", "resume") else status,
    ),
    plant(
        "restarts-although-it-refuses",
        "A start of a paused campaign is answered 409, and the campaign is started.",
        "CAMP-REFUSED-UNCHANGED",
        subtle="one state",
        on=ACT,
        state_after_refusal=lambda status, action: "started" if (status, action) == ("paused", "start") else status,
    ),
    plant(
        "enrolls-although-it-refuses",
        "A start that is refused enrolls the members of the source list all the same.",
        "CAMP-REFUSED-UNCHANGED",
        "CAMP-START-NEEDS-SENDER",
        subtle="one state",
        on=ACT,
        enrolls_refused=lambda action: action == "start",
    ),
    plant(
        "enrolls-a-hundred-at-most",
        "start enrolls one page of a hundred leads.",
        "CAMP-START-ENROLLS",
        subtle="exact boundary",
        on=ACT,
        enrolls=_some(100),
    ),
    plant(
        "enrolls-five-hundred-at-most",
        "start enrolls one page of five hundred leads.",
        "CAMP-START-ENROLLS",
        subtle="exact boundary",
        on=ACT,
        enrolls=_some(500),
    ),
    _on_resume("takes-a-sender-on-resume", "one of its senders", linkedin_accounts=()),
    _on_resume("renames-on-resume", "its name", name="Resumed"),
    _on_resume("dates-campaigns-anew-on-resume", "its creation", created_at="2025-10-09T08:53:20.000Z"),
    _on_resume("forgets-replies-on-resume", "its replies", replies_received=0),
    _on_resume("forgets-acceptances-on-resume", "its accepted requests", connection_requests_accepted=0),
    plant(
        "shows-leads-of-every-campaign",
        "The leads of a campaign are those of all campaigns of the workspace.",
        "CAMP-LEADS-THEIR-CAMPAIGN",
        subtle="one state",
        on=("list_campaign_leads",),
        arrange=_of_every_campaign,
    ),
    plant(
        "hides-source-lists",
        "Campaigns never show their source list.",
        "CAMP-START-NEEDS-LIST",
        near=["REQUEST-ENUM"],
        show_campaign=lambda operation, campaign: replace(campaign, lead_list=None),
    ),
    plant(
        "hides-senders-of-campaigns",
        "Campaigns never show their senders.",
        "CAMP-START-NEEDS-SENDER",
        near=["REQUEST-ENUM"],
        show_campaign=lambda operation, campaign: replace(campaign, linkedin_accounts=()),
    ),
    plant(
        "enrolls-the-whole-workspace",
        "start enrolls every lead of the workspace.",
        "CAMP-START-ENROLLS-ONLY",
        on=ACT,
        enrolls=lambda action, members, enrolled, leads: (
            [row[2] for row in leads if row[2] not in enrolled] if action == "start" else []
        ),
    ),
    plant(
        "enrolls-on-pause",
        "pause enrolls who joined the list since the start.",
        "CAMP-START-ENROLLS-ONLY",
        subtle="one state",
        on=ACT,
        enrolls=lambda action, members, enrolled, leads: (
            [lead for lead in members if lead not in enrolled] if action != "resume" else []
        ),
    ),
    plant(
        "acts-on-the-whole-workspace",
        "An action puts every campaign of the workspace into its next state.",
        "CAMP-ACTION-NO-OTHER",
        on=ACT,
        acts_on=lambda action, campaign, campaigns: [row[2] for row in campaigns],
    ),
    plant(
        "counts-a-hundred-leads-at-most",
        "totalLeads of a campaign that was acted on stops at 100.",
        "CAMP-TOTAL-LEADS",
        subtle="exact boundary",
        on=("list_campaigns",),
        total_leads=lambda enrolled: min(100, enrolled),
    ),
    plant(
        "names-itself-as-the-source-list",
        "A campaign shows its own id as that of its source list.",
        "CAMP-SOURCE-LIST",
        subtle="one field",
        on=("list_campaigns",),
        show_campaign=lambda operation, campaign: (
            replace(campaign, lead_list=NamedList(campaign.id, campaign.lead_list.name))
            if campaign.lead_list
            else campaign
        ),
    ),
    plant(
        "never-reaches-the-session",
        "Every start is answered 503.",
        "CAMP-START",
        on=ACT,
        session_reachable=lambda flag, trouble: False,
    ),
)
