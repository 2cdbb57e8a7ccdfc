"""Windows used on purpose, on a simulated limiter: any anchor, any clock, any latency, other clients."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_contract import CONTRACT

from nhq.client.api import Api
from nhq.client.operation_outcomes import Answered
from nhq.client.quota import ServerClock
from nhq.client.target import Target
from nhq.clock import ManualClock
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange, Identity
from nhq.scenarios.window_probe import OperationCall, WindowProbe, widest_keys, window_is_unshared, window_portions

KEY = Identity("full", "alpha", frozenset({"leads:read"}), "secret")
LOOK = OperationCall("list_leads", {})


@dataclass
class Limiter:
    """Admits 10 requests in `window` seconds; its clock is `behind` ours, each answer takes `latency` seconds."""

    clock: ManualClock
    anchor: str = "first"
    behind: float = 0.0
    misdated: float = 0.0
    latency: float = 0.0
    window: float = 60.0
    others: Iterator[int] = field(default_factory=lambda: iter(()))
    dated: bool = True
    told: bool = True
    reset: Callable[[float, float], str] = lambda end, now: str(round(end))
    odd: Callable[[Exchange], Exchange] = lambda answer: answer
    start: float = -1e9
    count: int = 0
    number: int = 0

    def call(self, operation: str, **options: Any) -> Exchange:
        sent, self.number = self.clock.now(), self.number + 1
        self.clock.advance(self.latency)
        now = self.clock.now() - self.behind
        if now >= self.start + self.window:
            self.start, self.count = (now if self.anchor == "first" else now // self.window * self.window), 0
        self.count += 1 + next(self.others, 0)
        left = max(0, 10 - self.count)
        headers = {"x-ratelimit-limit": "10", "x-ratelimit-remaining": str(left)} if self.told else {}
        headers |= {"x-ratelimit-reset": self.reset(self.start + self.window, now)} if self.told else {}
        headers |= {"date": formatdate(int(now - self.misdated), usegmt=True)} if self.dated else {}
        status = 200 if self.count <= 10 else 429
        got = self.clock.now()
        path = f"/{operation}"
        return self.odd(Exchange(self.number, operation, "GET", path, {}, b"", KEY, status, headers, b"", sent, got))


def metered(limiter: Limiter, exclusive_keys: bool = False, calls: Sequence[OperationCall] = (LOOK,)) -> WindowProbe:
    """A meter on that server, without a network."""
    budget = SimpleNamespace(allowance=SimpleNamespace(clock=ServerClock()))
    session = SimpleNamespace(clock=limiter.clock, budget=budget)
    target = SimpleNamespace(
        exclusive_keys=exclusive_keys, limit=10, window=limiter.window, keys=(KEY,), workspace="alpha"
    )
    return WindowProbe(cast(Api, Wired(session, target, limiter)), KEY, list(calls))


class Wired:
    """As much of an Api as a meter needs."""

    def __init__(self, session: Any, target: Any, limiter: Limiter) -> None:
        self.session, self.target, self._limiter = session, target, limiter
        self.answered = Answered(CONTRACT)

    def call(self, operation: str, **options: Any) -> Exchange:
        """An answer, which is heard too."""
        answer = self._limiter.call(operation, **options)
        self.answered.hear(answer)
        return answer

    def unpaced(self) -> "Wired":
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, *trouble: object) -> None:
        return None


servers: Mapping[str, Any] = {
    "anchor": st.sampled_from(["first", "clock"]),
    "behind": st.floats(-3600, 3600),
    "latency": st.floats(0, 0.5),
    "already": st.integers(0, 12),
}


@given(**servers)
def test_a_window_is_filled_from_its_first_request(anchor: str, behind: float, latency: float, already: int) -> None:
    """Wherever the server stands, a burst of the whole allowance lies in one window and nothing of it is refused."""
    limiter = Limiter(ManualClock(), anchor, behind, latency)
    meter = metered(limiter)
    for _ in range(already):
        meter.call()
    burst = meter.fill(10)
    assert [answer.status for answer in burst] == [200] * 10
    assert meter.same(burst[0], burst[-1])
    assert window_is_unshared(burst)


@given(**servers)
def test_the_moment_before_the_end_is_inside(anchor: str, behind: float, latency: float, already: int) -> None:
    """What is sent when `wait_before` returns is decided in the same window, however wrong our clock is."""
    limiter = Limiter(ManualClock(), anchor, behind, latency)
    limiter.clock.advance(already)
    meter = metered(limiter)
    first = meter.begin()
    meter.wait_before(first)
    later = meter.call()
    assert meter.inside(first, later) or anchor == "clock"  # such a window may be nearly over when it is met
    assert meter.same(first, later) or not meter.inside(first, later)


@given(**servers)
def test_the_moment_past_the_end_is_outside(anchor: str, behind: float, latency: float, already: int) -> None:
    """What is sent when `wait_past` returns is decided in a later window."""
    limiter = Limiter(ManualClock(), anchor, behind, latency)
    limiter.clock.advance(already)
    meter = metered(limiter)
    first = meter.call()
    meter.wait_past(first)
    assert not meter.same(first, meter.call())


def test_another_client_shows_in_remaining() -> None:
    """A window that others use is seen as such: Remaining has gaps."""
    meter = metered(Limiter(ManualClock(), others=iter([0, 0, 2])))
    assert not window_is_unshared([meter.call() for _ in range(5)])


def test_without_a_date_the_servers_clock_is_unknown() -> None:
    """No moment is guessed where the server sends none and our clock may be wrong."""
    meter = metered(Limiter(ManualClock(), behind=1000.0, dated=False))
    with pytest.raises(PreconditionNotMet, match="no Date"):
        meter.wait_before(meter.call())


def test_without_a_reset_windows_cannot_be_told_apart() -> None:
    """Where time passes by itself, a burst without readable Resets is not judged."""
    meter = metered(Limiter(ManualClock(), told=False))
    with pytest.raises(PreconditionNotMet, match="Reset"):
        meter.fill(10)


def test_calls_are_portioned_by_the_window() -> None:
    """More operations than a window admits come in several portions, none of them empty."""
    assert [len(portion) for portion in window_portions([LOOK] * 16, 5)] == [5, 5, 5, 1]
    assert [len(portion) for portion in window_portions([LOOK] * 3, 0)] == [1, 1, 1]


def test_the_widest_keys_of_the_main_workspace_are_metered() -> None:
    """Revoked, foreign and narrow keys are left alone."""
    wide = frozenset({"leads:read", "leads:write"})
    keys = [
        Identity("first", "alpha", wide, "1"),
        Identity("narrow", "alpha", frozenset({"leads:read"}), "2"),
        Identity("gone", "alpha", wide, "3", revoked=True),
        Identity("foreign", "beta", wide, "4"),
        Identity("last", "alpha", wide, "5"),
    ]
    assert [key.label for key in widest_keys(with_keys(*keys))] == ["first", "last"]


def test_a_target_without_a_usable_key_is_told() -> None:
    """Nothing can be metered there."""
    with pytest.raises(PreconditionNotMet, match="no usable key"):
        widest_keys(with_keys(Identity("gone", "alpha", frozenset({"leads:read"}), "3", revoked=True)))


def with_keys(*keys: Identity) -> Api:
    """As much of an Api as choosing a key needs."""
    session = SimpleNamespace(budget=SimpleNamespace(freshest=list))
    return cast(Api, SimpleNamespace(target=Target("http://127.0.0.1:9", keys), session=session))


@pytest.mark.parametrize("reset", [lambda end, now: str(round(end - now)), lambda end, now: "soon"])
@pytest.mark.parametrize("anchor", ["first", "clock"])
def test_windows_are_told_apart_by_remaining_where_reset_is_no_time(anchor: str, reset: Any) -> None:
    """A window is filled, refuses, and is over: each is seen by Remaining's own course."""
    limiter = Limiter(ManualClock(), anchor, latency=0.3, reset=reset)
    meter = metered(limiter)
    for _ in range(4):
        burst = meter.fill(10)
        beyond = meter.call()
        assert [one.status for one in burst] == [200] * 10
        assert (beyond.status == 429) == meter.same(burst[0], beyond)
        limiter.clock.advance(47.0)


