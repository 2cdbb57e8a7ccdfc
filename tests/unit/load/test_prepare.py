"""A run is made concrete with the keys that the target has."""

from dataclasses import replace
from pathlib import Path

import pytest

from nhq.client.target import Target
from nhq.errors import ConfigError
from nhq.load.load_request import Request
from nhq.load.prepare import prepare_run
from nhq.model import Effect, Identity

LEADS, MORE = frozenset({"leads:read"}), frozenset({"leads:read", "campaigns:read"})
ONE, TWO = Identity("one", "w", LEADS, "secret-a"), Identity("two", "w", LEADS, "secret-b")
WIDE = Identity("wide", "w", MORE, "secret-c")
TARGET = Target("http://127.0.0.1:1", (ONE, TWO), allow=frozenset({Effect.READ}))


def asked(profile: str, **given: object) -> Request:
    return replace(Request(profile, Path(), Path("t.toml")), **given)


def test_a_profile_runs_with_the_keys_that_there_are() -> None:
    """Fewer than it is made for will do, unless so many were asked for."""
    assert prepare_run(asked("diagnostic"), TARGET, None).plan.keys == 2
    assert prepare_run(asked("diagnostic", keys=1), TARGET, None).plan.keys == 1
    with pytest.raises(ConfigError, match="5 keys with leads:read are needed in workspace w, there are 2"):
        prepare_run(asked("diagnostic", keys=5), TARGET, None)


def test_operations_that_no_key_may_send_are_left_out() -> None:
    """And named; where a key holds all scopes, it sends all."""
    without = prepare_run(asked("recovery"), TARGET, None)
    assert (without.mix, without.left_out, without.plan.keys) == ({"list_leads": 3}, ["list_campaigns"], 2)
    whole = prepare_run(asked("recovery"), replace(TARGET, keys=(ONE, WIDE)), None)
    assert (set(whole.mix), whole.left_out, whole.plan.keys) == ({"list_leads", "list_campaigns"}, [], 1)


def test_no_key_at_all_is_an_error() -> None:
    """It names the scopes that are needed."""
    with pytest.raises(ConfigError, match="keys with leads:read are needed in workspace w, there are 0"):
        prepare_run(asked("drip"), replace(TARGET, keys=(replace(ONE, scopes=frozenset()),)), None)


def test_a_mock_issues_what_is_missing() -> None:
    """Keys of a target with a control plane are as many as the profile is made for."""
    assert prepare_run(asked("diagnostic"), replace(TARGET, control_url="http://127.0.0.1:2"), None).plan.keys == 5


def test_too_long_a_run_is_refused_in_the_plan_too() -> None:
    """With both times."""
    with pytest.raises(ConfigError, match=r"drip takes 4\.1 minutes, more than --max-minutes 1"):
        prepare_run(asked("drip", minutes=1.0), TARGET, None)
