"""An in-process client of the mock: plain ASGI calls, a clock that stands still, every answer held to the contract."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from nhq import paths
from nhq.clock import ManualClock
from nhq.mock.app import App, create_app
from nhq.mock.policies import Policies

CONTROL_TOKEN = "control-token-of-tests"
METHODS = ("get", "post", "put", "delete", "patch")


@cache
def contract() -> dict[str, Any]:
    """The published contract."""
    document: dict[str, Any] = json.loads(paths.openapi_file().read_text(encoding="utf-8"))
    return document


@cache
def response_validator(path: str, method: str, status: str) -> jsonschema_rs.Validator | None:
    """What the contract says an answer looks like; None where it gives no schema."""
    content = contract()["paths"][path][method]["responses"][status].get("content")
    if content is None:
        return None
    schema = {**content["application/json"]["schema"], "components": contract()["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the mock."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        return self.json["data"]

    @property
    def json_items(self) -> list[Any]:
        """The items of a list; of a conversation its messages."""
        items: list[Any] = self.data["messages"] if isinstance(self.data, dict) else self.data
        return items

    @property
    def code(self) -> str:
        """The code of an error."""
        code: str = self.json["error"]["code"]
        return code


class Client:
    """Calls one app in process. `key` is a label; None sends no key."""

    def __init__(self, app: App, clock: ManualClock) -> None:
        self.app = app
        self.clock = clock
        self.seen: set[tuple[str, str, int]] = set()
        self.secrets = {key.label: key.secret for key in app.engine.ring.by_secret.values()}
        self.given = app.landmarks

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = "full",
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        """One request. `body` is sent as JSON; `raw` is sent as it is."""
        sent = {"content-type": "application/json"} if body is not None or raw is not None else {}
        if key is not None:
            sent["authorization"] = f"Bearer {self.secrets[key]}"
        payload = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        return self.ask(method, path, {**sent, **(headers or {})}, payload)

    def ask(self, method: str, target: str, headers: Mapping[str, str], payload: bytes = b"") -> Answer:
        """One request exactly as given."""
        sent: list[Any] = []
        with suppress(StopIteration):  # nothing waits in this app, so it runs without an event loop
            self.run(method, target, headers, sent, payload).send(None)
        start, *chunks = sent
        answered = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], answered, b"".join(chunk.get("body", b"") for chunk in chunks))

    async def run(
        self, method: str, target: str, headers: Mapping[str, str], sent: list[Any], payload: bytes = b""
    ) -> None:
        """One request, whose messages are put into `sent`."""
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": payload}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)

    def get(self, path: str, **options: Any) -> Answer:
        """A GET with the full key unless another is named."""
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        """A POST of JSON."""
        return self.call("POST", path, body, **options)

    def control(self, method: str, path: str, body: Any = None, token: str = CONTROL_TOKEN) -> Answer:
        """A request to the control plane."""
        payload = b"" if body is None else json.dumps(body).encode()
        return self.ask(method, f"/__control{path}", {"X-Control-Token": token}, payload)

    def crawl(self, path: str, size: int, key: str = "full") -> list[Any]:
        """All items of a list, page by page."""
        items: list[Any] = []
        joint, cursor = "&" if "?" in path else "?", ""
        while True:
            answer = self.get(f"{path}{joint}limit={size}{cursor}", key=key)
            assert answer.status == 200, answer.body
            items += answer.json_items
            pagination = answer.json["pagination"]
            if not pagination["has_more"]:
                assert pagination["next_cursor"] is None
                return items
            cursor = f"&cursor={pagination['next_cursor']}"


Make = Callable[..., Client]


@pytest.fixture
def make() -> Make:
    """Makes a mock by options of `create_app`; its limit is out of the way unless given."""

    def made(policies: Policies | None = None, **options: Any) -> Client:
        clock = ManualClock()
        options = {"limit": 1_000_000, "control_token": CONTROL_TOKEN, **options}
        return Client(create_app(clock=clock, policies=policies, **options), clock)

    return made


@pytest.fixture
def mock(make: Make) -> Client:
    """A fresh mock with the standard seed and no limit to speak of."""
    return make()


def conforms(path: str, method: str, answer: Answer) -> None:
    """Fail unless the answer is documented, has the documented schema, and all three headers."""
    responses = contract()["paths"][path][method]["responses"]
    assert str(answer.status) in responses, f"{method} {path}: {answer.status} is not documented"
    validator = response_validator(path, method, str(answer.status))
    if validator is not None:
        validator.validate(answer.json)
    assert answer.headers["content-type"] == "application/json"
    for name in ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"):
        assert answer.headers[name].isdigit()


@pytest.fixture
def contracted() -> Callable[[str, str, Answer], None]:
    """Holds an answer to the contract."""
    return conforms


@pytest.fixture
def contract_document() -> dict[str, Any]:
    """The published contract, decoded."""
    return contract()
