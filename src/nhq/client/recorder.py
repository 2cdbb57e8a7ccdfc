"""The recorder, third link of the chain: sends the request, times it and makes an Exchange of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.exceptions import RequestException

from nhq.checks.attribution import GATEWAYS, network_cause
from nhq.client.guard import below_base, effect_of
from nhq.client.pacing import bearer_identity
from nhq.client.running_test import Running
from nhq.client.simultaneous import SentAtOnce, send_at_once
from nhq.client.target import Target
from nhq.client.traces import Traces
from nhq.client.transport_errors import StaleConnection, is_transient, short_cause
from nhq.clock import Clock
from nhq.contract import Contract
from nhq.errors import Away, TargetError
from nhq.model import Exchange

Listener = Callable[[Exchange], None]
_SILENCES = 3
_AWAY, _AWAY_MOST = {502, 503, 504}, 4
NO_ANSWER = "no answer from the target: "


class ExchangeRecorder(BaseAdapter):
    """Third link: turns each request and its answer into an Exchange and tells every listener.

    Raises TargetError, after recording, when no whole answer of the server's own came; of these Away where the same
    request may well be answered a moment later. A harmless request is sent once more where a kept connection had been
    closed before a byte came back; both sendings are recorded. A test that got no answer three times running sends no
    more: what repeats or shrinks would wait for every time-out again.

    Where others stand behind a server, a 502, 503 or 504 that the operation doesn't document is an answer to judge
    only when it comes `_AWAY_MOST` times in a row; before, it is as if none had come.
    """

    def __init__(
        self,
        target: Target,
        contract: Contract,
        clock: Clock,
        inner: BaseAdapter,
        running: Running | None = None,
        traces: Traces | None = None,
    ) -> None:
        super().__init__()
        self._traces = traces
        self._target, self._contract, self._clock, self._inner = target, contract, clock, inner
        self._running = running or Running()
        self.listeners: list[Listener] = []
        self.epoch = 0
        self.count = 0
        self._silent: tuple[str, int, str] = ("", 0, "")  # the test, its requests without an answer, the cause
        self._away: dict[str, int] = {}  # operation -> how often in a row it was answered for something behind it

    @property
    def test(self) -> str:
        """The name of the test that sends."""
        return self._running.present.name

    @property
    def wire(self) -> BaseAdapter:
        """The link behind this one."""
        return self._inner

    def begin_epoch(self) -> None:
        """The target was restored."""
        self.epoch += 1

    def count_on(self, last: int) -> None:
        """Continue the numbering of exchanges from an interrupted run."""
        self.count = last

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        if self.test and self.silenced:
            raise TargetError(f"{NO_ANSWER}{self._silent[2]}")
        try:
            return self._once(request, *args, **kwargs)
        except StaleConnection:
            return self._once(request, *args, **kwargs)

    def _once(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        sent = self._clock.now()
        try:
            response = self._inner.send(request, *args, **kwargs)
            body = response.content
        except KeyboardInterrupt:
            self._tell(self._exchange(request, sent, trouble="interrupted before an answer came"))
            raise
        except RequestException as problem:
            self._tell(self._exchange(request, sent, trouble=short_cause(problem)))
            if isinstance(problem, StaleConnection):
                raise
            raise self._unanswered(short_cause(problem)) from None
        exchange, cause, behind = self._answered(request, sent, response, body)
        self._tell(exchange)
        if cause:
            raise self._unanswered(cause)
        if behind:
            raise Away(f"{NO_ANSWER}{behind}")
        self._silent = ("", 0, "")
        return response

    def send_at_once(self, requests: Sequence[PreparedRequest]) -> list[Exchange]:
        """Send several at one instant. Recorded is first what stands first among equals, and of equals by status.

        So equal runs have equal records, whichever of several equal requests is served first.
        """
        told = [self._told_of(sent) for sent in send_at_once(self._inner, requests, self._clock)]
        asked = [(e.method, e.path, e.request_body, e.identity and e.identity.label) for e in told]
        places = sorted(range(len(told)), key=lambda n: (asked.index(asked[n]), told[n].status or 0))
        return [self._tell(told[place]) for place in places]

    def tell_sent(self, sendings: Sequence[SentAtOnce]) -> list[Exchange]:
        """Record what was sent beside, in this order."""
        return [self._tell(self._told_of(sent)) for sent in sendings]

    def _told_of(self, sent: SentAtOnce) -> Exchange:
        """What one of several requests came to."""
        if isinstance(sent.came, Response):
            found = self._answered(sent.request, sent.sent, sent.came, sent.came.content)[0]
        else:
            found = self._exchange(sent.request, sent.sent, trouble=short_cause(sent.came))
        return replace(found, received=sent.received)

    def _answered(
        self, request: PreparedRequest, sent: float, response: Response, body: bytes
    ) -> tuple[Exchange, str, str]:
        """The exchange of an answer, and why it is none of the server's own, or not judged yet ("" where it is)."""
        cause = network_cause(response.status_code, _lower(response.headers), body)
        behind = "" if cause else self._behind(request, response.status_code)
        return self._exchange(request, sent, response, body, cause or behind), cause, behind

    @property
    def silenced(self) -> bool:
        """Has the present test got no answer so often that it sends no more?"""
        return self._silent[0] == self.test and self._silent[1] >= _SILENCES

    def repeat(self) -> None:
        """Start the current test again: forget the answers that it didn't get."""
        self._silent = ("", 0, "")

    def _unanswered(self, cause: str) -> TargetError:
        silences = self._silent[1] if self._silent[0] == self.test else 0
        self._silent = (self.test, silences + 1, cause)
        passing_by = is_transient(cause) or cause.startswith(GATEWAYS)
        return Away(f"{NO_ANSWER}{cause}") if passing_by else TargetError(f"{NO_ANSWER}{cause}")

    def _behind(self, request: PreparedRequest, status: int) -> str:
        """Why an answer of the server's own is not judged yet; "" where it is. A target of ours has nothing behind it.

        The operation's own documented statuses are answers like any other.
        """
        operation = effect_of(self._contract, request.method or "", below_base(self._target, request.url or ""))[0]
        if operation is None or self._target.controlled:
            return ""
        away = status in _AWAY and status not in self._contract.operations[operation].statuses
        self._away[operation] = self._away.get(operation, 0) + 1 if away else 0
        if not 0 < self._away[operation] < _AWAY_MOST:
            return ""
        return f"answered {status}, which convicts only when it comes {_AWAY_MOST} times in a row"

    def close(self) -> None:
        self._inner.close()

    def _exchange(
        self,
        request: PreparedRequest,
        sent: float,
        response: Response | None = None,
        body: bytes = b"",
        trouble: str = "",
    ) -> Exchange:
        path = below_base(self._target, request.url or "")
        return Exchange(
            id=0,
            operation=effect_of(self._contract, request.method or "", path)[0],
            method=request.method or "",
            path=path,
            request_headers=_lower(request.headers),
            request_body=_bytes(request.body),
            identity=bearer_identity(self._target, request),
            status=None if response is None or trouble else response.status_code,
            headers={} if response is None else _lower(response.headers),
            body=body,
            sent=sent,
            received=self._clock.now(),
            epoch=self.epoch,
            test=self.test,
            trouble=trouble,
            trace=self._traces.trace_of(self.test) if self._traces is not None else "",
        )

    def _tell(self, exchange: Exchange) -> Exchange:
        """Number an exchange, and let everybody hear of it."""
        self.count += 1
        numbered = replace(exchange, id=self.count)
        for listener in self.listeners:
            listener(numbered)
        return numbered


def _lower(headers: Mapping[str, Any]) -> dict[str, str]:
    return {
        name.lower(): value if isinstance(value, str) else value.decode("latin-1") for name, value in headers.items()
    }


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else str(body).encode()
