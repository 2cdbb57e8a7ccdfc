"""Runs that take turns make all of it together."""

import pytest

from nhq.errors import ConfigError
from nhq.run.costs import Cost, Depth
from nhq.run.rotation import Turn, in_turn, longest_ago, paid, read_turn
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


def made_in(steps: list[PlanStep], room: float) -> list[PlanStep]:
    """The beginning that a room holds."""
    found: list[PlanStep] = []
    for step in steps:
        if sum(map(paid, found)) + paid(step) > room:
            break
        found.append(step)
    return found


def test_what_was_sent_longest_ago_comes_first_of_what_a_run_cannot_afford() -> None:
    """A series of runs, each of which tells the next what it sent, makes everything; half of a run's room is the same
    each time."""
    sent: dict[str, int] = {}
    room, every = WHOLE / 4, {(s.test, s.depth) for s in STEPS}
    for night in range(10):
        order = longest_ago(STEPS, room, sent)
        assert {(s.test, s.depth) for s in order} == every
        made = made_in(order, room)
        assert made[:8] == STEPS[:8]
        sent |= {s.test: night for s in made}
    assert sent.keys() == {s.test for s in STEPS}


def test_nothing_is_put_in_another_order_where_all_fits() -> None:
    """Whatever was sent when."""
    assert longest_ago(STEPS, 2 * WHOLE, {"a/1": 3}) == STEPS


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "a/b", "1/0", "-1/3", ""])
def test_a_turn_that_is_none_is_refused(text: str) -> None:
    """With what was expected."""
    with pytest.raises(ConfigError, match="expected K/N"):
        read_turn(text)
