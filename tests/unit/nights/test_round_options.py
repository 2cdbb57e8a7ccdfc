"""What each round of a night is asked for, and how long it lasts."""

from dataclasses import replace
from typing import Any

from nhq.client.learned_keys import LearnedKeys
from nhq.client.quota import Allowance
from nhq.nights.night import DEEP, UNVARIED
from nhq.nights.night_from_record import sent_tests
from nhq.nights.round_options import GRACE, RoundOptions
from nhq.record.run_record import Record
from nhq.run.choice_of_tests import FIRST_ROUND, FURTHER_ROUND
from nhq.run.gate_options import GateOptions
from tests.made_records import made_case, made_record

NIGHTLY = GateOptions(profile="nightly")


def learned() -> LearnedKeys:
    return LearnedKeys(Allowance(60, 60.0))


def record(*tests: dict[str, Any]) -> Record:
    usual = {"id": "t", "keys": {}, "scopes": {}, "operations": {}, "variants": [], "needs": [], "own_seconds": 0.0}
    return made_record(target={}, tests=[{**usual, "requests": 1, **test} for test in tests])


def test_the_first_round_of_a_live_night_looks_at_everything_and_others_go_deeper() -> None:
    """Each fills its minutes with reads of every key, and ends soon after; its time is the night's, in words."""
    asked = RoundOptions(NIGHTLY, 30, learned())
    first = asked.next(7, 300.0)
    asked.ended(record())
    second = asked.next(8, 750.0)
    assert [(one.profile, one.depths, one.minutes) for one in (first, second)] == [
        ("live", FIRST_ROUND, 5.0),
        ("nightly", FURTHER_ROUND, 12.5),
    ]
    assert {one.time_limit for one in (first, second)} == {"--minutes 30"}
    assert all(one.every_key and one.max_minutes * 60 == one.minutes * 60 + GRACE for one in (first, second))


def test_a_night_on_a_clock_of_its_own_is_rounds_of_one_depth() -> None:
    """Nothing is planned where time costs nothing; nor where a night takes as long as one round does."""
    for asked, seconds in ((RoundOptions(NIGHTLY, 30, None), 300.0), (RoundOptions(NIGHTLY, 0, learned()), 0.0)):
        told = asked.next(7, seconds)
        assert (told.profile, told.minutes, told.max_minutes * 60, told.every_key) == ("nightly", 0.0, seconds, False)


def test_a_round_makes_first_what_others_made_longest_ago() -> None:
    """Of this night and of those before; what was made so deep is another thing than what was made at all."""
    sent = {("a", UNVARIED): 3, ("a", DEEP): 2, ("b", 0): 3, ("b", 1): 1}
    asked = RoundOptions(NIGHTLY, 30, learned(), sent)
    assert asked.next(7, 300.0).since == {"a": 3, "b": 1}
    asked.ended(record({"scenario": "b", "depth": "nightly", "variants": [0, 1]}, {"scenario": "c"}))
    assert asked.next(8, 300.0).since == {"a": 2, "b": 4}


def test_the_shorter_of_two_bounds_is_kept() -> None:
    """--max-minutes bounds each round, whatever the night has left; what bounds a round is named."""
    bounded = GateOptions(profile="nightly", max_minutes=2.0)
    told = [
        RoundOptions(bounded, minutes, learned()).next(7, seconds)
        for minutes, seconds in ((30, 300.0), (0, 0.0), (30, 60.0))
    ]
    assert [one.time_limit for one in told] == ["--max-minutes 2", "--max-minutes 2", "--minutes 30"]
    assert (told[0].minutes, told[1].max_minutes, told[2].minutes) == (2.0, 2.0, 1.0)


def test_a_test_of_any_seed_was_sent() -> None:
    """Further seeds of a round count for the scenario; what was never sent doesn't."""
    told = record({"scenario": "a#2"}, {"scenario": "b", "variants": [4]}, {"scenario": "c", "requests": 0})
    assert sent_tests(told) == {("a", UNVARIED), ("b", 4)}


def test_a_case_is_played_with_what_its_round_has_learned() -> None:
    """As deep as it was found, for its own seconds, and without what a night must judge."""
    keys = learned()
    asked = RoundOptions(replace(NIGHTLY, require=("90%",)), 30, keys)
    told = asked.again(made_case("live"), 30.0)
    assert (told.profile, told.require, told.max_minutes, told.learned) == ("live", (), 0.5, keys)
    assert asked.again(made_case(""), 30.0).profile == "nightly"
