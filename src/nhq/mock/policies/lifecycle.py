"""Campaign actions and message overrides."""

from collections.abc import Mapping, Sequence

from nhq.mock.store import Row
from nhq.mock.wire_records import Account, Campaign, Override, Setup

STATE_FOR = {"start": "draft", "pause": "started", "resume": "paused"}
STATE_AFTER = {"start": "started", "pause": "paused", "resume": "started"}
Slot = tuple[str, str]


def can_start(status: str) -> bool:
    """`start` is only valid for draft campaigns."""
    return status == "draft"


def can_pause(status: str) -> bool:
    """`pause` is only valid for active campaigns."""
    return status == "started"


def can_resume(status: str) -> bool:
    """`resume` is only valid for paused campaigns."""
    return status == "paused"


def has_lead_list(setup: Setup) -> bool:
    """Starting needs a source lead list."""
    return setup.lead_list is not None


def has_schedule(setup: Setup) -> bool:
    """Starting needs a schedule."""
    return setup.schedule


def has_sender(setup: Setup) -> bool:
    """Starting needs a LinkedIn sender account."""
    return bool(setup.senders)


def has_session(senders: Sequence[Account]) -> bool:
    """Starting needs a sender whose LinkedIn session is valid."""
    return any(sender.status == "connected" for sender in senders)


def has_messages(setup: Setup) -> bool:
    """Starting needs a message setup."""
    return bool(setup.slots)


def status_unprepared(what: str) -> int:
    """The status of a start that lacks a prerequisite, whichever."""
    return 400


def status_conflict() -> int:
    """The status of an action that does not match the campaign's state."""
    return 409


def state_after_refusal(status: str, action: str) -> str:
    """A refused action leaves the state as it was."""
    return status


def session_reachable(flag: str, trouble: bool) -> bool:
    """Whether the sender's session can be asked at all; otherwise 503."""
    return not trouble and flag != "session_unavailable"


def enrolls_refused(action: str) -> bool:
    """Whether a refused action enrolls anyone: no."""
    return False


def status_after(action: str) -> str:
    """The state an action leads to."""
    return STATE_AFTER[action]


def enrolls(action: str, members: Sequence[str], enrolled: frozenset[str], leads: Sequence[Row]) -> Sequence[str]:
    """`start` enrolls every lead of the source list that is not enrolled; nothing else enrolls anyone."""
    return [lead for lead in members if lead not in enrolled] if action == "start" else []


def enrolls_joined(status: str) -> bool:
    """Whether a campaign in that state enrolls who joins its source list: none does."""
    return False


def changed(action: str, campaign: Campaign) -> Campaign:
    """What else an action changes about its campaign: nothing."""
    return campaign


def acts_on(action: str, campaign: str, campaigns: Sequence[Row]) -> Sequence[str]:
    """The campaigns of the workspace that an action puts into their next state: its own alone."""
    return (campaign,)


def total_leads(enrolled: int) -> int:
    """`totalLeads` is the number of enrolled leads."""
    return enrolled


def draft_total(enrolled: int, members: int) -> int:
    """`totalLeads` of a draft in the list: those enrolled, not the members of its source list."""
    return enrolled


def chosen_overrides(entries: Sequence[Mapping[str, str]]) -> Sequence[Mapping[str, str]] | None:
    """Which of several overrides for one slot count: all of them, one after the other. None refuses them (400)."""
    return entries


def takes_overrides(status: str) -> bool:
    """Whether a campaign in that state takes overrides; where not, 409. Each does."""
    return True


def slot_exists(slots: Sequence[str], node_type: str, stage: str) -> bool:
    """The campaign's sequence must contain the slot that is overridden; a body with another node type is refused."""
    return stage in slots


def slot_of(node_type: str, stage: str) -> Slot:
    """What an override is upserted by."""
    return (node_type, stage)


def merge_overrides(saved: Mapping[Slot, Override], given: Mapping[Slot, Override]) -> dict[Slot, Override]:
    """A repeated slot is replaced, the others stay."""
    return {**saved, **given}


def slots_checked(entries: Sequence[Mapping[str, str]]) -> Sequence[Mapping[str, str]]:
    """The overrides of a request whose slots are looked for: all of them."""
    return entries


def override_id(known: str | None, fresh: str) -> str:
    """A slot that was saved before keeps its id."""
    return known or fresh


def shown_overrides(merged: Mapping[Slot, Override], given: Sequence[Slot]) -> list[Override]:
    """`data` holds the saved overrides of the slots that were sent, in that order."""
    return [merged[slot] for slot in dict.fromkeys(given)]


def lead_state(enrolled: bool, in_source_list: bool) -> str | None:
    """`enrolled`, `pending_enrollment`, or None when the lead has nothing to do with the campaign."""
    if enrolled:
        return "enrolled"
    return "pending_enrollment" if in_source_list else None


def stored_message(text: str) -> str:
    """An override is stored as it was sent."""
    return text
