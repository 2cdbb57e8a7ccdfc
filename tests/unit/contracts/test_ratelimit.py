"""What answers in a filled window show, on scripted answers: nothing where anything else would explain them."""

from types import SimpleNamespace
from typing import Any

import pytest
from scenario_play import Seen
from window_script import FULL, Meter, answers

from nhq.model import Exchange
from nhq.scenarios.areas.limiter_calls import _is_plain, one_call_each
from nhq.scenarios.areas.limiter_judgements import (
    judge_admitted,
    judge_beyond,
    judge_exceeding,
    judge_first_beyond,
    report_left_out,
    send_beyond,
)
from nhq.scenarios.judge import Judge

# --- the first sixty ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "options", "expected"),
    [
        ([200] * 5, {}, ["holds"] * 5),
        ([200, 429, 200], {}, ["holds", "429 on request 2", "holds"]),
        ([200, 404, 401, 400, 429], {}, ["holds"] * 4 + ["429 on request 5"]),
        ([200, 429], {"lost_ones": 3}, ["holds", "429 on request 2"]),
        ([200, 429], {"lost_ones": 4}, ["holds", "got no answer"]),
        ([200, 429], {"exclusive_keys": False}, ["holds", "429 on request 2"]),
        ([429, 200], {"exclusive_keys": False}, ["another client"]),
        ([429, 200], {}, ["429 on request 1", "holds"]),
    ],
)
def test_an_early_429_convicts_where_nothing_explains_it(
    statuses: list[int], options: dict[str, Any], expected: list[str], judge: Judge, seen: Seen
) -> None:
    """Neither requests that got no answer nor another client of the key; with the window's first as proof."""
    burst = answers(*statuses)
    judge_admitted(judge, "RL-LIMIT-ADMITTED", Meter(**options), burst, "5 admitted")
    assert len(seen.told) == len(expected)
    for (verdict, told), wanted in zip(seen.of("RL-LIMIT-ADMITTED"), expected, strict=True):
        assert wanted == verdict if wanted == "holds" else wanted in told
    early = [n for n, status in enumerate(statuses, 1) if status == 429]
    if seen.found:
        assert seen.proof("RL-LIMIT-ADMITTED") == (1, early[0])


def test_where_others_use_the_key_its_own_count_must_show_nobody(judge: Judge, seen: Seen) -> None:
    """Remaining that jumps tells of another client: an early 429 proves nothing then."""
    burst = answers(200, 200, 429, left=(4, 1, 0))
    judge_admitted(judge, "RL-LIMIT-ADMITTED", Meter(exclusive_keys=False), burst, "5 admitted")
    assert [verdict for verdict, _ in seen.of("RL-LIMIT-ADMITTED")] == ["holds", "holds", "unknown"]


# --- and no more ----------------------------------------------------------------------------------------------

TOLD_FIRST = "reported another problem first"
NOT_FULL = "not full"


@pytest.mark.parametrize(
    ("burst", "status", "options", "expected"),
    [
        (FULL, 429, {}, "holds"),
        (FULL, 200, {}, "200"),
        (FULL, 400, {}, TOLD_FIRST),
        (FULL, 404, {}, TOLD_FIRST),
        (FULL, 409, {}, TOLD_FIRST),
        (FULL, 502, {}, TOLD_FIRST),
        (FULL, 503, {}, TOLD_FIRST),
        (FULL, 401, {}, "401"),
        (FULL, 500, {}, "500"),
        (FULL, 499, {"exclusive_keys": False}, "499"),
        (FULL, 500, {"exclusive_keys": False}, None),
        (FULL, None, {}, None),
        (FULL[:-1], 200, {}, NOT_FULL),
        (FULL[:-1], 429, {}, NOT_FULL),
        (answers(200, 200, 429), 200, {}, "200"),
        (answers(200, 200, 429), 429, {"exclusive_keys": False}, "holds"),
        (answers(200, 200, 429), 200, {"exclusive_keys": False}, NOT_FULL),
        (FULL, 200, {"together": iter([False])}, NOT_FULL),
        (FULL, 200, {"flaw": "out of order"}, "out of order"),
    ],
)
def test_beyond_the_limit_a_request_is_refused(
    burst: list[Exchange],
    status: int | None,
    options: dict[str, Any],
    expected: str | None,
    judge: Judge,
    seen: Seen,
) -> None:
    """A full window has admitted as many as it may, or has refused one; what else is wrong may be told first."""
    answer = answers(status, first=9)[0]
    judge_exceeding(judge, Meter(**options), burst, answer)
    if expected is None:
        assert seen.told == []
        return
    ((verdict, told),) = seen.of("RL-EXCEEDED")
    assert expected == verdict if expected == "holds" else expected in told
    if verdict == "violated":
        assert seen.proof("RL-EXCEEDED") == (burst[0].id, burst[-1].id, 9)


