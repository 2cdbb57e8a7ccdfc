"""Profiles are tables that fit the contract and the schedules."""

import pytest
from known_contract import CONTRACT

from nhq.errors import ConfigError
from nhq.load import profile as module
from nhq.load.profile import Pace, Profile, load_profile, profile_names
from nhq.load.send_plan import make_plan
from nhq.ratelimit.workloads.schedules import SCHEDULES

EVERY = [load_profile(name) for name in profile_names()]
WANTED = {"boundary", "saturate", "drip", "stampede", "isolation", "recovery", "mixed", "soak"}


def test_the_promised_profiles_exist():
    """The eight that load/profiles began with, and whatever came later."""
    assert set(profile_names()) >= WANTED


@pytest.mark.parametrize("profile", EVERY, ids=lambda profile: profile.name)
def test_a_profile_is_complete(profile: Profile):
    """It says what it does, calls operations that exist, and has a schedule or a length, never both."""
    assert profile.says
    assert set(profile.mix) <= set(CONTRACT.operations)
    assert all(weight > 0 for weight in profile.mix.values())
    assert set(profile.schedules) <= set(SCHEDULES)
    assert bool(profile.schedules) is (profile.pace is Pace.SCHEDULED)
    assert bool(profile.windows) is (profile.pace is not Pace.SCHEDULED)
    assert profile.judges


@pytest.mark.parametrize("profile", EVERY, ids=lambda profile: profile.name)
def test_a_budget_can_be_kept(profile: Profile):
    """Percentiles grow, shares are shares."""
    budget = profile.budget
    latencies = [value for value in (budget.p50, budget.p95, budget.p99) if value is not None]
    assert latencies == sorted(latencies)
    assert latencies
    assert 0 <= budget.errors < 1
    assert 0 <= budget.refused[0] <= budget.refused[1] <= 1


def test_mixed_calls_every_operation():
    """An operation that is added to the contract needs a place in the mix."""
    assert set(load_profile("mixed").mix) == set(CONTRACT.operations)


def test_those_who_keep_to_the_allowance_tolerate_no_refusal():
    """drip and soak allow not one 429."""
    assert load_profile("drip").budget.refused == load_profile("soak").budget.refused == (0.0, 0.0)


@pytest.mark.parametrize("profile", EVERY, ids=lambda profile: profile.name)
def test_a_minute_fits(profile: Profile):
    """At 60 requests a minute, every profile but soak ends within a quarter of an hour."""
    plan = make_plan(profile, 60, 60.0)
    assert plan.seconds <= (15 if profile.name != "soak" else 45) * 60


def test_an_unknown_profile_is_named():
    """With those that there are."""
    with pytest.raises(ConfigError, match=r"no load profile 'drop'; near it: drip; known are boundary, .*drip"):
        load_profile("drop")


def test_a_file_without_a_profile(tmp_path, monkeypatch):
    """It is named."""
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "empty.py").write_text("PROFILE = None\n")
    monkeypatch.setattr(module.paths, "load_folder", lambda: tmp_path)
    with pytest.raises(ConfigError, match=r"empty\.py: has no PROFILE"):
        load_profile("empty")
