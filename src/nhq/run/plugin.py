"""The pytest side of a run: turns the outcomes of tests into verdicts. Their fixtures are in `contract_fixtures`."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Protocol

import pytest
from _pytest.runner import runtestprotocol
from hypothesis.configuration import set_hypothesis_home_dir

from nhq.client.session import Session
from nhq.clock import Clock, SystemClock
from nhq.errors import NhqError, crash_place, is_interrupt
from nhq.generate.source_literals import without_source_literals
from nhq.model import Exchange, violated
from nhq.record.case_row import DISCOVERY, CaseRow
from nhq.run.background_reads import BackgroundReads
from nhq.run.collector import Collector
from nhq.run.costs import Costs
from nhq.run.early_end import Stop
from nhq.run.exchange_judging import judge_exchange, judge_together
from nhq.run.forecast import may_wait
from nhq.run.item_operations import is_judgeable, operations_of_test
from nhq.run.journal import RunJournal
from nhq.run.live_planner import Planner
from nhq.run.outcomes import TargetGone, TestOutcomes, operation_of, rules_of_test
from nhq.run.planned_round import PlannedRound
from nhq.run.planned_tests import PlannedTests
from nhq.run.rerun import Reruns, reset_fixtures
from nhq.run.run_plan import Left
from nhq.run.scenario_ids import comes_last, running_order, scenario_id
from nhq.run.schedule.cooperative import CooperativeClock
from nhq.run.second_looks import SecondLooks, run_with_second_looks
from nhq.run.selection import Selection
from nhq.run.side_effects import started_campaigns
from nhq.scenarios.draft_opening import BEFORE
from nhq.scenarios.effort import USUAL, Effort
from nhq.scenarios.judge import Broken

#: Nothing was ever sent.
NEVER: Mapping[str, int] = {}


class RunProgress(Protocol):
    """A listener for the progress of a run."""

    def step(self, done: int, total: int, test: str, requests: int, findings: int, left: Left | None = None) -> None:
        """One more test is done; `left` is what remains, if known."""

    def tell(self, line: str) -> None:
        """A notice before the first test."""

    def wait(self, what: str, until: float) -> None:
        """The run waits for something until this time (seconds since the epoch)."""


class ContractPlugin(PlannedTests):
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
        again = Reruns(session, collector)
        ends = TestOutcomes(session.contract, collector, again.wanted, self.doubted, number)
        planned = PlannedRound(planner, number, session, collector) if planner is not None else None
        super().__init__(session, collector, ends, planned, effort, seed, nonce, costs)
        self._selection, self._number, self._since, self.again = selection, number, since, again
        self._progress, self._stop, self._journal, self.planning = progress, stop, journal, planning
        self._timer: Clock = SystemClock()
        self.uncollected = 0
        self._beside: BackgroundReads | None = None
        self._watches: dict[str, tuple[float, float]] = {}
        self._asked: CaseRow | None = None
        collector.follow(session.running)
        session.recorder.listeners.append(self._listen)
        if progress is not None:
            session.budget.course.waiting.append(progress.wait)

    # --- hooks ----------------------------------------------------------------------------------------------

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Parametrize a test that takes `operation` with every operation of its first rule."""
        said = any("operation" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
        rules = rules_of_test(metafunc.definition)
        if "operation" in metafunc.fixturenames and not said and rules:
            metafunc.parametrize("operation", operations_of_test(metafunc.definition, self._contract, rules[0]))

    def pytest_configure(self, config: pytest.Config) -> None:
        """Keep Hypothesis' database in the user's cache, and its draws independent of our source code."""
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

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A test file that can't be imported is trouble of ours; pytest alone would call the run interrupted."""
        if report.failed:
            self.uncollected += 1
            self.collector.trouble(report.nodeid, "its tests could not be collected")

    def pytest_collection_finish(self) -> None:
        """Before the first test: take a snapshot of the target and read its inventory."""
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

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run no test if the run ended before the first one."""
        if self._total and not self.planning and (cause := self._enough()):
            raise session.Interrupted(cause)
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        """Restore the snapshot and report progress. A test that got no answer for a transient reason runs again."""
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
        """Restore the snapshot before the first fixture runs: fixtures may send requests, too."""
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
        """Run a test's body; repeat it if it only read and got no answer."""
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
        """pytest's own report of a test: a failed teardown or a skip must not go unnoticed."""
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
        """Record the end of tests that were interrupted."""
        self.ends.end_rest(self._session.recorder.count)
        self.collector.paced(self._session.budget.spent)

    def read_beside(self, reads: BackgroundReads | None) -> None:
        """From now on something is read beside the tests, as soon as it is known what the target holds."""
        self._beside = reads

    def abandon(self, cause: str) -> None:
        """Record the tests that were not run: their rules are unknown, with the cause."""
        for item in self._items:
            if item.nodeid not in self.ends.results and self._number == 1:
                self.ends.begin(item)
                self.collector.begin()
                self.ends.unknown(item, cause)
                self.ends.end(item, self._session.recorder.count)

    def leave(self) -> None:
        """End a run or a round: stop listening to what is sent, and restore the target."""
        with suppress(NhqError):  # gone by now: every test has said so
            self._session.restore(self._snapshot)
        self._session.recorder.listeners.remove(self._listen)
        if self._progress is not None:
            self._session.budget.course.waiting.remove(self._progress.wait)

    def waits(self, item: pytest.Item) -> bool:
        """Is a test suspended while it waits?"""
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
        """A test is done: write its cost into the journal and report progress."""
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
            counts = (
                len(self._done),
                self._total,
                item.name,
                self.collector.requests,
                self._selection.count_judged(self.collector.findings),
            )
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
        judge_together(self._session, self.collector)

    def _listen(self, exchange: Exchange) -> None:
        self.ends.heard(exchange)
        judge_exchange(exchange, self._session, self.collector)

    def waited(self) -> float:
        """Seconds that pacing has waited so far, where waiting takes time."""
        real = isinstance(self._session.clock, SystemClock | CooperativeClock)
        return self._session.budget.spent.seconds if real else 0.0
