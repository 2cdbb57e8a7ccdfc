"""The pytest side of cassettes: each test has its own while it runs."""

from collections.abc import Generator
from typing import Protocol

import pytest
from vcr.cassette import Cassette

from nhq.cassettes.cassette_transport import CassetteTransport
from nhq.client.session import Session
from nhq.run.collector import Collector
from nhq.run.plugin import ContractPlugin
from nhq.run.scenario_ids import scenario_id
from nhq.run.selection import Selection
from nhq.run.test_results import TestResult
from nhq.scenarios.inventory import Inventory

#: What a session with cassettes knows of each collection: enough for most scenarios, small enough to be kept.
KNOWN_ROWS = 60


class CassetteSource(Protocol):
    """Who gives cassettes, and takes them back."""

    def wants(self, scenario: str, test: str) -> bool:
        """Is this scenario to be run? `test` is pytest's name for it."""

    def insert(self, scenario: str) -> Cassette:
        """The cassette of a scenario that begins."""

    def eject(self, result: TestResult) -> None:
        """The test is over."""


class CassettePlugin(ContractPlugin):
    """Runs scenarios as the gate does, with a small known world and a cassette for each."""

    def __init__(
        self, session: Session, collector: Collector, seed: int, tape: CassetteTransport, deck: CassetteSource
    ) -> None:
        super().__init__(session, collector, Selection(), seed)
        self._world = Inventory(self._api, limit=KNOWN_ROWS, pages=1)
        self._tape, self._deck = tape, deck

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep what the deck wants."""
        items[:] = [item for item in items if self._deck.wants(scenario_id(item), item.nodeid)]
        super().pytest_collection_modifyitems(config, items)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        """Put the test's cassette in, and take it out when all is over."""
        self._tape.insert(self._deck.insert(scenario_id(item)))
        yield from super().pytest_runtest_protocol(item, nextitem)
        self._deck.eject(self.ends.result(item))
        self._tape.eject()
        return True  # as pytest's own protocol says: the test was run
