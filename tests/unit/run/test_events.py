"""Events say all that a run needs to be taken up again, and nothing changes them."""

import json

import msgspec
import pytest

from nhq.model import Finding, Verdict, holds, violated
from nhq.run.collector import Collector
from nhq.run.events import Event, TestEnded, ThingsCreated
from nhq.run.journal import fold_events
from nhq.run.test_results import TestResult


@pytest.fixture
def ended(collector: Collector, exchange) -> TestEnded:
    """What a test tells that saw one rule kept and another broken, by an answer that no RFC knows."""
    collector.begin()
    collector.exchange(exchange(1, status=799))
    collector.observe([holds("RL-LIMIT", "list_leads", 1)] * 2)
    collector.observe([violated(Finding("RL-VALUES", "list_leads", "whole", "half", "/x", (1,), "part"))])
    collector.trouble("test_1", "slow")
    result = TestResult("test_1", ("RL-LIMIT",), "failed", seconds=1.25, needs=["given x"], scenario="area/1")
    return collector.ended_test("run", result, 1)


def test_an_event_comes_back_from_its_line(ended: TestEnded) -> None:
    """Whatever the server answered: what was written can be read."""
    line = json.dumps(msgspec.to_builtins(ended, str_keys=True))
    assert msgspec.convert(json.loads(line), Event, str_keys=True) == ended


def test_a_fold_counts_what_was_counted(ended: TestEnded, collector: Collector, target) -> None:
    """Cells, findings, requests, troubles, tests, and what was left behind."""
    again = Collector(target)
    assert fold_events([ThingsCreated(run="run", lines=("lead list l_1 made",)), ended], again) == 1
    assert again.cells["RL-LIMIT", "list_leads"].verdicts == {Verdict.HOLDS: 2}
    assert (again.findings, again.shown, again.troubles) == (collector.findings, collector.shown, collector.troubles)
    assert (again.requests, again.statuses, again.written) == (1, {"list_leads": {799: 1}}, ["lead list l_1 made"])
    assert [(result.outcome, result.needs, result.scenario) for result in again.tests] == [
        ("failed", ["given x"], "area/1")
    ]


def test_an_event_stays_as_it_was_made(ended: TestEnded) -> None:
    """Who listens can't change what others hear."""
    with pytest.raises(AttributeError):
        ended.last = 2
