"""A scripted wire: an adapter that answers from a list, so that the chain is tested without a network."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from nhq.client.target import Target
from nhq.clock import ManualClock
from nhq.model import Effect, Identity

Answer = Callable[[PreparedRequest], Response]


def answer(status: int = 200, headers: Mapping[str, str] | None = None, body: bytes = b"{}") -> Response:
    """A response as requests would hand it on."""
    response = Response()
    response.status_code = status
    response._content = body
    response.headers.update(headers or {})
    return response


class Wire(BaseAdapter):
    """The last adapter: keeps what was sent and answers what the test scripted."""

    def __init__(self, script: Answer) -> None:
        super().__init__()
        self.script, self.sent = script, []  # type: ignore[var-annotated]

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        self.sent.append(request)
        return self.script(request)

    def close(self) -> None:
        pass


@pytest.fixture
def clock() -> ManualClock:
    """A clock that only waiting moves."""
    return ManualClock(start=1_700_000_000.0)


@pytest.fixture
def target() -> Target:
    """A read-only target with one full key and one foreign key."""
    return Target(
        base_url="http://127.0.0.1:9/api/v1",
        keys=(
            Identity("full", "alpha", frozenset({"leads:read", "leads:write", "campaigns:read"}), "secret-full"),
            Identity("narrow", "alpha", frozenset({"leads:read"}), "secret-narrow"),
            Identity("gone", "alpha", frozenset({"leads:read"}), "secret-gone", revoked=True),
            Identity("other", "beta", frozenset({"leads:read"}), "secret-other"),
        ),
        allow=frozenset({Effect.READ}),
    )


@pytest.fixture
def request_to(target: Target) -> Callable[..., PreparedRequest]:
    """Builds a prepared request to a path of the target."""

    def build(
        path: str, method: str = "GET", key: str | None = "secret-full", body: bytes | None = None
    ) -> PreparedRequest:
        request = PreparedRequest()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        request.prepare(method=method, url=target.base_url + path, headers=headers, data=body)
        return request

    return build


@pytest.fixture
def wire() -> Callable[[Answer], Wire]:
    """Makes a scripted wire."""
    return Wire


@pytest.fixture
def answered() -> Callable[..., Response]:
    """Makes a response."""
    return answer
