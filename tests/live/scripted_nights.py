"""Nights on one server whose faults, choices, gateway, contract, suite and keys change by a script.

Every state of the server is judged by a gate once; a night in the same state again takes that gate's record.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from answers import Answer
from msgspec import structs
from proxy import Proxy

from nhq import paths
from nhq.client.control_plane import ControlPlane
from nhq.client.mock_process import mock_target
from nhq.client.target import Target
from nhq.clock import ManualClock
from nhq.errors import TargetError
from nhq.model import Identity
from nhq.nights.night_run import play_night
from nhq.nights.night_storage import Remembered
from nhq.nights.night_store import NightStore
from nhq.record.run_record import Record
from nhq.run.gate import judge_target
from nhq.run.gate_options import GateOptions

#: Two rules, each with a fault that breaks it; the second needs a scope that no other rule here does.
FILTER, NAME = "SEARCH-LIST-IDS-ONLY", "LIST-NAME-KEPT"
FAULTS = {FILTER: "ignores-list-ids", NAME: "escapes-names"}
CHOICES = ("numbers-colliding-names", "has-strange-cursors", "orders-ties-by-id")
LOST_SCOPE = "lead_lists:write"
DAY = 86400.0
#: One answer of so many is a gateway's: more than one in a hundred, so that every night in which it is there meets it.
OF_ANSWERS = 25


@dataclass(frozen=True, slots=True)
class Scripted:
    """What is so on a night, and what must come of it: a state for each rule's finding, the exit code, the marks."""

    broken: tuple[str, ...] = ()
    choices: bool = False
    gateway: bool = False
    contract: bool = False
    suite: bool = False
    scope_lost: bool = False
    ends: str = ""  # "cut" short, or the server is "away"
    states: Mapping[str, str] = field(default_factory=dict)
    exit_code: int = 0
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a night: the states of what was ever found, why it was not looked for, and how it ended."""

    states: dict[str, str]
    causes: dict[str, str]
    exit_code: int
    marks: tuple[str, ...]
    troubles: tuple[str, ...]


class Gateway:
    """What stands before the server: now and then, and only while it is `bad`, it answers in its place."""

    def __init__(self) -> None:
        self.bad, self.count, self.swallowed = False, 0, 0

    def alter(self, answer: Answer) -> Answer:
        self.count += self.bad
        if not self.bad or self.count % OF_ANSWERS or answer.asked.path.startswith("/__control"):
            return answer
        self.swallowed += 1
        status, page = 502 + self.swallowed % 3, b"<html><h1>Bad Gateway</h1></html>"
        return replace(answer, status=status, reason="Bad", headers=(("Content-Type", "text/html"),), body=page)


class Stage:
    """One server, and the nights on it. `judged` counts the gates that were run."""

    def __init__(self, target: Target, gateway: Gateway, address: str, folder: Path) -> None:
        self._target, self._gateway, self._address, self._folder = target, gateway, address, folder
        self._control = ControlPlane(target.control_url, target.control_token)
        self._pristine = self._control.snapshot()
        self._records: dict[str, Record] = {}
        self._clock = ManualClock()
        self.store = NightStore(folder / "nights.db")
        self.judged = 0

    def close(self) -> None:
        """Give the connection back."""
        self._control.close()

    def play(self, night: Scripted) -> Played:
        """One night, a day after the one before."""
        self._clock.advance(DAY)

        def one_round(seed: int, seconds: float) -> tuple[Record, Sequence[float]]:
            if night.ends == "away":
                raise TargetError("the server is away")
            return self._record(night), ()

        scopes = {key.label: tuple(sorted(_scopes(key.scopes, night))) for key in _used(self._target)}
        try:
            told = play_night(self.store, one_round, "staging", "", scopes, 1, 0.0, self._clock)
        except TargetError:
            entry = self.store.entries("staging")[-1]
            return Played({}, {}, entry.exit_code or 0, entry.marks, entry.reasons)
        return _played(told)

    def _record(self, night: Scripted) -> Record:
        state = replace(night, states={}, exit_code=0, marks=(), ends="", suite=False)
        key = repr(state)
        if key not in self._records:
            self._records[key] = self._judge(state)
        record = self._records[key]
        tool = structs.replace(record.tool, version="the next" if night.suite else "the first")
        return structs.replace(record, tool=tool, interrupted=night.ends == "cut")

    def _judge(self, state: Scripted) -> Record:
        self.judged += 1
        self._control.restore(self._pristine)
        planted = [*(FAULTS[rule] for rule in state.broken), *(CHOICES if state.choices else ())]
        for ident in planted:
            self._control.fault(ident, on=True)
        self._gateway.bad = state.gateway
        try:
            contract = changed_contract(self._folder) if state.contract else None
            return judge_target(GateOptions(self._file(state), 1, (FILTER, NAME), profile="gate", contract=contract))
        finally:
            self._gateway.bad = False
            for ident in planted:
                self._control.fault(ident, on=False)

    def _file(self, state: Scripted) -> Path:
        """The target file: the way through the gateway, and one wide key that may have lost a scope."""
        target = self._target
        lines = [
            f'base_url = "{self._address}"',
            f'control_url = "{target.control_url}"\ncontrol_env = "NHQ_TEST_CONTROL"\nallow = ["write"]',
        ]
        for key in _used(target):
            env, scopes = f"NHQ_TEST_{key.label.upper()}", sorted(_scopes(key.scopes, state))
            lines += [f'[[key]]\nlabel = "{key.label}"\nenv = "{env}"\nworkspace = "{key.workspace}"']
            lines += [f"scopes = {json.dumps(scopes)}"]
        file = self._folder / "staging.toml"
        file.write_text("\n".join(lines), "utf-8")
        return file


def _used(target: Target) -> list[Identity]:
    """A wide key, and one of another workspace."""
    return [key for key in target.keys if key.label in ("full", "beta_full")]


def _scopes(scopes: frozenset[str], state: Scripted) -> frozenset[str]:
    return scopes - {LOST_SCOPE} if state.scope_lost else scopes


def changed_contract(folder: Path) -> Path:
    """The contract with another version in its head, and no other word."""
    document = json.loads(paths.openapi_file().read_text("utf-8"))
    document["info"]["version"] += ".1"
    file = folder / "changed.json"
    file.write_text(json.dumps(document), "utf-8")
    return file


def _played(told: Remembered) -> Played:
    """By the rule that is broken: no fault of the script breaks one in two ways."""
    states = {standing.sighting.rule: standing.state.value for standing in told.standings}
    causes = {standing.sighting.rule: standing.cause for standing in told.standings}
    return Played(states, causes, told.outcome.exit_code, told.marks, told.night.troubles)


@contextmanager
def staged(folder: Path) -> Iterator[tuple[Stage, Gateway]]:
    """A mock behind a gateway; its keys stand in the environment while it is there."""
    gateway = Gateway()
    with mock_target(seed=1) as target, Proxy(urlsplit(target.base_url).port or 0, gateway.alter) as proxy:
        os.environ["NHQ_TEST_CONTROL"] = target.control_token
        os.environ |= {f"NHQ_TEST_{key.label.upper()}": key.secret for key in target.keys}
        stage = Stage(target, gateway, proxy.url, folder)
        try:
            yield stage, gateway
        finally:
            stage.close()
            for name in [name for name in os.environ if name.startswith("NHQ_TEST_")]:
                del os.environ[name]
