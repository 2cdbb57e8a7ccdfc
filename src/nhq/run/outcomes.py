"""How tests end: what a test raises becomes a cause, and what broke on our side never passes for a verdict."""

from collections.abc import Callable
from typing import Any

import pytest

from nhq.contract import Contract
from nhq.errors import (
    NhqError,
    NotPermitted,
    PreconditionNotMet,
    RunOver,
    TargetError,
    Unread,
    crash_place,
    crash_trace,
)
from nhq.model import Exchange
from nhq.run.collector import Collector
from nhq.run.events import Event
from nhq.run.missing_keys import refused_cause
from nhq.run.scenario_ids import scenario_id
from nhq.run.test_results import TestResult
from nhq.scenarios.judge import Judge

_TARGET_GONE = 5


class TargetGone(TargetError):
    """Nothing was sent, for the target had stopped answering."""


class TestOutcomes:
    """The tests of one run: their results and judges, and what becomes of those that end by an exception."""

    def __init__(
        self,
        contract: Contract,
        collector: Collector,
        again: Callable[[Exception], bool],
        doubted: Callable[[pytest.Item], bool] = lambda item: False,
        number: int = 1,
    ) -> None:
        """`again` tells whether a test that ended by an exception is to be run again.

        `doubted`: may others have done what a test finds? `number` counts the rounds; in later ones a test bears it.
        """
        self._contract, self._collector, self._again, self._doubted = contract, collector, again, doubted
        self._number = number
        self._repeated: set[str] = set()
        self._judges: dict[str, Judge] = {}
        self.results: dict[str, TestResult] = {}
        self._broken: set[str] = set()
        self._ended: set[str] = set()
        self._silent = 0
        self.tracebacks: list[str] = []

    @property
    def gone(self) -> bool:
        """Have so many tests in a row got no answer that nothing more is sent?"""
        return self._silent >= _TARGET_GONE

    def begin(self, item: pytest.Item) -> TestResult:
        """A test begins; or is one that was never run."""
        ident = item.nodeid if self._number == 1 else f"{item.nodeid} (seed {self._number})"
        result = self.results[item.nodeid] = TestResult(ident, rules_of_test(item), scenario=self.name(item))
        return result

    def end(self, item: pytest.Item, last: int) -> list[Event]:
        """A test has ended; its events. `last` is the number of the last exchange."""
        self._ended.add(item.nodeid)
        return self._collector.end_test(self.results[item.nodeid], last)

    def end_rest(self, last: int) -> None:
        """Nothing more is run: what began and hasn't ended has ended so."""
        for name in self.results.keys() - self._ended:
            self._ended.add(name)
            self._collector.end_test(self.results[name], last)

    def name(self, item: pytest.Item) -> str:
        """A test's id for good, and the round where it isn't the first."""
        return scenario_id(item) if self._number == 1 else f"{scenario_id(item)}#{self._number}"

    def resume(self, item: pytest.Item) -> bool:
        """Is a test to be run again? Then how it went before is forgotten; what it has judged stays."""
        if item.nodeid not in self._repeated:
            return False
        self._repeated.remove(item.nodeid)
        self.renew(item)
        return True

    def renew(self, item: pytest.Item) -> None:
        """A test is run again: how it ended before is forgotten."""
        self.results[item.nodeid].renew()

    def result(self, item: pytest.Item) -> TestResult:
        """How a test that began has gone so far."""
        return self.results[item.nodeid]

    def judge(self, item: pytest.Item) -> Judge:
        """Where a test says what it saw."""
        if item.nodeid not in self._judges:
            self._judges[item.nodeid] = Judge(self._contract, self._collector, rules_of_test(item), self._doubted(item))
        return self._judges[item.nodeid]

    def found(self, item: pytest.Item) -> int:
        """How many findings a test told."""
        judge = self._judges.get(item.nodeid)
        return len(judge.findings) if judge is not None else 0

    def broke(self, item: pytest.Item) -> bool:
        """Did a test end because no answer came? Then a run that is taken up again asks again."""
        return item.nodeid in self._broken

    def heard(self, exchange: Exchange) -> None:
        """One more exchange: with an answer, or without."""
        self._silent = 0 if exchange.status is not None else self._silent

    def absorb(self, item: pytest.Item, problem: Exception) -> None:
        """An exception that is no verdict on the target makes the test's rules unknown, with the cause."""
        if self._again(problem):
            self._repeated.add(item.nodeid)
        elif isinstance(problem, Unread):
            self.unknown(item, str(problem))
        elif isinstance(problem, PreconditionNotMet | NotPermitted):
            cause = refused_cause(problem.needs, self._collector.target) or str(problem)
            self._collector.unmet(cause)
            self.result(item).lack(problem.needs)
            self.unknown(item, cause)
        elif isinstance(problem, TargetGone | RunOver):
            self._broken.add(item.nodeid)
            if isinstance(problem, RunOver):
                self._over(item, problem)
            self.unknown(item, str(problem))
        elif isinstance(problem, NhqError):
            self._lost(item, problem)
            self._trouble(item, str(problem))
        else:
            self.tracebacks.append(crash_trace(problem))
            self._crashed(item, problem)

    def _over(self, item: pytest.Item, problem: RunOver) -> None:
        """The run came to its end before this test did."""
        self._collector.trouble_once("run", str(problem), time_up=problem.time_up)
        for rule in rules_of_test(item) if problem.time_up else ():
            self._collector.leave_out(rule, operation_of(item), str(problem))

    def _crashed(self, item: pytest.Item, problem: Exception) -> None:
        """A crash is trouble of ours, unless an answer that the test was given has the wrong shape, which is told.

        So is it where the contract moved: the test was written for another.
        """
        if flaw := self._collector.misshapen():
            self.unknown(item, f"the test can't go on ({crash_place(problem)}): {flaw}")
        elif self._contract.former is not None:
            cause = f"this test is behind the contract: {crash_place(problem)}"
            self._collector.unmet(cause)
            self.unknown(item, cause)
        else:
            self._trouble(item, f"the test itself crashed: {crash_place(problem)}")

    def unknown(self, item: pytest.Item, cause: str) -> None:
        """A test's rules are unknown, with the cause."""
        self.result(item).leave_open(cause)
        judge = self.judge(item)
        for rule in sorted(judge.rules):
            judge.unknown(rule, cause, operation_of(item))

    def _lost(self, item: pytest.Item, problem: NhqError) -> None:
        """Count the tests in a row that got no answer; too many, and nothing more is sent."""
        if not isinstance(problem, TargetError):
            return
        self._broken.add(item.nodeid)
        self._silent += 1
        if self._silent == _TARGET_GONE:
            cause = f"the target stopped answering: {_TARGET_GONE} tests in a row got no answer"
            self._collector.trouble("run", cause)

    def _trouble(self, item: pytest.Item, cause: str) -> None:
        self._collector.trouble(item.nodeid, cause)
        self.unknown(item, cause)


def rules_of_test(item: pytest.Item) -> tuple[str, ...]:
    """The rules in a test's marks."""
    return tuple(dict.fromkeys(rule for mark in item.iter_markers("rule") for rule in mark.args))


def operation_of(item: pytest.Item) -> str | None:
    """The operation a test is parametrised by, if it is."""
    callspec = getattr(item, "callspec", None)
    value: Any = callspec.params.get("operation") if callspec is not None else None
    return value if isinstance(value, str) else None
