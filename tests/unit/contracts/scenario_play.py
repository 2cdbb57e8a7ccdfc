"""Scenarios played alone: in one process with a mock whose answers a test may change, and no pytest around them."""

import inspect
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

from known_contract import CONTRACT
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from nhq import paths
from nhq.client.api import Api
from nhq.client.control_plane import ControlPlane
from nhq.client.nonce import chance_of
from nhq.client.session import Session, open_session
from nhq.client.target import Target
from nhq.clock import ManualClock
from nhq.contract import Contract
from nhq.mock.app import App, create_app
from nhq.model import Effect, Exchange, Identity, Observation
from nhq.mutation.variants.catalogue import policy_change
from nhq.scenarios.effort import SPARING, USUAL
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.judge import Judge

URL, TOKEN = "http://127.0.0.1:9", "token-of-these-tests"
MARKS = ("scenario", "rule", "trait", "derived", "elsewhere", "last", "patient", "follows")
#: What a test does to an answer: operation, path, status and decoded body in, status and body out; None leaves it.
Edit = Callable[[str, int, Any], tuple[int, Any] | None]


@cache
def scenarios(name: str) -> ModuleType:
    """A file of scenarios, imported by its path; `conftest` is that of their fixtures."""
    file = name if name == "conftest" else f"test_{name}"
    spec = spec_from_file_location(f"played_{name}", paths.contracts_folder() / f"{file}.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[spec.name] = module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def held_to() -> Contract:
    """The contract, read once."""
    return CONTRACT


class Wire(BaseAdapter):
    """A mock in this process, and what a test makes of its answers."""

    def __init__(self, app: App) -> None:
        super().__init__()
        self._app = app
        self.edits: list[Edit] = []
        self.sent: list[tuple[str, str, str]] = []

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """One request, answered at once."""
        said: list[Any] = []
        with suppress(StopIteration):  # nothing waits in this app, so it runs without an event loop
            self._serve(request, said).send(None)
        response = Response()
        response.request, response.url = request, str(request.url)
        response.status_code = said[0]["status"]
        response.headers.update({name.decode(): value.decode() for name, value in said[0]["headers"]})
        response._content = b"".join(chunk.get("body", b"") for chunk in said[1:])
        if "/__control" not in response.url:
            self._edit(request, response)
        return response

    async def _serve(self, request: PreparedRequest, said: list[Any]) -> None:
        path, _, query = str(request.path_url).partition("?")
        body = request.body or b""
        scope = {
            "type": "http",
            "method": request.method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(n.lower().encode(), str(v).encode("latin-1")) for n, v in request.headers.items()],
            "client": ("127.0.0.1", 1),
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body.encode() if isinstance(body, str) else body}

        async def send(message: Any) -> None:
            said.append(message)

        await self._app(scope, receive, send)

    def _edit(self, request: PreparedRequest, response: Response) -> None:
        asked = f"{request.method} {request.path_url}"
        body = request.body.decode("utf-8", "replace") if isinstance(request.body, bytes) else request.body
        self.sent.append((asked, body or "", str(request.headers.get("Authorization", ""))))
        for edit in self.edits:
            shown = json.loads(response.content) if response.content else None
            made = edit(asked, response.status_code, shown)
            if made is not None:
                response.status_code, response._content = made[0], json.dumps(made[1]).encode()

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Seen:
    """What a scenario said: an observer of its judge."""

    told: list[Observation] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)
    recalled: list[int] = field(default_factory=list)

    def observe(self, observations: Any) -> None:
        """Keep them."""
        self.told += observations

    def recall(self, proof: Any) -> None:
        """Keep their numbers."""
        self.recalled += [exchange.id for exchange in proof]

    def choose(self, ambiguity: str, choice: str) -> None:
        """Keep it."""
        self.chosen[ambiguity] = choice

    def of(self, rule: str) -> list[tuple[str, str]]:
        """Verdicts of a rule, each with what was told of it: what came, or why it is unknown."""
        return [
            (one.verdict.value, one.finding.actual if one.finding else one.cause)
            for one in self.told
            if one.rule == rule
        ]

    @property
    def found(self) -> dict[str, str]:
        """What was found broken, by rule, and what came instead."""
        return {one.finding.rule: one.finding.actual for one in self.told if one.finding}

    def proof(self, rule: str) -> tuple[int, ...]:
        """The exchanges of a rule's first finding."""
        return next(one.finding.exchanges for one in self.told if one.finding and one.rule == rule)