def test_what_is_refused_ever_after_was_admitted_once(judge: Judge, seen: Seen) -> None:
    """A request answered 400 in a full window, and 429 when it is sent again, was let in before."""
    beyond = answers(404, 429, 429, first=9)
    judge_beyond(judge, Meter(), FULL, beyond)
    assert [verdict for verdict, _ in seen.of("RL-EXCEEDED")] == ["violated", "holds", "holds"]
    assert seen.found["RL-EXCEEDED"] == "404, and 429 to the same request afterwards"
    assert seen.proof("RL-EXCEEDED") == (1, 5, 10, 9)


@pytest.mark.parametrize("statuses", [(404, 429), (404, 404, 429), (404, 429, 404)])
def test_what_may_be_told_first_each_time_accuses_nobody(statuses: tuple[int, ...], judge: Judge, seen: Seen) -> None:
    """One 429 afterwards isn't enough, nor one among others."""
    judge_beyond(judge, Meter(), FULL, answers(*statuses, first=9))
    assert seen.found == {}


def test_other_requests_are_no_repetitions(judge: Judge, seen: Seen) -> None:
    """Method, path and body make a request."""
    others = [*answers(404, first=9), *answers(429, 429, path="/leads?limit=1", first=10)]
    judge_beyond(judge, Meter(), FULL, others)
    assert seen.found == {}


def test_what_was_told_first_is_asked_twice_more() -> None:
    """So that a server which tells it each time can be told from one that let it in."""
    calls = [SimpleNamespace(operation=name) for name in "abcd"]
    meter = Meter(iter(answers(429, 404, 200, 502, *[429] * 4)))
    assert [answer.status for answer in send_beyond(meter, calls)] == [429, 404, 200, 502, 429, 429]


@pytest.mark.parametrize(
    ("statuses", "options", "expected"),
    [
        ([200, 429, 429], {}, "holds"),
        ([429, 429, 429], {}, "holds"),
        ([200, 404, 429], {}, "2"),
        ([200, 200, 200], {}, "3"),
        ([200, 401, 429], {}, "holds"),
        ([200, 200, 500], {}, "3"),
        ([200, 200, 500], {"exclusive_keys": False}, None),
        ([200, 200, None], {}, None),
        ([200, 200, 200], {"together": iter([True, False])}, "not one request left"),
    ],
)
def test_at_one_instant_the_last_is_admitted_once(
    statuses: list[int | None], options: dict[str, Any], expected: str | None, limiter: Any, judge: Judge, seen: Seen
) -> None:
    """Of several at one instant with one left at most one comes in; what got no answer, or a crash, shows nothing."""
    limiter.judge_last(judge, Meter(**options), FULL[:-1], answers(*statuses, first=5))
    told = seen.of("RL-EXCEEDED")
    if expected is None:
        assert told == []
    else:
        assert expected == told[0][0] if expected == "holds" else expected in told[0][1]
    if seen.found:
        assert seen.proof("RL-EXCEEDED") == (1, 4, 5, 6, 7)


