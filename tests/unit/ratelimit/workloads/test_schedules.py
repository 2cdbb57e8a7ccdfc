"""Schedules: what each sends, how it scales, and what the combined diagnostic costs."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.ratelimit.workloads.arrivals import edge_guard, two_openings
from nhq.ratelimit.workloads.schedules import (
    SCHEDULES,
    diagnostic,
    drain_and_wait,
    isolation,
    isolation_of_addresses,
    slow_drip,
    stampede,
)


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


@pytest.mark.parametrize("name", sorted(SCHEDULES))
def test_each_key_has_barriers_of_its_own(name: str) -> None:
    """With several keys no barrier is shared: each releases one key's shots, at one instant."""
    instants: dict[int, set[tuple[float, int]]] = {}
    for shot in SCHEDULES[name](60, 60.0, keys=3).shots:
        if shot.barrier >= 0:
            instants.setdefault(shot.barrier, set()).add((shot.at, shot.key))
    assert all(len(places) == 1 for places in instants.values())


def test_a_stampede_tramples_at_four_moments_of_each_key() -> None:
    """At two openings, in a window's middle and at the opening after: in windows, the crowds come at these times."""
    crowds = Counter((shot.key, shot.at / 60.0) for shot in stampede(60, 60.0, keys=2).shots if shot.barrier >= 0)
    late = edge_guard(60.0) / 60.0
    openings = [shot.at / 60.0 for shot in two_openings(60, 60.0, 0, 0) if shot.barrier >= 0]
    moments = sorted({*openings, 3.6, 4 + late})
    assert sorted(crowds) == [(key, pytest.approx(moment)) for key in range(2) for moment in moments]
    assert set(crowds.values()) == {120}


def test_isolation_lets_one_spend_and_the_others_ask_for_a_quarter() -> None:
    """The first key asks for two more than it has, within a fifth of the window; each other for a quarter after it."""
    plan = isolation(60, 60.0, keys=3)
    by_key = {key: [shot.at for shot in plan.shots if shot.key == key] for key in range(3)}
    assert [len(by_key[key]) for key in range(3)] == [62, 15, 15]
    assert max(by_key[0]) <= 0.2 * 60 < 0.25 * 60 <= min(by_key[1]) <= max(by_key[1]) <= 0.5 * 60
    assert isolation(2, 60.0, keys=1).requests == isolation(2, 60.0, keys=2).requests == 3 * (4 + 1)


def test_a_drain_is_refused_until_the_window_ends() -> None:
    """Three more than the limit in the first third, two that are refused, and three at the next opening, a key."""
    plan = drain_and_wait(60, 60.0, keys=2)
    for key in range(2):
        times = [shot.at for shot in plan.shots if shot.key == key]
        assert len(times) == 60 + 3 + 2 + 3
        assert sum(at <= 0.3 * 60 for at in times) == 63
        assert [at for at in times if 18.0 < at < 60.0] == [pytest.approx(36.0), pytest.approx(48.0)]
        assert min(at for at in times if at >= 60.0) == pytest.approx(60.0 + edge_guard(60.0))


#: Windows that one cycle lasts; what isn't here lasts three.
CYCLES = {
    "slow_drip": 200 / 199,
    "stampede": 6,
    "isolation": 2,
    "isolation_of_addresses": 2,
    "dense_poll": 5,
    "diagnostic": 7,
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_cycle_begins_at_once_and_leaves_no_window_to_the_next(name: str) -> None:
    """The first shot is the start; a cycle lasts as many windows as it says, and all its shots lie in it."""
    schedule = SCHEDULES[name](10, 60.0)
    assert schedule.shots[0].at == 0.0
    assert schedule.cycle == pytest.approx(CYCLES.get(name, 3))
    assert schedule.shots[-1].at < schedule.cycle * 60.0


def test_each_edge_is_filled_again_with_one_too_many() -> None:
    """After a window's end the next is filled: the limit, and the one request that shows it."""
    shots = SCHEDULES["dense_poll"](10, 60.0).shots
    assert [sum(shot.barrier == barrier for shot in shots) for barrier in range(3)] == [12, 11, 11]


def test_a_schedule_stays_as_it_is() -> None:
    """Schedules are shared, so nobody may change one."""
    schedule = SCHEDULES["slow_drip"](10, 60.0)
    with pytest.raises(AttributeError):
        schedule.limit = 11  # type: ignore[misc]
