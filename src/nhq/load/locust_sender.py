"""Send one request of a key through Locust's client, once, and record its outcome."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from geventhttpclient.header import Headers
from locust.contrib.fasthttp import FAILURE_EXCEPTIONS, FastHttpSession, FastResponse

from nhq.contract.disclosure import round_long_number
from nhq.load.history_recorder import HistoryRecorder
from nhq.load.machine_limits import exhausted_resource
from nhq.load.precise_timing import now_on_both_clocks
from nhq.load.traffic_mix import MixCall
from nhq.masking import masker_of
from nhq.ratelimit.history.write_history import ClockPair

#: Seconds. A request given up after these is one without a reply: perhaps counted, perhaps not.
CONNECT, ANSWER = 10.0, 30.0
#: What Locust shall take for a success: a refusal is an answer like others. No reply and 5xx are failures.
_ANSWERS = frozenset(range(100, 500))
#: The headers that are looked at.
HEADERS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "date")


class LocustReply(NamedTuple):
    """What came back. `status` None: nothing. `headers` holds those of `HEADERS` that came, lower-case."""

    status: int | None
    sent: ClockPair
    received: ClockPair
    headers: Mapping[str, str]
    body: bytes = b""


class KeySender:
    """Sends with one key. Every request is recorded, one that is cut off by the end of the run too."""

    def __init__(
        self,
        session: FastHttpSession,
        recording: HistoryRecorder,
        label: str,
        secret: str,
        fail: Callable[[str], None],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`fail` is told what this machine lacks when it can't send: then no request says anything of the server."""
        session.client.cookiejar = None  # a key is all that may tell who asks; and jars cost more than recording
        vars(session.client)["valid_response_codes"] = _ANSWERS
        self._request, self._recording, self._label, self._fail = session.request, recording, label, fail
        self._masker = masker_of((secret,))  # what a history may hold is decided before it is recorded
        self._headers = {**(headers or {}), "Authorization": f"Bearer {secret}"}
        self._with_body = {**self._headers, "Content-Type": "application/json"}

    def send(self, call: MixCall, intended: ClockPair | None = None, *, read: bool = False) -> LocustReply:
        """Send now; `intended` is when it was meant to be sent (now, unless told). `read`: the body is wanted."""
        status: int | None = None
        headers: dict[str, str] = {}
        body = b""
        sent = now_on_both_clocks()
        self._recording.note(self._label, sent)
        try:
            response = self._request(
                call.method,
                call.path,
                name=call.operation,
                data=call.body or None,
                headers=self._with_body if call.body else self._headers,
                allow_redirects=False,
            )
            status = response.status_code or None
            if lack := exhausted_resource(getattr(response, "error", None)):
                self._fail(lack)
            if status is not None and response.headers is not None:
                headers = {name: round_long_number(self._masker.text(v)) for name, v in _told(response.headers).items()}
            if read:
                body = _body(response)
        finally:
            received = now_on_both_clocks()
            self._recording.record(self._label, intended or sent, sent, received, status, headers, call.operation)
        return LocustReply(status, sent, received, headers, body)


def _told(headers: Headers) -> dict[str, str]:
    """The headers that matter, those sent twice joined as HTTP says."""
    told: dict[str, str] = {}
    for name in HEADERS:
        value = headers.get(name)
        if value is not None:
            told[name] = value if isinstance(value, str) else ", ".join(value)
    return told


def _body(response: FastResponse) -> bytes:
    """The body, or nothing where it was cut off."""
    try:
        return response.content or b""
    except FAILURE_EXCEPTIONS:
        return b""
