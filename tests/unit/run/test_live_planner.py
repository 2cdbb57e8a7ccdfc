"""Which tests a live run makes in its time: those first that show most, as many as its keys allow."""

import itertools
from collections.abc import Mapping
from dataclasses import replace

import pytest
from known_contract import CONTRACT

from nhq.client.target import Target
from nhq.contract import Contract
from nhq.model import Effect, Identity
from nhq.run.choice_of_tests import FIRST_ROUND, FURTHER_ROUND, Choice, Depths, PlannableTest
from nhq.run.contract_rounds import rounds_to_play
from nhq.run.costs import Cost, Costs, Depth
from nhq.run.fault_tables import CatalogueFault, Faults
from nhq.run.live_planner import Extent, Planner, extent_of, left_out
from nhq.run.replanning import Progress
from nhq.scenarios.few_variants import one_of

WIDE = frozenset({"leads:read", "leads:write"})
ONE = Target("https://api.invalid/v1", (Identity("one", "a", WIDE, "1"),), allow=frozenset(Effect))
SIX = replace(ONE, keys=tuple(Identity(f"k{n}", "a", WIDE, f"s{n}") for n in range(6)))
RULES = ("RL-LIMIT-ADMITTED", "PAGE-TIES", "LEAD-HEAT")
FAULTS = Faults({f"{rule}-{n}": CatalogueFault(frozenset({rule})) for rule in RULES for n in range(5)})
SUBJECTS = [
    *(PlannableTest(f"a/{n}", (RULES[n % 3],), "list_leads") for n in range(40)),
    PlannableTest("window/a", ("RL-LIMIT-ADMITTED",)),
    PlannableTest("window/b", ("RL-EXCEEDED",), after="window/a"),
    PlannableTest("deep/a", ("PAGE-TIES",), only_deep=True),
]
LIVE = {s.test: Cost(s.test, {"wide": 3 + n % 7}, scopes={"leads:read": 3}) for n, s in enumerate(SUBJECTS)}
LIVE["window/a"] = Cost("window/a", {"wide": 80}, windows=1.0)
DEEP = {name: Cost(name, {"wide": cost.total + 4}, cost.windows) for name, cost in LIVE.items()}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return CONTRACT


def chosen(contract: Contract, extent: Extent, target: Target = ONE) -> Choice:
    return Planner(target, contract, Costs("", LIVE, DEEP), FAULTS, extent).choose(SUBJECTS)


def night(contract: Contract, depths: Depths, target: Target, since: Mapping[str, int] | None = None) -> Choice:
    """A round of three windows; one test is dearer than all of it where it goes as deep as a night."""
    deepest = {name: Cost(name, {"wide": cost.total + 9}, cost.windows) for name, cost in DEEP.items()}
    deepest["a/1"] = Cost("a/1", {"wide": 5000})
    costs, extent = Costs("", LIVE, DEEP, deepest=deepest), Extent(seconds=180, repeats=True)
    return Planner(target, contract, costs, FAULTS, extent, since=since or {}, depths=depths).choose(SUBJECTS)


def total(choice: Choice) -> int:
    return sum(step.cost.total for step in choice.taken)


def test_a_plan_begins_with_the_plan_for_fewer_requests(contract: Contract) -> None:
    """Whatever both are for; what fills the rest stands apart."""
    plans = [chosen(contract, Extent(requests=count, repeats=True)).first for count in range(10, 900, 37)]
    for fewer, more in itertools.pairwise(plans):
        assert more[: len(fewer)] == fewer


def test_the_same_is_planned_each_time(contract: Contract) -> None:
    """For the same tests, keys and time."""
    extent = Extent(seconds=180, repeats=True)
    assert chosen(contract, extent, SIX) == chosen(contract, extent, SIX)


@pytest.mark.parametrize(("target", "allowance"), [(ONE, 180), (SIX, 1080)])
def test_a_time_is_filled_with_what_the_keys_allow(contract: Contract, target: Target, allowance: int) -> None:
    """At least 95 % of it, further seeds where everything was sent once; never more."""
    sent = total(chosen(contract, Extent(seconds=180, repeats=True), target))
    assert 0.95 * allowance - len(target.keys) <= sent <= allowance


def test_a_later_seed_comes_after_everything_else(contract: Contract) -> None:
    """With room for more, each test is made whole before any is made again."""
    choice = chosen(contract, Extent(seconds=180, repeats=True), SIX)
    assert choice.rounds > 1
    assert {step.test for step in choice.first if step.number == 1} == set(LIVE)
    assert set(choice.depths(1).values()) == {Depth.GATE}


def test_the_first_round_of_a_night_is_a_live_run_whose_further_seeds_go_deeper(contract: Contract) -> None:
    """Each test is made whole before any is made again, so deep as a night goes."""
    choice = night(contract, FIRST_ROUND, SIX)
    assert {step.test for step in choice.first if step.number == 1} == set(LIVE)
    assert set(choice.depths(1).values()) == {Depth.GATE}
    assert set(choice.depths(2).values()) == {Depth.NIGHT}


