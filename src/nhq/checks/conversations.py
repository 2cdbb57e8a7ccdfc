"""Conversations and sending, judged one answer at a time."""

from collections.abc import Iterator

from nhq.checks.context import CheckContext, judges
from nhq.checks.identity import has_requested_id, returned_object
from nhq.model import Observation


@judges("CONV-SAME-ID")
def conversation_is_the_one_asked_for(seen: CheckContext) -> Iterator[Observation]:
    """«Returns a single conversation»: that of the path."""
    if seen.operation.id == "get_conversation":
        yield from has_requested_id(seen, "CONV-SAME-ID", "conversation_id")


@judges("SEND-OK")
def sending_says_ok(seen: CheckContext) -> Iterator[Observation]:
    """«On success the response reports `ok: true`»."""
    result = returned_object(seen)
    if seen.operation.id == "send_message" and "ok" in result:
        yield seen.judged("SEND-OK", result["ok"] is True, "ok true on success", "something else", "/data/ok")


@judges("SEND-PENDING-NULL")
def pending_has_no_message(seen: CheckContext) -> Iterator[Observation]:
    """No message yet while it is pending, and one otherwise: a null there has no other use."""
    result = returned_object(seen)
    if seen.operation.id != "send_message" or not {"pending", "message"} <= set(result):
        return
    expected = "message null with pending true, a message with pending false"
    fits = result["pending"] is (result["message"] is None)
    yield seen.judged("SEND-PENDING-NULL", fits, expected, "the other way round", "/data/message")
