"""Where a fault shows: the scenarios, and the variants of them, with a finding about a rule that it breaks."""

import math
from collections.abc import Callable, Collection, Iterable
from typing import Any

import pytest

from nhq.model import Observation
from nhq.run.collector import Collector
from nhq.run.costs import load_costs
from nhq.run.plugin import ContractPlugin
from nhq.run.scenario_ids import scenario_id
from nhq.scenarios.few_variants import Few, Variants

#: A scenario's id, and the place of the variant among those it passed to `few`, or "" if none was running.
Place = tuple[str, str]


class SightingCollector(Collector):
    """A collector that also records where rules were found broken."""

    def __init__(self, *args: Any, wanted: Collection[str], test: Callable[[], str]) -> None:
        """`wanted` are the rules, `test` returns the running test."""
        super().__init__(*args)
        self._wanted, self._test = frozenset(wanted), test
        self._seen: dict[tuple[str, str], None] = {}
        self._variant = ""

    def begin(self) -> None:
        """Start a test: no variant of it is running."""
        super().begin()
        self._variant = ""

    def observe(self, observations: Iterable[Observation]) -> None:
        """Fold observations in, and record where a wanted rule was broken."""
        seen = list(observations)
        super().observe(seen)
        if any(one.finding is not None and one.finding.rule in self._wanted for one in seen):
            self._seen[self._test(), self._variant] = None

    def vary(self, place: int | None) -> None:
        """Set the running variant by its place; None: none is running."""
        self._variant = "" if place is None else str(place)

    @property
    def tests_seen(self) -> int:
        """The number of tests with sightings."""
        return len({test for test, _ in self._seen})

    @property
    def places(self) -> tuple[Place, ...]:
        """The places where wanted rules were found broken, in order."""
        names = {result.id: result.scenario for result in self.tests}
        return tuple((names.get(test, test or "(preflight)"), variant) for test, variant in self._seen)


#: Number of scenarios that show a fault, the cheapest ones, that is enough to plan by.
ENOUGH = 4


class SightingPlugin(ContractPlugin):
    """The plugin of a run whose sightings are recorded, variant by variant; cheap tests come first."""

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Select the wanted tests, the cheapest first."""
        super().pytest_collection_modifyitems(config, items)
        kept = load_costs((self._contract.former or self._contract).digest).tests
        costs = {test: cost.total for test, cost in kept.items()}
        items.sort(key=lambda item: costs.get(scenario_id(item), math.inf))

    @pytest.fixture
    def few(self, request: pytest.FixtureRequest) -> Few:
        """All variants, each noted while it runs."""
        collector = self.collector
        assert isinstance(collector, SightingCollector)
        return lambda variants: Variants(variants, range(len(variants)), collector.vary)
