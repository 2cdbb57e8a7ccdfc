"""Where a fault shows: the scenario and the variant in which a finding names a rule that it breaks."""

import pytest

from nhq.client.target import Target
from nhq.model import Finding, holds, violated
from nhq.mutation.fault_sightings import SightingCollector
from nhq.run.collector import TestResult
from nhq.scenarios.few_variants import Variants

BROKEN = violated(Finding("PAGE-CURSOR", "list_leads", "expected", "actual"))


@pytest.fixture
def seen() -> SightingCollector:
    """Listens for one rule, in the test `one`, whose scenario is pagination/one."""
    sightings = SightingCollector(Target("http://x", ()), wanted={"PAGE-CURSOR"}, test=lambda: "one")
    sightings.end_test(TestResult("one", ("PAGE-CURSOR",), scenario="pagination/one"), 1)
    return sightings


def test_a_finding_is_placed_in_the_variant_that_was_under_way(seen):
    """Variants are told apart by their place; before and after them there is none."""
    for variant in Variants(["a", "b", "c"], range(3), seen.vary):
        seen.observe([BROKEN] if variant == "b" else [holds("PAGE-CURSOR", "list_leads", None)])
    assert seen.places == (("pagination/one", "1"),)
    seen.observe([BROKEN])
    assert seen.places == (("pagination/one", "1"), ("pagination/one", ""))


def test_other_rules_place_nothing(seen):
    """A fault is shown by its own rules alone."""
    seen.observe([violated(Finding("PAGE-TERMINATES", "list_leads", "expected", "actual"))])
    assert (seen.places, seen.tests_seen) == ((), 0)


def test_a_variant_that_a_test_left_is_not_the_next_tests(seen):
    """A test may leave its variants in their midst."""
    for _ in Variants(["a", "b"], range(2), seen.vary):
        break
    seen.begin()
    seen.observe([BROKEN])
    assert seen.places == (("pagination/one", ""),)
