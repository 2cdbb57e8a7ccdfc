"""Faults of the campaign lifecycle."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from nhq.mock.store import Row
from nhq.mock.wire_records import Campaign, NamedList
from nhq.mutation.faults.fault import Around, Fault, faults_of_family

plant = faults_of_family("lifecycle")

ACT = ("run_campaign_action",)


def _allows(action: str, state: str, *right: str) -> Fault:
    """An action that works in one state more."""
    lie: dict[str, Any] = {f"can_{action}": lambda status: status in (state, *right)}
    rule = {"start": "CAMP-START-ONLY-DRAFT", "pause": "CAMP-PAUSE-ONLY-STARTED", "resume": "CAMP-RESUME-ONLY-PAUSED"}
    return plant(
        f"{action}s-{state}-campaigns" if action != "start" else f"starts-{state}-campaigns",
        f"{action} works on a {state} campaign.",
        rule[action],
        subtle="one state",
        on=ACT,
        **lie,
    )


def _needless(what: str, rule: str, thing: str) -> Fault:
    """A start that doesn't look at one of its prerequisites."""
    lie: dict[str, Any] = {what: lambda setup: True}
    return plant(
        f"starts-without-{thing.replace(' ', '-')}",
        f"A draft without {thing} is started.",
        rule,
        subtle="one state",
        on=ACT,
        **lie,
    )


def _ends_in(action: str, state: str, rule: str) -> Fault:
    def make(true: Any) -> Any:
        return lambda done: state if done == action else true(done)

    return plant(
        f"{action}-ends-in-{state}", f"After {action} the campaign is {state}.", rule, on=ACT, status_after=Around(make)
    )


def _enrolling(*actions: str) -> Callable[..., Sequence[str]]:
    """Actions that enroll whoever isn't enrolled yet."""
    return lambda action, members, enrolled, leads: (
        [lead for lead in members if lead not in enrolled] if action in actions else []
    )


def _enrolls(change: Callable[[list[str]], list[str]]) -> Callable[..., Sequence[str]]:
    """A start that enrolls others than it should."""
    return lambda action, members, enrolled, leads: (
        change([lead for lead in members if lead not in enrolled]) if action == "start" else []
    )


def _and_a_stranger(action: str, members: Sequence[str], enrolled: frozenset[str], leads: Sequence[Row]) -> list[str]:
    """The newest lead of the workspace that is no member, too."""
    if action != "start":
        return []
    fresh = [lead for lead in members if lead not in enrolled]
    return fresh + [row[2] for row in leads if row[2] not in members and row[2] not in enrolled][:1]


def _one_before(true: Any) -> Any:
    """An answer that shows the campaign of the action before."""
    last: list[Any] = []

    def show(operation: str, campaign: Any) -> Any:
        if operation != "run_campaign_action":
            return true(operation, campaign)
        last.append(campaign)
        return true(operation, last[-2] if len(last) > 1 else campaign)

    return show


def _first_seen(true: Any) -> Any:
    """A list of campaigns that shows each as it was when it was first read."""
    kept: dict[str, Campaign] = {}

    def show(operation: str, campaign: Campaign) -> Any:
        return true(operation, kept.setdefault(campaign.id, campaign) if operation == "list_campaigns" else campaign)

    return show


def _neighbour(action: str, campaign: str, campaigns: Sequence[Row]) -> list[str]:
    """The campaign, and the one listed beside it."""
    others = [row[2] for row in campaigns if row[2] != campaign]
    return [campaign, *others[:1]]


