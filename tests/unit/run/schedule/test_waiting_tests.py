"""Tests that wait, under pytest: others go on, keys are kept apart, and every test ends as itself."""

import gc
import uuid
from collections.abc import Callable, Mapping
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from nhq.client.session import open_session
from nhq.client.target import Target
from nhq.clock import ManualClock
from nhq.contract import Contract
from nhq.model import Effect, Identity
from nhq.run.collector import Collector
from nhq.run.costs import Cost, Costs
from nhq.run.plugin import ContractPlugin
from nhq.run.pytest_isolation import run_pytest
from nhq.run.schedule.cooperative import CooperativeClock, CooperativeScheduler
from nhq.run.schedule.waiting_tests import WaitingTests
from nhq.run.selection import Selection
from nhq.run.test_results import TestResult
from nhq.scenarios.effort import SPARING

BODY = b'{"data":[],"pagination":{"limit":1,"has_more":false,"next_cursor":null}}'
MARKERS = "[pytest]\nmarkers =\n    rule(*ids): x\n    patient: x\n    follows(test): x\n"
HEAD = (
    "import pytest\nfrom nhq import errors\n"
    "from nhq.scenarios.window_probe import OperationCall, WindowProbe, widest_keys\nRULE = 'PAGE-CURSOR'\n"
)
WAITS = """
@pytest.mark.patient
@pytest.mark.rule(RULE)
def test_{name}(api, judge, session):
    key = widest_keys(api)[-1]
    for wait in {waits}:
        with api.unpaced():
            proof = api.call("list_leads", key=key)
        session.clock.sleep(wait)
    judge(RULE, {ok}, proof, expected="x", actual="y")
"""
ORDINARY = """
@pytest.mark.rule(RULE)
def test_{name}(api, judge):
    for _ in range({count}):
        proof = api.call("list_leads")
    judge(RULE, True, proof, expected="x", actual="y")
"""


class Limiter(BaseAdapter):
    """A server with windows of sixty seconds from each key's first request, and one second for an answer."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock
        self.sent: list[tuple[float, str]] = []
        self._windows: dict[str, tuple[float, int]] = {}

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        key, now = str(request.headers["Authorization"]).rpartition("-")[2], self._clock.now()
        self.sent.append((self._clock.monotonic(), key))
        start, count = self._windows.get(key, (now, 0))
        start, count = (start, count + 1) if now < start + 60 else (now, 1)
        self._windows[key] = start, count
        self._clock.advance(1)
        response = Response()
        response.status_code = 200 if count <= 60 else 429
        response._content = BODY
        told = {"Limit": 60, "Remaining": max(0, 60 - count), "Reset": int(start + 60)}
        response.headers.update({f"X-RateLimit-{name}": str(value) for name, value in told.items()})
        response.headers.update({"Content-Type": "application/json", "Date": formatdate(now, usegmt=True)})
        return response

    def close(self) -> None:
        pass


NOTHING: Mapping[str, int] = {}
Run = tuple[dict[str, TestResult], Limiter, Collector]


@pytest.fixture
def run(tmp_path: Path, contract: Contract) -> Callable[..., Run]:
    """Runs a suite as a live run does, with so many equal keys; results by name, in the order of their ends."""

    def play(source: str, keys: int = 3, costs: Mapping[str, int] = NOTHING) -> Run:
        path = tmp_path / f"test_{uuid.uuid4().hex}.py"
        tests = {f"{path.name}::{name}": count for name, count in costs.items()}
        known = Costs("", {name: Cost(name, {}, scopes={"leads:read": count}) for name, count in tests.items()})
        names = [f"k{number}" for number in range(keys)]
        scopes = frozenset({"leads:read"})
        identities = tuple(Identity(name, "alpha", scopes, f"secret-{name}") for name in names)
        target = Target("http://127.0.0.1:9", identities, allow=frozenset({Effect.READ}))
        clock = ManualClock(start=1_700_000_000.0)
        wire = Limiter(clock)
        turns = CooperativeScheduler(clock)
        session = open_session(target, contract, wire, CooperativeClock(turns, clock), before=turns.serve)
        collector = Collector(target)
        plugin = ContractPlugin(session, collector, Selection(), seed=1, effort=SPARING, costs=known)
        plugin._world.warm = lambda: None  # type: ignore[method-assign, assignment]
        ended: dict[str, TestResult] = {}
        whole = plugin.ended

        def note(item: pytest.Item) -> None:
            whole(item)
            ended[item.name] = plugin.ends.results[item.nodeid]

        plugin.ended = note  # type: ignore[method-assign]
        path.write_text(HEAD + source, "utf-8")
        (tmp_path / "pytest.ini").write_text(MARKERS, "utf-8")
        quiet = ["-p", "no:terminal", "-p", "no:cacheprovider", "--import-mode=importlib"]
        assert isinstance(session.clock, CooperativeClock)
        plugins = [plugin, WaitingTests(plugin, session, session.clock.turns)]
        gc.freeze()  # pytest collects garbage when a run ends: not over what the tests before have made
        run_pytest([*quiet, "-c", str(tmp_path / "pytest.ini"), str(tmp_path)], plugins)
        return ended, wire, collector

    return play


def waits(name: str, *seconds: int, ok: bool = True) -> str:
    return WAITS.format(name=name, waits=seconds, ok=ok)


def ordinary(name: str, count: int) -> str:
    return ORDINARY.format(name=name, count=count)


def test_others_go_on_while_a_test_waits(run):
    """What takes a hundred seconds by itself and fifty of others takes a hundred in all."""
    ended, wire, _ = run(ordinary("b", 50) + waits("a", 50, 50))
    assert list(ended) == ["test_b", "test_a"]
    assert wire.sent[-1][0] <= 52
    assert {name: result.outcome for name, result in ended.items()} == {"test_a": "passed", "test_b": "passed"}


def test_a_waiting_test_goes_on_at_its_time_in_the_midst_of_another(run):
    """Its second request comes a second after its time at most, which is what an answer takes."""
    _, wire, _ = run(waits("a", 20, 1) + ordinary("b", 50))
    own = [at for at, key in wire.sent if key == wire.sent[0][1]]
    assert 21 <= own[1] <= 22
    assert len(wire.sent) == 52


def test_the_keys_of_a_waiting_test_are_its_own(run):
    """No other test uses a key whose window a waiting test uses."""
    _, wire, _ = run(waits("a", 30, 30) + waits("c", 40, 40) + ordinary("b", 50))
    own = [key for _, key in wire.sent[:2]]
    assert len(set(own)) == 2
    assert all(sum(key == mine for _, key in wire.sent) == 2 for mine in own)


def test_with_one_key_nothing_waits_beside_another(run):
    """There the tests come one after the other, and nothing is sent in a test's wait."""
    ended, wire, _ = run(waits("a", 30, 30) + ordinary("b", 5), keys=1)
    assert list(ended) == ["test_b", "test_a"]
    assert wire.sent[-1][0] - wire.sent[-2][0] >= 30


