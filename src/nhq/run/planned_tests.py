"""The tests of one run: which are to come, which are left out, and which there is room for after all."""

import math
from collections.abc import Sequence

import pytest

from nhq.client.session import Session
from nhq.run.collector import Collector
from nhq.run.contract_fixtures import ContractFixtures
from nhq.run.costs import Costs
from nhq.run.forecast import Forecast, followed_test, test_name
from nhq.run.outcomes import TestOutcomes, operation_of, rules_of_test
from nhq.run.planned_round import PlannedRound
from nhq.run.scenario_ids import scenario_id
from nhq.scenarios.effort import Effort


class PlannedTests(ContractFixtures):
    """What is known of the tests of one run, where it is planned and where it isn't."""

    def __init__(
        self,
        session: Session,
        collector: Collector,
        ends: TestOutcomes,
        planned: PlannedRound | None,
        effort: Effort,
        seed: int,
        nonce: str,
        costs: Costs | None,
    ) -> None:
        """`costs` are those of the tests, where they are known."""
        super().__init__(session, collector, ends, planned, effort, seed, nonce)
        self.ahead = Forecast(session, costs, planned.later_costs if planned is not None else tuple)
        self._items: list[pytest.Item] = []
        self._spare: dict[str, pytest.Item] = {}
        self._done: set[str] = set()
        self._total = 0

    def rest(self) -> list[pytest.Item]:
        """The tests that are not done yet."""
        return [item for item in self._items if item.nodeid not in self._done]

    @property
    def ahead_of_time(self) -> float:
        """Seconds by which the run is faster than its plan."""
        return 0.0 if self._round is None else self._round.ahead_of_time

    @property
    def seconds_left(self) -> float:
        """Until the run's minutes are used up."""
        return math.inf if self._round is None else self._round.seconds_left

    def too_long(self, item: pytest.Item) -> bool:
        """Would a test, by its cost, exceed the run's minutes?"""
        return self._round is not None and self._round.outlasts(self.ahead.requests(item), self.ahead.windows(item))

    @property
    def time_is_up(self) -> bool:
        """Are the run's minutes or requests used up?"""
        return self._round is not None and self._round.time_is_up

    def shorten(self, rest: Sequence[pytest.Item], reserved: int = 0) -> list[pytest.Item]:
        """The tests that no longer fit because others sent more requests than expected."""
        if self._round is None:
            return []
        dropped = self._round.shorten(self._begun(rest), reserved, self._dearer(rest), self._times(rest))
        if dropped:
            self.ahead.choose(self._round.costs)
        return [item for item in rest if scenario_id(item) in dropped]

    def lengthen(self, rest: Sequence[pytest.Item], reserved: int = 0) -> list[pytest.Item]:
        """The left-out tests that fit after all because others sent fewer requests than expected."""
        if self._round is None:
            return []
        self._round.lengthen(self._begun(rest), reserved)
        return self.taken_in()

    def taken_in(self) -> list[pytest.Item]:
        """Tests that stand in the plan by now, and that it left out before."""
        if self._round is None:
            return []
        made = self._round.tests
        more = [item for name, item in self._spare.items() if name in made]
        if more:
            self._spare = {name: item for name, item in self._spare.items() if name not in made}
            self._items, self._total = [*self._items, *more], self._total + len(more)
            self.ahead.choose(self._round.costs)
        return more

    def _begun(self, rest: Sequence[pytest.Item]) -> set[str]:
        """The tests of this round that aren't to come."""
        return {scenario_id(item) for item in self._items} - {scenario_id(item) for item in rest}

    def _dearer(self, rest: Sequence[pytest.Item]) -> dict[str, int]:
        """What tests cost more that make use of a key which another exhausted, where none is exhausted: a full window.

        The other may have judged nothing, or the key's window is over by now.
        """
        gone = not self._exhausted
        names = {test_name(item) for item in self._items if self.left_open(item) or (gone and self._ended(item))}
        return {scenario_id(item): self._session.target.limit for item in rest if followed_test(item) in names}

    @property
    def _exhausted(self) -> bool:
        """Is one of the widest keys used up, for a good part of a window still?"""
        target, allowance, now = self._session.target, self._session.budget.allowance, self._session.clock.now()
        return any(allowance.wait(key.label, now) > target.window / 4 for key in target.widest)

    def _ended(self, item: pytest.Item) -> bool:
        return item.nodeid in self.ends.results and not self._session.running.waits(item.nodeid)

    def _times(self, rest: Sequence[pytest.Item]) -> dict[str, float]:
        """How many times as much tests cost as was planned where one of their kind found something and looked again."""
        found: dict[str, float] = {}
        for item in self._items:
            result = self.ends.results.get(item.nodeid)
            if result is not None and result.outcome == "failed" and result.requests:
                times = result.requests / max(1, self.ahead.requests(item))
                found[test_name(item)] = max(times, found.get(test_name(item), 1.0))
        return {scenario_id(item): found[test_name(item)] for item in rest if test_name(item) in found}

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