FAULTS = (
    _allows("start", "started", "draft"),
    _allows("start", "paused", "draft"),
    _allows("start", "completed", "draft"),
    plant(
        "pauses-drafts",
        "pause turns a draft into a paused campaign.",
        "CAMP-PAUSE-ONLY-STARTED",
        subtle="one state",
        on=ACT,
        can_pause=lambda status: status in ("started", "draft"),
    ),
    _allows("pause", "paused", "started"),
    _allows("pause", "completed", "started"),
    _allows("resume", "draft", "paused"),
    _allows("resume", "started", "paused"),
    _allows("resume", "completed", "paused"),
    _ends_in("start", "paused", "CAMP-START"),
    _ends_in("pause", "completed", "CAMP-PAUSE"),
    _ends_in("resume", "draft", "CAMP-RESUME"),
    plant(
        "refuses-to-resume",
        "resume is answered 409 for a paused campaign.",
        "CAMP-RESUME",
        on=ACT,
        can_resume=lambda status: False,
    ),
    plant(
        "pauses-although-it-refuses",
        "A refused pause is answered 409, and the campaign is paused.",
        "CAMP-REFUSED-UNCHANGED",
        subtle="one state",
        on=ACT,
        state_after_refusal=lambda status, action: "paused" if action == "pause" else status,
    ),
    plant(
        "starts-although-it-refuses",
        "A start that lacks something is refused, and the draft is started.",
        "CAMP-REFUSED-UNCHANGED",
        "CAMP-START-NEEDS-LIST",
        subtle="one state",
        on=ACT,
        state_after_refusal=lambda status, action: "started" if (status, action) == ("draft", "start") else status,
    ),
    plant(
        "answers-400-for-a-wrong-state",
        "An action that doesn't match the state is answered 400.",
        "CAMP-START-ONLY-DRAFT",
        "CAMP-PAUSE-ONLY-STARTED",
        "CAMP-RESUME-ONLY-PAUSED",
        on=ACT,
        status_conflict=lambda: 400,
    ),
    _needless("has_lead_list", "CAMP-START-NEEDS-LIST", "a lead list"),
    _needless("has_schedule", "CAMP-START-NEEDS-SCHEDULE", "a schedule"),
    _needless("has_sender", "CAMP-START-NEEDS-SENDER", "a sender"),
    _needless("has_session", "CAMP-START-NEEDS-SESSION", "a valid session"),
    _needless("has_messages", "CAMP-START-NEEDS-MESSAGES", "messages"),
    plant(
        "enrolls-all-but-one",
        "start leaves the last lead of the list out.",
        "CAMP-START-ENROLLS",
        on=ACT,
        enrolls=_enrolls(lambda members: members[:-1]),
    ),
    plant(
        "enrolls-one-page",
        "start enrolls at most 20 leads.",
        "CAMP-START-ENROLLS",
        subtle="exact boundary",
        on=ACT,
        enrolls=_enrolls(lambda members: members[:20]),
    ),
    plant(
        "enrolls-a-lead-twice",
        "start enrolls the first lead of the list twice.",
        "CAMP-START-ENROLLS",
        on=ACT,
        enrolls=_enrolls(lambda members: members + members[:1]),
    ),
    plant(
        "enrolls-a-stranger",
        "start enrolls a lead that isn't in the source list.",
        "CAMP-START-ENROLLS-ONLY",
        on=ACT,
        enrolls=_and_a_stranger,
    ),
    plant(
        "enrolls-on-resume",
        "resume enrolls who joined the list since the start.",
        "CAMP-RESUME-ENROLLS-NOBODY",
        subtle="one state",
        on=ACT,
        enrolls=_enrolling("start", "resume"),
    ),
    plant(
        "resets-counters-on-resume",
        "resume sets the campaign's counters back to 0.",
        "CAMP-RESUME-ONLY-FLIPS",
        subtle="one state",
        on=ACT,
        changed=lambda action, campaign: (
            replace(campaign, connections_sent=0, messages_sent=0) if action == "resume" else campaign
        ),
    ),
    plant(
        "forgets-the-list-on-resume",
        "resume takes the source list from the campaign.",
        "CAMP-RESUME-ONLY-FLIPS",
        subtle="one state",
        on=ACT,
        changed=lambda action, campaign: replace(campaign, lead_list=None) if action == "resume" else campaign,
    ),
    plant(
        "answers-with-the-campaign-before",
        "An action answers with the campaign of the action before.",
        "CAMP-ACTION-SAME-ID",
        subtle="repeated call",
        on=ACT,
        show_campaign=Around(_one_before),
    ),
    plant(
        "acts-on-the-neighbour-too",
        "An action changes the next campaign as well.",
        "CAMP-ACTION-NO-OTHER",
        subtle="one state",
        on=ACT,
        acts_on=_neighbour,
    ),
    plant(
        "lists-campaigns-as-first-read",
        "GET /campaigns shows each campaign as it was when it was first read.",
        "CAMP-ACTION-LISTED",
        subtle="repeated call",
        show_campaign=Around(_first_seen),
    ),
    plant(
        "answers-with-the-state-before",
        "An action answers with the status that the campaign had.",
        "CAMP-ACTION-LISTED",
        "CAMP-START",
        "CAMP-PAUSE",
        on=ACT,
        show_campaign=lambda operation, campaign: (
            replace(campaign, status={"started": "draft", "paused": "started"}.get(campaign.status, "paused"))
            if operation in ACT
            else campaign
        ),
    ),
    plant(
        "names-another-campaign-on-its-leads",
        "Campaign leads name their own id as their campaign.",
        "CAMP-LEADS-THEIR-CAMPAIGN",
        on=("list_campaign_leads",),
        show_campaign_lead=lambda operation, row: replace(row, campaign_id=row.id),
    ),
    plant(
        "counts-one-lead-too-many",
        "totalLeads of a campaign that was acted on is one too high.",
        "CAMP-TOTAL-LEADS",
        on=("list_campaigns",),
        total_leads=lambda enrolled: enrolled + 1,
    ),
    plant(
        "names-the-source-list-by-its-id",
        "A campaign shows its source list's id as its name.",
        "CAMP-SOURCE-LIST",
        on=("list_campaigns",),
        show_campaign=lambda operation, campaign: (
            replace(campaign, lead_list=NamedList(campaign.lead_list.id, campaign.lead_list.id))
            if campaign.lead_list
            else campaign
        ),
    ),
)
