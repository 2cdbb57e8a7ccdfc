"""How long the limiter's scenarios try: a window that ended in between shows nothing, and tries come to an end."""

import random
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from scenario_play import Play, Seen, Stage
from window_script import FULL, LIMIT, Meter, answers

from nhq.errors import PreconditionNotMet
from nhq.model import Exchange
from nhq.scenarios.areas.limiter_judgements import exhaust_key, use_late
from nhq.scenarios.judge import Judge


def falling(*left: int) -> Iterator[Exchange]:
    return iter(answers(*[200] * len(left), left=left))


def test_keys_are_compared_within_one_window(limiter_keys: Any) -> None:
    """Three windows of the second key are tried; then there are no two keys that have allowance for a while."""
    one, other = Meter(iter(answers(*[200] * 60))), Meter(falling(*range(60, 0, -1)), iter([False, False, True]))
    steps, proof = limiter_keys.moved(one, other, [1, 2])
    assert steps == [(1, 0), (2, 0)]
    assert len(proof) == 6
    assert one.done.count("begin") == other.done.count("begin") == 2
    with pytest.raises(PreconditionNotMet, match="allowance for a while"):
        limiter_keys.moved(
            Meter(iter(answers(*[200] * 60))), Meter(falling(*range(60, 0, -1)), iter([False] * 3 + [True])), [1]
        )


@pytest.mark.parametrize("refused", ["one", "other"])
def test_refused_requests_move_nothing(refused: str, limiter_keys: Any) -> None:
    """A step in which one was refused is looked at again."""
    one = Meter(iter(answers(429 if refused == "one" else 200, *[200] * 9)))
    other = Meter(iter(answers(*[401 if refused == "other" else 200, *[200] * 9], left=range(20, 10, -1))))
    steps, _ = limiter_keys.moved(one, other, [1])
    assert steps == [(1, 0)]
    assert one.done.count("begin") == 1


class Keys:
    """As much of an Api as a comparison of two keys needs; `falls` says by how much the second falls a step."""

    def __init__(self, limiter_keys: Any, monkeypatch: pytest.MonkeyPatch, falls: Sequence[Sequence[int]]) -> None:
        self.asked = 0
        monkeypatch.setattr(limiter_keys, "widest_keys", lambda api: ["a", "b"])
        monkeypatch.setattr(limiter_keys, "WindowProbe", lambda api, key, calls: key)
        monkeypatch.setattr(limiter_keys, "moved", self.moved)
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
    limiter_keys: Any,
    judge: Judge,
    seen: Seen,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One step in which it falls by less acquits; more than was sent is others' doing."""
    keys: Any = Keys(limiter_keys, monkeypatch, falls)
    if verdict.startswith("no"):
        with pytest.raises(PreconditionNotMet, match=verdict):
            limiter_keys.test_keys_are_counted_apart(keys, judge, [], random.Random(1))
    else:
        limiter_keys.test_keys_are_counted_apart(keys, judge, [], random.Random(1))
        assert [one.verdict.value for one in seen.told] == [verdict]
    assert keys.asked == asked


@pytest.mark.parametrize(("most", "filled"), [(LIMIT, "fill 2"), (4, "call")])
def test_a_window_used_late_is_looked_for_three_times(most: int, filled: str, judge: Judge) -> None:
    """Whether it was used late is told; where all of it is used, one more is refused."""
    for together, late, tries in (([True], True, 1), ([False, True], True, 2), ([False] * 3, False, 3)):
        meter = Meter(iter(answers(*[200] * 60)), iter([*together, *[together[-1]] * 9]))
        assert use_late(meter, most, judge) is late
        assert meter.done.count(filled) == tries + (most == LIMIT and filled == "call")
        assert meter.done.count(f"more {most}") == tries
        assert meter.done[-1] == "wait past"
        assert meter.done.count("wait before 3") == tries


def test_a_short_window_is_met_nearer_its_end(judge: Judge) -> None:
    """A tenth of it before, three seconds at the most."""
    meter = Meter(iter(answers(*[200] * 60)), window=10.0)
    use_late(meter, 4, judge)
    assert "wait before 1" in meter.done


@pytest.mark.parametrize(("wrong", "found", "looks"), [([""], [], 1), (["x", ""], [], 2), (["x", "y"], ["y"], 2)])
def test_what_a_clock_shows_of_a_window_is_looked_for_twice(
    wrong: list[str], found: list[str], looks: int, limiter_windows: Any, judge: Judge, seen: Seen
) -> None:
    """Nobody is accused of what one look shows."""
    spans = iter(wrong)
    meter: Any = Meter(iter(answers(*[200] * 9)))
    meter.span = lambda answer: SimpleNamespace(wrong=next(spans), answers=FULL[:4])
    begun = limiter_windows.measured(judge, meter)
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
    with pytest.raises(PreconditionNotMet, match="no window"):
        limiter.test_counted_at_one_instant(judge, counted([*left, *left, *left], (200,) * 18, (False, False)))
    with pytest.raises(PreconditionNotMet, match="no window"):
        limiter.test_counted_at_one_instant(judge, counted(left, (200,) * 5 + (429,)))


