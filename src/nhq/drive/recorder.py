"""What happened: the last link of the chain sends the request, times it and makes one Exchange of it."""

from collections.abc import Callable, Mapping
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.exceptions import RequestException

from nhq.clock import Clock
from nhq.contract import Contract
from nhq.drive.budget import bearer
from nhq.drive.guard import below_base, effect_of
from nhq.drive.target import Target
from nhq.errors import TargetError
from nhq.model import Exchange

Listener = Callable[[Exchange], None]


class Recorder(BaseAdapter):
    """Third link: turns each request and its answer into an Exchange and tells every listener.

    Raises TargetError, after recording, when no complete answer came.
    """

    def __init__(self, target: Target, contract: Contract, clock: Clock, inner: BaseAdapter) -> None:
        super().__init__()
        self._target, self._contract, self._clock, self._inner = target, contract, clock, inner
        self.listeners: list[Listener] = []
        self.epoch = 0
        self.test = ""
        self.count = 0

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        sent = self._clock.now()
        try:
            response = self._inner.send(request, *args, **kwargs)
            body = response.content
        except RequestException as problem:
            self._tell(self._exchange(request, sent, trouble=_in_short(problem)))
            raise TargetError(f"no answer from the target: {_in_short(problem)}") from None
        self._tell(self._exchange(request, sent, response, body))
        return response

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
        self.count += 1
        path = below_base(self._target, request.url or "")
        return Exchange(
            id=self.count,
            operation=effect_of(self._contract, request.method or "", path)[0],
            method=request.method or "",
            path=path,
            request_headers=_lower(request.headers),
            request_body=_bytes(request.body),
            identity=bearer(self._target, request),
            status=None if response is None else response.status_code,
            headers={} if response is None else _lower(response.headers),
            body=body,
            sent=sent,
            received=self._clock.now(),
            epoch=self.epoch,
            test=self.test,
            trouble=trouble,
        )

    def _tell(self, exchange: Exchange) -> None:
        for listener in self.listeners:
            listener(exchange)


def _lower(headers: Mapping[str, Any]) -> dict[str, str]:
    return {
        name.lower(): value if isinstance(value, str) else value.decode("latin-1") for name, value in headers.items()
    }


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else str(body).encode()


def _in_short(problem: RequestException) -> str:
    """The kind of trouble without the URL and addresses that requests puts into its messages."""
    reason: BaseException = problem
    while True:
        inner = getattr(reason, "reason", None) or next((a for a in reason.args if isinstance(a, BaseException)), None)
        if not isinstance(inner, BaseException):
            return type(reason).__name__
        reason = inner
