"""When a live run of so many requests has seen a fault."""

import pytest

from nhq.client.target import Target
from nhq.model import Finding, violated
from nhq.mutation.faults.catalogue import find_fault
from nhq.mutation.live_bench import shown_by
from nhq.run.collector import Collector

FAULT = find_fault("pauses-drafts")


@pytest.fixture
def collector() -> Collector:
    """Found nothing yet."""
    return Collector(Target("http://x", ()))


def test_what_a_run_sent_beyond_its_requests_does_not_count(collector):
    """A finding counts with the last request of its proof."""
    collector.observe([violated(Finding(FAULT.rules[0], "run_campaign_action", "409", "200", exchanges=(170, 181)))])
    assert not shown_by(collector, FAULT, 180)
    assert shown_by(collector, FAULT, 181)


def test_another_rule_shows_another_fault(collector):
    """Only rules that the fault breaks count."""
    collector.observe([violated(Finding("PAGE-CURSOR", "list_leads", "x", "y", exchanges=(1,)))])
    assert not shown_by(collector, FAULT, 180)
