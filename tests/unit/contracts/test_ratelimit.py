"""What answers in a filled window show, on scripted answers: nothing where anything else would explain them."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from scenario_play import Seen

from nhq.contract import Contract
from nhq.errors import Unmet
from nhq.model import Exchange
from nhq.scenarios.judge import Judge

RULES = ("RL-ADMITS", "RL-EXCEEDED", "RL-PER-KEY", "RL-WINDOW-MINUTE", "RL-WINDOW-RENEWS", "RL-REMAINING-COUNTS")
LIMIT = 5


def answers(*statuses: int | None, path: str = "/leads", left: Sequence[int] = (), first: int = 1) -> list[Exchange]:
    """Answers in order, the Remaining of each as told; without one it falls by one each time."""
    told = [*left, *range(LIMIT - 1 - len(left), LIMIT - 1 - len(statuses), -1)]
    return [
        Exchange(
            number,
            "list_leads",
            "GET",
            path,
            {},
            b"",
            None,
            status,
            {"x-ratelimit-remaining": str(max(0, remaining)), "x-ratelimit-limit": str(LIMIT)},
            b"{}",
            float(number),
            float(number),
        )
        for number, (status, remaining) in enumerate(zip(statuses, told, strict=False), first)
    ]


@dataclass
class Meter:
    """A meter by script: its answers to come, whether windows hold together, whether nobody else uses the key."""

    coming: Iterator[Exchange] = field(default_factory=lambda: iter(()))
    together: Iterator[bool] = field(default_factory=lambda: iter(lambda: True, False))
    alone: bool = True
    limit: int = LIMIT
    window: float = 60.0
    lost_ones: int = 0
    flaw: str = ""
    exact: bool = True
    done: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    calls: list[Any] = field(default_factory=list)

    def call(self, call: Any = None) -> Exchange:
        self.done.append("call")
        return next(self.coming)

    def begin(self) -> Exchange:
        self.done.append("begin")
        return next(self.coming)

    def fill(self, count: int, **options: Any) -> list[Exchange]:
        self.done.append(f"fill {count}")
        return [next(self.coming) for _ in range(count)]

    def more(self, burst: list[Exchange], most: int) -> None:
        self.done.append(f"more {most}")
        burst.extend(next(self.coming) for _ in range(most - len(burst)))

    def at_once(self, calls: Sequence[Any]) -> list[Exchange]:
        self.done.append(f"at once {len(calls)}")
        return [next(self.coming) for _ in calls]

    def look(self) -> Any:
        return SimpleNamespace(operation="list_leads", options={})

    def same(self, one: Exchange, other: Exchange) -> bool:
        return next(self.together)

    def lost(self, one: Exchange, other: Exchange) -> int:
        return self.lost_ones

    def out_of_order(self, operation: str) -> str:
        return self.flaw

    def wait_before(self, answer: Exchange, before: float = 0.0) -> None:
        self.done.append(f"wait before {before:g}")

    def wait_past(self, answer: Exchange, beyond: float = 0.0) -> None:
        self.done.append("wait past")


@pytest.fixture
def limiter(scenario: Callable[[str], ModuleType]) -> Any:
    """The scenarios of the limiter."""
    return scenario("ratelimit")


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def judge(contract: Contract, seen: Seen) -> Judge:
    return Judge(contract, seen, RULES)


FULL = answers(*[200] * LIMIT)


# --- the first sixty ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "options", "expected"),
    [
        ([200] * 5, {}, ["holds"] * 5),
        ([200, 429, 200], {}, ["holds", "429 on request 2", "holds"]),
        ([200, 404, 401, 400, 429], {}, ["holds"] * 4 + ["429 on request 5"]),
        ([200, 429], {"lost_ones": 3}, ["holds", "429 on request 2"]),
        ([200, 429], {"lost_ones": 4}, ["holds", "got no answer"]),
        ([200, 429], {"alone": False}, ["holds", "429 on request 2"]),
        ([429, 200], {"alone": False}, ["another client"]),
        ([429, 200], {}, ["429 on request 1", "holds"]),
    ],
)
def test_an_early_429_convicts_where_nothing_explains_it(
    statuses: list[int], options: dict[str, Any], expected: list[str], limiter: Any, judge: Judge, seen: Seen
) -> None:
    """Neither requests that got no answer nor another client of the key; with the window's first as proof."""
    burst = answers(*statuses)
    limiter.judge_admitted(judge, "RL-ADMITS", Meter(**options), burst, "5 admitted")
    assert len(seen.told) == len(expected)
    for (verdict, told), wanted in zip(seen.of("RL-ADMITS"), expected, strict=True):
        assert wanted == verdict if wanted == "holds" else wanted in told
    early = [n for n, status in enumerate(statuses, 1) if status == 429]
    if seen.found:
        assert seen.proof("RL-ADMITS") == (1, early[0])


