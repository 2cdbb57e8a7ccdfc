"""The ASGI app: bytes in, bytes out. A flat route lookup and one engine; no framework on the hot path."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from nhq.clock import Clock
from nhq.mock.api_keys import SCOPES, standard_keys
from nhq.mock.body_intake import NONE, Body, Message, Receive, take_body
from nhq.mock.call import MockCall, MockReply, Refused
from nhq.mock.control_endpoints import ControlEndpoints
from nhq.mock.cors import ANY_ORIGIN, READABLE, Headers, is_preflight, preflight_headers
from nhq.mock.document_adapter import Adapted
from nhq.mock.engine import Engine
from nhq.mock.limiter import Limiter
from nhq.mock.planted_faults import Finder, PlantedFaults, no_fault
from nhq.mock.policies import Policies
from nhq.mock.racing import Races
from nhq.mock.route_table import UNKNOWN_PATH, allowed_methods, resolve_route
from nhq.mock.seed import plant_workspaces
from nhq.mock.served_document import ServedDocument

Scope = MutableMapping[str, Any]
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
    lies: Finder = no_fault,
    document: Path | None = None,
    base_path: str = "",
) -> "App":
    """A mock with freshly planted state.

    `limit` requests in `window` seconds for each key; `anchor` is `first` (a window starts with its first request)
    or `clock` (at multiples of its length). The control plane exists when `control_token` is given. `data` is the
    folder of the seed's files; `lies` finds planted faults by id. `document` is another contract to serve; it
    determines limit and window if they aren't given. Operations are served below `base_path` ("/api/v1"), the
    control plane is not. Raises ConfigError for an unusable file.
    """
    adapted = adapted_to(document)
    decided = policies or Policies()
    decided = adapted.policies(decided) if adapted is not None else decided
    usual = (adapted.document.rate if adapted is not None else None) or (LIMIT, WINDOW)
    store, landmarks = plant_workspaces(seed, data)
    keys = standard_keys(seed, adapted.scopes if adapted is not None else SCOPES)
    limiter = Limiter(limit or usual[0], window or usual[1], anchor, {})
    engine = Engine(store, keys, limiter, clock, decided, document=adapted.document if adapted is not None else None)
    known = PlantedFaults(engine, lies)
    control = ControlEndpoints(engine, landmarks, control_token, known) if control_token else None
    return App(engine, landmarks, control, known, base_path, adapted)


def adapted_to(document: Path | None) -> Adapted | None:
    """The adaptation to a document; None for the bundled one if it is the one the mock was written for."""
    found = Adapted(ServedDocument(document))
    return found if document is not None or found.needed else None


class App:
    """One server. `engine` is its state, `landmarks` name what the seed planted for a purpose."""

    def __init__(
        self,
        engine: Engine,
        landmarks: dict[str, str],
        control: ControlEndpoints | None,
        lies: PlantedFaults,
        base_path: str = "",
        adapted: Adapted | None = None,
    ) -> None:
        self.engine = engine
        self.adapted = adapted
        self._resolve = resolve_route if adapted is None else adapted.resolve
        self._allowed = allowed_methods if adapted is None else adapted.allowed
        self.landmarks = landmarks
        self.control = control
        self.lies = lies
        self.base_path = base_path
        self._base = base_path.encode("ascii")
        self._date = (-1, b"")
        self._races = Races()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        method, path, headers = scope["method"], scope["raw_path"], dict(scope["headers"])
        body = NONE if method in ("GET", "HEAD") else await take_body(receive, headers)
        if body is None:
            return
        if self.control is not None and path.startswith(CONTROL):
            status, answer = self.control.answer(method, path[len(CONTROL) :].decode("latin-1"), scope, body)
            start = _start(status, [(b"content-type", b"application/json")], len(answer))
        else:
            start, answer = await self._serve(scope["query_string"], method, self._below(path), headers, body)
        await send(start)
        await send({"type": "http.response.body", "body": answer})

    def _below(self, path: bytes) -> bytes:
        """The part of a path below the base path; an empty path, which no operation has, for any other path."""
        base = self._base
        if not base:
            return path
        return path[len(base) :] if path.startswith(base + b"/") else b""

    async def _serve(
        self, query: bytes, method: str, path: bytes, headers: dict[bytes, bytes], body: Body
    ) -> tuple[Message, bytes]:
        """The answer to one request of the API, or to a browser's preflight request."""
        if is_preflight(method, headers) and (methods := self._allowed(path)):
            return self._permit(preflight_headers(methods, headers)), b""
        call = self._call(query, method, path, headers, body)
        if self.engine.slow:
            await self._wait(call)
        race = self.engine.policies.race(call.operation.id, call.raw) if self.engine.slow else None
        if race is None:
            status, answer = self.engine.answer(call)
        else:
            status, answer = await self._races.answer(call, race, self.engine.answer)
        if self.adapted is not None:
            (status, answer), mark = self.adapted.follower.fit(call.operation, MockReply(status, answer))
            call.bear_mark(mark)
        return self._finish(call, status, answer, path)

    def _permit(self, permitted: Headers) -> Message:
        """The answer to a preflight. It isn't counted: browsers send no key with it."""
        engine, now = self.engine, self.engine.clock.now()
        quota = engine.policies.quota_without_key(engine.limiter.limit, engine.limiter.window, now)
        told = engine.policies.quota_headers(UNKNOWN_PATH.id, 204, quota)
        return _start(204, [(b"date", self._dated(now)), *told, *permitted], None)

    def _call(self, query: bytes, method: str, path: bytes, headers: dict[bytes, bytes], body: Body) -> MockCall:
        """One request to an operation, at the moment it came."""
        engine = self.engine
        operation, ids = self._resolve(method, path)
        policies, now = engine.policies, engine.clock.now()
        store, unread = engine.store, body.too_large
        call = MockCall(engine, policies, store, operation, method, ids, query, headers, body.raw, now, unread=unread)
        if engine.respelt:
            engine.read_ids(call)
        return call

    async def _wait(self, call: MockCall) -> None:
        """Wait before a request is processed, and between reading the limiter's counter and writing it."""
        policies, operation = call.policies, call.operation.id
        if delay := policies.delay(operation):
            await asyncio.sleep(delay)
        if lag := policies.lag(operation):
            self.engine.look_ahead(call)
            await asyncio.sleep(lag)

    def _finish(self, call: MockCall, status: int, body: bytes, path: bytes) -> tuple[Message, bytes]:
        """The answer as sent: with the headers that every answer has, after the policies' last changes."""
        policies, limiter, operation = call.policies, self.engine.limiter, call.operation.id
        body = policies.sent_body(operation, status, body)
        if self.engine.respelt:
            body = policies.spelt_json(policies.spelt_times(policies.spelt_ids(body, True, call.workspace, "")))
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
        if b"origin" in call.headers:
            headers += [ANY_ORIGIN, READABLE]
        headers = policies.sent_headers(operation, status, headers)
        length = policies.sent_length(operation, status, len(body))
        return _start(policies.sent_status(operation, status), headers, length), body

    def refuse_unread(self, status: int, code: str, message: str) -> tuple[int, Headers, bytes]:
        """The answer to bytes that are no readable request: neither path nor key are known."""
        engine = self.engine
        call = MockCall(engine, engine.policies, engine.store, UNKNOWN_PATH, "", (), b"", {}, b"", engine.clock.now())
        status, body = engine.refusal(call, Refused(status, code, message))
        start, body = self._finish(call, status, body, b"")
        return start["status"], start["headers"], body

    def _dated(self, now: float) -> bytes:
        """The Date header: the mock's own clock, which may stand still."""
        if self._date[0] != int(now):
            moment = datetime.fromtimestamp(int(now), UTC)
            self._date = (int(now), format_datetime(moment, usegmt=True).encode())
        return self._date[1]


def _start(status: int, headers: Headers, length: int | None) -> Message:
    if length is not None:
        headers.append((b"content-length", b"%d" % length))
    return {"type": "http.response.start", "status": status, "headers": headers}
