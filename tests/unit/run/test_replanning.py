"""A plan is shortened by what is worth least where its tests send more than was known."""

from dataclasses import replace

from nhq.run.choice_of_tests import Choice
from nhq.run.costs import Cost, Depth
from nhq.run.replanning import Progress, lengthen, shorten
from nhq.run.worth_of_tests import PlanStep


def step(
    test: str, requests: int, gain: float, depth: Depth = Depth.LIVE, number: int = 1, after: str = ""
) -> PlanStep:
    cost = Cost(test, {"wide": requests})
    return PlanStep(test, depth, cost, frozenset(), number=number, after=after, gain=gain)


BEGUN, CHEAP = step("a/begun", 10, 0.1), step("auth/absent", 1, 1.0)
DEAR, DEEP, AGAIN = step("b/dear", 20, 2.0), step("auth/absent", 5, 0.1, Depth.GATE), step("a/begun", 10, 0.1, number=2)
CHOICE = Choice((BEGUN, CHEAP, DEAR, DEEP, AGAIN), (), ())
NEEDED = 46


def kept(sent: int, most: float = NEEDED, choice: Choice = CHOICE, **dearer: int) -> list[tuple[str, str, int]]:
    """What is left of a choice, of which the first test was made, after so many requests."""
    names = {"leader": "c/leader", "follower": "c/follower"}
    progress = Progress(1, {"a/begun"}, sent, {names[name]: count for name, count in dearer.items()})
    return [(s.test, s.depth.value, s.number) for s in shorten(choice, progress, most).taken]


def test_a_plan_that_fits_stays():
    """As long as what was sent and what is to come is no more than what may be sent."""
    assert len(kept(sent=10)) == 5


def test_a_further_seed_goes_first():
    """Nothing that was never made is left out for it."""
    assert ("a/begun", "live", 2) not in kept(sent=11)
    assert len(kept(sent=11)) == 4


def test_then_goes_what_is_worth_least_for_its_cost():
    """A deeper look goes before its test; a cheap test that shows much is kept to the last."""
    assert kept(sent=21) == [("a/begun", "live", 1), ("auth/absent", "live", 1), ("b/dear", "live", 1)]
    assert kept(sent=40) == [("a/begun", "live", 1), ("auth/absent", "live", 1)]
    assert kept(sent=46) == [("a/begun", "live", 1)]


def test_what_is_left_out_is_told():
    """Like what had no room from the beginning; what was to be made again was made all the same."""
    left = shorten(CHOICE, Progress(1, {"a/begun"}, 40), NEEDED).left
    assert {s.test for s in left} == {"auth/absent", "b/dear"}


def test_a_test_goes_with_those_that_follow_it():
    """They use what it leaves behind; as a whole they may be worth their cost."""
    pair = step("c/leader", 30, 1.0), step("c/follower", 2, 20.0, after="c/leader")
    assert kept(0, 35, Choice((DEAR, *pair), (), ())) == [("c/leader", "live", 1), ("c/follower", "live", 1)]
    pair = step("c/leader", 30, 0.5), step("c/follower", 2, 0.5, after="c/leader")
    assert kept(0, 35, Choice((DEAR, *pair), (), ())) == [("b/dear", "live", 1)]


def test_a_follower_that_must_do_what_its_leader_could_not_is_as_dear():
    """It would fill the window itself; it goes where others are worth more for that."""
    follower = step("c/follower", 2, 2.0, after="c/leader")
    assert kept(0, 30, Choice((DEAR, follower), (), ()), follower=60) == [("b/dear", "live", 1)]


def test_what_became_dearer_goes_where_something_that_was_left_out_shows_more():
    """Even where there is room for it: it would not have been chosen at that cost."""
    follower, better = step("c/follower", 2, 2.0, after="c/leader"), step("d/left", 30, 3.0)
    assert kept(0, 900, Choice((DEAR, follower), (), (better,)), follower=60) == [("b/dear", "live", 1)]
    assert len(kept(0, 900, Choice((DEAR, follower), (), (better,)), follower=10)) == 2


def test_a_deeper_look_that_will_find_the_same_again_goes_where_others_show_more():
    """Tests of one kind find the same, and each looks again to be sure."""
    deep, better = step("auth/absent", 5, 1.0, Depth.GATE), step("d/left", 30, 3.0)
    progress = Progress(1, set(), 0, times={"auth/absent": 4.0})
    left = shorten(Choice((CHEAP, deep), (), (better,)), progress, 900).taken
    assert [(s.test, s.depth) for s in left] == [("auth/absent", Depth.LIVE)]


def test_a_rule_that_would_be_lost_is_judged_by_another_test():
    """The cheapest of those that were left out, before what is worth least."""
    follower = replace(step("c/follower", 2, 2.0, after="c/leader"), rules=frozenset({"RL-PER-KEY"}))
    alone = replace(step("d/alone", 5, 0.1), rules=frozenset({"RL-PER-KEY"}))
    poor, better = step("e/poor", 5, 0.1), step("d/left", 30, 3.0)
    kept_now = kept(0, 25, Choice((DEAR, poor, follower), (), (alone, better)), follower=60)
    assert [test for test, _, _ in kept_now] == ["b/dear", "d/alone"]


def test_what_was_left_out_comes_in_where_there_is_room_after_all():
    """The worthiest first, as much as fits; not what has begun, nor what waits for windows or follows another test."""
    late = replace(step("e/waits", 2, 9.0), cost=Cost("e/waits", {"wide": 2}, windows=1.0))
    left = step("d/poor", 5, 0.1), step("d/rich", 5, 1.0), step("a/begun", 2, 9.0, Depth.GATE), late
    choice = Choice((BEGUN, CHEAP), (), left)
    added = lengthen(choice, Progress(1, {"a/begun"}, 10), 17)
    assert [s.test for s in added.taken] == ["a/begun", "auth/absent", "d/rich"]
    assert [s.test for s in lengthen(choice, Progress(1, {"a/begun"}, 10), 21).fill] == ["d/rich", "d/poor"]


def test_what_alone_judges_a_rule_comes_in_first():
    """Another test of it was to be made, and was dropped."""
    left = step("d/rich", 5, 1.0), replace(step("d/alone", 5, 0.1), rules=frozenset({"RL-PER-KEY"}))
    added = lengthen(Choice((BEGUN, CHEAP), (), left), Progress(1, {"a/begun"}, 10), 17)
    assert [s.test for s in added.fill] == ["d/alone"]