def test_a_window_that_renews_unseen_is_not_taken_for_the_same() -> None:
    """A rise of Remaining between two answers parts them, whatever the later ones tell."""
    limiter = Limiter(ManualClock(), reset=lambda end, now: "soon")
    meter = metered(limiter)
    first = meter.call()
    limiter.clock.advance(61.0)
    later = [meter.call() for _ in range(3)]
    assert not meter.same(first, later[-1])
    assert meter.same(later[0], later[-1])


def seen(limiter: Limiter, waits: tuple[float, ...]) -> tuple[WindowProbe, list[Exchange]]:
    """A meter and its answers, after waits of so many seconds each."""
    meter, answers = metered(limiter), []
    for wait in waits:
        limiter.clock.advance(wait)
        answers.append(meter.call())
    return meter, answers


@pytest.mark.parametrize("anchor", ["first", "clock"])
@pytest.mark.parametrize(("behind", "misdated"), [(0, 0), (0, 240), (0, -3600), (240, 0), (2, 1)])
@pytest.mark.parametrize("waits", [(0, 70, 70), (0, 130, 130), (10, 70, 310)])
def test_windows_of_the_promised_length_fit_whatever_dates_them(anchor, behind, misdated, waits):
    """A Date of another clock, the server's clock off, and windows that nobody saw say nothing of a window's length."""
    meter, answers = seen(Limiter(ManualClock(1.7e9), anchor, behind, misdated=misdated), waits)
    assert meter.lasts(answers)


