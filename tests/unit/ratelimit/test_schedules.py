"""Schedules: what each sends, how it scales, and what the combined diagnostic costs."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.ratelimit.schedules import SCHEDULES, diagnostic, isolation_of_addresses, slow_drip, stampede


def test_the_diagnostic_costs_no_more_than_promised() -> None:
    """At most 420 requests and 7 windows for each key, at 60 a minute."""
    plan = diagnostic(60, 60.0)
    asked = Counter(shot.key for shot in plan.expanded())
    assert max(asked.values()) <= 420
    assert plan.duration <= 7 * 60.0
    assert all(shot.at <= plan.duration for shot in plan.expanded())
    assert len(asked) == plan.keys == 5


@given(
    name=st.sampled_from(sorted(SCHEDULES)),
    limit=st.integers(2, 200),
    window=st.floats(1.0, 3600.0),
    repeats=st.integers(1, 3),
)
def test_shots_are_in_order_and_scale(name: str, limit: int, window: float, repeats: int) -> None:
    """Offsets never fall, lie within the schedule's duration, and number what the schedule says; keys are used."""
    plan = SCHEDULES[name](limit, window, repeats=repeats)
    shots = list(plan.expanded())
    times = [shot.at for shot in shots]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= plan.duration
    assert len(shots) == plan.requests == len(plan.shots) * repeats
    assert {shot.key for shot in shots} == set(range(plan.keys))


@given(name=st.sampled_from(sorted(SCHEDULES)), repeats=st.integers(2, 3))
def test_a_barrier_is_one_instant(name: str, repeats: int) -> None:
    """All shots of one barrier are meant for the same instant and key, in every cycle."""
    instants: dict[int, set[tuple[float, int]]] = {}
    for shot in SCHEDULES[name](60, 60.0).repeated(repeats).expanded():
        if shot.barrier >= 0:
            instants.setdefault(shot.barrier, set()).add((shot.at, shot.key))
    assert all(len(places) == 1 for places in instants.values())


def test_a_stampede_is_twice_the_limit_at_once() -> None:
    """Every barrier of a stampede releases 2N requests."""
    crowds = Counter(shot.barrier for shot in stampede(60, 60.0).expanded() if shot.barrier >= 0)
    assert set(crowds.values()) == {120}


@pytest.mark.parametrize("window", [5.0, 60.0])
def test_a_drip_never_asks_for_more_than_the_allowance(window: float) -> None:
    """No stretch of a window's length holds more than N shots, and at least 99 % of the allowance is used."""
    times = [shot.at for shot in slow_drip(60, window, repeats=4).expanded()]
    assert all(late - early > window for early, late in zip(times, times[60:], strict=False))
    assert len(times) * window / (times[-1] - times[0]) >= 0.99 * 60


def test_addresses_together_ask_for_more_than_the_limit() -> None:
    """One key from two addresses asks for one and a half limits a window, and for less than one from each."""
    plan = isolation_of_addresses(60, 60.0)
    each = Counter(shot.address for shot in plan.shots)
    assert plan.addresses == 2
    assert set(each.values()) == {45}
