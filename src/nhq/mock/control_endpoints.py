"""The control plane under /__control: clock, snapshots, keys, troubles, faults, landmarks.

It answers only on loopback, and only to its own token.
"""

import hmac
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from nhq.clock import ManualClock
from nhq.errors import ConfigError
from nhq.mock.api_keys import SCOPES, KeyRing
from nhq.mock.body_intake import MAX_BODY, Body
from nhq.mock.engine import Engine
from nhq.mock.limiter import Counter
from nhq.mock.operations.sending import sync
from nhq.mock.planted_faults import PlantedFaults
from nhq.mock.store import Store

TROUBLES = (
    "provider_errors",
    "provider_fails",
    "sender_fails",
    "sender_unavailable",
    "send_pending",
    "session_unavailable",
    "import_fails",
)
LAST_SECOND = 253_370_764_799  # of 9998: a year later there are moments that no date can name any more
LOOPBACK = ("127.0.0.1", "::1")


class Snapshot(NamedTuple):
    """Everything that a restore puts back."""

    now: float
    store: Store
    ring: KeyRing
    troubles: frozenset[str]
    counters: dict[str, Counter]


class Unusable(Exception):
    """A control request that cannot be carried out, with its status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ControlEndpoints:
    """Answers control requests for one engine."""

    def __init__(self, engine: Engine, landmarks: Mapping[str, str], token: str, lies: PlantedFaults) -> None:
        self.engine = engine
        self.lies = lies
        self.landmarks = landmarks
        self.token = token
        self.snapshots: dict[str, Snapshot] = {}
        self.routes: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
            ("GET", "/health"): lambda _: {"ok": True},
            ("GET", "/landmarks"): lambda _: self.engine.spelt(self.landmarks),
            ("GET", "/clock"): lambda _: self._clock(),
            ("POST", "/clock"): self._move,
            ("POST", "/snapshot"): lambda _: self._snapshot(),
            ("POST", "/restore"): self._restore,
            ("POST", "/keys"): self._issue,
            ("POST", "/keys/revoke"): self._revoke,
            ("POST", "/trouble"): self._trouble,
            ("POST", "/fault"): self._fault,
        }

    def answer(self, method: str, path: str, scope: Mapping[str, Any], body: Body) -> tuple[int, bytes]:
        """Status and JSON of one control request."""
        try:
            self._admit(scope)
            route = self.routes.get((method, path))
            if route is None:
                raise Unusable(404, f"no control at {method} {path}")
            if body.too_large:
                raise Unusable(413, f"a body may have {MAX_BODY} bytes at most")
            self.engine.views.stale()
            return 200, msgspec.json.encode(route(_read(body.raw)))
        except Unusable as problem:
            return problem.status, msgspec.json.encode({"error": {"code": "control", "message": str(problem)}})

    def _admit(self, scope: Mapping[str, Any]) -> None:
        client = scope.get("client")
        if client is not None and client[0] not in LOOPBACK:
            raise Unusable(403, "the control plane answers on loopback only")
        token = next((value for name, value in scope["headers"] if name == b"x-control-token"), b"")
        if not hmac.compare_digest(token, self.token.encode()):
            raise Unusable(401, "X-Control-Token is missing or wrong")

    def _still(self) -> ManualClock | None:
        clock = self.engine.clock
        return clock if isinstance(clock, ManualClock) else None

    def _clock(self) -> dict[str, Any]:
        return {"now": self.engine.clock.now(), "mode": "still" if self._still() else "real"}

    def _move(self, given: dict[str, Any]) -> dict[str, Any]:
        clock = self._still()
        if clock is None:
            raise Unusable(409, "the clock is real and cannot be moved")
        name = next((name for name in ("set", "advance") if type(given.get(name)) in (int, float)), None)
        if name is None or len(given) != 1:
            raise Unusable(400, 'give {"set": seconds} or {"advance": seconds}')
        wanted = given[name] + (clock.now() if name == "advance" else 0)
        if not 0 <= wanted <= LAST_SECOND:
            raise Unusable(400, f"the clock shows 0 to {LAST_SECOND} seconds, the end of the year 9998")
        try:
            (clock.set if name == "set" else clock.advance)(given[name])
        except ValueError as problem:
            raise Unusable(400, str(problem)) from None
        sync(self.engine, clock.now())
        return self._clock()

    def _snapshot(self) -> dict[str, Any]:
        engine, ident = self.engine, f"s{len(self.snapshots) + 1}"
        now = engine.clock.now()
        self.snapshots[ident] = Snapshot(
            now, engine.store.copy(), engine.ring.copy(), frozenset(engine.troubles), engine.limiter.counters.copy()
        )
        return {"id": ident, "now": now}

    def _restore(self, given: dict[str, Any]) -> dict[str, Any]:
        kept = self.snapshots.get(str(given.get("id")))
        if kept is None:
            raise Unusable(404, "there is no snapshot of that id")
        engine, clock = self.engine, self._still()
        engine.put_back(kept.store.copy(), kept.ring.copy(), set(kept.troubles))
        if clock is not None:
            engine.limiter.put_back(kept.counters.copy())
            clock.set(kept.now)
        self.lies.forget()
        return {"id": given["id"], "now": engine.clock.now()}

    def _issue(self, given: dict[str, Any]) -> dict[str, Any]:
        scopes, workspace = given.get("scopes", []), given.get("workspace", "alpha")
        known = dict.fromkeys(
            [*SCOPES, *(s for key in self.engine.ring.by_secret.values() for s in sorted(key.scopes))]
        )
        if not isinstance(scopes, list) or not all(scope in list(known) for scope in scopes):
            raise Unusable(400, f"scopes must be a list out of {', '.join(known)}")
        if workspace not in self.engine.store.workspaces:
            raise Unusable(400, f"workspace must be one of {', '.join(self.engine.store.workspaces)}")
        label = given.get("label", f"issued_{len(self.engine.ring.by_secret) + 1}")
        if not isinstance(label, str):
            raise Unusable(400, "label must be a text")
        try:
            key = self.engine.ring.issue(label, workspace, scopes)
        except KeyError:
            raise Unusable(409, f"there is a key labelled {label} already") from None
        return {"label": key.label, "key": key.secret}

    def _revoke(self, given: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"label": self.engine.ring.revoke(str(given.get("label"))).label}
        except KeyError:
            raise Unusable(404, "there is no key of that label") from None

    def _trouble(self, given: dict[str, Any]) -> dict[str, Any]:
        name, on = given.get("name"), given.get("on")
        if name not in TROUBLES or not isinstance(on, bool):
            raise Unusable(400, f'give "on" as true or false and "name" as one of {", ".join(TROUBLES)}')
        (self.engine.troubles.add if on else self.engine.troubles.discard)(name)
        if name == "send_pending" and not on:
            sync(self.engine, self.engine.clock.now(), forced=True)
        return {"on": sorted(self.engine.troubles)}

    def _fault(self, given: dict[str, Any]) -> dict[str, Any]:
        ident, on = given.get("id"), given.get("on")
        if not isinstance(ident, str) or not isinstance(on, bool):
            raise Unusable(400, 'give "id" as the id of a fault and "on" as true or false')
        try:
            self.lies.switch(ident, on)
        except ConfigError as problem:
            raise Unusable(404, str(problem)) from None
        return {"on": self.lies.on}


def _read(body: bytes) -> dict[str, Any]:
    """The JSON object of a control request; an absent body is an empty one."""
    try:
        given = msgspec.json.decode(body) if body else {}
    except (ValueError, RecursionError, msgspec.MsgspecError):
        raise Unusable(400, "the body is not JSON") from None
    if not isinstance(given, dict):
        raise Unusable(400, "the body is not a JSON object")
    return given
