"""The fixtures of contract tests."""

from collections.abc import Sequence

import pytest

from nhq.client.api import Api
from nhq.client.nonce import Chance, chance_of
from nhq.client.safe_resend import may_be_sent_again
from nhq.client.session import Session
from nhq.contract import Contract
from nhq.record.case_row import CaseRow
from nhq.run.collector import Collector
from nhq.run.outcomes import TestOutcomes
from nhq.run.planned_round import PlannedRound
from nhq.run.scenario_ids import scenario_id
from nhq.scenarios.effort import Effort, find_effort
from nhq.scenarios.few_variants import Few, Variants, one_of
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.judge import Judge


class ContractFixtures:
    """The fixtures of one run, for pytest to find on its plugin."""

    def __init__(
        self,
        session: Session,
        collector: Collector,
        ends: TestOutcomes,
        planned: PlannedRound | None,
        effort: Effort,
        seed: int,
        nonce: str,
    ) -> None:
        """`planned` says of each test of a planned run how much it sends, which is `effort` elsewhere."""
        self._session, self.collector, self.ends = session, collector, ends
        self._contract: Contract = session.contract
        self._api = Api(session, may_be_sent_again)
        self._world = Inventory(self._api)
        self._snapshot = ""
        self._round, self._usual = planned, effort
        self._seed, self._nonce = seed, nonce

    @pytest.fixture
    def api(self) -> Api:
        """Operations by name, through the session's chain."""
        return self._api

    @pytest.fixture
    def world(self) -> Inventory:
        """The inventory of the target, found by reading."""
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
        """How much a test sends: the usual amount; the least, if every request is expensive; or much."""
        return self._effort(request.node)

    @pytest.fixture
    def few(self, request: pytest.FixtureRequest) -> Few:
        """All variants; in the live profile only one: the one that shows most, else another for each test."""
        present = self._session.running.present
        return lambda variants: Variants(variants, self._places(request.node, len(variants)), present.vary)

    def _places(self, item: pytest.Item, count: int) -> Sequence[int]:
        """The places of the variants to send, of `count`."""
        if not self._effort(item).one_variant:
            return range(count)
        test = scenario_id(item)
        return one_of(range(count), test, self._round.variants(test) if self._round is not None else [])

    @pytest.fixture
    def judge(self, request: pytest.FixtureRequest) -> Judge:
        """The judge that a scenario reports to."""
        return self.ends.judge(request.node)

    def _effort(self, item: pytest.Item) -> Effort:
        """The effort of a test by the run or its plan."""
        planned = self._round.depth(scenario_id(item)) if self._round is not None else None
        return find_effort(planned) if planned is not None else self._usual

    def _case(self, item: pytest.Item) -> CaseRow:
        """The case of a test, before it is known which part of it."""
        return CaseRow(scenario=scenario_id(item), seed=self._seed, depth=self._effort(item).name)
