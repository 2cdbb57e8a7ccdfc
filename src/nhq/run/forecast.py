"""What is still to come of a run: its cost, its end, and which tests could be run at once."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from nhq.client.session import Session
from nhq.clock import SystemClock
from nhq.run.costs import DISCOVERY, Cost, Costs, preflight_cost
from nhq.run.outcomes import rules_of_test
from nhq.run.run_plan import Left, RunPlan
from nhq.run.scenario_ids import scenario_id

_PATIENT = pytest.StashKey[bool]()
_FOLLOWED = pytest.StashKey[str]()


class Forecast:
    """Looks at tests that are not done. Without costs it knows nothing of them.

    `later` gives the costs of the rounds after this one.
    """

    def __init__(self, session: Session, costs: Costs | None, later: Callable[[], Sequence[Cost]] = tuple) -> None:
        self._session, self._costs, self._clock = session, costs, SystemClock()
        self._later = later
        self._chosen: Mapping[str, Cost] = {}

    def choose(self, costs: Mapping[str, Cost]) -> None:
        """What the tests of this round cost as the plan makes them, by scenario."""
        self._chosen = costs

    def _cost(self, item: pytest.Item) -> Cost:
        """What a test costs as the plan makes it; in the live profile where nothing was planned."""
        assert self._costs is not None
        return self._chosen.get(scenario_id(item)) or self._costs.of(scenario_id(item))

    def plan(self, rest: Sequence[pytest.Item], *, begun: bool = True) -> RunPlan | None:
        """What tests will cost; None where that isn't known. One that has not begun checks keys and discovers, too."""
        if self._costs is None:
            return None
        before = [] if begun else [preflight_cost(self._session.target), self._costs.of(DISCOVERY)]
        costs = (*before, *(self._cost(item) for item in rest), *self._later())
        by_name = {test_name(item): scenario_id(item) for item in rest}
        beside = {scenario_id(item): by_name.get(followed_test(item), "") for item in rest if may_wait(item)}
        return RunPlan(self._session.target, costs, {scenario_id(item): rules_of_test(item) for item in rest}, beside)

    def left(self, rest: Sequence[pytest.Item]) -> Left | None:
        """Requests and windows to come, and when the run ends."""
        plan = self.plan(rest)
        return None if plan is None else Left(plan.total, plan.windows, self._clock.now() + plan.seconds)

    def requests(self, item: pytest.Item) -> int:
        """How many requests a test sends, as far as its cost is known."""
        return self._cost(item).total if self._costs is not None else 0

    def windows(self, item: pytest.Item) -> float:
        """How many windows a test waits by itself, as far as its cost is known."""
        return self._cost(item).windows if self._costs is not None else 0.0

    def particular(self, item: pytest.Item) -> bool:
        """Does a test send something with a key that no other can stand in for, as far as its cost is known?"""
        cost = self._cost(item).requests if self._costs is not None else {}
        return any(count for name, count in cost.items() if name not in ("wide", "no key"))

    def affordable(self, items: Sequence[pytest.Item]) -> set[pytest.Item]:
        """Those of the tests that may send all of theirs now, as far as their cost is known."""
        needed = {item: self._cost(item).scopes if self._costs is not None else {} for item in items}
        left = {scope: self._left(scope) for scope in {scope for scopes in needed.values() for scope in scopes}}
        return {item for item, scopes in needed.items() if all(left[s] >= count for s, count in scopes.items())}

    def _left(self, scope: str) -> int:
        """How many requests that need a scope may be sent now."""
        budget, now = self._session.budget, self._session.clock.now()
        free = self._session.running.free(self._session.target.holders(scope))
        return sum(budget.allowance.left(key.label, now) for key in free)


def may_wait(item: pytest.Item) -> bool:
    """May a test be put aside while it waits?"""
    if _PATIENT not in item.stash:
        item.stash[_PATIENT] = item.get_closest_marker("patient") is not None
    return item.stash[_PATIENT]


def followed_test(item: pytest.Item) -> str:
    """The test that this one follows, or ""."""
    if _FOLLOWED not in item.stash:
        mark = item.get_closest_marker("follows")
        item.stash[_FOLLOWED] = str(mark.args[0]) if mark is not None else ""
    return item.stash[_FOLLOWED]


def test_name(item: pytest.Item) -> str:
    """A test's name without its parameters."""
    return str(getattr(item, "originalname", item.name))