@pytest.mark.parametrize(
    ("status", "exact", "renewed", "inside", "expected"),
    [
        (429, True, False, True, ["holds", "holds"]),
        (429, False, True, True, ["holds", "holds"]),
        (200, True, True, True, ["violated", "violated"]),
        (200, False, False, True, ["violated", "violated"]),
        (200, False, True, True, "clock behind Reset"),
        (503, False, True, True, "clock behind Reset"),
        (429, True, False, False, "the window ended"),
        (200, True, False, False, "the window ended"),
    ],
)
def test_no_allowance_trickles_back_before_reset(
    status: int,
    exact: bool,
    renewed: bool,
    inside: bool,
    expected: Any,
    limiter_refused: Any,
    judge: Judge,
    seen: Seen,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half a window before it, and just before; where the window had ended, nothing is shown."""
    meter: Any = Meter(iter(answers(status, status, first=2)), exact=exact)
    meter.inside, meter.renewed, meter.reset = (lambda *_: inside), (lambda *_: renewed), (lambda answer: 9.0)
    monkeypatch.setattr(limiter_refused, "exhaust_key", lambda *_: answers(429)[0])
    api: Any = SimpleNamespace(target=SimpleNamespace(restorable=False))
    judge = Judge(judge._contract, seen, ["RL-REFUSED-UNTIL-RESET"])
    if isinstance(expected, str):
        with pytest.raises(PreconditionNotMet, match=expected):
            limiter_refused.test_exhausted_until_reset(api, judge, [meter])
        return
    limiter_refused.test_exhausted_until_reset(api, judge, [meter])
    assert [verdict for verdict, _ in seen.of("RL-REFUSED-UNTIL-RESET")] == expected
    assert [word for word in meter.done if word.startswith("wait")] == ["wait before 30", "wait before 0"]
    if seen.found:
        assert seen.proof("RL-REFUSED-UNTIL-RESET") == (1, 2)
        assert seen.told[0].finding is not None
        assert seen.told[0].finding.actual == "200 7 s before Reset"


@pytest.mark.parametrize("same", [True, False])
def test_a_window_is_filled_anew_from_reset_on(same: bool, limiter_windows: Any, judge: Judge, seen: Seen) -> None:
    """All of it is admitted; and what is sent beyond it, if it was all one window, is refused."""
    late, fresh, beyond = answers(*[200] * LIMIT), answers(*[200] * LIMIT, first=20), answers(429, 429, 429, first=40)
    meter: Any = Meter(iter([*late, beyond[0], *fresh, *beyond[1:]]))
    asked: list[tuple[int, int]] = []

    def together(one: Exchange, other: Exchange) -> bool:
        asked.append((one.id, other.id))
        return same or (one.id, other.id) != (20, 24)

    meter.same = together
    limiter_windows.test_whole_allowance_from_reset(judge, [meter])
    assert [verdict for verdict, _ in seen.of("RL-RENEWED-AT-RESET")] == ["holds"] * LIMIT
    assert len(seen.of("RL-EXCEEDED")) == (3 if same else 1)
    assert (20, 24) in asked


@pytest.mark.parametrize(
    ("held", "count", "status", "verdicts"),
    [
        (True, 5, 429, ["holds"]),
        (True, 6, 429, ["holds"]),
        (True, 4, 429, []),
        (False, 5, 429, []),
        (True, 5, 200, ["violated"]),
        (True, 4, 200, []),
        (None, 5, 200, []),
    ],
)
def test_a_key_is_exhausted_by_a_full_window(
    held: bool | None, count: int, status: int, verdicts: list[str], judge: Judge, seen: Seen
) -> None:
    """Filled by ours alone, the first beyond it is judged; without a 429 nothing can be shown."""
    meter: Any = Meter(iter(answers(status, first=9)))
    full = SimpleNamespace(holds=lambda answer: held, count=count, first=FULL[0], last=FULL[-1])
    meter.drain = lambda: None if held is None else full
    if status == 429:
        assert exhaust_key(judge, meter).id == 9
    else:
        with pytest.raises(PreconditionNotMet, match="could not be exhausted"):
            exhaust_key(judge, meter)
    assert [one.verdict.value for one in seen.told] == verdicts


def test_windows_begin_after_pauses_of_two_lengths(limiter_windows: Any) -> None:
    """A window that is short by one of them looks right after that one only."""
    waits: list[float] = []
    meter: Any = Meter(iter(answers(200, 200, 200)))
    meter.whole_second = lambda: None
    meter.wait_past = lambda answer, beyond=0.0: waits.append(beyond)
    assert [answer.id for answer in limiter_windows.begun(meter)] == [1, 2, 3]
    assert waits == [60 / 16, 120 / 16]


@pytest.mark.parametrize(
    ("left", "count", "alone", "lasts"),
    [(5, 5, False, True), (4, 5, False, False), (9, 5, False, True), (9, 5, True, False)],
)
def test_a_key_lasts_for_some_requests(left: int, count: int, alone: bool, lasts: bool, limiter_keys: Any) -> None:
    """Where nothing is put back; elsewhere a window is begun."""
    allowance = SimpleNamespace(left=lambda label, now: left)
    session = SimpleNamespace(budget=SimpleNamespace(allowance=allowance), clock=SimpleNamespace(now=lambda: 0.0))
    meter: Any = Meter(exclusive_keys=alone)
    meter.key = SimpleNamespace(label="full")
    assert limiter_keys.lasts_for(SimpleNamespace(session=session), meter, count) is lasts


@pytest.mark.parametrize("count", [1, 2, 3])
def test_two_wide_keys_are_enough(count: int) -> None:
    """To hold one against another; with one nothing is known of keys apart."""
    play = Play(stage=Stage(60), changed=lambda target: {"keys": target.keys[:count]})
    for name in ("test_keys_have_their_own_allowance", "test_keys_are_counted_apart"):
        if count == 1:
            with pytest.raises(PreconditionNotMet, match="no second key"):
                play("ratelimit_keys", name)
        else:
            assert "holds" in [verdict for verdict, _ in play("ratelimit_keys", name).of("RL-PER-KEY")]
