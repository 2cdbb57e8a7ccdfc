"""Conversations and their messages."""

from typing import Any

from nhq.mock.policies.outreach import preview
from nhq.mock.seed_plot import DAY, HOUR, Plot, tied_moments
from nhq.mock.store import oldest_first
from nhq.mock.wire_records import Conversation, ConversationAccount, ConversationLead, LastMessage, Message, iso_time

INTENTS = (None, "INTERESTED", "CURIOUS", "NOT_INTERESTED", "DEFERRED", "NEEDS_LABEL", "CONVERTED")


def plant_conversations(plot: Plot) -> None:
    """Threads of every intent, read and unread, of several accounts; pairs share the moment of their last message."""
    entries = plot.spec["conversation"]
    for number, (entry, moment) in enumerate(zip(entries, tied_moments(len(entries), 2, 7 * HOUR), strict=True)):
        ident, order = plot.grow("conv")
        messages = [_message(plot, ident, number, position, at) for position, at in enumerate(_moments(entry, moment))]
        plot.store.conversations[ident] = _conversation(plot, ident, entry, number, moment, messages)
        plot.place("conversations", plot.workspace, moment if messages else 0.0, order, ident)
        plot.mark(entry, ident)


def _moments(entry: dict[str, Any], last: float) -> list[float]:
    """When each message was sent: in ties of three in a long thread."""
    count = entry["messages"]
    return tied_moments(count, 3 if count > 10 else 1, 600.0, last)


def _message(plot: Plot, conversation: str, number: int, position: int, moment: float) -> Message:
    ident, order = plot.grow("msg")
    message = Message(
        id=ident,
        linkedin_message_id=f"urn:li:msg:{ident[4:]}",
        content=plot.word("texts", number + position),
        direction="received" if (number + position) % 3 == 1 else "sent",
        sent_at=iso_time(moment),
    )
    plot.store.messages[ident] = message
    plot.store.insert("messages", conversation, oldest_first(moment, order, ident))
    return message


def _conversation(
    plot: Plot, ident: str, entry: dict[str, Any], number: int, moment: float, messages: list[Message]
) -> Conversation:
    lead = plot.store.leads[plot.leads[entry["lead"]]]
    account = plot.store.accounts[plot.handles["account", entry["account"]]]
    last = messages[-1] if messages else None
    return Conversation(
        id=ident,
        linkedin_conversation_id=f"urn:li:thread:{ident[5:]}",
        intent=INTENTS[number % len(INTENTS)],
        is_unread=number % 3 == 0,
        lead=ConversationLead(lead.id, lead.first_name, lead.last_name, lead.linkedin_url),
        linkedin_account=ConversationAccount(account.id, account.profile_name),
        last_message=LastMessage(last.id, preview(last.content), last.sent_at, last.direction) if last else None,
        created_at=iso_time(moment - 30 * DAY),
        updated_at=iso_time(moment),
    )
