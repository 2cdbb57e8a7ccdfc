"""What would be sent is told before anything is."""

import pytest

from nhq.load.prepare import Prepared
from nhq.load.preview import preview_lines, profile_line, scheduled_requests
from nhq.load.profile import load_profile, profile_names
from nhq.load.send_plan import make_plan
from nhq.load.traffic_mix import mix_operations


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_tells_what_it_needs(name: str) -> None:
    """Keys, seconds and requests at 60 a minute stand on its line of the list."""
    plan = make_plan(load_profile(name), 60, 60.0)
    line = profile_line(plan)
    assert f"{plan.keys} keys" in line
    assert f"{plan.longest:.0f} s" in line
    assert "requests" in line


def test_a_schedule_tells_its_requests_and_its_greatest_rate() -> None:
    """As many as its shots, and how many of them in one second at most."""
    plan = make_plan(load_profile("stampede"), 20, 3.0)
    ready = Prepared(plan, {"list_leads": 1}, ["send_message"], ["leaves out send_message"])
    lines = list(preview_lines(ready, mix_operations(), "https://staging.example.com"))
    assert scheduled_requests(plan) == sum(len(list(plan.shots(key))) for key in range(plan.keys))
    assert any(line.startswith(f"then       {scheduled_requests(plan)} requests at fixed instants") for line in lines)
    assert "target     https://staging.example.com, 20 requests per 3 s per key" in lines
    assert lines[-1] == "but        leaves out send_message"


def test_effects_are_told_of_each_operation() -> None:
    """Whoever reads the plan sees what reaches people and what costs credits."""
    profile = load_profile("mixed")
    lines = list(
        preview_lines(Prepared(make_plan(profile, 60, 60.0), dict(profile.mix), [], []), mix_operations(), "a mock")
    )
    assert any("send " in line and "send_message" in line for line in lines)
    assert any("spend " in line and "enrich_lead" in line for line in lines)
