"""Enrichment with its credits, and sending messages with its troubles."""

from nhq.mock.wire_records import Conversation, LastMessage, Lead

PREVIEW = 160
SYNC_SECONDS = 60.0


def is_enriched(lead: Lead) -> bool:
    """A lead with enriched data is not enriched again."""
    return lead.profile_enriched_at is not None


def pays_first() -> bool:
    """Whether credits are looked at before the lead: they aren't."""
    return False


def can_pay(credits: int) -> bool:
    """An enrichment costs one credit, which must be there."""
    return credits >= 1


def provider_answer(flag: str, errors: bool, fails: bool) -> str:
    """What the provider says: `enriched`, `failed`, or `error` (a 502)."""
    if errors or flag == "provider_errors":
        return "error"
    return "failed" if fails or flag == "provider_fails" else "enriched"


def purse(operation: str, workspace: str) -> str:
    """Each workspace pays with its own credits."""
    return workspace


def price(status: str) -> int:
    """Credits an outcome costs: one when newly enriched, nothing otherwise, nor for a provider's `error`."""
    return 1 if status == "enriched" else 0


def taken(status: str, cost: int) -> int:
    """What is taken from the balance: what the outcome costs."""
    return cost


def charged(status: str, cost: int) -> bool:
    """`charged` says whether a credit was consumed."""
    return cost > 0


def credits_shown(before: int, after: int) -> int:
    """`credits_remaining` is the balance after the call."""
    return after


def stores_enrichment(status: str) -> bool:
    """Whether the lead keeps what the provider said."""
    return status == "enriched"


def send_outcome(flag: str, fails: bool, unavailable: bool, pending: bool) -> str:
    """What becomes of a message: `sent`, `pending`, `failed` (502) or `unavailable` (503)."""
    if unavailable or flag == "send_unavailable":
        return "unavailable"
    if fails or flag == "send_fails":
        return "failed"
    return "pending" if pending or flag == "send_pending" else "sent"


def sent_text(content: str) -> str:
    """A message is sent as it was given."""
    return content


def sent_direction() -> str:
    """What we send is `sent`."""
    return "sent"


def deliveries(outcome: str) -> int:
    """How often a message enters the history: once."""
    return 1


def keeps_message(outcome: str) -> bool:
    """Whether the message enters the history at once."""
    return outcome == "sent"


def queues_message(outcome: str) -> bool:
    """Whether the message enters the history with a later inbox sync."""
    return outcome == "pending"


def reports_pending(outcome: str) -> bool:
    """`pending` says that LinkedIn accepted the message without returning its id yet."""
    return outcome == "pending"


def returns_message(outcome: str) -> bool:
    """The message is returned once it has an id."""
    return outcome == "sent"


def due_at(now: float) -> float:
    """When the next inbox sync brings a pending message."""
    return now + SYNC_SECONDS


def synced(due: float, now: float, forced: bool) -> bool:
    """Whether a pending message has come in by now."""
    return forced or due <= now


def preview(content: str) -> str:
    """The preview of a latest message: its beginning, with an ellipsis when it was cut."""
    return content if len(content) <= PREVIEW else content[: PREVIEW - 1] + "…"


def last_message(conversation: Conversation, latest: LastMessage) -> LastMessage | None:
    """`last_message` is the latest of the history."""
    return latest


def moves_up(outcome: str) -> bool:
    """A conversation with a new message becomes the most recent."""
    return True


def unread_after_reading(unread: bool) -> bool:
    """Reading does not touch the unread flag."""
    return unread


def unread_after_sending(unread: bool) -> bool:
    """Sending does not touch the unread flag."""
    return unread