def test_a_further_round_of_a_night_makes_whole_tests_and_as_much_deeper_as_fits(contract: Contract) -> None:
    """What is too dear so deep is made as in the gate; what was made so deep longest ago comes first."""
    depths = night(contract, FURTHER_ROUND, SIX).depths(1)
    assert depths["a/0"] is Depth.NIGHT
    assert depths["a/1"] is Depth.GATE
    since = dict.fromkeys(LIVE, 2)
    late = [name for name in LIVE if name.endswith(("5", "6"))]
    few = night(contract, FURTHER_ROUND, ONE, {name: when for name, when in since.items() if name not in late})
    assert set(late) <= {step.test for step in few.taken}


def test_a_run_that_lost_time_drops_what_shows_least(contract: Contract) -> None:
    """Where the widest keys may send much less of their allowance than is left of the plan."""
    planner = Planner(SIX, contract, Costs("", LIVE, DEEP), FAULTS, Extent(180, repeats=True, strict=True))
    whole = total(planner.choose(SUBJECTS))
    planner.shorten(Progress(1, (), 0), 0.95)
    assert planner.choice is not None
    assert total(planner.choice) == whole
    planner.shorten(Progress(1, (), 0), 0.5)
    assert total(planner.choice) <= 0.6 * whole
    assert {step.test for step in planner.choice.taken if step.number == 1} == set(LIVE)


def test_tests_of_the_first_seed_come_before_reads(contract: Contract) -> None:
    """They need all where they are as many as their keys allow; further seeds, and what is left of them late, don't."""
    extent = Extent(180, repeats=True, strict=True)
    needs = {}
    for name, target in (("one", ONE), ("six", SIX)):
        planner = Planner(target, contract, Costs("", LIVE, DEEP), FAULTS, extent)
        planner.choose(SUBJECTS)
        needs[name] = planner.needs_all(0, 180.0), planner.needs_all(170, 90.0)
    assert needs == {"one": (True, False), "six": (False, False)}


def test_nothing_is_made_twice_unless_a_time_is_to_be_filled(contract: Contract) -> None:
    """A run narrowed to a rule shows its promise once."""
    assert chosen(contract, Extent(), SIX).rounds == 1


def test_a_test_comes_after_the_one_that_it_follows(contract: Contract) -> None:
    """And isn't made where that one is left out."""
    order = [step.test for step in chosen(contract, Extent(requests=900)).taken]
    assert order.index("window/a") < order.index("window/b")
    few = {step.test for step in chosen(contract, Extent(requests=40)).taken}
    assert not few & {"window/a", "window/b"}


def test_a_wait_longer_than_the_time_is_left_out(contract: Contract) -> None:
    """Whatever it is worth."""
    slow = {**LIVE, "window/a": replace(LIVE["window/a"], windows=4.0)}
    choice = Planner(SIX, contract, Costs("", slow, slow), FAULTS, Extent(seconds=180)).choose(SUBJECTS)
    assert "window/a" not in {step.test for step in choice.taken}


def test_what_is_left_out_is_told_by_rule(contract: Contract) -> None:
    """Where none of a test's steps was taken; and how much there was room for."""
    choice = chosen(contract, Extent(requests=40))
    told = left_out(choice, Extent(requests=40))
    assert told["RL-EXCEEDED", None] == "left out: there was no room for it in --requests 40"
    assert left_out(chosen(contract, Extent()), Extent()) == {}


def test_faults_that_a_test_was_seen_to_find_count_more_than_guesses(contract: Contract) -> None:
    """The kept kills decide among tests of equal cost and rules."""
    pair = [PlannableTest("x/a", ("PAGE-TIES",), "list_leads"), PlannableTest("x/b", ("PAGE-TIES",), "list_leads")]
    costs = Costs("", {s.test: Cost(s.test, {"wide": 9}) for s in pair})
    faults = replace(FAULTS, kills={"x/b": {"": frozenset({"PAGE-TIES-1"})}})
    order = Planner(ONE, contract, costs, faults, Extent()).choose(pair).first
    assert [step.test for step in order] == ["x/b", "x/a"]


def test_no_other_test_is_guessed_to_find_what_few_were_seen_to_find(contract: Contract) -> None:
    """All tests about its rules were tried. Where every answer may show a fault, they weren't, and any may find it."""
    pair = [PlannableTest(f"x/{name}", ("PAGE-TIES",), "list_leads") for name in "ab"]
    costs = Costs("", {s.test: Cost(s.test, {"wide": 1}, operations={"list_leads": 1}) for s in pair})
    ties = CatalogueFault(frozenset({"PAGE-TIES"}), frozenset({"list_leads"}))
    shape = CatalogueFault(frozenset({"MEDIA-TYPE"}), frozenset({"list_leads"}))
    gains = []
    for fault in (ties, shape):
        faults = Faults({"known": fault}, {"x/c": {"": frozenset({"known"})}})
        with_it, without = (
            Planner(ONE, contract, costs, table, Extent()).choose(pair).first[0].gain for table in (faults, Faults({}))
        )
        gains.append(with_it - without)
    assert gains[0] == 0
    assert gains[1] > 0


