"""One round of a live run that is planned: which tests it makes, how deep each goes, and when its time is up."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence

import pytest

from nhq.client.session import Session
from nhq.run.choice_of_tests import Choice, PlannableTest
from nhq.run.collector import Collector
from nhq.run.costs import Cost, Depth
from nhq.run.forecast import followed_test, may_wait, test_name
from nhq.run.idle_allowance import reads_in, requests_ahead
from nhq.run.live_planner import OWN_SECONDS, Planner, left_out
from nhq.run.outcomes import operation_of, rules_of_test
from nhq.run.pace import LATE, EvenPace
from nhq.run.replanning import Progress
from nhq.run.scenario_ids import comes_last, running_order, scenario_id

#: How much more than was asked for a run may send, because tests cost more there than is known.
MORE = 1.05


class PlannedRound:
    """The planner's choice among the collected tests, as one round makes it; `number` counts from 1."""

    def __init__(self, planner: Planner, number: int, session: Session, collector: Collector) -> None:
        self._planner, self._number = planner, number
        self._session, self._collector = session, collector
        self._depths: Mapping[str, Depth] = {}

    def tests_of(self, items: Sequence[pytest.Item]) -> list[pytest.Item]:
        """The tests that this round makes, in the plan's order where it can't make all. The first round chooses."""
        by_id = {scenario_id(item): item for item in sorted(items, key=running_order)}
        if self._number == 1:
            self._planner.choose([plannable_test(item, by_id) for item in by_id.values()])
        self._depths = self._choice.depths(self._number)
        order = self._depths if self._planner.extent.bounded else by_id
        return sorted((by_id[test] for test in order if test in self._depths and test in by_id), key=comes_last)

    @property
    def _choice(self) -> Choice:
        assert self._planner.choice is not None
        return self._planner.choice

    @property
    def costs(self) -> Mapping[str, Cost]:
        """What its tests cost as the plan makes them, by scenario."""
        return self._choice.costs(self._number)

    def shorten(
        self, begun: Collection[str], reserved: int, dearer: Mapping[str, int], times: Mapping[str, float]
    ) -> set[str]:
        """Drop from what is to come what there is no room for any more; the tests of this round that are dropped.

        `reserved` is how many requests tests that wait will still send, `dearer` how many more than planned others
        cost, by test, `times` how many times as many.
        """
        before = set(self._depths)
        sent = self._collector.planned_requests + reserved
        self._planner.shorten(Progress(self._number, begun, sent, dearer, times), self._share_ahead)
        self._depths = self._choice.depths(self._number)
        return before - set(self._depths)

    @property
    def _share_ahead(self) -> float:
        """What part of all that the widest keys may send in the run's time they may still send; 1 where it has none."""
        pace, target = self._pace, self._session.target
        if pace is None:
            return 1.0
        allowance, now = self._session.budget.allowance, self._session.clock.now()
        ahead = sum(requests_ahead(allowance, key.label, now, pace.left) for key in target.widest)
        return ahead / (len(target.widest) * target.limit * pace.seconds / target.window)

    @property
    def tests(self) -> set[str]:
        """The tests that it makes, as the plan has it by now."""
        return set(self._depths)

    def lengthen(self, begun: Collection[str], reserved: int) -> None:
        """Take in what there is room for after all."""
        if self._number == 1:
            self._planner.lengthen(Progress(self._number, begun, self._collector.planned_requests + reserved))
            self._depths = self._choice.depths(self._number)

    def tell_plan(self, tell: Callable[[str], None]) -> None:
        """Say before the first test of the run that answers take too long, and keep why tests are left out."""
        if self._number > 1:
            return
        extent = self._planner.extent
        if extent.latency:
            tell(f"{extent.words}: {extent.requests:,.0f} requests fit, fewer than the keys allow; {self._beside()}")
        for (rule, operation), cause in left_out(self._choice, extent).items():
            self._collector.leave_out(rule, operation, cause)

    def _beside(self) -> str:
        """What reads beside the tests add where answers take long."""
        target, extent, room = self._session.target, self._planner.extent, self._planner.room
        allowed = room.allowance_of_keys if room is not None else 0.0
        sent = extent.requests + reads_in(target, extent.seconds, extent.latency)
        if sent >= allowed:
            return "reads of several keys at once use the rest"
        return f"with reads of several keys at once about {sent:,.0f} of {allowed:,.0f}"

    def later_costs(self) -> list[Cost]:
        """What the rounds to come will cost."""
        choice = self._planner.choice
        return [step.cost for step in choice.taken if step.number > self._number] if choice is not None else []

    def depth(self, test: str) -> Depth | None:
        """How much a test sends; None for one that the plan doesn't make."""
        return self._depths.get(test)

    def variants(self, test: str) -> list[int]:
        """Which of a test's variants to send where one must do, the most telling first."""
        return self._planner.variants(test)

    @property
    def _pace(self) -> EvenPace | None:
        """How fast the run goes, where it fills a time."""
        room, extent = self._planner.room, self._planner.extent
        if room is None or not extent.strict:
            return None
        return EvenPace(self._session.budget.course, extent.seconds, room.planned)

    @property
    def ahead_of_time(self) -> float:
        """Seconds by which the run is faster than its plan."""
        pace = self._pace
        return 0.0 if pace is None else pace.wait(self._collector.planned_requests)

    @property
    def seconds_left(self) -> float:
        """Until the run's minutes are used up; without end where it fills none."""
        return math.inf if self._pace is None else self._pace.left

    def outlasts(self, requests: int, windows: float) -> bool:
        """Would so many requests and windows, one after the other, take longer than there is time for?"""
        if self._pace is None:
            return False
        each = self._planner.latency + OWN_SECONDS
        return requests * each + windows * self._session.target.window > self._pace.left + LATE * self._pace.seconds

    @property
    def time_is_up(self) -> bool:
        """Are the run's minutes or requests used up?"""
        pace = self._pace
        return self._collector.planned_requests > MORE * self._planner.extent.requests or (
            pace is not None and pace.over
        )


def plannable_test(item: pytest.Item, by_id: Mapping[str, pytest.Item]) -> PlannableTest:
    """A test as the planner sees it."""
    leader = followed_test(item)
    after = next((name for name, other in by_id.items() if test_name(other) == leader), "") if leader else ""
    only_deep = item.get_closest_marker("elsewhere") is not None
    return PlannableTest(
        scenario_id(item), rules_of_test(item), operation_of(item) or "", after, only_deep, may_wait(item)
    )
