"""PUT /campaigns/{campaign_id}/leads/{lead_id}/message-overrides."""

from collections.abc import Mapping

from nhq.mock.call import MockCall, MockReply, Refused
from nhq.mock.encoded_views import encode
from nhq.mock.request_bodies import read_valid_body
from nhq.mock.wire_records import Override, iso_time


def read_overrides(call: MockCall) -> None:
    """Stage `body`: one to ten messages."""
    call.take(read_valid_body(call, "overrides")["messages"])


def find_campaign_and_lead(call: MockCall) -> None:
    """404 unless both ids are of this workspace. The second is the lead's id, not the campaign lead's."""
    call.exists(call.store.campaigns, call.ids[0], "campaign")
    call.exists(call.store.leads, call.ids[1], "lead")


def save_message_overrides(call: MockCall) -> MockReply:
    """Upsert by slot: 400 for a slot that the campaign lacks, 409 for a lead that doesn't belong to it."""
    campaign, lead = call.ids
    store, policies = call.store, call.policies
    slots, entries = store.setups[campaign].slots, policies.chosen_overrides(call.args)
    if entries is None:
        raise Refused(400, "repeated_slot", "a message slot stands there more than once")
    for entry in policies.slots_checked(entries):
        if not policies.slot_exists(slots, entry["node_type"], entry["message_stage"]):
            raise Refused(400, "no_such_slot", f"the campaign has no {entry['message_stage']} message to override")
    if not policies.takes_overrides(store.campaigns[campaign].status):
        raise Refused(409, "too_late", "the campaign is over")
    state = _lead_state(call, campaign, lead)
    if state is None:
        raise Refused(409, "lead_not_in_campaign", "the lead is neither enrolled nor in the source lead list")
    saved = store.overrides.get((campaign, lead), {})
    asked = [policies.slot_of(entry["node_type"], entry["message_stage"]) for entry in entries]
    given = {slot: _override(call, entry, saved.get(slot)) for slot, entry in zip(asked, entries, strict=True)}
    merged = policies.merge_overrides(saved, given)
    store.overrides[campaign, lead] = merged
    data = [policies.show_override(override) for override in policies.shown_overrides(merged, asked)]
    return MockReply(200, encode({"data": data, "lead_campaign_state": state}))


def _lead_state(call: MockCall, campaign: str, lead: str) -> str | None:
    store = call.store
    source = store.setups[campaign].lead_list
    in_list = source is not None and source in store.lists_of.get(lead, ())
    return call.policies.lead_state((campaign, lead) in store.enrolled, in_list)


def _override(call: MockCall, entry: Mapping[str, str], known: Override | None) -> Override:
    """The override to save; a slot that was saved before keeps its id."""
    store, policies = call.store, call.policies
    return Override(
        id=policies.override_id(known.id if known else None, store.new_id("ovr", store.next_number())),
        campaign_id=call.ids[0],
        lead_id=call.ids[1],
        node_type=entry["node_type"],
        message_stage=entry["message_stage"],
        message=policies.stored_message(entry["message"]),
        updated_at=iso_time(policies.updated_moment("override", call.now)),
    )
