"""How long the rounds of a night are, and how many it has."""

import pytest
from made_nights import make_night

from nhq.clock import ManualClock
from nhq.nights.night import Night
from nhq.nights.rounds import RoundLengths, run_rounds


@pytest.mark.parametrize(("minutes", "window", "lengths"), [
    (30, 60.0, [5.0, 12.0, 13.0]),
    (10, 60.0, [5.0, 5.0]),
    (8, 60.0, [8.0]),
    (120, 60.0, [5.0, *[9.0] * 5, *[10.0] * 7]),
    (60, 300.0, [25.0, 35.0]),
])  # fmt: skip
def test_the_rounds_of_a_night_fill_it(minutes: float, window: float, lengths: list[float]) -> None:
    """A short one first, so that what it finds is played again early, then longer ones; a short night is one round."""
    left, found = minutes * 60, list[float]()
    while left >= RoundLengths(window).least:
        found.append(RoundLengths(window).seconds(len(found), left))
        left -= found[-1]
    assert [seconds / 60 for seconds in found] == pytest.approx(lengths, abs=0.01)


def test_where_time_costs_nothing_a_round_may_take_all_that_is_left() -> None:
    """It ends by itself, and another one begins."""
    assert RoundLengths().seconds(0, 1800.0) == RoundLengths().seconds(3, 1800.0) == 1800.0


@pytest.mark.parametrize(("window", "rounds"), [(60.0, 2), (0.0, 3)])
def test_what_is_left_of_a_night_is_no_round_where_not_even_a_window_is(window: float, rounds: int) -> None:
    """A round that ends a little early leaves nothing to be begun; where time costs nothing, a few seconds suffice."""
    clock, played = ManualClock(), list[float]()

    def play(seed: int, seconds: float) -> Night:
        played.append(seconds)
        clock.advance(min(0.97 * seconds, 294.0))
        return make_night()

    assert len(list(run_rounds(play, 1, 600.0, clock, RoundLengths(window)))) == rounds
