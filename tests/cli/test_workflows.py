"""Sequences against the mock: the same requests for the same seed, along links that lead somewhere."""

import gc
import random
import weakref
from collections.abc import Callable, Iterator

import pytest
from known_contract import CONTRACT

from nhq.client.api import Api
from nhq.client.mock_process import mock_target
from nhq.client.session import Session, open_session
from nhq.contract import Contract
from nhq.model import Exchange, Verdict
from nhq.run.collector import Collector
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.judge import Broken, Judge
from nhq.scenarios.stateful import MachineStage, Size, play_machine
from nhq.scenarios.stateful_links import RULES, linked_machine

SIZE = Size(8, 6)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """A session with a fresh mock."""
    with mock_target(seed=1) as target:
        opened = open_session(target, CONTRACT)
        yield opened
        opened.close()


@pytest.fixture
def collector(session: Session) -> Iterator[Collector]:
    """Sees every exchange."""
    collector = Collector(session.target)
    session.recorder.listeners.append(collector.exchange)
    yield collector
    session.recorder.listeners.remove(collector.exchange)


@pytest.fixture
def stage(session: Session, collector: Collector) -> Callable[[], MachineStage]:
    """A stage whose seed is always the same."""
    assert session.control is not None
    api, snapshot = Api(session), session.control.snapshot()
    judge = Judge(session.contract, collector, RULES)
    return lambda: MachineStage(api, Inventory(api), judge, snapshot, random.Random(3))


def follow(contract: Contract, stage: MachineStage) -> None:
    """Play along the links."""
    play_machine(linked_machine(contract, reading=False), stage, SIZE)


def sent(collector: Collector) -> list[tuple[str, str, bytes]]:
    return [(e.method, e.path, e.request_body) for e in collector.log()]


def test_links_are_followed_the_same_way_for_the_same_seed(
    session: Session, stage: Callable[[], MachineStage], collector: Collector
) -> None:
    """Two runs send the same requests in the same order."""
    logs = []
    for _ in range(2):
        collector.begin()
        follow(session.contract, stage())
        logs.append(sent(collector))
    assert logs[0] == logs[1]


def test_nothing_of_a_run_outlives_it(session: Session) -> None:
    """Hypothesis keeps the class of the machine until the process ends; what it was played on isn't kept with it."""
    assert session.control is not None
    judge = Judge(session.contract, Collector(session.target), RULES)
    kept = weakref.ref(judge)
    follow(
        session.contract,
        MachineStage(api := Api(session), Inventory(api), judge, session.control.snapshot(), random.Random(3)),
    )
    del judge
    gc.collect()
    assert kept() is None


def test_links_lead_to_what_was_named(
    session: Session, stage: Callable[[], MachineStage], collector: Collector
) -> None:
    """Ids taken from one answer reach other operations, and nothing named is a 404."""
    follow(session.contract, stage())
    assert collector.cells
    assert {cell.verdict for cell in collector.cells.values()} == {Verdict.HOLDS}
    followed = [e for e in collector.log() if e.operation and session.contract.operations[e.operation].path_parameters]
    assert len({exchange.operation for exchange in followed}) >= 3


def test_a_link_that_leads_nowhere_is_found(session: Session, stage: Callable[[], MachineStage]) -> None:
    """A server that names what it doesn't have is found guilty, with the steps that show it."""
    hidden = stage()
    send = hidden.api.send

    def lost(method: str, path: str, **parts: object) -> Exchange:
        return send(method, path + ("-gone" if path.count("/") >= 2 else ""), **parts)

    hidden.api.send = lost  # type: ignore[method-assign]
    with pytest.raises(Broken, match="404"):
        follow(session.contract, hidden)
