"""Events say all that a run has seen, and nothing changes them."""

import json
from typing import get_args

import msgspec
import pytest

from nhq.client.pacing import PacingStats
from nhq.model import Finding, Verdict, holds, unknown, violated
from nhq.record.case_row import CaseRow
from nhq.run.collector import Collector
from nhq.run.events import Event, FindingSeen, TestEnded
from nhq.run.run_state import fold_events
from nhq.run.test_results import TestResult

RESULT = TestResult("test_1", ("RL-LIMIT",), "failed", seconds=1.25, needs=["given x"], scenario="area/1")
BROKEN = Finding("RL-VALUES", "list_leads", "whole", "half", "/x", (1,), "part")


@pytest.fixture
def stream(collector: Collector, exchange) -> list[Event]:
    """All events of a run of one test that saw a rule kept, another broken and a third that couldn't be judged, by an
    answer that no RFC knows; what it waited for, lacked, created and left open."""
    heard: list[Event] = []
    collector.listeners.append(heard.append)
    collector.before({"": 1})
    collector.leave_out("RL-LIMIT", None, "no time")
    collector.begin()
    collector.exchange(exchange(1, status=799))
    collector.exchange(exchange(2, status=None, trouble="the connection was reset"))
    collector.observe([holds("RL-LIMIT", "list_leads", 1)] * 2)
    collector.observe([violated(BROKEN), violated(BROKEN), unknown("RL-LIMIT-ADMITTED", "list_leads", "no key")])
    collector.trouble("test_1", "slow")
    collector.unmet("a draft campaign")
    collector.choose("bad-limit", "400")
    collector.paced(PacingStats(waits=1, seconds=2.5, unplanned_429=1, unused=3))
    collector.end_test(RESULT, 2)
    key = BROKEN.key
    collector.remark(key, "or the target file is wrong")
    collector.withdraw(key, collector.sightings(key), "a slip")
    collector.end("enough was seen")
    return heard


def test_every_event_comes_back_from_its_line(stream: list[Event]) -> None:
    """Whatever the server answered: what was written can be read."""
    lines = [json.dumps(msgspec.to_builtins(event)) for event in stream]
    assert [msgspec.convert(json.loads(line), Event) for line in lines] == stream


def test_each_kind_of_event_is_told(stream: list[Event]) -> None:
    """But for those that a run tells by itself: its beginning, and what a write left behind."""
    kinds = {kind.__name__ for kind in get_args(Event)}
    assert kinds - {type(event).__name__ for event in stream} == {"RunBegan", "ThingsCreated"}


def test_the_record_is_the_fold_of_the_stream(stream: list[Event], collector: Collector, record_of, folded) -> None:
    """Whoever heard all events comes to the record that the run writes."""
    assert folded(stream) == record_of(collector)


def test_a_test_told_in_short_amounts_to_the_same(collector: Collector, exchange, target, record_of, folded) -> None:
    """Alike events of a test are summed where they are written down."""
    collector.begin()
    for number in (1, 2, 3):
        collector.exchange(exchange(number))
        collector.observe(
            [holds("RL-LIMIT", "list_leads", number), unknown("RL-LIMIT-ADMITTED", "list_leads", "no key")]
        )
    collector.observe([violated(BROKEN)] * 2)
    told = collector.end_test(RESULT, 3)
    assert folded(told) == record_of(collector)
    assert [(event.verdict, event.times) for event in told if hasattr(event, "verdict")] == [
        (Verdict.HOLDS, 3),
        (Verdict.UNKNOWN, 3),
        (Verdict.VIOLATED, 2),
    ]


def test_the_shortest_case_is_told_in_short() -> None:
    """Whichever of several looks showed the finding with the fewest requests."""
    looks = [
        FindingSeen(finding=BROKEN, key="k", test="t", curl="", case=CaseRow(scenario="a/b", seed=1, requests=sent))
        for sent in (9, 4, 7)
    ]
    state = fold_events(looks)
    again = fold_events(state.summary())
    assert [one.findings[BROKEN.key].case.requests for one in (state, again) if one.findings[BROKEN.key].case] == [4, 4]


def test_an_event_stays_as_it_was_made(stream: list[Event]) -> None:
    """Who listens can't change what others hear."""
    (ended,) = (event for event in stream if isinstance(event, TestEnded))
    with pytest.raises(AttributeError):
        ended.last = 2  # type: ignore[misc]


def test_a_rule_is_left_out_where_a_test_of_its_first_round_was(collector: Collector, record_of) -> None:
    """What is made again under another seed was made; how much of it there was time for takes nothing away."""
    collector.leave_out("RL-LIMIT", None, "no time")
    collector.repeat(True)
    collector.leave_out("AUTH-ABSENT", "list_leads", "no time")
    assert [rule["id"] for rule in record_of(collector)["rules"] if rule["left_out"]] == ["RL-LIMIT"]


def test_a_record_says_which_trouble_is_that_time_was_up(collector: Collector, record_of) -> None:
    """As a field, so that nobody reads it from the words."""
    collector.trouble_once("run", "the run's time was up", time_up=True)
    collector.trouble_once("run", "the run's time was up", time_up=True)
    collector.trouble("test_1", "slow")
    assert [trouble["time_up"] for trouble in record_of(collector)["troubles"]] == [True, False]