def test_where_others_use_the_key_its_own_count_must_show_nobody(limiter: Any, judge: Judge, seen: Seen) -> None:
    """Remaining that jumps tells of another client: an early 429 proves nothing then."""
    burst = answers(200, 200, 429, left=(4, 1, 0))
    limiter.judge_admitted(judge, "RL-ADMITS", Meter(alone=False), burst, "5 admitted")
    assert [verdict for verdict, _ in seen.of("RL-ADMITS")] == ["holds", "holds", "unknown"]


# --- and no more ----------------------------------------------------------------------------------------------

TOLD_FIRST = "told first"
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
        (FULL, 499, {"alone": False}, "499"),
        (FULL, 500, {"alone": False}, None),
        (FULL, None, {}, None),
        (FULL[:-1], 200, {}, NOT_FULL),
        (FULL[:-1], 429, {}, NOT_FULL),
        (answers(200, 200, 429), 200, {}, "200"),
        (answers(200, 200, 429), 429, {"alone": False}, "holds"),
        (answers(200, 200, 429), 200, {"alone": False}, NOT_FULL),
        (FULL, 200, {"together": iter([False])}, NOT_FULL),
        (FULL, 200, {"flaw": "out of order"}, "out of order"),
    ],
)
def test_beyond_the_limit_a_request_is_refused(
    burst: list[Exchange],
    status: int | None,
    options: dict[str, Any],
    expected: str | None,
    limiter: Any,
    judge: Judge,
    seen: Seen,
) -> None:
    """A full window has admitted as many as it may, or has refused one; what else is wrong may be told first."""
    answer = answers(status, first=9)[0]
    limiter.judge_exceeding(judge, Meter(**options), burst, answer)
    if expected is None:
        assert seen.told == []
        return
    ((verdict, told),) = seen.of("RL-EXCEEDED")
    assert expected == verdict if expected == "holds" else expected in told
    if verdict == "violated":
        assert seen.proof("RL-EXCEEDED") == (burst[0].id, burst[-1].id, 9)


def test_what_is_refused_ever_after_was_admitted_once(limiter: Any, judge: Judge, seen: Seen) -> None:
    """A request answered 400 in a full window, and 429 when it is sent again, was let in before."""
    beyond = answers(404, 429, 429, first=9)
    limiter.judge_beyond(judge, Meter(), FULL, beyond)
    assert [verdict for verdict, _ in seen.of("RL-EXCEEDED")] == ["violated", "holds", "holds"]
    assert seen.found["RL-EXCEEDED"] == "404, and 429 to the same request afterwards"
    assert seen.proof("RL-EXCEEDED") == (1, 5, 10, 9)


@pytest.mark.parametrize("statuses", [(404, 429), (404, 404, 429), (404, 429, 404)])
def test_what_may_be_told_first_each_time_accuses_nobody(
    statuses: tuple[int, ...], limiter: Any, judge: Judge, seen: Seen
) -> None:
    """One 429 afterwards isn't enough, nor one among others."""
    limiter.judge_beyond(judge, Meter(), FULL, answers(*statuses, first=9))
    assert seen.found == {}


