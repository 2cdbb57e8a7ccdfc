"""Runs that take turns make all of it together."""

import pytest

from nhq.errors import ConfigError
from nhq.run.costs import Cost, Depth
from nhq.run.rotation import Turn, in_turn, paid, read_turn
from nhq.run.worth_of_tests import PlanStep

STEPS = [
    PlanStep(
        f"a/{n}", depth, Cost(f"a/{n}", {"wide": 2 + n % 5, "no key": n}), frozenset(), after="a/3" if n == 7 else ""
    )
    for depth in Depth
    for n in range(40)
]
WHOLE = sum(map(paid, STEPS))


@pytest.mark.parametrize(("room", "of"), [(WHOLE / 2, 3), (WHOLE / 5, 7), (WHOLE / 3, 4)])
def test_so_many_runs_make_everything_and_none_more_than_it_can(room: float, of: int) -> None:
    """A part that every run makes, and an even share of the rest."""
    turns = [in_turn(STEPS, room, Turn(number, of)) for number in range(1, of + 1)]
    assert {(s.test, s.depth) for steps in turns for s in steps} == {(s.test, s.depth) for s in STEPS}
    assert all(sum(map(paid, steps)) <= room for steps in turns)


def test_what_follows_a_test_is_in_its_part() -> None:
    """Else it would be left out in every turn."""
    for number in range(1, 6):
        made = {step.test for step in in_turn(STEPS, WHOLE / 5, Turn(number, 5))}
        assert "a/7" not in made or "a/3" in made


def test_turns_change_nothing_where_all_fits() -> None:
    """Nor does the only turn there is."""
    assert in_turn(STEPS, 2 * WHOLE, Turn(2, 3)) == in_turn(STEPS, 1, Turn()) == STEPS


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "a/b", "1/0", "-1/3", ""])
def test_a_turn_that_is_none_is_refused(text: str) -> None:
    """With what was expected."""
    with pytest.raises(ConfigError, match="expected K/N"):
        read_turn(text)
