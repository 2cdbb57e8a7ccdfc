"""The pytest side of a run: gives tests their fixtures, and turns what happens to them into verdicts."""

import os
import random
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from nhq.checks.exchange import check_exchange
from nhq.checks.sequence import check_sequence
from nhq.checks.served import what_is_owed
from nhq.checks.shown import shown_is_found
from nhq.clock import Clock, SystemClock
from nhq.contract import Contract
from nhq.drive.api import Api
from nhq.drive.discover import World
from nhq.drive.session import Session
from nhq.errors import NhqError, NotPermitted, TargetError, Unmet
from nhq.model import Exchange, violated
from nhq.run.collect import Collector, TestResult
from nhq.run.journal import Journal
from nhq.run.judge import Broken, Judge
from nhq.run.plan import DISCOVERY, Costs, Left, Plan
from nhq.run.select import Selection

_TARGET_GONE = 5
Stop = Callable[[Collector], bool]
Few = Callable[[Sequence[Any]], list[Any]]


class _Gone(TargetError):
    """Nothing was sent, for the target had stopped answering."""


class Progress(Protocol):
    """Who is told how far a run is."""

    def step(self, done: int, total: int, test: str, requests: int, findings: int, left: Left | None = None) -> None:
        """One more test is done; `left` is what is to come, where that is known."""


