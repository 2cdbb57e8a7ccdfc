"""Where a fault shows: in which scenario, and in which of its variants, a finding names a rule that it breaks."""

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

#: A scenario's id, and the place of the variant in what it gave to `few`, or "" where none was under way.
Place = tuple[str, str]


class SightingCollector(Collector):
    """A collector that also keeps where rules were seen broken."""

    def __init__(self, *args: Any, wanted: Collection[str], test: Callable[[], str]) -> None:
        """`wanted` are the rules, `test` tells which test is under way."""
        super().__init__(*args)
        self._wanted, self._test = frozenset(wanted), test
        self._seen: dict[tuple[str, str], None] = {}
        self._variant = ""

    def begin(self) -> None:
        """A test begins: no variant of it is under way."""
        super().begin()
        self._variant = ""

    def observe(self, observations: Iterable[Observation]) -> None:
        """Fold observations in, and keep where a wanted rule was broken."""
        seen = list(observations)
        super().observe(seen)
        if any(one.finding is not None and one.finding.rule in self._wanted for one in seen):
            self._seen[self._test(), self._variant] = None

    def vary(self, place: int | None) -> None:
        """From now on the variant at this place is under way; None: none is."""
        self._variant = "" if place is None else str(place)

    @property
    def tests_seen(self) -> int:
        """In how many tests that was."""
        return len({test for test, _ in self._seen})

    @property
    def places(self) -> tuple[Place, ...]:
        """Where wanted rules were seen broken, in order."""
        names = {result.id: result.scenario for result in self.tests}
        return tuple((names.get(test, test or "(preflight)"), variant) for test, variant in self._seen)


#: So many scenarios that show a fault are enough to plan by: they are the cheapest that do.
ENOUGH = 4


class SightingPlugin(ContractPlugin):
    """The plugin of a run whose sightings are kept: every variant is sent, and told apart; cheap tests come first."""

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep what the selection asks for, the cheapest first."""
        super().pytest_collection_modifyitems(config, items)
        kept = load_costs((self._contract.former or self._contract).digest).tests
        costs = {test: cost.total for test, cost in kept.items()}
        items.sort(key=lambda item: costs.get(scenario_id(item), math.inf))

    @pytest.fixture
    def few(self, request: pytest.FixtureRequest) -> Few:
        """All variants, told apart."""
        collector = self.collector
        assert isinstance(collector, SightingCollector)
        return lambda variants: Variants(variants, range(len(variants)), collector.vary)