def test_a_window_that_refused_one_had_not_one_left(limiter: Any, judge: Judge, seen: Seen) -> None:
    """Then who comes in at one instant shows nothing."""
    limiter.judge_last(judge, Meter(), answers(200, 429, 200, 200), answers(200, 200, first=5))
    assert [verdict for verdict, _ in seen.of("RL-EXCEEDED")] == ["unknown"]


@pytest.mark.parametrize(
    ("status", "alone", "expected"),
    [(429, True, "holds"), (200, True, "200"), (503, True, "503"), (503, False, None), (None, True, None)],
)
def test_the_first_beyond_a_filled_window_is_refused(
    status: int | None, alone: bool, expected: str | None, judge: Judge, seen: Seen
) -> None:
    """It has nothing else wrong; a crash is another finding where others may be the cause."""
    full, answer = SimpleNamespace(first=FULL[0], last=FULL[-1]), answers(status, first=9)[0]
    judge_first_beyond(judge, Meter(exclusive_keys=alone), full, answer)
    told = seen.of("RL-EXCEEDED")
    assert [verdict if verdict == "holds" else actual for verdict, actual in told] == ([expected] if expected else [])
    if seen.found:
        assert seen.proof("RL-EXCEEDED") == (1, 5, 9)


@pytest.mark.parametrize(
    ("status", "options", "expected"),
    [
        (200, {}, "holds"),
        (404, {"exclusive_keys": False}, "holds"),
        (429, {}, "violated"),
        (429, {"exclusive_keys": False}, "unknown"),
        (429, {"lost_ones": 1}, "unknown"),
    ],
)
def test_a_key_with_allowance_is_served(
    status: int, options: dict[str, Any], expected: str, limiter_keys: Any, judge: Judge, seen: Seen
) -> None:
    """While another is exhausted; whether it has any is known where nobody else uses it, and nothing was lost."""
    spent, first, answer = answers(429, 200, status)
    limiter_keys.judge_served(judge, Meter(**options), spent, first, answer)
    assert [verdict for verdict, _ in seen.of("RL-PER-KEY")] == [expected]


# --- what is asked --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "plain"),
    [
        ([], True),
        ([("limit", "1")], True),
        ([("limit", "500"), ("cursor", "x")], True),
        ([("limit", "501")], False),
        ([("limit", "0")], False),
        ([("limit", "-1")], False),
        ([("limit", "x")], False),
        ([("query", "")], False),
        ([("query", "null")], False),
        ([("query", "a"), ("query", "b")], False),
    ],
)
def test_a_plain_read_has_nothing_wrong(query: list[tuple[str, str]], plain: bool) -> None:
    """Each name once, with a value, and a limit from 1 to 500."""
    assert _is_plain(SimpleNamespace(options={"query": query})) is plain


def test_the_last_call_of_each_operation_is_asked() -> None:
    """Of several to an operation it is the one with nothing else wrong."""
    calls = [SimpleNamespace(operation=name, place=place) for place, name in enumerate("abab")]
    assert [call.place for call in one_call_each(Meter(calls=calls))] == [2, 3]


def test_the_first_write_is_told_first(limiter_windows: Any) -> None:
    """A call with a body, where there is one; else a look."""
    calls = [SimpleNamespace(operation=str(n), options={"json": body}) for n, body in enumerate((None, {}, {"a": 1}))]
    assert limiter_windows.first_told(Meter(calls=calls)) is calls[1]
    assert limiter_windows.first_told(Meter(calls=calls[:1])).operation == "list_leads"


def test_what_is_left_out_is_said(judge: Judge, seen: Seen) -> None:
    """For each operation and rule."""
    report_left_out(judge, Meter(left_out={"get_lead": "it crashed"}), "RL-LIMIT-ADMITTED", "RL-EXCEEDED")
    assert [(one.rule, one.operation) for one in seen.told] == [
        ("RL-LIMIT-ADMITTED", "get_lead"),
        ("RL-EXCEEDED", "get_lead"),
    ]
    assert all("it crashed" in one.cause for one in seen.told)