def test_tests_alike_send_another_variant_each(contract: Contract) -> None:
    """What one has shown, the next need not show again: of their variants it sends that which shows something new."""
    pair = [PlannableTest(f"x/{name}", ("PAGE-TIES",), "list_leads") for name in "abc"]
    costs = Costs(
        "", {s.test: Cost(s.test, {"wide": 1}) for s in pair}, {s.test: Cost(s.test, {"wide": 9}) for s in pair}
    )
    row = {"0": frozenset({"PAGE-TIES-0"}), "1": frozenset({"PAGE-TIES-1", "PAGE-TIES-2"})}
    planner = Planner(ONE, contract, costs, replace(FAULTS, kills={s.test: row for s in pair}), Extent())
    planner.choose(pair)
    assert sorted(planner.variants(s.test)[0] for s in pair) == [0, 1, 1]


def test_a_test_that_sends_a_part_of_all_is_less_likely_to_show_what_all_of_it_showed(contract: Contract) -> None:
    """Kills are counted where everything is sent: a test that sends as much at its least depth comes first."""
    pair = [PlannableTest("x/a", ("PAGE-TIES",), "list_leads"), PlannableTest("x/b", ("PAGE-TIES",), "list_leads")]
    live = {s.test: Cost(s.test, {"wide": 2}) for s in pair}
    deep = {"x/a": Cost("x/a", {"wide": 90}), "x/b": Cost("x/b", {"wide": 2})}
    faults = replace(FAULTS, kills={s.test: {"": frozenset({f"PAGE-TIES-{n}"})} for n, s in enumerate(pair)})
    order = Planner(ONE, contract, Costs("", live, deep), faults, Extent()).choose(pair).first
    assert [step.test for step in order] == ["x/b", "x/a", "x/a"]


@pytest.mark.parametrize(
    ("target", "minutes", "requests", "seconds"),
    [
        (ONE, 0.0, 0, 180.0),
        (replace(ONE, window=5.0), 0.0, 0, 15.0),
        (replace(ONE, window=5.0), 2.0, 0, 120.0),
        (ONE, 1.5, 50, 90.0),
        (ONE, 0.0, 50, float("inf")),
    ],
)
def test_what_a_run_may_use(target: Target, minutes: float, requests: int, seconds: float) -> None:
    """As asked; by itself three minutes, or three windows if those are shorter."""
    assert extent_of(target, minutes, requests, whole=True).seconds == seconds


def test_a_narrowed_run_makes_all_its_tests() -> None:
    """It is how a finding is shown again."""
    assert extent_of(ONE, 0.0, 0, whole=False) == Extent()


def test_the_variant_that_shows_most_comes_first() -> None:
    """A fault that another test finds as well counts for less; variants that show nothing stand nowhere."""
    kills = {
        "x/a": {"0": frozenset({"A", "B"}), "2": frozenset({"C", "D"}), "": frozenset({"E"})},
        "x/b": {"": frozenset({"A"})},
    }
    assert Faults({}, kills).variants("x/a") == [2, 0]
    assert Faults({}, kills).variants("x/c") == []


def test_one_variant_is_sent_by_its_worth() -> None:
    """The first place that is known and there; else always the same for a test."""
    assert one_of("abcd", "x", [7, 2, 0]) == [2]
    assert one_of("abcd", "x") == one_of("abcd", "x") != []
    assert one_of("", "x", [0]) == []


def test_answers_that_take_too_long_make_the_plan_shorter(contract: Contract) -> None:
    """As many requests as fit one after the other; and the plan says why. Quick answers change nothing."""
    extent, subjects = Extent(seconds=180, repeats=True, strict=True), SUBJECTS
    slow = Planner(SIX, contract, Costs("", LIVE, DEEP), FAULTS, extent, latency=0.4)
    assert total(slow.choose(subjects)) <= 180 / 0.4
    assert slow.extent.words == "--minutes 3 with answers after 400 ms"
    quick = Planner(SIX, contract, Costs("", LIVE, DEEP), FAULTS, extent, latency=0.01)
    assert quick.choose(subjects) == chosen(contract, extent, SIX)


def test_where_nothing_is_planned_rounds_fill_the_minutes() -> None:
    """As nights have it: another seed, while one more round fits."""
    assert rounds_to_play(None, 1, 10.0, 4.0) == 2
    assert rounds_to_play(None, 3, 3.0, 4.0) == 3
