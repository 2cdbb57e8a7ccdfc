"""Choices about conversations, their previews and what is sent into them."""

from collections.abc import Sequence
from typing import Any
from unicodedata import normalize

import msgspec

from nhq.mock.call import Refused
from nhq.mock.store import Row, Store
from nhq.mutation.faults.fault import Around
from nhq.mutation.variants.pagination import show_later
from nhq.mutation.variants.variant import every_other, variants_of_area

take = variants_of_area("conversations", "conversations", "pagination")


def _pending(true: Any) -> Any:
    """Every message that goes out is pending first."""

    def outcome(flag: str, fails: bool, unavailable: bool, pending: bool) -> str:
        return str(true(flag, fails, unavailable, True))

    return outcome


def _away(true: Any) -> Any:
    """Sending is unavailable whatever conversation is named."""

    def takes(operation: str, what: str, exists: bool, own: bool) -> bool:
        if operation == "send_message":
            raise Refused(503, "unavailable", "sending is unavailable at the moment")
        return bool(true(operation, what, exists, own))

    return takes


def _in_brief(true: Any) -> Any:
    """Previews of forty characters, and nothing to say that they were cut."""

    def show(operation: str, conversation: Any) -> Any:
        shown = true(operation, conversation)
        latest = shown.last_message
        if latest is None or len(latest.content) <= 40:
            return shown
        return msgspec.structs.replace(shown, last_message=msgspec.structs.replace(latest, content=latest.content[:40]))

    return show


def _counted(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
    """Conversations by their place, which is what a cursor then keeps."""
    if operation != "list_conversations":
        return rows
    return [(float(place), 0, ident) for place, (_, _, ident) in enumerate(rows)]


def _silent_first(operation: str, rows: Sequence[Row], store: Store) -> Sequence[Row]:
    """Conversations without a message before all others."""
    if operation != "list_conversations":
        return rows
    return sorted((moment or -1e12, number, ident) for moment, number, ident in rows)


VARIANTS = (
    take(
        "previews-the-whole-text",
        "last_message holds the whole text of a message.",
        "last-message-content",
        "the whole text",
        preview=lambda content: content,
    ),
    take(
        "previews-with-three-dots",
        "last_message holds sixty characters, then three dots.",
        "last-message-content",
        "a beginning of it, perhaps with an ellipsis",
        preview=lambda content: content if len(content) <= 60 else content[:60] + "...",
    ),
    take(
        "previews-in-brief",
        "last_message holds forty characters, and nothing says that more follow.",
        "last-message-content",
        "a beginning of it, perhaps with an ellipsis",
        show_conversation=Around(_in_brief),
    ),
    take(
        "composes-accents-of-messages",
        "Accents sent as marks of their own are joined with their letter.",
        "message-form",
        "in Unicode's composed form",
        sent_text=lambda content: normalize("NFC", content),
    ),
    take(
        "ends-lines-of-messages-twice",
        "Line ends of a message are a carriage return and a line feed.",
        "message-form",
        "with other line ends",
        sent_text=lambda content: content.replace("\r\n", "\n").replace("\n", "\r\n"),
    ),
    take(
        "marks-as-read-by-reading",
        "Reading a conversation marks it as read.",
        "reads-mark-read",
        "yes",
        unread_after_reading=lambda unread: False,
    ),
    take(
        "marks-as-read-by-sending",
        "Sending into a conversation marks it as read.",
        "unread-after-sending",
        "yes",
        unread_after_sending=lambda unread: False,
    ),
    take(
        "trims-messages",
        "Blanks at the ends of a message are cut off.",
        "trimmed-text",
        "trimmed",
        sent_text=lambda content: content.strip(),
    ),
    take(
        "syncs-within-seconds",
        "A pending message appears after five seconds.",
        "pending-message",
        "any time: the next sync is not announced",
        due_at=lambda now: now + 5,
    ),
    take(
        "syncs-after-hours",
        "A pending message appears after twenty hours.",
        "pending-message",
        "any time: the next sync is not announced",
        due_at=lambda now: now + 20 * 3600,
    ),
    take(
        "tells-no-message",
        "The answer to a send has no message, though it isn't pending.",
        "message-of-a-send",
        "no: message is null, and the history has it",
        warns=("SEND-PENDING-NULL",),
        returns_message=lambda outcome: False,
    ),
    take(
        "leaves-every-message-pending",
        "Every message is pending at first, and appears with the next sync.",
        "pending-or-sent",
        "always",
        send_outcome=Around(_pending),
    ),
    take(
        "shows-messages-within-seconds",
        "A message sent stands in the history a second later.",
        "slow-effects",
        "within seconds",
        settled=show_later("get_conversation", 1.0),
    ),
    take(
        "shows-silent-conversations-first",
        "Conversations without a message stand before all others.",
        "conversation-without-message",
        "anywhere",
        arrange=_silent_first,
    ),
    take(
        "counts-conversations-by-offset",
        "A cursor of the list of conversations counts them, so that what moves up during a crawl shifts them.",
        "moved-during-crawl",
        "seen once, twice or not at all",
        arrange=_counted,
    ),
    take(
        "cannot-send-at-first",
        "Sending is unavailable the first time, and every other time after: 503.",
        "documented-5xx",
        "502 and 503 where documented",
        send_outcome=every_other("sent", "unavailable", odd=True),
    ),
    take(
        "cannot-send-to-whomever",
        "Sending is unavailable, and 503 comes before any look for the conversation.",
        "documented-5xx",
        "502 and 503 where documented",
        near=["workspaces", "auth", "scopes", "ratelimit"],
        shared=True,
        takes_id=Around(_away),
    ),
    take(
        "fails-to-send-now-and-then",
        "Sending fails the second time, and every other time after: 502.",
        "documented-5xx",
        "502 and 503 where documented",
        send_outcome=every_other("sent", "failed", odd=False),
    ),
)
