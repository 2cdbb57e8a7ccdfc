"""What a live run will cost: told per area, rule and key, from the costs of a run that was."""

from dataclasses import replace

import pytest

from nhq.client.target import Target
from nhq.model import Effect, Identity
from nhq.report.plan_report import render_plan
from nhq.run.costs import DISCOVERY, Cost, key_role
from nhq.run.run_plan import RunPlan

WIDE = frozenset({"leads:read", "leads:write"})
KEYS = (
    Identity("one", "a", WIDE, "1"),
    Identity("two", "a", WIDE, "2"),
    Identity("small", "a", frozenset({"leads:read"}), "3"),
    Identity("none", "a", frozenset(), "4"),
    Identity("gone", "a", WIDE, "5", revoked=True),
    Identity("there", "b", WIDE, "6"),
)
TARGET = Target("https://api.invalid/v1", KEYS)


@pytest.fixture
def plan() -> RunPlan:
    costs = (
        Cost(DISCOVERY, {"wide": 10}),
        Cost("leads/a", {"wide": 91, "narrow": 4}),
        Cost("ratelimit/b", {"wide": 60, "no key": 5, "other workspace": 3}, windows=2.0),
    )
    return RunPlan(TARGET, costs, {"leads/a": ("A", "B"), "ratelimit/b": ("B",)})


def test_every_key_has_a_role() -> None:
    """Equal keys have one."""
    roles = [key_role(TARGET, key) for key in (*KEYS, None)]
    assert roles == ["wide", "wide", "narrow", "no scopes", "revoked", "other workspace", "no key"]


def test_nothing_is_lost_between_areas_and_keys(plan: RunPlan) -> None:
    """Both add up to the whole."""
    assert plan.total == sum(plan.by_area().values()) == sum(plan.by_key().values()) == 173


def test_equal_keys_share_the_work(plan: RunPlan) -> None:
    """Evenly, and no other key takes part."""
    assert plan.by_key() == {"one": 81, "two": 80, "small": 4, "(no valid key)": 5, "there": 3}


def test_a_test_counts_for_each_of_its_rules(plan: RunPlan) -> None:
    """So a rule's cost is that of running it alone, but for discovery."""
    assert plan.by_rule() == {"B": 163, "A": 95}


def test_the_busiest_key_decides_how_many_windows(plan: RunPlan) -> None:
    """Eighty requests with one key take two windows of sixty."""
    assert plan.windows == 2


def test_waits_of_tests_and_waits_for_allowance_overlap(plan: RunPlan) -> None:
    """While a test waits for its window's end, other windows renew: the longer of both counts."""
    assert 120 < plan.seconds < 140


def test_tests_that_wait_side_by_side_take_as_long_as_the_longest(plan: RunPlan) -> None:
    """With what it follows; one after the other where there is one wide key only."""
    costs = tuple(Cost(name, {"wide": 1}, windows=2.0) for name in ("a", "b", "c"))
    beside = {"a": "", "b": "", "c": "a"}
    assert 240 < RunPlan(TARGET, costs, {}, beside).seconds < 250
    alone = replace(TARGET, keys=KEYS[1:])
    assert 360 < RunPlan(alone, costs, {}, beside).seconds < 370


def test_the_text_names_cost_windows_and_keys(plan: RunPlan) -> None:
    """In its first line; a target that doesn't allow everything costs no more than that."""
    text = render_plan(plan)
    assert text.startswith("at most 173 requests to https://api.invalid/v1: 2 windows of 60 requests per 60 s per key")
    assert "    81  one" in text


def test_the_text_says_what_is_used_up(plan: RunPlan) -> None:
    """A draft that is started and leads that are enriched; nothing where the target allows neither, or isn't asked."""
    owned = replace(TARGET, allow=frozenset(Effect), given={"campaign_startable_2": "c"})
    rules = {plan.costs[0].test: ("CAMP-START", "ENRICH-ENRICHED")}
    text = render_plan(replace(plan, target=owned, rules=rules))
    assert "uses up one draft of those named campaign_startable… in [given] and an enrichable lead" in text
    assert "uses up" not in render_plan(replace(plan, target=owned))
    assert "uses up" not in render_plan(replace(plan, rules=rules))
