"""Plans: schedules one after the other, for so many keys and so long."""

from itertools import pairwise

import pytest

from nhq.errors import ConfigError
from nhq.load.profile import load_profile
from nhq.load.send_plan import make_plan, with_keys


def test_a_key_gets_its_own_shots_in_order():
    """Each key's shots are those of the schedule, in order of time."""
    plan = make_plan(load_profile("isolation"), 60, 60.0)
    every = [list(plan.shots(key)) for key in range(plan.keys)]
    assert sum(map(len, every)) == sum(schedule.requests for schedule in plan.schedules)
    for number, shots in enumerate(every):
        assert {shot.key for shot in shots} == {number}
        assert all(a.at <= b.at for a, b in pairwise(shots))


def test_schedules_follow_each_other():
    """The second begins where the first has ended, and its barriers are others."""
    plan = make_plan(load_profile("isolation"), 60, 60.0)
    first, second = plan.schedules
    addresses = {shot.address for shot in plan.shots(1) if shot.at < first.duration}
    assert addresses == {0}
    assert {shot.address for shot in plan.shots(1) if shot.at >= first.duration} == {0, 1}
    assert plan.seconds == first.duration + second.duration
    assert plan.addresses == 2


def test_barriers_are_unique_within_a_key():
    """All shots of one barrier are meant for one instant."""
    plan = make_plan(load_profile("stampede"), 60, 60.0, duration=800)
    instants: dict[int, set[float]] = {}
    for shot in plan.shots(0):
        if shot.barrier >= 0:
            instants.setdefault(shot.barrier, set()).add(shot.at)
    assert instants
    assert all(len(times) == 1 for times in instants.values())
    assert len(instants) == len({time for times in instants.values() for time in times})


@pytest.mark.parametrize(("asked", "cycles"), [(0, 2), (100, 1), (359, 1), (360, 2), (1000, 5)])
def test_a_duration_is_whole_cycles_and_one_at_least(asked: float, cycles: int):
    """`boundary` takes three windows; a run is never cut within a cycle."""
    plan = make_plan(load_profile("boundary"), 60, 60.0, duration=asked)
    assert plan.seconds == cycles * 180


def test_paces_without_schedule_last_as_long_as_told():
    """A number of windows, or the duration."""
    assert make_plan(load_profile("recovery"), 60, 60.0).seconds == 240
    assert make_plan(load_profile("recovery"), 60, 60.0, duration=7).seconds == 7
    assert make_plan(load_profile("recovery"), 60, 60.0).together() == 2


def test_as_many_keys_send_as_are_asked_for():
    """What a schedule has for further keys is left out; unasked it is all of it, or what the keys that there are do."""
    diagnostic = load_profile("diagnostic")
    whole = make_plan(diagnostic, 60, 60.0)
    assert [make_plan(diagnostic, 60, 60.0, keys=keys).keys for keys in (0, 1, 7)] == [5, 1, 7]
    assert [with_keys(whole, have).keys for have in (0, 2, 9)] == [5, 2, 5]
    assert with_keys(whole, 2).wanted == make_plan(diagnostic, 60, 60.0, keys=2).wanted == 5
    assert list(make_plan(diagnostic, 60, 60.0, keys=2).shots(1)) == list(whole.shots(1))


@pytest.mark.parametrize(
    "given",
    [(0, 60.0, 1, 0.0), (60, 0.0, 1, 0.0), (60, float("nan"), 1, 0.0), (60, 60.0, -1, 0.0), (60, 60.0, 1, -1.0)],
)
def test_nonsense_is_refused(given: tuple[int, float, int, float]):
    """In one line."""
    with pytest.raises(ConfigError, match="cannot plan"):
        make_plan(load_profile("drip"), *given)