def test_what_each_test_sent_is_counted_as_its_own(run):
    """Requests and findings belong to the test that made them, whoever was in its midst."""
    ended, _, collector = run(waits("a", 5, 5, ok=False) + ordinary("b", 20))
    assert {name: result.requests for name, result in ended.items()} == {"test_a": 2, "test_b": 20}
    assert {name: result.outcome for name, result in ended.items()} == {"test_a": "failed", "test_b": "passed"}
    assert {proven.test.rpartition("::")[2] for proven in collector.findings.values()} == {"test_a"}


def test_a_crash_after_a_wait_is_the_tests_own(run):
    """It is trouble of ours, in the test that crashed, and no other test ends by it."""
    source = waits("a", 5).replace("    judge(", "    1 / 0\n    judge(")
    ended, _, collector = run(source + ordinary("b", 20))
    assert {name: result.outcome for name, result in ended.items()} == {"test_a": "unknown", "test_b": "passed"}
    assert "ZeroDivisionError" in ended["test_a"].cause
    assert [trouble.where.rpartition("::")[2] for trouble in collector.troubles] == ["test_a"]


def test_what_follows_a_test_comes_right_after_it(run):
    """Not before its leader has ended, and before anything else that is left."""
    follower = ordinary("c", 1).replace("@pytest", '@pytest.mark.follows("test_a")\n@pytest', 1)
    ended, _, _ = run(follower + waits("a", 10) + ordinary("b", 15) + ordinary("d", 1))
    assert list(ended) == ["test_a", "test_b", "test_c", "test_d"]


def test_a_test_whose_leader_is_not_run_runs_all_the_same(run):
    """One that was asked for alone."""
    follower = ordinary("c", 1).replace("@pytest", '@pytest.mark.follows("test_a")\n@pytest', 1)
    ended, _, _ = run(follower)
    assert list(ended) == ["test_c"]


def test_a_run_that_is_stopped_leaves_waiting_tests_unknown(run):
    """With the cause, and the rest of the tests unrun."""
    stops = "def test_z(request):\n    request.session.shouldstop = 'enough'\n"
    ended, _, collector = run(waits("a", 500) + stops)
    assert list(ended) == ["test_z"]
    told = {result.id.rpartition("::")[2]: (result.outcome, result.cause) for result in collector.tests}
    assert told["test_a"] == ("unknown", "the run was stopped while it waited")


def test_a_test_that_would_wait_for_allowance_lets_others_first(run):
    """Where costs are known: what can't be sent at once is sent when nothing else is left."""
    costs = {"test_b": 100, "test_a": 3}
    assert list(run(ordinary("b", 100) + ordinary("a", 3), keys=1, costs=costs)[0]) == ["test_a", "test_b"]
    assert list(run(ordinary("b", 100) + ordinary("a", 3), keys=2, costs=costs)[0]) == ["test_b", "test_a"]


def test_every_area_is_looked_at_before_one_is_looked_at_twice(run):
    """What is broken somewhere shows early; a test that could not judge has looked at nothing."""
    source = ordinary("a", 1) + ordinary("b", 1)
    source += "@pytest.mark.rule('AUTH-VALID')\ndef test_c():\n    raise errors.PreconditionNotMet('nothing')\n"
    source += "@pytest.mark.rule('AUTH-VALID')\ndef test_d(api, judge):\n"
    source += "    judge('AUTH-VALID', True, api.call('list_leads'), expected='x')\n"
    ended, _, _ = run(source)
    assert list(ended) == ["test_a", "test_c", "test_d", "test_b"]
