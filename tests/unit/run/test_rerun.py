"""What got no answer for a reason that passes is run again, and nothing that may have happened is done twice."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from nhq.clock import ManualClock
from nhq.contract import Contract
from nhq.errors import Away, PreconditionNotMet, TargetError
from nhq.model import Exchange
from nhq.run.collector import Collector
from nhq.run.rerun import FRUITLESS, LIVE, PUT_BACK, Reruns


@pytest.fixture
def again(contract: Contract, collector: Collector) -> Callable[..., Reruns]:
    """The repetitions of a run on a target that is put back, or on another."""

    def make(restorable: bool) -> Reruns:
        there, recorder = SimpleNamespace(restorable=restorable), SimpleNamespace(repeat=lambda: None)
        session: Any = SimpleNamespace(target=there, contract=contract, clock=ManualClock(), recorder=recorder)
        return Reruns(session, collector)

    return make


def failing(times: int, problem: Exception) -> tuple[list[int], Callable[[], None]]:
    """A body that fails so often, and how often it was run."""
    runs: list[int] = []

    def body() -> None:
        runs.append(1)
        if len(runs) <= times:
            raise problem

    return runs, body


def test_a_body_that_only_read_runs_again(
    again: Callable[..., Reruns], collector: Collector, exchange: Callable[..., Exchange]
) -> None:
    """What the repetition settles is settled; after a few it is no more tried."""
    collector.exchange(exchange(1))
    runs, body = failing(LIVE, Away("x"))
    again(restorable=False).play(body)
    assert len(runs) == LIVE + 1
    runs, body = failing(LIVE + 1, Away("x"))
    with pytest.raises(Away):
        again(restorable=False).play(body)
    assert len(runs) == LIVE + 1


def test_a_body_that_wrote_does_not(
    again: Callable[..., Reruns], collector: Collector, exchange: Callable[..., Exchange]
) -> None:
    """On a target that keeps it, it stays open."""
    collector.exchange(exchange(1, method="POST", path="/lead_lists"))
    runs, body = failing(1, Away("x"))
    with pytest.raises(Away):
        again(restorable=False).play(body)
    assert len(runs) == 1


@pytest.mark.parametrize("problem", [TargetError("timed out"), PreconditionNotMet("no lead")])
def test_what_does_not_pass_is_not_waited_for(again: Callable[..., Reruns], problem: Exception) -> None:
    """A time-out, say, or something that the target lacks."""
    runs, body = failing(1, problem)
    with pytest.raises(type(problem)):
        again(restorable=False).play(body)
    assert len(runs) == 1
    assert not again(restorable=True).wanted(problem)


def test_where_all_is_put_back_whole_tests_run_again(again: Callable[..., Reruns]) -> None:
    """So often, each of them; when that was in vain for some, the target is gone and no more is tried."""
    one = again(restorable=True)
    for _ in range(FRUITLESS):
        one.begin()
        assert [one.wanted(Away("x")) for _ in range(PUT_BACK + 1)] == [True] * PUT_BACK + [False]
    one.begin()
    assert not one.wanted(Away("x"))
