"""Faults of threads and messages, member by member and text by text."""

import re
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from nhq.mutation.faults.fault import Around, Fault, faults_of_family
from nhq.mutation.faults.wire import changed_body, in_data

plant = faults_of_family("messages")

SEND = ("send_message",)


def _reads(ident: str, what: str, change: Callable[[Any], Any]) -> Fault:
    """A conversation read alone that isn't as its row."""
    return plant(
        ident,
        f"A conversation read alone shows {what}.",
        "CONV-SAME-AS-ROW",
        subtle="one field",
        on=("get_conversation",),
        show_conversation=lambda operation, conversation: (
            change(conversation) if operation == "get_conversation" else conversation
        ),
    )


def _sends(ident: str, sentence: str, change: Callable[[str], str]) -> Fault:
    """A text that is sent otherwise than it was given."""
    return plant(ident, sentence, "SEND-TEXT", subtle="one value", on=SEND, sent_text=change)


def _turned(message: Any) -> Any:
    return replace(message, direction={"sent": "received", "received": "sent"}[message.direction])


def _shortened(data: Any) -> Any:
    """A message of which the beginning is left."""
    message = data["message"]
    return data | {"message": message and message | {"content": message["content"][:60]}}


def _ends_in(**wrong: str) -> Around:
    """What became of a message, taken for something else."""
    return Around(lambda true: lambda *given: wrong.get(said := true(*given), said))


FAULTS = (
    _reads(
        "reads-conversations-of-another-sender",
        "the id of its lead for its sender's",
        lambda c: replace(c, linkedin_account=replace(c.linkedin_account, id=c.lead.id)),
    ),
    _reads(
        "reads-conversations-of-a-nameless-sender",
        "no name of its sender",
        lambda c: replace(c, linkedin_account=replace(c.linkedin_account, profile_name=None)),
    ),
    _reads(
        "reads-conversations-of-another-lead",
        "the id of its sender for its lead's",
        lambda c: replace(c, lead=replace(c.lead, id=c.linkedin_account.id)),
    ),
    _reads(
        "reads-conversations-with-another-thread",
        "its own id for LinkedIn's",
        lambda c: replace(c, linkedin_conversation_id=c.id),
    ),
    plant(
        "leaves-previews-out",
        "Conversations are listed without their latest message.",
        "CONV-PREVIEW",
        on=("list_conversations",),
        show_conversation=lambda operation, conversation: replace(conversation, last_message=None),
    ),
    plant(
        "turns-previews-round",
        "A preview calls received what was sent, and sent what was received.",
        "CONV-PREVIEW",
        subtle="one field",
        on=("list_conversations",),
        show_conversation=lambda operation, conversation: (
            replace(conversation, last_message=_turned(conversation.last_message))
            if conversation.last_message
            else conversation
        ),
    ),
    plant(
        "dates-previews-by-the-conversation",
        "A preview is dated as the conversation.",
        "CONV-PREVIEW",
        "ORDER-RECENT",
        subtle="one field",
        on=("list_conversations",),
        show_conversation=lambda operation, conversation: (
            replace(conversation, last_message=replace(conversation.last_message, sent_at=conversation.created_at))
            if conversation.last_message
            else conversation
        ),
    ),
    plant(
        "says-that-pending-is-not-ok",
        "ok is false while a message is pending.",
        "SEND-OK",
        "SEND-PENDING",
        subtle="one state",
        on=SEND,
        near=["SEND-PENDING"],
        sent_body=changed_body(in_data(lambda data: data | {"ok": not data["pending"]}), *SEND),
    ),
    plant(
        "calls-everything-pending",
        "Every message is reported as pending, though it has an id.",
        "SEND-PENDING-NULL",
        on=SEND,
        reports_pending=lambda outcome: True,
    ),
    plant(
        "returns-no-message",
        "A message sent is not returned, though it isn't pending.",
        "SEND-PENDING-NULL",
        subtle="one value",
        on=SEND,
        returns_message=lambda outcome: False,
    ),
    plant(
        "returns-the-preview-of-a-message",
        "The message returned is cut as its preview is.",
        "SEND-TEXT",
        "SEND-LENGTH",
        subtle="one value",
        on=SEND,
        sent_body=changed_body(in_data(_shortened), *SEND),
    ),
    plant(
        "keeps-messages-answered-502",
        "A message that failed stands in the history.",
        "SEND-FAILED-NOT-SENT",
        subtle="one state",
        on=SEND,
        keeps_message=lambda outcome: outcome in ("sent", "failed"),
    ),
    plant(
        "keeps-messages-answered-503",
        "A message that could not be sent now stands in the history.",
        "SEND-FAILED-NOT-SENT",
        subtle="one state",
        on=SEND,
        keeps_message=lambda outcome: outcome in ("sent", "unavailable"),
    ),
    _sends("fills-in-what-is-sent", "Placeholders are filled in.", lambda text: text.replace("{{first_name}}", "Ada")),
    _sends(
        "strips-tags-from-messages", "What looks like a tag is lost.", lambda text: re.sub(r"<[^>]*>", "", text) or "?"
    ),
    _sends(
        "reads-escapes-in-messages", "A backslash and n become a line break.", lambda text: text.replace("\\n", "\n")
    ),
    _sends("doubles-quotes-of-messages", "Quotes are escaped.", lambda text: text.replace('"', '\\"')),
    _sends(
        "splits-joined-emoji", "Joiners are lost, and a joined emoji becomes two.", lambda t: t.replace("\u200d", "")
    ),
    _sends("folds-blanks-of-messages", "Two blanks become one.", lambda text: re.sub(" +", " ", text)),
    plant(
        "answers-503-when-sending-failed",
        "A send that failed is answered 503.",
        "SEND-502",
        subtle="one state",
        on=SEND,
        send_outcome=_ends_in(failed="unavailable"),
    ),
    plant(
        "fails-what-could-be-sent",
        "A message that could be sent is answered 502.",
        "SEND-APPENDS",
        on=SEND,
        send_outcome=_ends_in(sent="failed"),
    ),
)
