"""What a night makes of its rounds."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from made_nights import make_night, sighting

from nhq.client.run_deadline import RunDeadline
from nhq.clock import ManualClock
from nhq.errors import NhqError, RunOver
from nhq.nights.night_from_record import read_night
from nhq.nights.night_run import lacking_required, play_night
from nhq.nights.night_storage import Remembered
from nhq.nights.night_store import NightStore
from nhq.nights.rounds import merge_rounds
from nhq.record.run_record import Record
from nhq.run.required_rules import Required
from tests.made_records import made_record

Answer = tuple[Record, Sequence[float]]


def finding(**fields: Any) -> dict[str, Any]:
    told = {"rule": "PAGE-LIMIT", "operation": "list_leads", "where": "/data"}
    return told | {"expected": "100", "actual": "101", "rerun": "nhq gate"} | fields


def record(*findings: Mapping[str, Any], **fields: Any) -> Record:
    """As much of a record of `nhq gate` as a night reads."""
    cells = {"list_leads": {"verdict": "violated" if findings else "holds"}}
    told: dict[str, Any] = {"rules": [{"id": "PAGE-LIMIT", "cells": cells}], "findings": findings, "target": {}}
    return made_record(**{**told, "requests": {"total": 1, "by_key": {"full": 1}}, **fields})


def play(store: NightStore, *answers: Answer | NhqError) -> Remembered:
    """A night whose rounds answer so, a minute each."""
    clock, rest = ManualClock(), iter(answers)

    def judge(seed: int, seconds: float) -> Answer:
        clock.advance(60)
        answer = next(rest)
        if isinstance(answer, NhqError):
            raise answer
        return answer

    return play_night(store, judge, "mock", "c1", {}, 1, 60.0 * len(answers), clock)


def test_a_server_that_goes_away_takes_no_finding_with_it(store: NightStore) -> None:
    """What an earlier round found is remembered where a later one can't be played."""
    told = play(store, (record(finding()), ()), NhqError("server gone"))
    assert told.outcome.exit_code == 1
    assert told.night.troubles == ("round 2: server gone",)


def test_a_server_that_goes_away_is_not_green(store: NightStore) -> None:
    """A night that ended early ends with 2 where nothing was new, and what ends the first round is raised."""
    assert play(store, (record(), ()), NhqError("server gone")).outcome.exit_code == 2
    with pytest.raises(NhqError, match="server gone"):
        play(store, NhqError("server gone"))


def test_a_night_that_found_no_server_stands_as_such(store: NightStore) -> None:
    """It wasn't cut short: it could judge nothing, and says why; the next is compared with the one before it."""
    play(store, (record(), ()))
    with pytest.raises(NhqError):
        play(store, NhqError("server gone"))
    entry = store.entries("mock")[-1]
    assert (entry.cut_short, entry.exit_code, entry.reasons) == (False, 2, ("server gone",))
    blind = {"list_leads": {"verdict": "unknown", "cause": "not exercised"}}
    lost = record(rules=[{"id": "PAGE-LIMIT", "verdict": "unknown", "cells": blind}, {"id": "AUTH-ABSENT"}])
    assert play(store, (lost, ())).outcome.reasons == ("no longer judged: PAGE-LIMIT",)


def test_a_key_that_was_refused_is_marked(store: NightStore) -> None:
    """The night says so, and the one that has the key again, too."""
    refused = record(target={"refused": ["wide"]})
    marks = [play(store, (night, ())).marks for night in (record(), refused, refused, record())]
    assert marks == [(), ("key wide: refused",), (), ("key wide: accepted again",)]


def test_an_approved_finding_of_a_record_fails_no_night(store: NightStore) -> None:
    """What the approvals file accepts is remembered, and is no reason."""
    assert play(store, (record(finding(approved="me: known")), ())).outcome.exit_code == 0


def stanza(use: str, problem: str = "") -> list[dict[str, str]]:
    return [{"fingerprint": "0123456789ab", "use": use, "problem": problem}]


def test_an_expired_stanza_of_a_record_fails(store: NightStore) -> None:
    """It is said once, whatever rounds say so."""
    expired = record(approvals=stanza("expired", "approval 1 expired"))
    assert play(store, (expired, ()), (expired, ())).outcome.reasons == ("approval 1 expired",)


