"""Sender accounts, campaigns, and the leads enrolled in them with their timelines."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from nhq.mock.operations.lifecycle import basic_lead, sender_of
from nhq.mock.seed_plot import DAY, HOUR, PRESENT, Plot, tied_moments
from nhq.mock.wire_records import (
    Account,
    ActionEvent,
    BasicLead,
    Campaign,
    CampaignAccount,
    CampaignLead,
    CurrentState,
    Lead,
    NamedList,
    SendingLimits,
    Setup,
    iso_time,
)

STATUSES = ("active", "completed", "queued", "failed", "excluded", "paused")
PRIORITIES = ("unknown", "high", "medium", "low")
CONNECTS = ("send_connection_request", "send_connection_request_with_note")
MESSAGES = ("send_message", "send_open_message", "send_inmail")
OTHERS = ("profile_viewed", "like_post", "follow_lead", "comment_post", "reply_comment")
TYPES = CONNECTS + MESSAGES + OTHERS
PAST = ("completed", "sent", "failed", "skipped", "cancelled")
FUTURE = ("pending", "scheduled", "in_progress")
DONE = ("completed", "sent")


def plant_accounts(plot: Plot) -> None:
    """LinkedIn accounts in every status and tier."""
    entries = plot.spec["account"]
    for number, (entry, moment) in enumerate(zip(entries, tied_moments(len(entries), 2, DAY), strict=True)):
        ident, order = plot.grow("acc")
        plot.store.accounts[ident] = make_account(entry, ident, number, moment)
        plot.handles["account", entry["handle"]] = ident
        plot.place("accounts", plot.workspace, moment, order, ident)
        plot.mark(entry, ident)


def make_account(entry: dict[str, Any], ident: str, number: int, moment: float) -> Account:
    """One sender account; an empty name stands for null."""
    named = bool(entry["name"])
    return Account(
        id=ident,
        profile_name=entry["name"] or None,
        profile_url=f"https://www.linkedin.com/in/sender-{number}" if named else None,
        profile_picture_url=f"https://pictures.example/sender-{number}.jpg" if named and number % 2 else None,
        status=entry["status"],
        account_tier=entry["tier"],
        sending_limits=SendingLimits(10 + number, 40, 5 * number, 25, 80, 30, 12, number % 2 == 0),
        connection_count=500 + 37 * number if named else None,
        pending_invite_count=3 * number if named else None,
        last_ran_at=iso_time(PRESENT - HOUR * (number + 1)) if entry["status"] == "connected" else None,
        cooldown_until=iso_time(PRESENT + DAY) if entry.get("cooling") else None,
        created_at=iso_time(moment),
        updated_at=iso_time(moment + HOUR / 4),
    )


def plant_campaigns(plot: Plot) -> None:
    """Campaigns in every state, and drafts that lack one prerequisite each."""
    entries = plot.spec["campaign"]
    for entry, moment in zip(entries, tied_moments(len(entries), 2, DAY), strict=True):
        ident, order = plot.grow("camp")
        source = plot.handles["list", entry["list"]] if "list" in entry else None
        senders = tuple(plot.handles["account", handle] for handle in entry["senders"])
        plot.store.setups[ident] = Setup(source, entry["schedule"], senders, tuple(entry["slots"]))
        rows = _enroll(plot, ident, source, senders, entry["enrolled"], entry["status"])
        plot.store.campaigns[ident] = _campaign(plot, ident, entry, moment, rows)
        plot.place("campaigns", plot.workspace, moment, order, ident)
        plot.mark(entry, ident)
        _mark_lead_rows(plot, entry, source, rows)


def _campaign(plot: Plot, ident: str, entry: dict[str, Any], moment: float, rows: list[CampaignLead]) -> Campaign:
    """A campaign whose counts match its timelines."""
    setup, store = plot.store.setups[ident], plot.store
    actions = [action for row in rows for action in row.actions_performed]
    done = [action for action in actions if action.status in DONE]
    replied = [row for row in rows if "replied" in (row.current_state.message_status, row.current_state.inmail_status)]
    return Campaign(
        id=ident,
        name=entry["name"],
        status=entry["status"],
        total_leads=len(rows),
        connections_sent=sum(action.type in CONNECTS for action in done),
        messages_sent=sum(action.type in MESSAGES for action in done),
        replies_received=len(replied),
        connection_requests_accepted=sum(isinstance(action.accepted_at, str) for action in actions),
        linkedin_accounts=tuple(CampaignAccount(who, store.accounts[who].profile_name) for who in setup.senders),
        lead_list=NamedList(setup.lead_list, store.lists[setup.lead_list].name) if setup.lead_list else None,
        created_at=iso_time(moment),
        updated_at=iso_time(moment + HOUR / 3),
    )


def _enroll(
    plot: Plot, campaign: str, source: str | None, senders: Sequence[str], count: int, status: str
) -> list[CampaignLead]:
    """Enroll the first `count` members of the source list, in ties of three, the newest last."""
    members = [row[2] for row in plot.store.listed("members", source)][:count] if source else []
    made = []
    for number, (lead, moment) in enumerate(
        zip(members, tied_moments(len(members), 3, 53.0, PRESENT - 2 * HOUR), strict=True)
    ):
        ident, order = plot.grow("clead")
        sender = plot.store.accounts[senders[number % len(senders)]] if number % 10 else None
        row = _campaign_lead(plot, ident, campaign, plot.store.leads[lead], sender, number, moment)
        if status == "completed" and number == 0:
            row = _without_lead(row)
        else:
            plot.store.enrolled[campaign, lead] = ident
        plot.store.campaign_leads[ident] = row
        plot.place("enrolled", campaign, moment, order, ident)
        made.append(row)
    return made


def _campaign_lead(
    plot: Plot, ident: str, campaign: str, lead: Lead, sender: Account | None, number: int, moment: float
) -> CampaignLead:
    """One enrolled lead; statuses, priorities and kinds of action rotate by its number."""
    status = STATUSES[number % 6]
    actions = () if status == "queued" else _timeline(plot, number, moment)
    intent = plot.word("intents", number) if number % 5 == 2 else None
    return CampaignLead(
        id=ident,
        campaign_id=campaign,
        lead_id=lead.id,
        current_state=_state(actions, number),
        lead=basic_lead(lead),
        status=status,
        priority=PRIORITIES[number % 4],
        intent=intent,
        intent_source="classifier" if intent else None,
        intent_reason="Said so in a reply" if intent and number % 2 else None,
        sender=sender_of(sender) if sender else None,
        actions_performed=actions,
        parked_reason="Replied elsewhere" if status == "excluded" else None,
        enrolled_at=iso_time(moment),
        next_action_at=iso_time(PRESENT + DAY) if status == "active" else None,
        completed_at=iso_time(PRESENT - HOUR) if status == "completed" else None,
    )


def _timeline(plot: Plot, number: int, moment: float) -> tuple[ActionEvent, ...]:
    """Two to four actions in chronological order: performed ones, then planned ones."""
    made = []
    for step in range(2 + number % 3):
        ident = plot.store.new_id("act", plot.store.next_number())
        kind, at = TYPES[(number + 3 * step) % len(TYPES)], moment + (step + 1) * 120.0
        if step == 3:
            status = FUTURE[number // 3 % 3]
            made.append(ActionEvent(ident, kind, status, {}, scheduled_for=iso_time(PRESENT + step * HOUR)))
            continue
        status = PAST[0] if step == 0 else PAST[(number // 2 + step) % len(PAST)]
        event = ActionEvent(ident, kind, status, {"step": step}, performed_at=iso_time(at))
        if kind in CONNECTS and status in DONE and number % 2:
            event = ActionEvent(ident, kind, status, {"step": step}, iso_time(at), accepted_at=iso_time(at + 60.0))
        made.append(event)
    return tuple(made)


def _state(actions: Sequence[ActionEvent], number: int) -> CurrentState:
    """The funnel state of a timeline; replies rotate by number."""
    done = [action for action in actions if action.status in DONE]
    connects = [action for action in done if action.type in CONNECTS]
    inmails = [action for action in done if action.type == "send_inmail"]
    messages = [action for action in done if action.type in ("send_message", "send_open_message")]
    past = [action.performed_at for action in actions if isinstance(action.performed_at, str)]
    accepted = any(isinstance(action.accepted_at, str) for action in connects)
    answer = "replied" if number % 4 == 3 else "sent"
    return CurrentState(
        connection_status=("connected" if accepted else "sent") if connects else None,
        inmail_status=answer if inmails else None,
        message_status=answer if messages else None,
        last_action_at=past[-1] if past else None,
    )


def _without_lead(row: CampaignLead) -> CampaignLead:
    """A row whose lead was deleted since."""
    return replace(row, lead_id=None, lead=BasicLead(None, None, None, None, None, None))


def _mark_lead_rows(plot: Plot, entry: dict[str, Any], source: str | None, rows: list[CampaignLead]) -> None:
    """Name an enrolled lead, one that is only in the source list, and one that is neither, of the paused campaign."""
    if entry.get("landmark") not in ("campaign_paused", "campaign") or source is None:
        return
    enrolled = {row.lead_id for row in rows}
    members = [row[2] for row in plot.store.listed("members", source)]
    plot.landmarks[plot.prefix + "lead_enrolled"] = next(lead for lead in members if lead in enrolled)
    plot.landmarks[plot.prefix + "campaign_lead"] = rows[0].id
    plot.landmarks[plot.prefix + "lead_outside"] = next(lead for lead in plot.leads if lead not in members)
    pending = next((lead for lead in members if lead not in enrolled), None)
    if pending is not None:
        plot.landmarks[plot.prefix + "lead_pending"] = pending
