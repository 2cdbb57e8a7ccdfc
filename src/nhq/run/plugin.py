"""The pytest side of a run: gives tests their fixtures, and turns what happens to them into verdicts."""

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest
from _pytest.runner import runtestprotocol
from hypothesis.configuration import set_hypothesis_home_dir

from nhq.checks import header_sequence
from nhq.checks.exchange import check_exchange, run_guarded
from nhq.checks.header_sequence import check_sequence
from nhq.checks.listed_is_found import shown_is_found
from nhq.checks.unjustified_refusals import what_is_owed
from nhq.client.api import Api
from nhq.client.nonce import Chance, chance_of
from nhq.client.safe_resend import may_be_sent_again
from nhq.client.session import Session
from nhq.clock import Clock, SystemClock
from nhq.contract import Contract
from nhq.errors import NhqError, crash_place, is_interrupt
from nhq.generate.source_literals import without_source_literals
from nhq.model import Exchange, violated
from nhq.record.case_row import DISCOVERY, CaseRow
from nhq.run.background_reads import BackgroundReads
from nhq.run.collector import Collector
from nhq.run.costs import Costs
from nhq.run.early_end import Stop
from nhq.run.forecast import Forecast, followed_test, may_wait, test_name
from nhq.run.item_operations import is_judgeable, operations_of_test
from nhq.run.journal import RunJournal
from nhq.run.live_planner import Planner
from nhq.run.outcomes import TargetGone, TestOutcomes, operation_of, rules_of_test
from nhq.run.planned_round import PlannedRound
from nhq.run.rerun import Reruns, reset_fixtures
from nhq.run.run_plan import Left
from nhq.run.scenario_ids import comes_last, running_order, scenario_id
from nhq.run.schedule.cooperative import CooperativeClock
from nhq.run.second_looks import SecondLooks, run_with_second_looks
from nhq.run.selection import Selection
from nhq.run.side_effects import started_campaigns
from nhq.scenarios.draft_opening import BEFORE
from nhq.scenarios.effort import USUAL, Effort, find_effort
from nhq.scenarios.few_variants import Few, Variants, one_of
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.judge import Broken, Judge

#: What a test's exchanges are judged by together, beside the rules of their headers.
_CHECKS = (shown_is_found, what_is_owed)
TOGETHER = frozenset(header_sequence.RULES).union(*(vars(check)["rules"] for check in _CHECKS))


#: Nothing was ever sent.
NEVER: Mapping[str, int] = {}


class RunProgress(Protocol):
    """Who is told how far a run is."""

    def step(self, done: int, total: int, test: str, requests: int, findings: int, left: Left | None = None) -> None:
        """One more test is done; `left` is what is to come, where that is known."""

    def tell(self, line: str) -> None:
        """Something that is worth knowing before the first test."""

    def wait(self, what: str, until: float) -> None:
        """Something is waited for, until then (seconds since the epoch)."""