def test_a_stanza_that_one_round_used_is_used(store: NightStore) -> None:
    """A finding may show in one round only; what the last one didn't look at is no use."""
    merged = [
        play(store, *((record(approvals=stanza(use)), ()) for use in uses)).night.stanzas[0].use
        for uses in (("used", "unused"), ("unused", "used"), ("unused", "unseen"))
    ]
    assert merged == ["used", "used", "unused"]


def test_a_change_of_the_contract_that_nobody_approved_fails(store: NightStore) -> None:
    """A night under a changed contract isn't green before the change is adopted or approved."""
    change = {"kind": "number", "pointer": "/paths/x", "fails": True, "approved": False}
    changed = record(contract={"digest": "c1", "changes": [change, change | {"approved": True}]})
    (reason,) = play(store, (changed, ())).outcome.reasons
    assert reason == "contract changed (number) at /paths/x: adopt or approve it"


def test_latency_is_that_of_the_answers(store: NightStore) -> None:
    """p50 and p95 are read from the seconds that each answer took; without answers they are 0."""
    took = [number / 100 for number in range(101)]
    load = read_night(record(), {}, took).load
    assert (load.p50, load.p95) == (pytest.approx(0.5), pytest.approx(0.95))
    assert read_night(record(), {}).load.p95 == 0


def test_rounds_together_judge_what_is_required() -> None:
    """--require is asked of all rounds together, and names what none of them judged."""
    one, two = make_night(unjudged=("AUTH-ABSENT",)), make_night(unjudged=("PAGE-LIMIT",))
    required = Required("3", least=3)
    assert lacking_required(required, merge_rounds([one, two])) == ""
    assert lacking_required(required, one) == "--require 3: 2 rules judged, not AUTH-ABSENT"
    assert lacking_required(None, one) == ""
    assert lacking_required(required, make_night(sighting("PAGE-LIMIT"))) == ""


def test_the_end_of_a_night_is_no_trouble(store: NightStore) -> None:
    """A round that the night's minutes cut off went as planned; another trouble of the same round counts."""
    course = RunDeadline(60.0, clock=ManualClock())
    with pytest.raises(RunOver) as over:
        course.wait(90, "allowance of key full")
    assert over.value.time_up
    cut = {"where": "run", "cause": str(over.value), "time_up": True}
    assert play(store, (record(), ()), (record(troubles=[cut]), ())).outcome.exit_code == 0
    crash = {"where": "test_x", "cause": "the test itself crashed"}
    assert play(store, (record(troubles=[cut, crash]), ())).night.troubles == ("test_x: the test itself crashed",)


def test_a_rule_that_a_night_had_no_time_for_fails_no_night(store: NightStore) -> None:
    """No test came so far, since the night's minutes were used up: another night begins with what this one left."""
    late = "waiting 30 s for allowance of key full would have outlasted the run (--minutes 30)"
    cells = {"list_leads": {"verdict": "unknown", "cause": "no test reached it"}}
    rules = [{"id": "PAGE-LIMIT", "verdict": "unknown", "cause": "no test reached it (list_leads)", "cells": cells}]
    rules += [{"id": "AUTH-ABSENT", "cells": {"list_leads": {"verdict": "holds"}}}]
    assert play(store, (record(), ())).outcome.exit_code == 0
    cut = record(rules=rules, troubles=[{"where": "run", "cause": late, "time_up": True}])
    assert play(store, (cut, ())).outcome.exit_code == 0


def test_what_keys_allow_is_counted_for_all_of_a_night(store: NightStore) -> None:
    """Between two rounds, too, and by each key that could be used; where a mock's clock stands still nobody knows."""
    keys = {"kind": "live", "limit": 60, "window": 60.0, "usable": ["full", "none"]}
    load = play(store, *((record(seconds=50.0, target=keys), ()) for _ in range(2))).night.load
    assert (load.seconds, load.allowance, load.requests) == (120.0, 240, 2)
    assert play(store, (record(seconds=50.0), ())).night.load.allowance == 0
