"""The page of nights."""

from pathlib import Path

import pytest
from made_nights import many_nights

from nhq.nights.chronicle import chronicle_of
from nhq.nights.night_store import NightStore
from nhq.nights.nights_page import SHOWN, render_nights_page


@pytest.mark.parametrize("nights", [0, 1, 30, 90])
def test_the_page_holds_any_number_of_nights(store: NightStore, nights: int) -> None:
    """No night, one, or ninety: the page is made, loads nothing from anywhere and runs nothing."""
    many_nights(store, nights, findings=3)
    page = render_nights_page(chronicle_of(store, "http://staging", 90))
    assert "<script" not in page
    assert "default-src &#39;none&#39;" in page
    assert page.count('<tr><th scope="row">') >= nights


def test_the_page_stays_under_a_megabyte(store: NightStore) -> None:
    """300 findings over 90 nights: less than 1 MB."""
    many_nights(store, 90, findings=300, rules=212)
    assert len(render_nights_page(chronicle_of(store, "http://staging", 90)).encode()) < 1_000_000


def test_what_a_server_says_runs_nothing(store: NightStore, tmp_path: Path) -> None:
    """Texts of findings are escaped."""
    many_nights(store, 1, findings=1, text="<img src=x onerror=alert(1)>")
    assert "<img" not in render_nights_page(chronicle_of(store, "http://staging", 90))


def test_rules_that_passed_every_night_take_no_row(store: NightStore) -> None:
    """They are named together below the grid, where there is more to see in it than that."""
    many_nights(store, 3, findings=1, rules=12)
    page = render_nights_page(chronicle_of(store, "http://staging", 90))
    grid = page[page.index('id="grid"') : page.index('id="course"')]
    rows, _, steady = grid.partition("passed each of these nights")
    assert "RULE-OF-A-USUAL-LENGTH-5<" in rows  # not judged
    assert "RULE-OF-A-USUAL-LENGTH-3" not in rows
    assert "RULE-OF-A-USUAL-LENGTH-3" in steady


def test_of_many_changes_the_first_stand_open(store: NightStore) -> None:
    """The others are folded, so that what else the page says can be reached."""
    many_nights(store, 2, findings=450)
    page = render_nights_page(chronicle_of(store, "http://staging", 90))
    cards = page[page.index('id="tonight"') : page.index('id="open"')]
    assert cards.partition("<details>")[0].count("<article") == SHOWN
    assert cards.count("<article") == sum(standing.changed for standing in store.standings(2)) > SHOWN