class ContractPlugin:
    """One per run; registered with pytest.main. The record is made from its collector afterwards."""

    def __init__(
        self,
        session: Session,
        collector: Collector,
        selection: Selection,
        seed: int,
        progress: Progress | None = None,
        profile: str = "gate",
        stop: Stop | None = None,
        journal: Journal | None = None,
        costs: Costs | None = None,
    ) -> None:
        self._session, self.collector, self._selection, self._seed = session, collector, selection, seed
        self._contract: Contract = session.contract
        self._api = Api(session)
        self._world = World(self._api)
        self._snapshot = ""
        self._progress = progress
        self._profile = profile
        self._stop = stop
        self._journal = journal
        self._costs = costs
        self.planning = False
        self._timer: Clock = SystemClock()
        self._total = self._done = 0
        self._gone = 0
        self.uncollected = 0
        self._judges: dict[str, Judge] = {}
        self._items: list[pytest.Item] = []
        self._broke = False
        self.tracebacks: list[str] = []
        session.recorder.listeners.append(self._listen)

    # --- fixtures -------------------------------------------------------------------------------------------

    @pytest.fixture
    def api(self) -> Api:
        """Operations by name, through the session's chain."""
        return self._api

    @pytest.fixture
    def world(self) -> World:
        """What the target holds, found by reading."""
        return self._world

    @pytest.fixture
    def contract(self) -> Contract:
        """The contract the target is held to."""
        return self._contract

    @pytest.fixture
    def snapshot(self) -> str:
        """The snapshot that each test begins from; "" on a target without a control plane."""
        return self._snapshot

    @pytest.fixture
    def session(self) -> Session:
        """The session behind `api`: target, clock, control plane if there is one."""
        return self._session

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> random.Random:
        """Chance, fixed by the run's seed and the test's name."""
        return random.Random(f"{self._seed}:{request.node.nodeid}")

    @pytest.fixture
    def profile(self) -> str:
        """How much is sent: `gate`, always the same; `live`, where every request is dear; or `nightly`, much."""
        return self._profile

    @pytest.fixture
    def few(self, request: pytest.FixtureRequest) -> Few:
        """Of several variants, all; one in the live profile, another for each test and operation."""
        return lambda variants: rotated(variants, request.node.nodeid) if self._profile == "live" else list(variants)

    @pytest.fixture
    def judge(self, request: pytest.FixtureRequest) -> Judge:
        """Where a scenario says what it saw."""
        return self._judge(request.node)

    def _judge(self, item: pytest.Item) -> Judge:
        if item.nodeid not in self._judges:
            self._judges[item.nodeid] = Judge(self._contract, self.collector, rules_of(item))
        return self._judges[item.nodeid]

    # --- hooks ----------------------------------------------------------------------------------------------

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """A test that takes `operation`, and doesn't say which, runs for every operation of its first rule."""
        said = any("operation" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
        rules = rules_of(metafunc.definition)
        if "operation" in metafunc.fixturenames and not said and rules:
            metafunc.parametrize("operation", self._contract.rules[rules[0]].operations)

    def pytest_configure(self) -> None:
        """Keep what Hypothesis knows of our sources in the user's cache, not in the present folder."""
        if "HYPOTHESIS_STORAGE_DIRECTORY" not in os.environ:
            cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
            set_hypothesis_home_dir(cache / "networkhq-conformance")

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep what the selection asks for."""
        kept = [item for item in items if self._selection.wants(rules_of(item), operation_of(item))]
        if self._profile == "live":
            kept = [item for item in kept if item.get_closest_marker("elsewhere") is None]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        done = self._journal.done if self._journal is not None else frozenset()
        items[:] = [item for item in kept if item.nodeid not in done]
        self._items, self._total = list(items), len(items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file of tests that can't be read is trouble of ours; pytest itself would call the run interrupted."""
        if report.failed:
            self.uncollected += 1
            self.collector.trouble(report.nodeid, "its tests could not be collected")

    def pytest_collection_finish(self) -> None:
        """Before the first test: keep the target's state, and read what it holds."""
        if not self._total or self.planning:
            return
        self._session.recorder.test = "(discovery)"
        try:
            if self._session.control is not None:
                self._snapshot = self._session.control.snapshot()
            self._world.warm()
        except NhqError as problem:
            self.collector.trouble("discovery", str(problem))
        except Exception as crash:  # what the target holds may have any shape: the tests must run all the same
            self.collector.trouble("discovery", f"reading what the target holds crashed: {place_of(crash)}")
        self.collector.keep_log()
        self.collector.news.by_role.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Begin from the snapshot, and tell how far we are."""
        result = TestResult(item.nodeid, rules_of(item))
        self.collector.tests.append(result)
        before, started, waited = self.collector.requests, self._timer.monotonic(), self._waited()
        self._broke = False
        try:
            outcome = yield
        except KeyboardInterrupt:
            self._unknown(item, "interrupted")
            raise
        result.requests = self.collector.requests - before
        result.seconds = self._timer.monotonic() - started
        result.own_seconds = max(0.0, result.seconds - (self._waited() - waited))
        result.keys = dict(self.collector.news.by_role)
        if self._broke:
            self.collector.taken()  # not into the journal: a run that is taken up asks again
        elif self._journal is not None and not item.session.shouldstop:
            self._journal.test(result, self.collector, self._session.recorder.count)
        self._done += 1
        if self._progress is not None:
            counts = self._done, self._total, item.name, self.collector.requests, len(self.collector.findings)
            self._progress.step(*counts, self._left())
        if self._stop is not None and self._stop(self.collector):
            item.session.shouldstop = "enough was seen"
        return outcome

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Put the snapshot back before the first fixture runs: fixtures may talk to the target too."""
        gone = self._begin(item)
        try:
            outcome = yield  # always, or pytest's teardown meets a test that was never set up
            if gone is not None:
                raise gone
            return outcome
        except Exception as problem:
            self._absorb(item, problem)
            raise pytest.skip.Exception(self.collector.tests[-1].cause) from None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """What a test saw and how it ended becomes observations."""
        try:
            outcome = yield
        except Broken as broken:
            self.collector.observe([violated(broken.finding)])
            raise
        except Exception as problem:
            self._absorb(item, problem)
            return None
        finally:
            self._sequence()
        judge = self._judges.get(item.nodeid)
        if judge is not None and judge.findings:
            pytest.fail(f"{len(judge.findings)} findings", pytrace=False)
        return outcome

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What pytest itself says of a test: a failed teardown or a skip must not pass for silence."""
        result = self.collector.tests[-1]
        if report.when == "call" and report.failed:
            result.outcome = "failed"
        elif report.failed:
            result.outcome, result.cause = "unknown", f"{report.when} of the test crashed"
            self.collector.trouble(result.id, result.cause)
        elif report.skipped and result.outcome == "passed":
            result.outcome, result.cause = "unknown", "skipped"

    def abandon(self, cause: str) -> None:
        """Tests that were not run: their rules are unknown, with the cause."""
        ran = {result.id for result in self.collector.tests}
        for item in self._items:
            if item.nodeid not in ran:
                self.collector.tests.append(TestResult(item.nodeid, rules_of(item)))
                self._unknown(item, cause)

    # --- how ------------------------------------------------------------------------------------------------

    def _begin(self, item: pytest.Item) -> Exception | None:
        self.collector.begin()
        self._session.recorder.test = item.nodeid
        if self._gone >= _TARGET_GONE:
            return _Gone("the target stopped answering earlier in the run")
        try:
            self._session.restore(self._snapshot)
        except Exception as problem:
            return problem
        return None

    def _absorb(self, item: pytest.Item, problem: Exception) -> None:
        """An exception that is no verdict on the target makes the test's rules unknown, with the cause."""
        if isinstance(problem, Unmet | NotPermitted):
            self.collector.unsatisfied[str(problem)] = None
            self._unknown(item, str(problem))
        elif isinstance(problem, _Gone):
            self._broke = True
            self._unknown(item, str(problem))
        elif isinstance(problem, NhqError):
            self._lost(problem)
            self._trouble(item, str(problem))
        else:
            self.tracebacks.append("".join(traceback.format_exception(problem)))
            self._trouble(item, f"the test itself crashed: {place_of(problem)}")

    def _lost(self, problem: NhqError) -> None:
        """Count the tests in a row that got no answer; too many, and nothing more is sent."""
        self._broke = isinstance(problem, TargetError)
        self._gone += self._broke
        if self._broke and self._gone == _TARGET_GONE:
            self.collector.trouble("run", f"the target stopped answering: {_TARGET_GONE} tests in a row got no answer")

    def _sequence(self) -> None:
        target, alone = self._session.target, self._session.control is not None
        log = self.collector.log()
        self.collector.observe(check_sequence(log, target.limit, target.window, alone))
        for check in (shown_is_found, what_is_owed):
            self.collector.observe(check(log, self.collector.lasting(), self._contract, alone))

    def _listen(self, exchange: Exchange) -> None:
        self._gone = 0 if exchange.status is not None else self._gone
        self.collector.exchange(exchange)
        self.collector.observe(check_exchange(exchange, self._contract))

    def plan(self) -> Plan | None:
        """What the tests not done yet will cost; None where that isn't known."""
        if self._costs is None:
            return None
        ahead = [(item.nodeid, rules_of(item)) for item in self._items[self._done :]]
        before = [] if self._done else [self._costs.of(DISCOVERY)]
        costs = (*before, *(self._costs.of(test) for test, _ in ahead))
        return Plan(self._session.target, costs, dict(ahead))

    def _left(self) -> Left | None:
        plan = self.plan()
        return None if plan is None else Left(plan.total, plan.windows, self._timer.now() + plan.seconds)

    def _waited(self) -> float:
        """Seconds that the budget has waited so far, where waiting takes time."""
        real = isinstance(self._session.clock, SystemClock)
        return self._session.budget.spent.seconds if real else 0.0

    def _unknown(self, item: pytest.Item, cause: str) -> None:
        result = self.collector.tests[-1]
        result.outcome, result.cause = "unknown", cause
        judge = self._judge(item)
        for rule in sorted(judge.rules):
            judge.unknown(rule, cause, operation_of(item))

    def _trouble(self, item: pytest.Item, cause: str) -> None:
        self.collector.trouble(item.nodeid, cause)
        self._unknown(item, cause)


def rules_of(item: pytest.Item) -> tuple[str, ...]:
    """The rules in a test's marks."""
    return tuple(dict.fromkeys(rule for mark in item.iter_markers("rule") for rule in mark.args))


def rotated(variants: Sequence[Any], name: str) -> list[Any]:
    """One of several, always the same for a name."""
    return [variants[zlib.crc32(name.encode()) % len(variants)]] if variants else []


def operation_of(item: pytest.Item) -> str | None:
    """The operation a test is parametrised by, if it is."""
    callspec = getattr(item, "callspec", None)
    value: Any = callspec.params.get("operation") if callspec is not None else None
    return value if isinstance(value, str) else None


def place_of(crash: BaseException) -> str:
    """Kind and place of a crash, without its message: that may quote what a server said."""
    frames = traceback.extract_tb(crash.__traceback__)
    ours = [f for f in frames if "contracts" in f.filename or "nhq" in f.filename] or frames
    last = ours[-1] if ours else None
    return f"{type(crash).__name__} at {Path(last.filename).name}:{last.lineno}" if last else type(crash).__name__
