"""What a run can't show with its keys is said by the rules that stay open."""

import re

import pytest
from known_contract import CONTRACT

from nhq.load.profile import load_profile, profile_names
from nhq.load.send_plan import make_plan, with_keys
from nhq.load.undecidable import not_made_for, undecidable_rules


def lines(name: str, keys: int = 0, *, exclusive_keys: bool = True) -> list[str]:
    return list(
        undecidable_rules(with_keys(make_plan(load_profile(name), 60, 60.0), keys), exclusive_keys=exclusive_keys)
    )


@pytest.mark.parametrize("name", profile_names())
def test_the_keys_that_a_profile_is_made_for_show_it_all(name: str) -> None:
    """Then nothing is said; where others may use the keys, what they would explain."""
    assert lines(name) == []
    (line,) = lines(name, exclusive_keys=False)
    assert line.startswith("may miss a broken RL-LIMIT-ADMITTED")
    assert "--exclusive-keys" in line


@pytest.mark.parametrize("name", profile_names())
def test_one_key_shows_nothing_of_shared_counters(name: str) -> None:
    """It is said once, with how many keys the profile is made for."""
    told = lines(name, 1)
    assert told[0].startswith("runs with 1 of the ")
    assert sum("RL-PER-KEY" in line for line in told) == 1
    assert told[-1] == "can't show RL-PER-KEY: a single key shares its counter with none"


def test_the_diagnostic_tells_what_each_missing_key_would_do() -> None:
    """Fewer keys, more lines."""
    assert [len(lines("diagnostic", keys)) for keys in (5, 4, 3, 2, 1)] == [0, 2, 2, 3, 4]


@pytest.mark.parametrize("name", profile_names())
def test_rules_that_are_named_are_rules(name: str) -> None:
    """Of the contract, by their ids."""
    plan = make_plan(load_profile(name), 60, 60.0, keys=1)
    told = " ".join([*undecidable_rules(plan, exclusive_keys=False), *not_made_for(plan)])
    assert set(re.findall(r"RL-[A-Z-]+", told)) <= set(CONTRACT.rules)
