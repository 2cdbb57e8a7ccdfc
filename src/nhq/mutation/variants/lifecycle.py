"""Choices about campaigns, their leads and their figures."""

from typing import Any

import msgspec

from nhq.mock.encoded_views import encode
from nhq.mock.store import Store
from nhq.mock.wire_records import ActionEvent, CampaignLead
from nhq.mutation.faults.fault import Around
from nhq.mutation.variants.pagination import show_later
from nhq.mutation.variants.variant import variants_of_area

take = variants_of_area("lifecycle")

FIGURES: tuple[str, ...] = ("connectionsSent", "messagesSent", "repliesReceived", "connectionRequestsAccepted")


def _for_rows(change: Any) -> Around:
    """For `show_campaign_lead`: a row, changed."""
    return Around(lambda true: lambda operation, row: change(true(operation, row)))


def _other_words(row: CampaignLead) -> CampaignLead:
    """An intent in words of its own."""
    return msgspec.structs.replace(row, intent="warm, will call back") if row.intent else row


def _planned_first(row: CampaignLead) -> CampaignLead:
    """What is planned before what was done."""
    events = sorted(row.actions_performed, key=lambda event: isinstance(event.performed_at, str))
    return msgspec.structs.replace(row, actions_performed=tuple(events))


def _as_scheduled(row: CampaignLead) -> CampaignLead:
    """Actions in the order in which they were scheduled, though what was scheduled first was done last."""
    done = [event for event in row.actions_performed if isinstance(event.performed_at, str)]
    moments = sorted(str(event.performed_at) for event in done)
    turned: list[ActionEvent] = [
        msgspec.structs.replace(event, scheduled_for=moment) for event, moment in zip(done[::-1], moments, strict=True)
    ]
    planned = [event for event in row.actions_performed if event not in done]
    return msgspec.structs.replace(row, actions_performed=(*turned, *planned))


def _turned_senders(true: Any) -> Any:
    """Senders of a campaign in another order in the list than in an answer to an action."""

    def show(operation: str, campaign: Any) -> Any:
        shown = true(operation, campaign)
        if operation != "list_campaigns":
            return shown
        return msgspec.structs.replace(shown, linkedin_accounts=shown.linkedin_accounts[::-1])

    return show


def _going_on(true: Any) -> Any:
    """Running campaigns count on, from one look to the next."""
    looks = 0

    def sent(operation: str, status: int, body: bytes) -> bytes:
        nonlocal looks
        body = true(operation, status, body)
        if operation != "list_campaigns" or status != 200:
            return body
        looks += 1
        told = msgspec.json.decode(body)
        for row in told["data"]:
            if row["status"] == "started":
                row |= {name: row[name] + looks for name in FIGURES}
        return encode(told)

    return sent


def _unreachable(odd: bool) -> Any:
    """For `session_reachable`: the sender's session can't be asked every other time."""

    def make(true: Any) -> Any:
        asked = 0

        def reachable(flag: str, trouble: bool) -> bool:
            nonlocal asked
            asked += 1
            return asked % 2 != odd and bool(true(flag, trouble))

        return reachable

    return Around(make)


def _ending(looks: int) -> Around:
    """For `meanwhile`: a campaign that was started while the server ran is over at the look after so many."""

    def make(true: Any) -> Any:
        drafts: set[str] = set()
        seen: dict[str, int] = {}

        def pass_by(operation: str, workspace: str, store: Store, now: float) -> None:
            true(operation, workspace, store, now)
            for campaign in list(store.campaigns.values()):
                if campaign.status == "draft":
                    drafts.add(campaign.id)
                elif campaign.status == "started" and campaign.id in drafts:
                    seen[campaign.id] = seen.get(campaign.id, 0) + 1
                    if seen[campaign.id] > looks:
                        store.campaigns[campaign.id] = msgspec.structs.replace(campaign, status="completed")

        return pass_by

    return Around(make)


VARIANTS = (
    take(
        "ends-new-campaigns-at-once",
        "A campaign that is started is over when it is looked at for the first time.",
        "campaigns-that-end",
        "by itself, at once",
        meanwhile=_ending(0),
    ),
    take(
        "ends-new-campaigns-soon",
        "A campaign that is started is over some requests later.",
        "campaigns-that-end",
        "by itself, some looks after its start",
        meanwhile=_ending(4),
    ),
    take(
        "finds-unprepared-drafts-in-conflict",
        "A start that lacks a prerequisite is answered 409.",
        "start-without-prerequisite",
        "409",
        status_unprepared=lambda what: 409,
    ),
    take(
        "finds-an-invalid-session-unavailable",
        "A start whose sender's session is invalid is answered 503.",
        "start-without-prerequisite",
        "503 where the session is what fails",
        status_unprepared=lambda what: 503 if "session" in what else 400,
    ),
    take(
        "cannot-ask-a-session-at-first",
        "A sender's session can't be asked the first time, and every other time after: 503.",
        "documented-5xx",
        "502 and 503 where documented",
        session_reachable=_unreachable(odd=True),
    ),
    take(
        "cannot-ask-a-session-now-and-then",
        "A sender's session can't be asked the second time, and every other time after: 503.",
        "documented-5xx",
        "502 and 503 where documented",
        session_reachable=_unreachable(odd=False),
    ),
    take(
        "counts-the-source-list-of-drafts",
        "totalLeads of a draft is the size of its source list.",
        "total-leads-of-draft",
        "the size of the source list",
        draft_total=lambda enrolled, members: members,
    ),
    take(
        "enrolls-who-joins-later",
        "A running campaign enrolls who joins its source list.",
        "joining-later",
        "enrolled by itself",
        enrolls_joined=lambda status: status == "started",
    ),
    take(
        "enrolls-within-seconds",
        "Who was enrolled by a start stands among the campaign's leads two seconds later.",
        "slow-effects",
        "within seconds",
        settled=show_later("list_campaign_leads", 2.0),
    ),
    take(
        "counts-on-while-running",
        "Figures of running campaigns grow from one look to the next.",
        "running-figures",
        "they go on by themselves",
        sent_body=Around(_going_on),
    ),
    take(
        "turns-senders-round",
        "Senders of a campaign come in another order in the list than elsewhere.",
        "inner-order",
        "any",
        show_campaign=Around(_turned_senders),
    ),
    take(
        "has-its-own-words-for-intent",
        "Intents of campaign leads are none of the words that conversations have.",
        "campaign-lead-intent",
        "any string or null",
        show_campaign_lead=_for_rows(_other_words),
    ),
    take(
        "shows-what-is-planned-first",
        "In a timeline what is planned stands before what was done.",
        "action-time",
        "performed_at",
        show_campaign_lead=_for_rows(_planned_first),
    ),
    take(
        "orders-timelines-by-schedule",
        "A timeline is ordered by the times for which actions were scheduled.",
        "action-time",
        "scheduled_for",
        show_campaign_lead=_for_rows(_as_scheduled),
    ),
)