@pytest.mark.parametrize("anchor", ["first", "clock"])
@pytest.mark.parametrize("length", [30.0, 40.0, 120.0])
def test_windows_of_another_length_do_not_fit(anchor, length):
    """Shorter, longer, or a multiple: where Date and our clock agree, it is told."""
    limiter = Limiter(ManualClock(1.7e9), anchor, window=length)
    meter, answers = seen(limiter, (0,))
    meter.window = 60.0
    for _ in range(2):
        meter.wait_past(answers[-1], 7.5)
        answers.append(meter.call())
    assert not meter.lasts(answers)


def test_windows_are_not_measured_by_clocks_that_differ():
    """Where Reset fits neither Date nor our clock, and these differ, it may be a third clock's."""
    meter, answers = seen(Limiter(ManualClock(1.7e9), behind=500, misdated=240), (0, 70, 130))
    with pytest.raises(PreconditionNotMet, match="Date and our clock differ"):
        meter.lasts(answers)


def odd_for(operation: str, change: Callable[[Exchange], Exchange]) -> Callable[[Exchange], Exchange]:
    """Every answer of one operation changed."""
    return lambda answer: change(answer) if answer.operation == operation else answer


ODD: dict[str, Callable[[Exchange], Exchange]] = {
    "no JSON": lambda a: replace(a, status=204),
    "crash": lambda a: replace(a, status=500),
    "redirect": lambda a: replace(a, status=302, headers={}),
    "no headers": lambda a: replace(a, headers={}),
    "no numbers": lambda a: replace(a, headers=a.headers | {"x-ratelimit-remaining": "many"}),
    "refused": lambda a: replace(a, status=401),
}


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("exclusive_keys", [False, True])
@pytest.mark.parametrize("kind", ODD)
def test_an_operation_out_of_order_is_left_out_of_the_round(kind: str, exclusive_keys: bool, place: int) -> None:
    """The others fill a window, though the odd one was met in its midst, and what is wrong with it is told."""
    names = ["list_leads", "list_campaigns", "list_conversations"]
    limiter = Limiter(ManualClock(1.7e9), odd=odd_for(names[place], ODD[kind]))
    meter = metered(limiter, exclusive_keys, [OperationCall(name, {}) for name in names])
    burst = meter.fill(10)
    assert list(meter.left_out) == [names[place]]
    assert [answer.status for answer in burst] == [200] * 10
    assert {answer.operation for answer in burst} == set(names) - set(meter.left_out)
    assert meter.call().status == 429
    assert meter.look().operation in set(names) - set(meter.left_out)


def test_none_is_left_out_where_all_are_out_of_order() -> None:
    """A server whose answers all lack something is met with all operations, as they are."""
    meter = metered(
        Limiter(ManualClock(), told=False), exclusive_keys=True, calls=[LOOK, OperationCall("list_campaigns", {})]
    )
    with pytest.raises(PreconditionNotMet):
        meter.begin()
    assert (meter.left_out, len(meter.calls)) == ({}, 2)


@given(
    anchor=st.sampled_from(["first", "clock"]),
    behind=st.floats(-0.9, 0.9),
    latency=st.floats(0, 0.5),
    others=st.lists(st.integers(0, 1), max_size=6),
    rounded=st.sampled_from([math.floor, math.ceil, round]),
)
def test_a_window_of_the_promised_length_is_never_called_wrong(
    anchor: str, behind: float, latency: float, others: list[int], rounded: Callable[[float], int]
) -> None:
    """Wherever it is anchored, whoever else uses the key, and however late answers come."""
    limiter = Limiter(ManualClock(), anchor, behind, latency=latency, others=iter(others))
    limiter.reset = lambda end, now: str(rounded(end))
    meter = metered(limiter)
    assert not meter.span(meter.call()).wrong


@pytest.mark.parametrize("anchor", ["first", "clock"])
@pytest.mark.parametrize(("length", "told"), [(59.0, "over within"), (61.0, "still went on")])
def test_a_window_that_is_off_by_a_second_is_measured(anchor: str, length: float, told: str) -> None:
    """With answers after a tenth of a second."""
    limiter = Limiter(ManualClock(), anchor, latency=0.1, window=length)
    meter = metered(limiter)
    meter.window = 60.0
    assert told in meter.span(meter.call()).wrong
