"""Faults of conversations and sending."""

import html
from typing import Any

from msgspec.structs import replace

from nhq.mutation.faults.fault import Around, faults_of_family
from nhq.mutation.faults.wire import changed_body, in_data, status_for

plant = faults_of_family("conversations")

SEND = ("send_message",)


def _one_before(true: Any) -> Any:
    last: list[Any] = []

    def show(operation: str, conversation: Any) -> Any:
        if operation != "get_conversation":
            return true(operation, conversation)
        last.append(conversation)
        return true(operation, last[-2] if len(last) > 1 else conversation)

    return show


def _length(operation: str, body: Any) -> int:
    return len(body["content"]) if operation in SEND and isinstance(body.get("content"), str) else -1


def _swap_names(operation: str, conversation: Any) -> Any:
    lead = conversation.lead
    turned = replace(lead, first_name=lead.last_name, last_name=lead.first_name)
    return replace(conversation, lead=turned) if operation == "get_conversation" else conversation


def _outcome(wrong: dict[str, str]) -> Around:
    return Around(lambda true: lambda *given: wrong.get(said := true(*given), said))


FAULTS = (
    plant(
        "shows-the-conversation-asked-for-before",
        "GET /conversations/{conversation_id} shows the conversation of the request before.",
        "CONV-SAME-ID",
        subtle="repeated call",
        on=("get_conversation",),
        show_conversation=Around(_one_before),
    ),
    plant(
        "reads-conversations-without-intent",
        "A conversation read alone has no intent.",
        "CONV-SAME-AS-ROW",
        subtle="one operation",
        on=("get_conversation",),
        show_conversation=lambda operation, conversation: (
            replace(conversation, intent=None) if operation == "get_conversation" else conversation
        ),
    ),
    plant(
        "swaps-names-of-the-lead",
        "A conversation read alone has its lead's names the wrong way round.",
        "CONV-SAME-AS-ROW",
        subtle="one operation",
        on=("get_conversation",),
        show_conversation=_swap_names,
    ),
    plant(
        "previews-the-message-before",
        "After a send, last_message is still the message before.",
        "CONV-PREVIEW",
        subtle="repeated call",
        on=("list_conversations",),
        last_message=lambda conversation, latest: conversation.last_message or latest,
    ),
    plant(
        "previews-the-end-of-a-message",
        "The preview of a long message is its end.",
        "CONV-PREVIEW",
        subtle="one value",
        on=("list_conversations",),
        preview=lambda content: content[-160:],
    ),
    plant(
        "shows-previews-of-nobody",
        "The preview holds the conversation's id instead of its latest message.",
        "CONV-PREVIEW",
        on=("list_conversations",),
        show_conversation=lambda operation, conversation: (
            replace(conversation, last_message=replace(conversation.last_message, content=conversation.id))
            if conversation.last_message
            else conversation
        ),
    ),
    plant(
        "says-that-sending-is-not-ok",
        "ok is false although the message was sent.",
        "SEND-OK",
        on=SEND,
        sent_body=changed_body(in_data(lambda data: data | {"ok": False}), *SEND),
    ),
    plant(
        "forgets-sent-messages",
        "A message sent doesn't stand in the history.",
        "SEND-APPENDS",
        on=SEND,
        keeps_message=lambda outcome: False,
    ),
    plant(
        "sends-twice",
        "A message stands in the history twice.",
        "SEND-APPENDS",
        on=SEND,
        deliveries=lambda outcome: 2,
    ),
    plant(
        "calls-sent-messages-received",
        "What was sent is shown as received.",
        "SEND-APPENDS",
        on=SEND,
        sent_direction=lambda: "received",
    ),
    plant(
        "dates-messages-years-back",
        "A message sent is dated ten years back, and stands at the beginning of the history.",
        "SEND-APPENDS",
        "SCHEMA-CREATED-NOW",
        on=SEND,
        created_moment=Around(lambda true: lambda kind, now: true(kind, now - (kind == "message") * 315_360_000)),
    ),
    plant(
        "escapes-what-is-sent",
        "<, > and & in a message are escaped as for HTML.",
        "SEND-TEXT",
        subtle="one value",
        on=SEND,
        sent_text=lambda content: html.escape(content, quote=False),
    ),
    plant(
        "joins-lines-of-a-message",
        "Line breaks in a message become blanks.",
        "SEND-TEXT",
        subtle="one value",
        on=SEND,
        sent_text=lambda content: content.replace("\r\n", " ").replace("\n", " "),
    ),
    plant(
        "drops-emoji",
        "Characters beyond the basic plane are lost from a message.",
        "SEND-TEXT",
        subtle="non-ASCII",
        on=SEND,
        sent_text=lambda content: "".join(c for c in content if ord(c) < 0x10000) or "?",
    ),
    plant(
        "cuts-messages-at-4000",
        "A message is cut after 4000 characters.",
        "SEND-TEXT",
        "SEND-LENGTH",
        subtle="one value",
        on=SEND,
        sent_text=lambda content: content[:4000],
    ),
    plant(
        "takes-messages-of-8001",
        "A message may have 8001 characters.",
        "SEND-LENGTH",
        subtle="exact boundary",
        on=SEND,
        body_valid=lambda operation, body, problems: (
            not problems or (isinstance(body, dict) and _length(operation, body) == 8001)
        ),
    ),
    plant(
        "refuses-messages-of-8000",
        "A message of exactly 8000 characters is refused.",
        "SEND-LENGTH",
        subtle="exact boundary",
        on=SEND,
        body_valid=lambda operation, body, problems: not problems and _length(operation, body) != 8000,
    ),
    plant(
        "counts-bytes-of-messages",
        "A message may have 8000 bytes.",
        "REQUEST-CODE-POINTS",
        subtle="non-ASCII",
        on=SEND,
        body_valid=lambda operation, body, problems: (
            not problems and not (operation in SEND and len(body["content"].encode()) > 8000)
        ),
    ),
    plant(
        "counts-utf-16-of-messages",
        "A message may have 8000 units of UTF-16.",
        "REQUEST-CODE-POINTS",
        subtle="non-ASCII",
        on=SEND,
        body_valid=lambda operation, body, problems: (
            not problems
            and not (operation in SEND and len(body["content"].encode("utf-16-le", "surrogatepass")) > 16000)
        ),
    ),
    plant(
        "leaves-conversations-where-they-are",
        "A conversation just written to keeps its place in the list.",
        "SEND-MOVES-UP",
        "ORDER-RECENT",
        subtle="repeated call",
        moves_up=lambda outcome: False,
    ),
    plant(
        "hides-that-a-message-is-pending",
        "A message without an id yet is reported as if it were done.",
        "SEND-PENDING",
        subtle="one state",
        on=SEND,
        reports_pending=lambda outcome: False,
    ),
    plant(
        "fails-what-is-pending",
        "A message that LinkedIn accepted without an id is answered 502.",
        "SEND-PENDING",
        subtle="one state",
        on=SEND,
        send_outcome=_outcome({"pending": "failed"}),
    ),
    plant(
        "shows-pending-messages",
        "A pending message is returned as if it had an id.",
        "SEND-PENDING-NULL",
        subtle="one state",
        on=SEND,
        returns_message=lambda outcome: True,
    ),
    plant(
        "loses-pending-messages",
        "A pending message never appears.",
        "SEND-PENDING-APPEARS",
        subtle="one state",
        on=SEND,
        synced=lambda due, now, forced: False,
    ),
    plant(
        "hides-that-sending-failed",
        "A send that failed is answered 200.",
        "SEND-502",
        subtle="one state",
        on=SEND,
        send_outcome=_outcome({"failed": "sent"}),
    ),
    plant(
        "answers-500-when-sending-failed",
        "A send that failed is answered 500.",
        "SEND-502",
        "STATUS-DOCUMENTED",
        subtle="one state",
        on=SEND,
        error_status=status_for({502: 500}, *SEND),
    ),
    plant(
        "answers-502-when-sending-is-unavailable",
        "When sending isn't available, the answer is 502.",
        "SEND-503",
        subtle="one state",
        on=SEND,
        send_outcome=_outcome({"unavailable": "failed"}),
    ),
    plant(
        "queues-what-cannot-be-sent-now",
        "When sending isn't available, the message is reported as pending.",
        "SEND-503",
        subtle="one state",
        on=SEND,
        send_outcome=_outcome({"unavailable": "pending"}),
    ),
    plant(
        "keeps-messages-that-failed",
        "A message answered 502 or 503 stands in the history.",
        "SEND-FAILED-NOT-SENT",
        subtle="one state",
        on=SEND,
        keeps_message=lambda outcome: outcome in ("sent", "failed", "unavailable"),
    ),
)
