"""What each round of a night is asked for, and how long it lasts."""

from typing import Any

import pytest

from nhq.nights.night import DEEP, UNVARIED
from nhq.nights.night_from_record import sent_tests
from nhq.nights.round_options import GRACE, RoundOptions, round_seconds
from nhq.nights.rounds import SHORTEST_ROUND
from nhq.record.run_record import Record
from nhq.run.choice_of_tests import FIRST_ROUND, FURTHER_ROUND
from nhq.run.gate_options import GateOptions
from tests.made_records import made_record

NIGHTLY = GateOptions(profile="nightly")


def record(*tests: dict[str, Any]) -> Record:
    usual = {"id": "t", "keys": {}, "scopes": {}, "operations": {}, "variants": [], "needs": [], "own_seconds": 0.0}
    return made_record(target={}, tests=[{**usual, "requests": 1, **test} for test in tests])


@pytest.mark.parametrize(("minutes", "window", "lengths"), [
    (30, 60.0, [5.0, 12.5, 12.5]),
    (10, 60.0, [5.0, 5.0]),
    (8, 60.0, [8.0]),
    (120, 60.0, [5.0, *[115 / 12] * 12]),
    (60, 300.0, [25.0, 35.0]),
])  # fmt: skip
def test_the_rounds_of_a_night_fill_it(minutes: float, window: float, lengths: list[float]) -> None:
    """A short one first, so that what it finds is played again early, then longer ones; a short night is one round."""
    left, found = minutes * 60, list[float]()
    while left >= SHORTEST_ROUND:
        found.append(round_seconds(len(found), left, window))
        left -= found[-1]
    assert [seconds / 60 for seconds in found] == pytest.approx(lengths, abs=0.01)


def test_the_first_round_of_a_live_night_looks_at_everything_and_others_go_deeper() -> None:
    """Each fills its minutes with reads of every key, and ends soon after; its time is the night's, in words."""
    asked = RoundOptions(NIGHTLY, 30, live=True)
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
    for asked, seconds in ((RoundOptions(NIGHTLY, 30, live=False), 300.0), (RoundOptions(NIGHTLY, 0, live=True), 0.0)):
        told = asked.next(7, seconds)
        assert (told.profile, told.minutes, told.max_minutes * 60, told.every_key) == ("nightly", 0.0, seconds, False)


def test_a_round_makes_first_what_others_made_longest_ago() -> None:
    """Of this night and of those before; what was made so deep is another thing than what was made at all."""
    sent = {("a", UNVARIED): 3, ("a", DEEP): 2, ("b", 0): 3, ("b", 1): 1}
    asked = RoundOptions(NIGHTLY, 30, live=True, sent=sent)
    assert asked.next(7, 300.0).since == {"a": 3, "b": 1}
    asked.ended(record({"scenario": "b", "depth": "nightly", "variants": [0, 1]}, {"scenario": "c"}))
    assert asked.next(8, 300.0).since == {"a": 2, "b": 4}


def test_the_shorter_of_two_bounds_is_kept() -> None:
    """--max-minutes bounds each round, whatever the night has left."""
    bounded = GateOptions(profile="nightly", max_minutes=2.0)
    assert RoundOptions(bounded, 30, live=True).next(7, 300.0).minutes == 2.0
    assert RoundOptions(bounded, 0, live=True).next(7, 0.0).max_minutes == 2.0


def test_a_test_of_any_seed_was_sent() -> None:
    """Further seeds of a round count for the scenario; what was never sent doesn't."""
    told = record({"scenario": "a#2"}, {"scenario": "b", "variants": [4]}, {"scenario": "c", "requests": 0})
    assert sent_tests(told) == {("a", UNVARIED), ("b", 4)}