class ContractPlugin:
    """One per run; registered with pytest.main. The record is made from its collector afterwards."""

    def __init__(
        self,
        session: Session,
        collector: Collector,
        selection: Selection,
        seed: int,
        progress: RunProgress | None = None,
        effort: Effort = USUAL,
        stop: Stop | None = None,
        journal: RunJournal | None = None,
        costs: Costs | None = None,
        nonce: str = "",
        planning: bool = False,
        planner: Planner | None = None,
        number: int = 1,
        since: Mapping[str, int] = NEVER,
    ) -> None:
        """`planner` chooses among the tests of a live run; `number` is the round, under a seed of its own.

        `since`: by scenario, when it was last sent; what was sent longest ago comes first.
        """
        self._session, self.collector, self._selection, self._seed = session, collector, selection, seed
        self._contract: Contract = session.contract
        self._api = Api(session, may_be_sent_again)
        self._world = Inventory(self._api)
        self._snapshot = ""
        self._nonce = nonce
        self._number = number
        self._since = since
        self._round = PlannedRound(planner, number, session, collector) if planner is not None else None
        self._progress = progress
        self._usual = effort
        self._stop = stop
        self._journal = journal
        self.ahead = Forecast(session, costs, self._round.later_costs if self._round is not None else tuple)
        self.planning = planning
        self._timer: Clock = SystemClock()
        self._total = 0
        self._done: set[str] = set()
        self.uncollected = 0
        self.again = Reruns(session, collector)
        self.ends = TestOutcomes(self._contract, collector, self.again.wanted, self.doubted, number)
        self._items: list[pytest.Item] = []
        self._spare: dict[str, pytest.Item] = {}
        self._beside: BackgroundReads | None = None
        self._watches: dict[str, tuple[float, float]] = {}
        self._asked: CaseRow | None = None
        collector.follow(session.running)
        session.recorder.listeners.append(self._listen)
        if progress is not None:
            session.budget.course.waiting.append(progress.wait)

    # --- fixtures -------------------------------------------------------------------------------------------

    @pytest.fixture
    def api(self) -> Api:
        """Operations by name, through the session's chain."""
        return self._api

    @pytest.fixture
    def world(self) -> Inventory:
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
    def rng(self, request: pytest.FixtureRequest) -> Chance:
        """Chance, fixed by the run's seed and the scenario's id; words made from it carry the run's nonce."""
        return chance_of(f"{self._seed}:{scenario_id(request.node)}", self._nonce)

    @pytest.fixture
    def effort(self, request: pytest.FixtureRequest) -> Effort:
        """How much is sent: always the same; the least, where every request is dear; or much."""
        return self._effort(request.node)

    @pytest.fixture
    def few(self, request: pytest.FixtureRequest) -> Few:
        """Of several variants, all; one in the live profile: the one that shows most, else another for each test."""
        present = self._session.running.present
        return lambda variants: Variants(variants, self._places(request.node, len(variants)), present.vary)

    def _places(self, item: pytest.Item, count: int) -> Sequence[int]:
        """The places of the variants to send, of so many."""
        if not self._effort(item).one_variant:
            return range(count)
        test = scenario_id(item)
        return one_of(range(count), test, self._round.variants(test) if self._round is not None else [])

    @pytest.fixture
    def judge(self, request: pytest.FixtureRequest) -> Judge:
        """Where a scenario says what it saw."""
        return self.ends.judge(request.node)

    # --- hooks ----------------------------------------------------------------------------------------------

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """A test that takes `operation`, and doesn't say which, runs for every operation of its first rule."""
        said = any("operation" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
        rules = rules_of_test(metafunc.definition)
        if "operation" in metafunc.fixturenames and not said and rules:
            metafunc.parametrize("operation", operations_of_test(metafunc.definition, self._contract, rules[0]))

    def pytest_configure(self, config: pytest.Config) -> None:
        """Keep Hypothesis' notes in the user's cache, not in the present folder, and its draws free of our sources."""
        literals = ExitStack()
        literals.enter_context(without_source_literals())
        config.add_cleanup(literals.close)
        if "HYPOTHESIS_STORAGE_DIRECTORY" not in os.environ:
            cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
            set_hypothesis_home_dir(cache / "networkhq-conformance")

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep what the selection asks for."""
        kept = [item for item in items if self._selection.wants(rules_of_test(item), operation_of(item))]
        kept = [item for item in kept if is_judgeable(item, self._contract)]
        if self._round is not None:
            kept = self._planned(self._round, kept)
        else:
            if self._usual.no_repeats:
                kept = [item for item in kept if item.get_closest_marker("elsewhere") is None]
            kept.sort(key=lambda item: (comes_last(item), self._since.get(scenario_id(item), 0), running_order(item)))
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        done = self._journal.done if self._journal is not None else frozenset()
        items[:] = [item for item in kept if self.ends.name(item) not in done]
        self._items, self._total = list(items), len(items)

    def _planned(self, planned: PlannedRound, items: list[pytest.Item]) -> list[pytest.Item]:
        """The tests of a planned round; what it leaves out is told, once."""
        made = planned.tests_of(items)
        self._spare = {scenario_id(item): item for item in items if item not in set(made)}
        self.ahead.choose(planned.costs)
        if not self.planning:
            planned.tell_plan(self._progress.tell if self._progress is not None else lambda _: None)
        return made

    def _effort(self, item: pytest.Item) -> Effort:
        """How much a test sends, as the run or its plan has it."""
        planned = self._round.depth(scenario_id(item)) if self._round is not None else None
        return find_effort(planned) if planned is not None else self._usual

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file of tests that can't be read is trouble of ours; pytest itself would call the run interrupted."""
        if report.failed:
            self.uncollected += 1
            self.collector.trouble(report.nodeid, "its tests could not be collected")

    def pytest_collection_finish(self) -> None:
        """Before the first test: keep the target's state, and read what it holds."""
        if not self._total or self.planning:
            return
        self._session.running.begin(DISCOVERY, CaseRow(scenario=DISCOVERY, seed=self._seed))
        self._world.venues[BEFORE] = started_campaigns(self.collector.written)
        try:
            self._snapshot = self._session.snapshot()
            self._read_world()
            if self._beside is not None and self._number == 1:
                self._beside.prepare(self._api, self._world, self._seed)
        except NhqError as problem:
            self.collector.trouble("discovery", str(problem))
        except Exception as crash:  # what the target holds may have any shape: the tests must run all the same
            if not self.collector.misshapen():
                self.collector.trouble("discovery", f"reading what the target holds crashed: {crash_place(crash)}")
        self.collector.keep_log()

    def _read_world(self) -> None:
        """Read what the target holds."""
        self._world.warm()

    def _case(self, item: pytest.Item) -> CaseRow:
        """What plays a test again, before it is known which part of it."""
        return CaseRow(scenario=scenario_id(item), seed=self._seed, depth=self._effort(item).name)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run no test at all where enough was seen before the first."""
        if self._total and not self.planning and (cause := self._enough()):
            raise session.Interrupted(cause)
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        """Begin from the snapshot, and tell how far we are. What got no answer, for a passing reason, runs again."""
        self.ends.begin(item)
        self._session.running.begin(item.nodeid, self._case(item), self._asked)
        self.collector.begin()
        self._watches[item.nodeid] = self._timer.monotonic(), self.waited()
        self.again.begin()
        try:
            outcome = yield
            looks = SecondLooks(self.ends.judge(item), self.collector)
            while self._again_to_do(item, looks):
                reset_fixtures(item)
                self._session.recorder.repeat()
                self.collector.forget(looks.exchanges)
                runtestprotocol(item, nextitem=nextitem)
            self._settled(item, looks)
        except KeyboardInterrupt:
            self.ends.unknown(item, "interrupted")
            raise
        if not self.waits(item):
            self.ended(item)
        return outcome

    def doubted(self, item: pytest.Item) -> bool:
        """May others have done what a test finds? What the limiter does to a key is told by answers alone."""
        areas = {self._contract.rules[rule].area for rule in rules_of_test(item)}
        return not self._session.target.undisturbed and not may_wait(item) and areas != {"ratelimit"}

    def _again_to_do(self, item: pytest.Item, looks: SecondLooks) -> bool:
        """Is a test to be run again on a target that was put back: for want of an answer, or for a second look?"""
        if self.ends.resume(item):
            return True
        if not self._session.target.restorable or not self.doubted(item):
            return False
        looks.looked()
        if looks.wanted:
            self.ends.renew(item)
        return looks.wanted

    def _settled(self, item: pytest.Item, looks: SecondLooks) -> None:
        """All looks are made."""
        looks.settle()
        if self.ends.found(item) and self.ends.result(item).outcome == "passed":
            self.ends.result(item).fail()

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
            self.ends.absorb(item, problem)
            raise pytest.skip.Exception(self.ends.result(item).cause) from None

    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Run a test's body, and its reads again where they got no answer."""
        given = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}

        def body() -> None:
            pyfuncitem.obj(**given)

        if self.doubted(pyfuncitem) and not self._session.target.restorable:
            judge = self.ends.judge(pyfuncitem)
            self.again.play(lambda: run_with_second_looks(judge, self.collector, self._contract, body))
        else:
            self.again.play(body)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """What a test saw and how it ended becomes observations."""
        try:
            outcome = yield
        except Broken as broken:
            if self.ends.judge(item).doubts:
                self.ends.judge(item).suspect(violated(broken.finding))
                return None
            self.collector.observe([violated(broken.finding)])
            raise
        except Exception as problem:
            if is_interrupt(problem):
                raise KeyboardInterrupt from problem
            self.ends.absorb(item, problem)
            return None
        finally:
            if not self.waits(item):
                self.sequence()
        if not self.waits(item) and self.ends.found(item):
            pytest.fail(f"{self.ends.found(item)} findings", pytrace=False)
        return outcome

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What pytest itself says of a test: a failed teardown or a skip must not pass for silence."""
        result = self.ends.results[report.nodeid]
        if report.when == "call" and report.failed:
            result.fail()
        elif report.failed:
            result.leave_open(f"{report.when} of the test crashed")
            self.collector.trouble(result.id, result.cause)
        elif report.skipped and result.outcome == "passed":
            result.leave_open("skipped")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Tests that a stop has cut off have ended too."""
        self.ends.end_rest(self._session.recorder.count)
        self.collector.paced(self._session.budget.spent)

    def read_beside(self, reads: BackgroundReads | None) -> None:
        """From now on something is read beside the tests, as soon as it is known what the target holds."""
        self._beside = reads

    def abandon(self, cause: str) -> None:
        """Tests that were not run: their rules are unknown, with the cause."""
        for item in self._items:
            if item.nodeid not in self.ends.results and self._number == 1:
                self.ends.begin(item)
                self.ends.unknown(item, cause)
                self.ends.end(item, self._session.recorder.count)

    @property
    def ahead_of_time(self) -> float:
        """Seconds by which the run is faster than its plan."""
        return 0.0 if self._round is None else self._round.ahead_of_time

    @property
    def seconds_left(self) -> float:
        """Until the minutes that the run was given are used up."""
        return math.inf if self._round is None else self._round.seconds_left

    def too_long(self, item: pytest.Item) -> bool:
        """Would a test outlast the minutes that the run was given, by its cost?"""
        return self._round is not None and self._round.outlasts(self.ahead.requests(item), self.ahead.windows(item))

    @property
    def time_is_up(self) -> bool:
        """Are the minutes or the requests that the run was given used up?"""
        return self._round is not None and self._round.time_is_up

    def shorten(self, rest: Sequence[pytest.Item], reserved: int = 0) -> list[pytest.Item]:
        """Which of the tests to come there is no room for any more, where others sent more than was known of them."""
        if self._round is None:
            return []
        dropped = self._round.shorten(self._begun(rest), reserved, self._dearer(rest))
        if dropped:
            self.ahead.choose(self._round.costs)
        return [item for item in rest if scenario_id(item) in dropped]

    def lengthen(self, rest: Sequence[pytest.Item], reserved: int = 0) -> list[pytest.Item]:
        """Tests that were left out, and that there is room for after all, where others sent less than was known."""
        if self._round is None:
            return []
        taken = self._round.lengthen(self._begun(rest), reserved)
        more = [item for name, item in self._spare.items() if name in taken]
        if more:
            self._spare = {name: item for name, item in self._spare.items() if name not in taken}
            self._items, self._total = [*self._items, *more], self._total + len(more)
            self.ahead.choose(self._round.costs)
        return more

    def _begun(self, rest: Sequence[pytest.Item]) -> set[str]:
        """The tests of this round that aren't to come."""
        return {scenario_id(item) for item in self._items} - {scenario_id(item) for item in rest}

    def _dearer(self, rest: Sequence[pytest.Item]) -> dict[str, int]:
        """What tests cost more that make use of what another left behind, where that left nothing: a full window."""
        names = {test_name(item) for item in self._items if self.left_open(item)}
        return {scenario_id(item): self._session.target.limit for item in rest if followed_test(item) in names}

    def left_open(self, item: pytest.Item) -> bool:
        """Did a test end without having judged its rules?"""
        result = self.ends.results.get(item.nodeid)
        return result is not None and result.outcome == "unknown"

    def leave_out(self, items: Sequence[pytest.Item]) -> None:
        """Tests for which no time was left."""
        for item in items:
            self._done.add(item.nodeid)
            for rule in rules_of_test(item):
                self.collector.leave_out(
                    rule, operation_of(item), "left out: the run's minutes or requests were used up before its turn"
                )

    def leave(self) -> None:
        """The run is over, or its next round begins: hear no more of what is sent, and leave the target as it was."""
        with suppress(NhqError):  # gone by now: every test has said so
            self._session.restore(self._snapshot)
        self._session.recorder.listeners.remove(self._listen)
        if self._progress is not None:
            self._session.budget.course.waiting.remove(self._progress.wait)

    def rest(self) -> list[pytest.Item]:
        """The tests that are not done yet."""
        return [item for item in self._items if item.nodeid not in self._done]

    def waits(self, item: pytest.Item) -> bool:
        """Was a test put aside while it waits?"""
        return self._session.running.waits(item.nodeid)

    def excuse(self, item: pytest.Item, seconds: float) -> None:
        """So many seconds were waited for allowance by others, while a test waited for its time."""
        began, waited = self._watches[item.nodeid]
        self._watches[item.nodeid] = began, waited + seconds

    def completed(self, item: pytest.Item) -> None:
        """A test that had waited, and that pytest has done with long since, came to its end."""
        self.sequence()
        result = self.ends.results[item.nodeid]
        if self.ends.found(item) and result.outcome == "passed":
            result.fail()
        self.ended(item)

    def ended(self, item: pytest.Item) -> None:
        """A test is done: what it cost, for the journal, and how far the run is."""
        result, (began, waited) = self.ends.results[item.nodeid], self._watches[item.nodeid]
        sent = self.collector.present
        result.cost(sent.by_role, sent.by_scope, self._timer.monotonic() - began, self.waited() - waited)
        answers = {name: counts.total() for name, counts in sent.state.statuses.items()}
        result.go(self._effort(item).name, answers, sorted(self._session.running.present.varied))
        self.collector.paced(self._session.budget.spent)
        told = self.ends.end(item, self._session.recorder.count)
        if self._journal is not None and not self.ends.broke(item) and not item.session.shouldstop:
            self._journal.write(told)
        self._done.add(item.nodeid)
        if self._progress is not None:
            counts = len(self._done), self._total, item.name, self.collector.requests, len(self.collector.findings)
            over = self.ends.gone or self._session.budget.course.over
            self._progress.step(*counts, None if over else self.ahead.left(self.rest()))
        item.session.shouldstop = self._enough() or item.session.shouldstop

    # --- how ------------------------------------------------------------------------------------------------

    def _enough(self) -> str:
        """Why the run ends here; "" where it goes on."""
        return self._stop(self.collector) if self._stop is not None else ""

    def _begin(self, item: pytest.Item) -> Exception | None:
        self._api.begin()
        if self.ends.gone:
            return TargetGone("the target stopped answering earlier in the run")
        try:
            self._session.budget.course.check()
            self._session.restore(self._snapshot)
        except Exception as problem:
            return problem
        return None

    def sequence(self) -> None:
        """What the exchanges of the present test show together: no part of it by itself."""
        self._session.running.present.request(None, keyless=False)
        self._session.running.present.vary(None)
        self.look_together()

    def look_together(self) -> None:
        """What the exchanges of the present test show together so far."""
        target = self._session.target
        log, before = self.collector.log(), self.collector.lasting()
        last = log[-1] if log else None
        keyed = [mark_uncounted(exchange, self._contract) for exchange in log]
        counted = partial(check_sequence, keyed, target.limit, target.window, target.exclusive_keys)
        self.collector.observe(run_guarded(counted, last, header_sequence.RULES))
        for check in _CHECKS:
            told = partial(check, log, before, self._contract, target.undisturbed)
            self.collector.observe(run_guarded(told, last, vars(check)["rules"]))

    def _listen(self, exchange: Exchange) -> None:
        self.ends.heard(exchange)
        self.collector.exchange(exchange)
        scope = self._contract.operations[exchange.operation].scope if exchange.operation is not None else ""
        if scope and exchange.identity in self._session.target.holders(scope):
            self.collector.present.by_scope[scope] += 1
        self.collector.observe(check_exchange(exchange, self._contract))

    def waited(self) -> float:
        """Seconds that pacing has waited so far, where waiting takes time."""
        real = isinstance(self._session.clock, SystemClock | CooperativeClock)
        return self._session.budget.spent.seconds if real else 0.0


def mark_uncounted(exchange: Exchange, contract: Contract) -> Exchange:
    """An exchange as the limiter's checks see it: whether one that needs no key counts for a key, nobody says."""
    row = contract.operations.get(exchange.operation or "")
    return replace(exchange, operation=None) if row is not None and row.keyless else exchange
