"""POST /campaigns/{campaign_id}/actions: start, pause, resume."""

from msgspec.structs import replace

from nhq.mock.call import MockCall, MockReply, Refused
from nhq.mock.encoded_views import encode
from nhq.mock.request_bodies import read_valid_body
from nhq.mock.store import newest_first
from nhq.mock.wire_records import Account, BasicLead, CampaignLead, CurrentState, Lead, MessageSender, Setup, iso_time

NOTHING_YET = CurrentState(None, None, None, None)


def read_action(call: MockCall) -> None:
    """Stage `body`: `{"action": "start" | "pause" | "resume"}`."""
    call.take(read_valid_body(call, "action")["action"])


def run_campaign_action(call: MockCall) -> MockReply:
    """Check the state (409) and, for a start, the prerequisites (400, 503); then change the state and enroll."""
    ident, action, store, policies = call.ids[0], call.args, call.store, call.policies
    campaign = store.campaigns[ident]
    possible = {"start": policies.can_start, "pause": policies.can_pause, "resume": policies.can_resume}[action]
    if not possible(campaign.status):
        _keep(call, action)
        raise Refused(policies.status_conflict(), "conflict", f"{action} does not match the state {campaign.status}")
    if action == "start":
        _prepare(call, store.setups[ident])
    _enroll(call, ident, action)
    for other in policies.acts_on(action, ident, store.listed("campaigns", store.owner[ident])):
        store.campaigns[other] = replace(store.campaigns[other], status=policies.status_after(action))
    store.campaigns[ident] = replace(
        policies.changed(action, campaign),
        status=policies.status_after(action),
        total_leads=policies.total_leads(len(store.listed("enrolled", ident))),
        updated_at=iso_time(policies.updated_moment("campaign", call.now)),
    )
    return MockReply(200, encode({"data": policies.show_campaign(call.operation.id, store.campaigns[ident])}))


def _keep(call: MockCall, action: str) -> None:
    """Set the state that a refused action leaves: the previous one."""
    campaign = call.store.campaigns[call.ids[0]]
    kept = call.policies.state_after_refusal(campaign.status, action)
    call.store.campaigns[campaign.id] = replace(campaign, status=kept)
    if call.policies.enrolls_refused(action):
        _enroll(call, campaign.id, "start")


def _prepare(call: MockCall, setup: Setup) -> None:
    """Refuse a start that lacks a prerequisite (400), or whose session cannot be asked (503)."""
    policies, store = call.policies, call.store
    senders = [store.accounts[ident] for ident in setup.senders]
    wants = (
        (policies.has_lead_list(setup), "a lead list"),
        (policies.has_schedule(setup), "a schedule"),
        (policies.has_sender(setup), "a LinkedIn sender account"),
        (not setup.senders or policies.has_session(senders), "a valid LinkedIn sender session"),
        (policies.has_messages(setup), "a message setup"),
    )
    for there, what in wants:
        if not there:
            _keep(call, "start")
            raise Refused(policies.status_unprepared(what), "missing_prerequisite", f"the campaign lacks {what}")
    trouble = "session_unavailable" in call.engine.troubles
    if not policies.session_reachable(store.flags.get(call.ids[0], ""), trouble):
        raise Refused(503, "session_unavailable", "the LinkedIn sender session cannot be checked right now")


def _enroll(call: MockCall, campaign: str, action: str) -> None:
    """Enroll the leads that the action enrolls, the oldest member first."""
    store, source = call.store, call.store.setups[campaign].lead_list
    members = [row[2] for row in reversed(store.listed("members", source))] if source else []
    enrolled = frozenset(lead for of, lead in store.enrolled if of == campaign)
    senders = _senders(call, campaign)
    everyone = store.listed("leads", store.owner[campaign])
    for position, lead in enumerate(call.policies.enrolls(action, members, enrolled, everyone)):
        sender = senders[position % len(senders)] if senders else None
        _enroll_one(call, campaign, store.leads[lead], sender)


def enroll_joined(call: MockCall, target: str, lead: str) -> None:
    """Enroll new members of a list in those of its campaigns that enroll by themselves."""
    store = call.store
    if not call.policies.enrolls_joined("started"):
        return
    for _, _, ident in store.listed("campaigns", store.owner[target]):
        campaign = store.campaigns[ident]
        mine = store.setups[ident].lead_list == target and (ident, lead) not in store.enrolled
        if mine and call.policies.enrolls_joined(campaign.status):
            _enroll_one(call, ident, store.leads[lead], next(iter(_senders(call, ident)), None))
            total = call.policies.total_leads(len(store.listed("enrolled", ident)))
            store.campaigns[ident] = replace(campaign, total_leads=total)


def _senders(call: MockCall, campaign: str) -> list[Account]:
    """The campaign's senders whose session is valid."""
    accounts = [call.store.accounts[ident] for ident in call.store.setups[campaign].senders]
    return [account for account in accounts if account.status == "connected"]


def _enroll_one(call: MockCall, campaign: str, lead: Lead, sender: Account | None) -> None:
    store = call.store
    number = store.next_number()
    ident, moment = store.new_id("clead", number), call.policies.created_moment("campaign_lead", call.now)
    store.campaign_leads[ident] = new_campaign_lead(ident, campaign, lead, sender, moment)
    store.enrolled[campaign, lead.id] = ident
    store.owner[ident] = store.owner[campaign]
    store.insert("enrolled", campaign, newest_first(moment, number, ident))


def new_campaign_lead(ident: str, campaign: str, lead: Lead, sender: Account | None, moment: float) -> CampaignLead:
    """A lead at the moment of its enrollment: queued, nothing done yet."""
    return CampaignLead(
        id=ident,
        campaign_id=campaign,
        lead_id=lead.id,
        current_state=NOTHING_YET,
        lead=basic_lead(lead),
        status="queued",
        priority="unknown",
        intent=None,
        intent_source=None,
        intent_reason=None,
        sender=sender_of(sender) if sender else None,
        actions_performed=(),
        parked_reason=None,
        enrolled_at=iso_time(moment),
        next_action_at=None,
        completed_at=None,
    )


def basic_lead(lead: Lead) -> BasicLead:
    """A lead as campaign rows show it."""
    name = " ".join(part for part in (lead.first_name, lead.last_name) if part) or None
    return BasicLead(lead.id, name, lead.first_name, lead.last_name, lead.company, lead.linkedin_url)


def sender_of(account: Account) -> MessageSender:
    """An account as campaign rows show it."""
    return MessageSender(account.id, account.profile_name, account.status)
