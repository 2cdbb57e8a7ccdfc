"""POST /conversations/{conversation_id}/messages, and the inbox sync that brings pending messages."""

from msgspec.structs import replace

from nhq.server.engine import Engine
from nhq.server.policies import Policies
from nhq.server.records import LastMessage, Message, iso
from nhq.server.store import Store, newest_first, oldest_first


def sync(engine: Engine, now: float, *, forced: bool = False) -> None:
    """Let pending messages that are due enter their conversations; all of them when `forced`."""
    store = engine.store
    if not store.pending:
        return
    due = [entry for entry in store.pending if engine.policies.synced(entry.due, now, forced)]
    store.pending = tuple(entry for entry in store.pending if entry not in due)
    for entry in due:
        append_message(store, engine.policies, entry.conversation, entry.message, entry.sent, now)


def conversation_moment(store: Store, ident: str) -> float:
    """When a conversation's latest message was sent; zero (the end of the list) when it has none."""
    rows = store.listed("messages", ident)
    return rows[-1][0] if rows else 0.0


def append_message(store: Store, policies: Policies, ident: str, message: Message, sent: float, now: float) -> None:
    """Put a message into the history, and its conversation where its latest message puts it."""
    number = store.next_number()
    store.messages[message.id] = message
    store.insert("messages", ident, oldest_first(sent, number, message.id))
    store.owner[message.id] = workspace = store.owner[ident]
    latest = store.messages[store.listed("messages", ident)[-1][2]]
    preview = LastMessage(latest.id, policies.preview(latest.content), latest.sent_at, latest.direction)
    conversation = store.conversations[ident]
    unread = policies.unread_after_sending(conversation.is_unread)
    store.conversations[ident] = replace(
        conversation,
        last_message=preview,
        is_unread=unread,
        updated_at=iso(policies.updated_moment("conversation", now)),
    )
    if policies.moves_up("sent"):
        rows = store.rows["conversations", workspace]
        rows.remove(next(row for row in rows if row[2] == ident))
        store.insert("conversations", workspace, newest_first(conversation_moment(store, ident), number, ident))
