"""Sequences against the mock: the same requests for the same seed, along links that lead somewhere."""

import gc
import random
import weakref
from collections.abc import Callable, Iterator

import pytest

from nhq.contract import Contract, load_contract
from nhq.drive.api import Api
from nhq.drive.discover import World
from nhq.drive.mock import mock_target
from nhq.drive.session import Session, open_session
from nhq.model import Exchange, Verdict
from nhq.run.collect import Collector
from nhq.run.judge import Broken, Judge
from nhq.run.links import RULES, linked
from nhq.run.machine import Size, Stage, play

SIZE = Size(8, 6)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """A session with a fresh mock."""
    with mock_target(seed=1) as target:
        opened = open_session(target, load_contract())
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
def stage(session: Session, collector: Collector) -> Callable[[], Stage]:
    """A stage whose seed is always the same."""
    assert session.control is not None
    api, snapshot = Api(session), session.control.snapshot()
    judge = Judge(session.contract, collector, RULES)
    return lambda: Stage(api, World(api), judge, snapshot, random.Random(3))


def follow(contract: Contract, stage: Stage) -> None:
    """Play along the links."""
    play(linked(contract, reading=False), stage, SIZE)


def sent(collector: Collector) -> list[tuple[str, str, bytes]]:
    return [(e.method, e.path, e.request_body) for e in collector.log()]


def test_links_are_followed_the_same_way_for_the_same_seed(
    session: Session, stage: Callable[[], Stage], collector: Collector
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
        session.contract, Stage(api := Api(session), World(api), judge, session.control.snapshot(), random.Random(3))
    )
    del judge
    gc.collect()
    assert kept() is None


def test_links_lead_to_what_was_named(session: Session, stage: Callable[[], Stage], collector: Collector) -> None:
    """Ids taken from one answer reach other operations, and nothing named is a 404."""
    follow(session.contract, stage())
    assert collector.cells
    assert {cell.verdict for cell in collector.cells.values()} == {Verdict.HOLDS}
    followed = [e for e in collector.log() if e.operation and session.contract.operations[e.operation].path_parameters]
    assert len({exchange.operation for exchange in followed}) >= 3


def test_a_link_that_leads_nowhere_is_found(session: Session, stage: Callable[[], Stage]) -> None:
    """A server that names what it doesn't have is found guilty, with the steps that show it."""
    hidden = stage()
    send = hidden.api.send

    def lost(method: str, path: str, **parts: object) -> Exchange:
        return send(method, path + ("-gone" if path.count("/") >= 2 else ""), **parts)

    hidden.api.send = lost  # type: ignore[method-assign]
    with pytest.raises(Broken, match="404"):
        follow(session.contract, hidden)
