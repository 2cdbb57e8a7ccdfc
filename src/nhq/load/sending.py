"""Send one request of a key through Locust's client, once, and record what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from locust.contrib.fasthttp import FastHttpSession

from nhq.load.calls import Call
from nhq.load.recording import Recording
from nhq.load.timing import present
from nhq.ratelimit.writing import Instant

#: Seconds. A request given up after these is one without a reply: perhaps counted, perhaps not.
CONNECT, ANSWER = 10.0, 30.0
_ANY_STATUS = frozenset(range(100, 600))


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `status` None: nothing."""

    status: int | None
    sent: Instant
    received: Instant
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Sender:
    """Sends with one key. Every request is recorded, one that is cut off by the end of the run too."""

    def __init__(self, session: FastHttpSession, recording: Recording, label: str, secret: str) -> None:
        vars(session.client)["valid_response_codes"] = _ANY_STATUS
        self._session, self._recording, self._label = session, recording, label
        self._headers = {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
        self._with_body = {**self._headers, "Content-Type": "application/json"}

    def send(self, call: Call, intended: Instant | None = None) -> Reply:
        """Send now. `intended` is when it was meant to be sent (now, unless told)."""
        status: int | None = None
        headers: Mapping[str, str] = {}
        body = b""
        sent = present()
        self._recording.note(self._label, sent)
        try:
            with self._session.request(
                call.method,
                call.path,
                name=call.operation,
                data=call.body or None,
                headers=self._with_body if call.body else self._headers,
                catch_response=True,
                allow_redirects=False,
            ) as response:
                status = response.status_code or None
                headers, body = response.headers or {}, response.content or b""
                _mark(response, status)
        finally:
            received = present()
            self._recording.record(self._label, intended or sent, sent, received, status, headers, call.operation)
        return Reply(status, sent, received, headers, body)


def _mark(response: Any, status: int | None) -> None:
    """Every answer is a success for Locust, a refusal too; no reply and 5xx are failures."""
    if status is None:
        response.failure(f"no reply ({type(getattr(response, 'error', None)).__name__})")
    elif status >= 500:
        response.failure(f"status {status}")
    else:
        response.success()
