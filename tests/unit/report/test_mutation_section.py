"""The kill matrix on the page."""

from typing import Any

import pytest

from nhq import report
from nhq.record.record_json import record_of
from nhq.report import html_page, mutation_section

ROW = {
    "id": "pauses-drafts",
    "sentence": "pause turns a draft into a paused campaign.",
    "family": "lifecycle",
    "policy": "can_pause",
    "subtle": "one state",
    "on": ["run_campaign_action"],
    "rules": ["CAMP-PAUSE-ONLY-STARTED", "CAMP-PAUSE"],
    "status": "killed",
    "kills": ["CAMP-PAUSE-ONLY-STARTED"],
    "others": ["CAMP-REFUSED-UNCHANGED"],
    "requests": 1234,
    "tests": 3,
    "seconds": 0.5,
    "whole": False,
    "troubles": [],
}
FATES = ("killed", "clean", "told", "elsewhere", "survived", "trouble")


@pytest.fixture
def measured(holding: dict[str, Any]) -> dict[str, Any]:
    """A record of a power run with one fault."""
    summary = {"faults": 1, "subtle": 1, "families": 1, "requests": 1234, **dict.fromkeys(FATES, 0), "killed": 1}
    rules = [{"id": "CAMP-PAUSE", "level": "must", "planted": ["pauses-drafts"], "seen": []}]
    return holding | {
        "kind": "mutation",
        "mutation": {"summary": summary, "faults": [dict(ROW)], "clean": [], "unseen": [], "rules": rules},
    }


def test_a_power_run_fits_the_schema(measured: dict[str, Any]) -> None:
    """The part of a power run is described as closely as the rest of the record."""
    report.validate_record(measured)
    measured["mutation"]["faults"][0]["status"] = "forgiven"
    assert report.record_problems(measured) != []


def test_the_matrix_has_a_sign_where_fault_and_rule_meet(measured: dict[str, Any]) -> None:
    """A rule that was named, one named besides, and one that is broken but was not named look different."""
    drawn = mutation_section.kill_matrix_table(record_of(measured).mutation.faults)
    signs = {"CAMP-PAUSE-ONLY-STARTED": "●", "CAMP-REFUSED-UNCHANGED": "○", "CAMP-PAUSE": "·"}
    for rule, sign in signs.items():
        assert f"<title>pauses-drafts: {rule}</title>{sign}</text>" in drawn


def test_the_page_shows_every_fault(measured: dict[str, Any]) -> None:
    """Each fault stands on the page with what it does and how it ended."""
    page = html_page.render_html(record_of(measured))
    assert '<section id="mutation"' in page
    assert "pause turns a draft into a paused campaign." in page
    assert "1,234" in page


def test_the_page_shows_honest_mocks_of_other_choices(measured: dict[str, Any]) -> None:
    """Each choice stands there with what it does, and what was warned of; many together as how many they are."""
    together = {"seed": 1, "variants": ["says-charset", "clamps-limits"], "status": "clean", "found": []}
    together |= {"unjudged": [], "requests": 3000, "troubles": []}
    alone = {name: value for name, value in together.items() if name not in {"seed", "variants"}}
    alone |= {"id": "says-charset", "sentence": "It says charset.", "area": "transport", "policy": "media_type"}
    alone |= {"ambiguity": "media-type-form", "takes": "with", "warned": ["PAGE-FULL"], "seconds": 1.0}
    measured["mutation"] |= {"variants": [alone], "combined": [together]}
    report.validate_record(measured)
    page = html_page.render_html(record_of(measured))
    assert "It says charset." in page
    assert "PAGE-FULL" in page
    assert "2 choices" in page


def test_names_cannot_break_out_of_the_picture(measured: dict[str, Any]) -> None:
    """What stands in a fault is escaped in the picture as everywhere."""
    measured["mutation"]["faults"][0]["id"] = "<script>"
    assert "<script" not in html_page.render_html(record_of(measured))
