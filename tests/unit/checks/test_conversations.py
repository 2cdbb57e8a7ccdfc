"""What an answer to a message says of it."""

from typing import Any

import pytest

from nhq.model import Verdict

HOLDS, VIOLATED = Verdict.HOLDS, Verdict.VIOLATED


def sends(judged: Any, status: int = 200, **result: Any) -> dict[str, Verdict]:
    found = judged("/conversations/c1/messages", {"data": result}, method="POST", status=status)
    return {rule: verdict for rule, verdict in found.items() if rule.startswith("SEND-")}


@pytest.mark.parametrize(("ok", "verdict"), [(True, HOLDS), (False, VIOLATED), ("true", VIOLATED)])
def test_success_says_ok(judged: Any, ok: Any, verdict: Verdict) -> None:
    """A send that succeeded reports ok true."""
    assert sends(judged, ok=ok)["SEND-OK"] is verdict


@pytest.mark.parametrize(
    ("pending", "message", "verdict"),
    [(True, None, HOLDS), (False, {"id": "m"}, HOLDS), (True, {"id": "m"}, VIOLATED), (False, None, VIOLATED)],
)
def test_pending_goes_with_no_message(judged: Any, pending: bool, message: Any, verdict: Verdict) -> None:
    """There is a message exactly where it is not pending."""
    assert sends(judged, ok=True, pending=pending, message=message)["SEND-PENDING-NULL"] is verdict


def test_nothing_is_said_of_refused_messages(judged: Any) -> None:
    """Where nothing was sent, nothing is ok or pending."""
    assert sends(judged, status=502, ok=False, pending=False, message=None) == {}