class Stage:
    """A mock in this process, which many plays may use one after the other."""

    def __init__(self, limit: int = 100_000) -> None:
        self.clock, self.limit = ManualClock(), limit
        self.app = create_app(1, limit, clock=self.clock, control_token=TOKEN, lies=policy_change)
        self.wire = Wire(self.app)
        self._control = ControlPlane(f"{URL}/__control", TOKEN, self.wire)
        self.pristine = self._control.snapshot()
        self._planted: list[str] = []

    def begin(self, planted: Sequence[str] = (), later: float = 0.0) -> None:
        """As it began, with these faults and variants, and a clock that is later."""
        for ident in self._planted:
            self._control.fault(ident, on=False)
        self._planted = list(planted)
        self._control.restore(self.pristine)
        if later:
            self._control.advance(later)
        for ident in planted:
            self._control.fault(ident, on=True)
        self.wire.edits.clear()
        self.wire.sent.clear()


class Play:
    """A session with a mock, and scenarios that are called with what their parameters ask for.

    `live`: nothing is put back. `alone`: nobody else uses it. `changed` tells what is otherwise in the target file.
    """

    def __init__(
        self,
        live: bool = False,
        alone: bool = True,
        stage: Stage | None = None,
        changed: Callable[[Target], dict[str, Any]] = lambda target: {},
    ) -> None:
        stage = stage or Stage()
        self.app, self.wire, self.clock, self.contract = stage.app, stage.wire, stage.clock, held_to()
        target = self._target(live, alone, stage.limit)
        self.target = replace(target, **changed(target))
        self.session: Session = open_session(self.target, self.contract, self.wire, self.clock)
        self.api = Api(self.session)
        self.world = Inventory(self.api)
        self.exchanges: list[Exchange] = []
        self.session.recorder.listeners.append(self.exchanges.append)
        self.live = live
        self.snapshot = "" if live else stage.pristine

    def _target(self, live: bool, alone: bool, limit: int) -> Target:
        ring = self.app.engine.ring.by_secret.values()
        keys = tuple(Identity(k.label, k.workspace, frozenset(k.scopes), k.secret, revoked=k.revoked) for k in ring)
        told: dict[str, Any] = {
            "base_url": URL,
            "keys": keys,
            "allow": frozenset(Effect),
            "limit": limit,
            "given": dict(self.app.engine.spelt(self.app.landmarks)),
            "shared": not alone,
        }
        if not live:
            told |= {"control_url": f"{URL}/__control", "control_token": TOKEN}
        return Target(**told)

    def __call__(
        self, file: str, name: str, /, seed: str = "played", seen: "Seen | None" = None, **given: Any
    ) -> "Seen":
        """Play one scenario; its own exceptions are the caller's. `seed` decides its choices."""
        function, seen = getattr(scenarios(file), name), seen or Seen()
        rules = [rule for mark in getattr(function, "pytestmark", []) if mark.name == "rule" for rule in mark.args]
        fixtures: dict[str, Callable[[], Any]] = {
            "api": lambda: self.api,
            "world": lambda: self.world,
            "session": lambda: self.session,
            "contract": lambda: self.contract,
            "judge": lambda: Judge(self.contract, seen, rules),
            "rng": lambda: chance_of(f"1:{seed}", "played" if self.live else ""),
            "effort": lambda: SPARING if self.live else USUAL,
            "few": lambda: list,
            "snapshot": lambda: self.snapshot,
        }
        self.api.begin()
        function(**{p: given[p] if p in given else self._fixture(file, p, fixtures, given) for p in _asked(function)})
        return seen

    def _fixture(self, file: str, name: str, known: Mapping[str, Callable[[], Any]], given: Mapping[str, Any]) -> Any:
        """A fixture of the gate's, of the file's own, or one that the files share."""
        if name in known:
            return known[name]()
        own = getattr(scenarios(file), name, None) or getattr(scenarios("conftest"), name)
        made = getattr(own, "_fixture_function", None) or inspect.unwrap(own)
        return made(**{p: given[p] if p in given else self._fixture(file, p, known, given) for p in _asked(made)})

    def answer(self, number: int) -> Exchange:
        """An exchange by its number."""
        return next(exchange for exchange in self.exchanges if exchange.id == number)

    def edit(self, edit: Edit) -> None:
        """Change answers from now on."""
        self.wire.edits.append(edit)


def _asked(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)
