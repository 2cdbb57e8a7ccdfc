"""POST /conversations/{conversation_id}/messages, and the inbox sync that delivers pending messages."""

from msgspec.structs import replace

from nhq.mock.call import MockCall, MockReply, Refused
from nhq.mock.encoded_views import encode
from nhq.mock.engine import Engine
from nhq.mock.policies import Policies
from nhq.mock.request_bodies import read_valid_body
from nhq.mock.store import Pending, Store, newest_first, oldest_first
from nhq.mock.wire_records import LastMessage, Message, iso_time


def sync(engine: Engine, now: float, *, forced: bool = False) -> None:
    """Deliver pending messages that are due to their conversations; all of them if `forced`."""
    store = engine.store
    if not store.pending:
        return
    engine.views.stale()
    judged = [(entry, engine.policies.synced(entry.due, now, forced)) for entry in store.pending]
    store.hold_pending(entry for entry, is_due in judged if not is_due)
    for entry in [entry for entry, is_due in judged if is_due]:
        append_message(store, engine.policies, entry.conversation, entry.message, entry.sent, now)


def conversation_moment(store: Store, ident: str) -> float:
    """When a conversation's latest message was sent; zero (the end of the list) when it has none."""
    rows = store.listed("messages", ident)
    return rows[-1][0] if rows else 0.0


def append_message(store: Store, policies: Policies, ident: str, message: Message, sent: float, now: float) -> None:
    """Add a message to the history, and move its conversation to its place by latest message."""
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
        last_message=policies.last_message(conversation, preview),
        is_unread=unread,
        updated_at=iso_time(policies.updated_moment("conversation", now)),
    )
    if policies.moves_up("sent"):
        rows = store.rows["conversations", workspace]
        rows.remove(next(row for row in rows if row[2] == ident))
        store.insert("conversations", workspace, newest_first(conversation_moment(store, ident), number, ident))


def read_message(call: MockCall) -> None:
    """Stage `body`: 1 to 8000 characters of text."""
    call.take(read_valid_body(call, "message")["content"])


def send_message(call: MockCall) -> MockReply:
    """Send into a conversation: 502 when that fails, 503 when sending is not available."""
    sync(call.engine, call.now)
    store, policies, troubles, ident = call.store, call.policies, call.engine.troubles, call.ids[0]
    outcome = policies.send_outcome(
        store.flags.get(ident, ""),
        "sender_fails" in troubles,
        "sender_unavailable" in troubles,
        "send_pending" in troubles,
    )
    message, sent = _new_message(call)
    if policies.keeps_message(outcome):
        for _ in range(policies.deliveries(outcome)):
            append_message(store, policies, ident, message, sent, call.now)
    elif policies.queues_message(outcome):
        store.hold_pending((*store.pending, Pending(policies.due_at(call.now), sent, ident, message)))
    if outcome == "unavailable":
        raise Refused(503, "sending_unavailable", "sending messages is temporarily unavailable")
    if outcome == "failed":
        raise Refused(502, "send_failed", "the message could not be sent")
    return MockReply(200, encode({"data": _result(call, outcome, message)}))


def _result(call: MockCall, outcome: str, message: Message) -> dict[str, object]:
    shown = call.policies.show_message(call.operation.id, message)
    pending = call.policies.reports_pending(outcome)
    return {"ok": True, "pending": pending, "message": shown if call.policies.returns_message(outcome) else None}


def _new_message(call: MockCall) -> tuple[Message, float]:
    """The message as LinkedIn has it, and the moment it was sent."""
    store, policies = call.store, call.policies
    ident, moment = store.new_id("msg", store.next_number()), policies.created_moment("message", call.now)
    text, direction = policies.sent_text(call.args), policies.sent_direction()
    return Message(ident, f"urn:li:msg:{ident[4:]}", text, direction, iso_time(moment)), moment
