"""Which area of the contract a live run looks at next."""

import pytest

from nhq.contract import Contract
from nhq.run.area_order import Areas
from nhq.run.collector import TestResult

AUTH, LISTS, SEARCH = "AUTH-VALID", "LIST-CREATES", "SEARCH-NONE"


@pytest.fixture
def areas(contract: Contract) -> Areas:
    """Nothing was looked at yet."""
    return Areas(contract)


def first(areas: Areas, *rules: str) -> str:
    """The rule whose test would come first."""
    return min(rules, key=lambda rule: areas.turn([rule]))


def test_the_area_that_was_looked_at_least_comes_first(areas):
    """Requests count, so that one dear test doesn't stand for many."""
    areas.see([TestResult("a", (AUTH,), requests=9), TestResult("b", (SEARCH,), requests=3)], set())
    assert first(areas, AUTH, SEARCH) == SEARCH
    assert first(areas, AUTH, SEARCH, LISTS) == LISTS


def test_a_broken_area_waits_for_the_others(areas):
    """What is known to be broken needs no second finding before others have their first."""
    areas.see([TestResult("a", (AUTH,), requests=9)], {SEARCH})
    assert first(areas, AUTH, SEARCH) == AUTH


def test_a_test_of_several_areas_comes_for_the_neediest(areas):
    """It shows that one, too."""
    areas.see([TestResult("a", (AUTH,), requests=9)], set())
    assert areas.turn([AUTH, LISTS]) == areas.turn([LISTS])


def test_a_test_of_no_rule_comes_after_what_may_find_something(areas):
    """It can't find anything."""
    areas.see([TestResult("a", (AUTH,), requests=9)], {AUTH})
    assert areas.turn([]) > areas.turn([LISTS])
