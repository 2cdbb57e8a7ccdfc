"""Tests that wait let others go on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import pytest

from nhq.clock import ManualClock
from nhq.run.schedule.cooperative import CooperativeClock, CooperativeScheduler, CooperativeTask


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def turns(clock: ManualClock) -> CooperativeScheduler:
    return CooperativeScheduler(clock)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def waiter(turns: CooperativeScheduler, said: list[str]) -> Callable[..., Callable[[], None]]:
    """Makes a body that waits so many seconds, one wait after the other, and tells."""

    def make(name: str, *waits: float) -> Callable[[], None]:
        def body() -> None:
            for seconds in waits:
                said.append(f"{name} waits {seconds:g}")
                turns.wait(seconds)
            said.append(f"{name} ends")

        return body

    return make


def test_a_body_that_does_not_wait_ends_at_once(turns, waiter, said):
    """Nothing is put aside."""
    assert turns.play("a", waiter("a"))
    assert said == ["a ends"]
    assert turns.aside == []


def test_a_body_that_waits_is_put_aside_and_taken_up_when_due(turns, waiter, said, clock):
    """Not before its time, and not twice."""
    assert not turns.play("a", waiter("a", 10))
    turns.serve()
    assert said == ["a waits 10"]
    clock.advance(10)
    turns.serve()
    turns.serve()
    assert said == ["a waits 10", "a ends"]


def test_waits_overlap(turns, waiter, said, clock):
    """Two bodies that wait ten seconds each are done after ten."""
    began = clock.monotonic()
    turns.play("a", waiter("a", 10))
    turns.play("b", waiter("b", 4, 6))
    while turns.drain():
        pass
    assert clock.monotonic() - began == 10
    assert said == ["a waits 10", "b waits 4", "b waits 6", "a ends", "b ends"]


def test_a_wait_outside_serves_what_comes_due(turns, waiter, said, clock):
    """An ordinary test's sleep lasts as long as it should, and others go on within it, each at its time."""
    turns.play("a", waiter("a", 3, 4))
    began = clock.monotonic()
    turns.wait(5)
    assert clock.monotonic() - began == 5
    assert said == ["a waits 3", "a waits 4"]
    assert turns.aside == ["a"]


def test_a_turn_that_others_would_need_keeps_the_floor(turns, waiter, said, clock):
    """Where nothing could go on without it, a wait is a sleep."""
    turns.attended_by(SimpleNamespace(spare=lambda: False, around=nullcontext))
    began = clock.monotonic()
    assert turns.play("a", waiter("a", 10))
    assert clock.monotonic() - began == 10


def test_what_a_body_raises_at_first_is_raised(turns):
    """As if it had been called."""

    def body() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        turns.play("a", body)


def test_what_a_body_raises_later_is_for_whoever_stands_around(turns, clock):
    """And not for the test that happens to run."""
    seen: list[str] = []

    @contextmanager
    def around(turn: CooperativeTask) -> Iterator[None]:
        try:
            yield
        except KeyError as problem:
            seen.append(f"{turn.name} {problem!r} {turn.over}")

    def body() -> None:
        turns.wait(1)
        raise KeyError("x")

    turns.attended_by(SimpleNamespace(spare=lambda: True, around=around))
    turns.play("a", body)
    turns.wait(2)
    assert seen == ["a KeyError('x') True"]


def test_a_turn_taken_up_within_another_returns_to_it(turns, waiter, said, clock):
    """A body that asks who is due before it goes on finds itself where it was."""
    turns.play("a", waiter("a", 1))

    def body() -> None:
        clock.advance(1)
        turns.serve()
        said.append("b goes on")
        turns.wait(1)
        said.append("b ends")

    turns.play("b", body)
    assert turns.aside == ["b"]
    assert turns.drain()
    assert not turns.drain()
    assert said == ["a waits 1", "a ends", "b goes on", "b ends"]


def test_a_clock_of_turns_sleeps_by_waiting(turns, waiter, said, clock):
    """Whoever sleeps by it lets others go on."""
    turns.play("a", waiter("a", 1))
    CooperativeClock(turns, clock).sleep(1)
    assert said == ["a waits 1", "a ends"]
