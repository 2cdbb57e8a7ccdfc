"""Which area of the contract a live run looks at next."""

import pytest

from nhq.contract import Contract
from nhq.run.area_order import Areas, Planned

AUTH, LISTS, SEARCH = "AUTH-VALID", "LIST-CREATES", "SEARCH-NONE"


@pytest.fixture
def areas(contract: Contract) -> Areas:
    """Nothing was looked at yet."""
    return Areas(contract)


def first(areas: Areas, *rules: str) -> str:
    """The rule whose test would come first."""
    return min(rules, key=lambda rule: areas.turn([rule]))


def planned(rule: str, *requests: int) -> list[Planned]:
    """Tests of one rule that were planned to send so many."""
    return [((rule,), count) for count in requests]


def test_the_area_of_which_the_least_part_was_made_comes_first(areas):
    """Requests count, so that one dear test doesn't stand for many."""
    areas.see(planned(AUTH, 9) + planned(SEARCH, 3), planned(AUTH, 9) + planned(SEARCH, 9), set())
    assert first(areas, AUTH, SEARCH) == SEARCH
    areas.see(planned(AUTH, 9) + planned(SEARCH, 3), planned(AUTH, 90) + planned(SEARCH, 9), set())
    assert first(areas, AUTH, SEARCH) == AUTH
    assert first(areas, AUTH, SEARCH, LISTS) == LISTS


def test_a_broken_area_waits_for_the_others_early_in_a_run(areas):
    """What is known to be broken needs no second finding before others have their first."""
    areas.see(planned(AUTH, 9), planned(AUTH, 9) + planned(SEARCH, 30), {SEARCH})
    assert first(areas, AUTH, SEARCH) == AUTH


def test_a_broken_area_has_its_share_later(areas):
    """Else it would lack all that the run runs out of at its end."""
    areas.see(planned(AUTH, 30), planned(AUTH, 9) + planned(SEARCH, 30), {SEARCH})
    assert first(areas, AUTH, SEARCH) == SEARCH


def test_a_test_of_several_areas_comes_for_the_neediest(areas):
    """It shows that one, too."""
    areas.see(planned(AUTH, 9), planned(LISTS, 9), set())
    assert areas.turn([AUTH, LISTS]) == areas.turn([LISTS])


def test_a_test_of_no_rule_comes_after_what_may_find_something(areas):
    """It can't find anything."""
    areas.see(planned(AUTH, 9), planned(LISTS, 90), {AUTH})
    assert areas.turn([]) > areas.turn([LISTS])