def test_other_requests_are_no_repetitions(limiter: Any, judge: Judge, seen: Seen) -> None:
    """Method, path and body make a request."""
    others = [*answers(404, first=9), *answers(429, 429, path="/leads?limit=1", first=10)]
    limiter.judge_beyond(judge, Meter(), FULL, others)
    assert seen.found == {}


def test_what_was_told_first_is_asked_twice_more(limiter: Any) -> None:
    """So that a server which tells it each time can be told from one that let it in."""
    calls = [SimpleNamespace(operation=name) for name in "abcd"]
    meter = Meter(iter(answers(429, 404, 200, 502, *[429] * 4)))
    assert [answer.status for answer in limiter.send_beyond(meter, calls)] == [429, 404, 200, 502, 429, 429]


@pytest.mark.parametrize(
    ("statuses", "options", "expected"),
    [
        ([200, 429, 429], {}, "holds"),
        ([429, 429, 429], {}, "holds"),
        ([200, 404, 429], {}, "2"),
        ([200, 200, 200], {}, "3"),
        ([200, 401, 429], {}, "holds"),
        ([200, 200, 500], {}, "3"),
        ([200, 200, 500], {"alone": False}, None),
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
    status: int | None, alone: bool, expected: str | None, limiter: Any, judge: Judge, seen: Seen
) -> None:
    """It has nothing else wrong; a crash is another finding where others may be the cause."""
    full, answer = SimpleNamespace(first=FULL[0], last=FULL[-1]), answers(status, first=9)[0]
    limiter.judge_first_beyond(judge, Meter(alone=alone), full, answer)
    told = seen.of("RL-EXCEEDED")
    assert [verdict if verdict == "holds" else actual for verdict, actual in told] == ([expected] if expected else [])
    if seen.found:
        assert seen.proof("RL-EXCEEDED") == (1, 5, 9)


@pytest.mark.parametrize(
    ("status", "options", "expected"),
    [
        (200, {}, "holds"),
        (404, {"alone": False}, "holds"),
        (429, {}, "violated"),
        (429, {"alone": False}, "unknown"),
        (429, {"lost_ones": 1}, "unknown"),
    ],
)
def test_a_key_with_allowance_is_served(
    status: int, options: dict[str, Any], expected: str, limiter: Any, judge: Judge, seen: Seen
) -> None:
    """While another is exhausted; whether it has any is known where nobody else uses it, and nothing was lost."""
    spent, first, answer = answers(429, 200, status)
    limiter.judge_served(judge, Meter(**options), spent, first, answer)
    assert [verdict for verdict, _ in seen.of("RL-PER-KEY")] == [expected]


# --- patience -------------------------------------------------------------------------------------------------


def falling(*left: int) -> Iterator[Exchange]:
    return iter(answers(*[200] * len(left), left=left))


def test_keys_are_compared_within_one_window(limiter: Any) -> None:
    """Three windows of the second key are tried; then there are no two keys that have allowance for a while."""
    one, other = Meter(iter(answers(*[200] * 60))), Meter(falling(*range(60, 0, -1)), iter([False, False, True]))
    steps, proof = limiter.moved(one, other, [1, 2])
    assert steps == [(1, 0), (2, 0)]
    assert len(proof) == 6
    assert one.done.count("begin") == other.done.count("begin") == 2
    with pytest.raises(Unmet, match="allowance for a while"):
        limiter.moved(
            Meter(iter(answers(*[200] * 60))), Meter(falling(*range(60, 0, -1)), iter([False] * 3 + [True])), [1]
        )


@pytest.mark.parametrize("refused", ["one", "other"])
def test_refused_requests_move_nothing(refused: str, limiter: Any) -> None:
    """A step in which one was refused is looked at again."""
    one = Meter(iter(answers(429 if refused == "one" else 200, *[200] * 9)))
    other = Meter(iter(answers(*[401 if refused == "other" else 200, *[200] * 9], left=range(20, 10, -1))))
    steps, _ = limiter.moved(one, other, [1])
    assert steps == [(1, 0)]
    assert one.done.count("begin") == 1


class Keys:
    """As much of an Api as a comparison of two keys needs; `falls` says by how much the second falls a step."""

    def __init__(self, limiter: Any, monkeypatch: pytest.MonkeyPatch, falls: Sequence[Sequence[int]]) -> None:
        self.asked = 0
        monkeypatch.setattr(limiter, "widest_keys", lambda api: ["a", "b"])
        monkeypatch.setattr(limiter, "WindowProbe", lambda api, key, calls: key)
        monkeypatch.setattr(limiter, "moved", self.moved)
        self._falls = falls

    def moved(self, one: str, other: str, sizes: Sequence[int]) -> tuple[list[tuple[int, int]], list[Exchange]]:
        assert (one, other) == ("a", "b")
        assert sorted(sizes) == [0, 0, 1, 2, 2, 3]
        self.asked += 1
        falls = self._falls[self.asked - 1]
        return list(zip(sorted(sizes), falls, strict=False)), answers(200)


@pytest.mark.parametrize(
    ("falls", "verdict", "asked"),
    [
        ([[0, 0, 0, 2, 2, 3]], "holds", 1),
        ([[0, 0, 1, 2, 2, 3], [0, 0, 1, 2, 2, 3], [0] * 6], "violated", 2),
        ([[0, 0, 1, 2, 2, 3], [0, 0, 1, 2, 2, 2]], "holds", 2),
        ([[0, 0, 1, 2, 2, 4]], "no second key", 1),
        ([[0, 0, 1, 2, 2, 3], [0, 1, 1, 2, 2, 3]], "no second key", 2),
    ],
)
def test_a_shared_counter_falls_by_just_as_much_twice(
    falls: list[list[int]],
    verdict: str,
    asked: int,
    limiter: Any,
    judge: Judge,
    seen: Seen,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One step in which it falls by less acquits; more than was sent is others' doing."""
    keys: Any = Keys(limiter, monkeypatch, falls)
    if verdict.startswith("no"):
        with pytest.raises(Unmet, match=verdict):
            limiter.test_keys_are_counted_apart(keys, judge, [], random.Random(1))
    else:
        limiter.test_keys_are_counted_apart(keys, judge, [], random.Random(1))
        assert [one.verdict.value for one in seen.told] == [verdict]
    assert keys.asked == asked


@pytest.mark.parametrize(("most", "filled"), [(LIMIT, "fill 2"), (4, "call")])
def test_a_window_used_late_is_looked_for_three_times(most: int, filled: str, limiter: Any, judge: Judge) -> None:
    """Whether it was used late is told; where all of it is used, one more is refused."""
    for together, late, tries in (([True], True, 1), ([False, True], True, 2), ([False] * 3, False, 3)):
        meter = Meter(iter(answers(*[200] * 60)), iter([*together, *[together[-1]] * 9]))
        assert limiter.use_late(meter, most, judge) is late
        assert meter.done.count(filled) == tries + (most == LIMIT and filled == "call")
        assert meter.done.count(f"more {most}") == tries
        assert meter.done[-1] == "wait past"
        assert meter.done.count("wait before 3") == tries


def test_a_short_window_is_met_nearer_its_end(limiter: Any, judge: Judge) -> None:
    """A tenth of it before, three seconds at the most."""
    meter = Meter(iter(answers(*[200] * 60)), window=10.0)
    limiter.use_late(meter, 4, judge)
    assert "wait before 1" in meter.done


@pytest.mark.parametrize(("wrong", "found", "looks"), [([""], [], 1), (["x", ""], [], 2), (["x", "y"], ["y"], 2)])
def test_what_a_clock_shows_of_a_window_is_looked_for_twice(
    wrong: list[str], found: list[str], looks: int, limiter: Any, judge: Judge, seen: Seen
) -> None:
    """Nobody is accused of what one look shows."""
    spans = iter(wrong)
    meter: Any = Meter(iter(answers(*[200] * 9)))
    meter.span = lambda answer: SimpleNamespace(wrong=next(spans), answers=FULL[:4])
    begun = limiter.measured(judge, meter)
    assert list(seen.found.values()) == found
    assert meter.done.count("call") == looks
    assert begun == ([] if found else [FULL[1], FULL[3]])


def counted(left: Sequence[int], statuses: Sequence[int] = (200,) * 9, together: Sequence[bool] = (True,)) -> Meter:
    return Meter(iter(answers(*statuses[: len(left)], left=left)), iter([*together, *[together[-1]] * 9]), limit=60)


@pytest.mark.parametrize(
    ("left", "verdict"),
    [
        ((50, 49, 48, 47, 46, 45), "holds"),
        ((50, 49, 49, 48, 48, 47, 46), "violated"),
        ((50, 49, 48, 47, 47, 46, 45), "violated"),
        ((50, 49, 48, 47, 46, 46, 44), "holds"),
    ],
)
def test_requests_at_one_instant_are_each_counted(
    left: tuple[int, ...], verdict: str, limiter: Any, judge: Judge, seen: Seen
) -> None:
    """What one node counted another may tell a moment later: then one more look decides."""
    limiter.test_counted_at_one_instant(judge, counted(left))
    assert [one.verdict.value for one in seen.told] == [verdict]


def test_a_window_with_little_left_is_not_counted_in(limiter: Any, judge: Judge) -> None:
    """Another is begun where fewer are left than the test needs."""
    enough, too_few = counted((6, *range(5, 0, -1))), counted((5, 50, 49, 48, 47, 46, 45))
    limiter.test_counted_at_one_instant(judge, enough)
    limiter.test_counted_at_one_instant(judge, too_few)
    assert (enough.done.count("begin"), too_few.done.count("begin")) == (0, 1)


def test_requests_at_one_instant_are_looked_at_twice(limiter: Any, judge: Judge, seen: Seen) -> None:
    """A window that ended in between shows nothing."""
    left = (50, 49, 48, 47, 46, 45)
    limiter.test_counted_at_one_instant(judge, counted([*left, *left], (200,) * 12, (False, True)))
    assert len(seen.told) == 1
    with pytest.raises(Unmet, match="no window"):
        limiter.test_counted_at_one_instant(judge, counted([*left, *left, *left], (200,) * 18, (False, False)))


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
def test_a_plain_read_has_nothing_wrong(query: list[tuple[str, str]], plain: bool, limiter: Any) -> None:
    """Each name once, with a value, and a limit from 1 to 500."""
    assert limiter._is_plain(SimpleNamespace(options={"query": query})) is plain


def test_the_last_call_of_each_operation_is_asked(limiter: Any) -> None:
    """Of several to an operation it is the one with nothing else wrong."""
    calls = [SimpleNamespace(operation=name, place=place) for place, name in enumerate("abab")]
    assert [call.place for call in limiter.each(Meter(calls=calls))] == [2, 3]


def test_the_first_write_is_told_first(limiter: Any) -> None:
    """A call with a body, where there is one; else a look."""
    calls = [SimpleNamespace(operation=str(n), options={"json": body}) for n, body in enumerate((None, {}, {"a": 1}))]
    assert limiter.first_told(Meter(calls=calls)) is calls[1]
    assert limiter.first_told(Meter(calls=calls[:1])).operation == "list_leads"


def test_what_is_left_out_is_said(limiter: Any, judge: Judge, seen: Seen) -> None:
    """For each operation and rule."""
    limiter.tell_left_out(judge, Meter(left_out={"get_lead": "it crashed"}), "RL-ADMITS", "RL-EXCEEDED")
    assert [(one.rule, one.operation) for one in seen.told] == [("RL-ADMITS", "get_lead"), ("RL-EXCEEDED", "get_lead")]
    assert all("it crashed" in one.cause for one in seen.told)
