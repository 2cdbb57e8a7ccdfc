"""The ASGI app: bytes in, bytes out. A flat route lookup and one engine; no framework on the hot path."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from nhq.clock import Clock
from nhq.server.adapting import Adapted
from nhq.server.call import Call, Refused, Reply
from nhq.server.control import Control
from nhq.server.document import Document
from nhq.server.engine import Engine
from nhq.server.keys import SCOPES, standard_keys
from nhq.server.lies import Finder, Lies, honest
from nhq.server.limiter import Limiter
from nhq.server.policies import Policies
from nhq.server.routes import UNKNOWN_PATH, allowed, resolve
from nhq.server.seed import plant

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Headers = list[tuple[bytes, bytes]]
Send = Callable[[Message], Awaitable[None]]

CONTROL = b"/__control"
MARK = b"x-nhq-mock"
LIMIT, WINDOW = 60, 60.0


def create_app(
    seed: int = 1,
    limit: int | None = None,
    window: float | None = None,
    *,
    clock: Clock,
    policies: Policies | None = None,
    control_token: str | None = None,
    anchor: str = "first",
    data: Path | None = None,
    lies: Finder = honest,
    document: Path | None = None,
) -> "App":
    """A mock with freshly planted state.

    `limit` requests in `window` seconds for each key; `anchor` is `first` (a window starts with its first request)
    or `clock` (at multiples of its length). The control plane exists when `control_token` is given. `data` is the
    folder of the seed's files; `lies` finds planted faults by id. `document` is another contract to serve, which
    gives limit and window where they aren't given. Raises ConfigError for an unusable file.
    """
    adapted = adapted_to(document)
    decided = policies or Policies()
    decided = adapted.policies(decided) if adapted is not None else decided
    usual = (adapted.document.rate if adapted is not None else None) or (LIMIT, WINDOW)
    store, landmarks = plant(seed, data)
    keys = standard_keys(seed, adapted.scopes if adapted is not None else SCOPES)
    limiter = Limiter(limit or usual[0], window or usual[1], anchor, {})
    engine = Engine(store, keys, limiter, clock, decided, document=adapted.document if adapted is not None else None)
    known = Lies(engine, lies)
    control = Control(engine, landmarks, control_token, known) if control_token else None
    return App(engine, landmarks, control, known, adapted)


def adapted_to(document: Path | None) -> Adapted | None:
    """What is done otherwise for a document; None for the bundled one where it is what the mock was written for."""
    found = Adapted(Document(document))
    return found if document is not None or found.needed else None


class App:
    """One server. `engine` is its state, `landmarks` name what the seed planted for a purpose."""

    def __init__(
        self,
        engine: Engine,
        landmarks: dict[str, str],
        control: Control | None,
        lies: Lies,
        adapted: Adapted | None = None,
    ) -> None:
        self.engine = engine
        self.adapted = adapted
        self._resolve = resolve if adapted is None else adapted.resolve
        self._allowed = allowed if adapted is None else adapted.allowed
        self.landmarks = landmarks
        self.control = control
        self.lies = lies
        self._date = (-1, b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        method, path = scope["method"], scope["raw_path"]
        body = await read_body(receive) if method not in ("GET", "HEAD") else b""
        if self.control is not None and path.startswith(CONTROL):
            status, answer = self.control.answer(method, path[len(CONTROL) :].decode("latin-1"), scope, body)
            start = _start(status, [(b"content-type", b"application/json")], len(answer))
        else:
            call = self._call(scope, method, path, body)
            if self.engine.slow:
                await self._wait(call)
            status, answer = self.engine.answer(call)
            if self.adapted is not None:
                (status, answer), call.mark = self.adapted.follower.fit(call.operation, Reply(status, answer))
            start, answer = self._finish(call, status, answer, path)
        await send(start)
        await send({"type": "http.response.body", "body": answer})

    def _call(self, scope: Scope, method: str, path: bytes, body: bytes) -> Call:
        """One request to an operation, at the moment it came."""
        engine = self.engine
        operation, spelt = self._resolve(method, path)
        policies, query, headers = engine.policies, scope["query_string"], dict(scope["headers"])
        ids = tuple([policies.spelt_ids(i.encode(), False).decode() for i in spelt]) if engine.respelt else spelt
        now = engine.clock.now()
        return Call(engine, policies, engine.store, operation, method, ids, query, headers, body, now)

    async def _wait(self, call: Call) -> None:
        """What passes before a request is looked at, and between reading the limiter's counter and writing it."""
        policies, operation = call.policies, call.operation.id
        if delay := policies.delay(operation):
            await asyncio.sleep(delay)
        if lag := policies.lag(operation):
            self.engine.look_ahead(call)
            await asyncio.sleep(lag)

    def _finish(self, call: Call, status: int, body: bytes, path: bytes) -> tuple[Message, bytes]:
        """What goes out: the headers that every answer has, and the last look of the policies."""
        policies, limiter, operation = call.policies, self.engine.limiter, call.operation.id
        body = policies.sent_body(operation, status, body)
        if self.engine.respelt:
            body = policies.spelt_json(policies.spelt_times(policies.spelt_ids(body, True)))
        quota = call.quota or policies.quota_without_key(limiter.limit, limiter.window, call.now)
        headers = [
            (b"content-type", policies.media_type(operation, status)),
            (b"date", self._dated(call.now)),
            *policies.quota_headers(operation, status, quota),
        ]
        if status == 405:
            headers.append((b"allow", self._allowed(path)))
        if call.mark:
            headers.append((MARK, call.mark.encode()))
        headers = policies.sent_headers(operation, status, headers)
        length = policies.sent_length(operation, status, len(body))
        return _start(policies.sent_status(operation, status), headers, length), body

    def unreadable(self) -> tuple[int, Headers, bytes]:
        """The answer to what is no HTTP request: no path and no key can be known, so it is a plain 400."""
        engine = self.engine
        call = Call(engine, engine.policies, engine.store, UNKNOWN_PATH, "", (), b"", {}, b"", engine.clock.now())
        status, body = engine.refusal(call, Refused(400, "bad_request", "this is no HTTP request"))
        start, body = self._finish(call, status, body, b"")
        return start["status"], start["headers"], body

    def _dated(self, now: float) -> bytes:
        """The Date header: the mock's own clock, which may stand still."""
        if self._date[0] != int(now):
            moment = datetime.fromtimestamp(int(now), UTC)
            self._date = (int(now), format_datetime(moment, usegmt=True).encode())
        return self._date[1]


async def read_body(receive: Receive) -> bytes:
    """The whole body of a request."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body


def _start(status: int, headers: Headers, length: int | None) -> Message:
    if length is not None:
        headers.append((b"content-length", b"%d" % length))
    return {"type": "http.response.start", "status": status, "headers": headers}
