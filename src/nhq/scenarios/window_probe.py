"""Probes a key's window: begin one, fill it, wait for a moment in it or after it.

Nothing is taken for granted of the server: windows may be anchored anywhere, its clock may differ from ours, a window
may end in the middle of a burst (then we start over in the next), and another client may use the same key.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise
from typing import Any

from nhq.checks.header_sequence import DATE_SLACK, dated_decision_time, our_decision_time
from nhq.checks.rate_headers import in_counted_order, rate_headers
from nhq.client.api import Api
from nhq.client.control_plane import ControlledClock
from nhq.client.window_counts import Filled
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange, Identity

LOOK = "list_leads"  # what is asked where any read would do
_TRIES = 3
_STEP = 0.3  # seconds between requests that look for a window's end
_MARGIN = 0.25  # seconds by which a measured window may be off: nodes' clocks, and ours, aren't one
_OVERDUE = 3.0  # seconds after which a window that should have ended is given up
_ODD = 2  # answers to one operation that show nothing, and none that does: then it is left out


@dataclass(frozen=True, slots=True)
class OperationCall:
    """A request to an operation; `options` are for `Api.call`."""

    operation: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WindowSpan:
    """A window measured: its last answer before, its own, and those after; and what is wrong with its length, or ""."""

    answers: list[Exchange]
    wrong: str = ""


def is_later_in_window(before: Exchange, answer: Exchange) -> bool:
    """Is an answer one further on in the window of the one before, as Remaining tells?"""
    had, left = rate_headers(before).remaining, rate_headers(answer).remaining
    if answer.status == 429:
        return had == 0
    return had is not None and left == had - 1


class WindowProbe:
    """One key and its windows. `calls` are what fills them, in turn; nothing here waits for allowance.

    Operations whose answers don't show whether they were counted are `left_out`, with the cause; if all are, none is.
    """

    def __init__(self, api: Api, key: Identity, calls: list[OperationCall]) -> None:
        self._api, self.key, self.calls, self.wanted = api, key, calls, calls
        self._session, self._turn = api.session, cycle(calls)
        self._course: list[Exchange] = []
        self._sound: set[str] = set()
        self._odd: Counter[str] = Counter()
        self._lenient = False
        self.left_out: dict[str, str] = {}
        self._leave_out(self._known())
        self.limit, self.window = api.target.limit, api.target.window
        self.exact = isinstance(self._session.clock, ControlledClock)
        self.exclusive_keys = api.target.exclusive_keys

    def call(self, call: OperationCall | None = None) -> Exchange:
        """One request with the key, the next in turn unless told; a 429 is an answer like any other."""
        chosen = call or next(self._turn)
        with self._api.unpaced():
            answer = self._api.call(chosen.operation, key=self.key, **chosen.options)
        self._course.append(answer)
        if call is None:
            self._weigh(answer)
        return answer

    def at_once(self, calls: Sequence[OperationCall]) -> list[Exchange]:
        """Several requests with the key at one instant; Remaining tells in which order they were counted."""
        with self._api.unpaced():
            answers = self._api.at_once([(call.operation, {**call.options, "key": self.key}) for call in calls])
        counted = in_counted_order(answers)
        self._course += counted
        return counted

    def lost(self, first: Exchange, last: Exchange) -> int:
        """How many requests of the key between two answers got none: they may have been counted, or not."""
        return self._api.answered.lost(self.key, first, last)

    def out_of_order(self, operation: str) -> str:
        """What is wrong with every answer of an operation so far; "" where one was sound."""
        return self._api.answered.flaw(operation)

    def look(self) -> OperationCall:
        """A read with nothing wrong, to an operation that isn't left out."""
        plain = [c.operation for c in self.calls if c.operation.startswith("list") and not c.options.get("path")]
        return OperationCall(LOOK if LOOK in plain or not plain else plain[0], {"query": {"limit": 1}})

    def _weigh(self, answer: Exchange) -> None:
        """Leave an operation out where its answers show nothing."""
        operation, flaw = answer.operation or "", self._api.answered.flaw_of(answer)
        if not flaw:
            self._sound.add(operation)
            return
        self._odd[operation] += 1
        always = operation not in self._sound and self._odd[operation] >= _ODD
        if always or self._api.answered.flaw(operation):
            self._leave_out({operation: flaw})

    def _leave_out(self, more: Mapping[str, str]) -> None:
        """Call the others from here on; all of them, for good, where none would be left."""
        new = {name: flaw for name, flaw in more.items() if flaw and name not in self.left_out}
        if not new or self._lenient:
            return
        kept = [call for call in self.calls if call.operation not in new]
        self._lenient = not kept
        self.left_out, self.calls = (self.left_out | new, kept) if kept else ({}, self.wanted)
        self._turn = cycle(self.calls)

    def _known(self) -> dict[str, str]:
        """By operation that is called: why it is out of order, "" where it isn't."""
        return {call.operation: self.out_of_order(call.operation) for call in self.calls}

    def begin(self) -> Exchange:
        """The first request of a window; where others use the key too, perhaps one further on in it."""
        self._leave_out(self._known())
        answer = self._first()
        for _ in range(_TRIES):
            before = answer
            if rate_headers(answer).remaining == self.limit - 1:
                return answer
            self.wait_past(answer)
            answer = self._first()
            if answer.status != 429 and not self.same(before, answer):
                return answer
        raise PreconditionNotMet("no window of the key could be begun; other clients may use it up")

    def _first(self) -> Exchange:
        """The answer to the next call in turn of those that aren't left out."""
        answer = self.call()
        while answer.operation in self.left_out:
            answer = self.call()
        return answer

    def fill(self, count: int, lapse: float = 0.0) -> list[Exchange]:
        """`count` requests in one window, its first included; `lapse` seconds pass after that one.

        A window that an operation was left out of is begun anew: what it was asked may have counted.
        """
        tries = 0
        while tries < _TRIES:
            burst = [self.begin()]
            self._session.clock.sleep(lapse)
            before = self.left_out
            self.more(burst, count)
            if self.left_out is not before:
                continue
            if self.same(burst[0], burst[-1]):
                return burst
            tries += 1
        raise PreconditionNotMet(f"no window lasted for {count} requests")

    def drain(self) -> Filled | None:
        """Use up the key's window, if whatever came before hasn't: what it has admitted of ours, if that is known."""
        if self._session.budget.allowance.left(self.key.label, self._session.clock.now()) or self.exclusive_keys:
            self.fill(self.limit)
        return self._api.answered.admitted.window(self.key)

    def more(self, burst: list[Exchange], count: int) -> None:
        """Go on until the burst has `count` answers, or its window has ended."""
        before = self.left_out
        while len(burst) < count and self.left_out is before and self.same(burst[0], burst[-1]):
            burst.append(self.call())

    def same(self, first: Exchange, second: Exchange) -> bool:
        """Do two answers belong to one window?

        Raises PreconditionNotMet if neither Reset nor Remaining shows it on a target whose clock runs.

        Where Reset is no time, Remaining tells by its own course: in one window it falls by one with each of our
        requests. If it did so across a window's end, others had used as much of the new one as we of the old.
        """
        a, b = rate_headers(first), rate_headers(second)
        if a.dated and b.dated:
            return a.same_window(b)
        if first is second or (self.exact and None in (a.reset, b.reset)):
            return True
        places = [place for place, one in enumerate(self._course) if one in (first, second)]
        if len(places) < 2 or a.remaining is None:
            raise PreconditionNotMet(
                "X-RateLimit-Reset is no Unix time, and Remaining does not tell these windows apart"
            )
        return all(is_later_in_window(*pair) for pair in pairwise(self._course[places[0] : places[-1] + 1]))

    def renewed(self, first: Exchange, second: Exchange) -> bool:
        """Does the second answer speak of a window that began when the first one's had ended, by their own Resets?"""
        self.reset(first), self.reset(second)
        return rate_headers(first).renewed_by(rate_headers(second), self.window)

    def lasts(self, answers: list[Exchange]) -> bool:
        """Do these answers, each of a later window, fit windows of the length that is promised?

        Their Resets lie one window apart, or each is one after its request, or they lie some windows apart and none is
        further ahead of its request. A request's moment is known by Date or by our clock: a proxy may have stamped
        Date by a clock of its own. Raises PreconditionNotMet where nothing fits and these two differ, or there is no
        Date: the server's clock may be a third.
        """
        steps = [self.reset(answer) - self.reset(answers[0]) for answer in answers]
        if all(abs(step - place * self.window) <= 1 for place, step in enumerate(steps)):
            return True
        mine = [self.moment(answer) if self.exact else our_decision_time(answer) for answer in answers]
        if self._fits(answers, steps, mine):
            return True
        theirs = [self.moment(answer) for answer in answers]
        if self._fits(answers, steps, theirs):
            return True
        if any(a[1] < b[0] or b[1] < a[0] for a, b in zip(theirs, mine, strict=True)):
            raise PreconditionNotMet(
                "Date and our clock differ, and Reset fits neither: the server's own clock isn't known"
            )
        return False

    def _fits(self, answers: list[Exchange], steps: list[int], moments: list[tuple[float, float]]) -> bool:
        """Does each window end one window after its request; or, at most so late, whole windows after the others?"""
        ends = [self.reset(answer) for answer in answers]
        near = all(end < latest + self.window + 1 for end, (_, latest) in zip(ends, moments, strict=True))
        late = all(end > earliest + self.window - 1 for end, (earliest, _) in zip(ends, moments, strict=True))
        whole = all(abs(step - round(step / self.window) * self.window) <= 1 for step in steps)
        return near and (late or whole)

    def reset(self, answer: Exchange) -> int:
        """The answer's Reset. Raises PreconditionNotMet where it is no time."""
        told = rate_headers(answer)
        if told.reset is None or not told.dated:
            raise PreconditionNotMet("X-RateLimit-Reset is no Unix time")
        return told.reset

    def moment(self, answer: Exchange) -> tuple[float, float]:
        """When the server decided, by its own clock: not before, not after.

        Raises PreconditionNotMet where it sends no Date.
        """
        if self.exact:
            return answer.sent, answer.received
        moment = dated_decision_time(answer)
        if moment is None:
            raise PreconditionNotMet("the target sends no Date, so its clock isn't known")
        return moment

    def ahead(self, answer: Exchange) -> tuple[float, float]:
        """By how many seconds our clock is ahead of the server's: at least, at most.

        Raises PreconditionNotMet as `moment` does.
        """
        if self.exact:
            return 0.0, 0.0
        earliest, latest = self.moment(answer)
        return answer.received - latest, answer.received - earliest

    def inside(self, window: Exchange, answer: Exchange) -> bool:
        """Was this answer certainly given before the window's end? Reset may be rounded, and is right to a second."""
        return answer.received - self.ahead(window)[0] <= self.reset(window) - 1

    def wait_before(self, window: Exchange, seconds: float = 0.0) -> None:
        """Until at least `seconds` before the last moment that is certainly inside an answer's window."""
        margin = 0.0 if self.exact else 1.0
        self._sleep_until(self.reset(window) - 1 + self.ahead(window)[0] - seconds - margin)

    def wait_past(self, window: Exchange, seconds: float = 0.0) -> None:
        """Until `seconds` after the first moment that is certainly past an answer's window."""
        try:
            late = self.reset(window) + 1 + self.ahead(window)[1] + seconds
        except PreconditionNotMet:
            late = self._session.clock.now() + self.window + 1 + DATE_SLACK + seconds
        self._sleep_until(late)

    def cross(self, window: Exchange) -> tuple[Exchange, Exchange]:
        """The last answer of a window and the first of the next, as near to each other as requests can be."""
        known = self._session.budget.allowance.clock
        low, high = (known.low, known.high) if known.known else (0.0, 0.0)
        self._sleep_until(self.reset(window) - 1 - high - _STEP)
        overdue = max(self._session.clock.now(), self.reset(window) + 1 - low) + _OVERDUE
        last = window
        while self._session.clock.now() < overdue:
            answer = self.call(self.look())
            if not self.same(window, answer):
                return last, answer
            last = answer
            self._session.clock.sleep(_STEP)
        raise PreconditionNotMet("the window did not end when its Reset said so")

    def span(self, window: Exchange) -> WindowSpan:
        """Measure the window that follows another."""
        last, entered = self.cross(window)
        self._sleep_until(last.sent + self.window - _MARGIN)
        early = self.call(self.look())
        most = early.received - last.sent
        if self.reset(early) - self.reset(entered) > 1 and most < self.window - _MARGIN / 2:
            return WindowSpan([last, entered, early], f"one that was over within {most:.1f} s")
        self._sleep_until(entered.received + self.window + 2 * _MARGIN)
        late = self.call(self.look())
        least = late.sent - entered.received
        if self.same(entered, late) and least > self.window + _MARGIN:
            return WindowSpan([last, entered, early, late], f"one that still went on after {least:.1f} s")
        return WindowSpan([last, entered, early, late])

    def whole_second(self) -> None:
        """On a clock that stands still: move it to a whole second, so that nothing is lost to rounding."""
        if self.exact:
            self._session.clock.sleep(-self._session.clock.now() % 1)

    def _sleep_until(self, moment: float) -> None:
        self._session.clock.sleep(min(moment - self._session.clock.now(), 2 * self.window + 10))


def window_is_unshared(burst: list[Exchange]) -> bool:
    """Does Remaining itself say that nobody else used this window: one less each time, from one below the limit?"""
    left = [rate_headers(answer).remaining for answer in burst if answer.status != 429]
    limit = rate_headers(burst[0]).limit
    return limit is not None and left == list(range(limit - 1, limit - 1 - len(left), -1))


def widest_keys(api: Api) -> list[Identity]:
    """Usable keys of the main workspace with the most scopes; the last has the most of a window left.

    Raises PreconditionNotMet where there is none.
    """
    if not api.target.widest:
        raise PreconditionNotMet("the target file has no usable key in its main workspace")
    return api.session.budget.freshest(api.target.widest)


def spent_keys(api: Api, lasting: float) -> list[Identity]:
    """Keys as `widest`, whose windows are used up for at least `lasting` seconds more: those need not be filled."""
    allowance, now = api.session.budget.allowance, api.session.clock.now()
    empty = [key for key in widest_keys(api) if not allowance.left(key.label, now)]
    return [key for key in empty if allowance.wait(key.label, now) > lasting]


def window_portions(calls: list[OperationCall], size: int) -> Iterator[list[OperationCall]]:
    """Calls in portions that fit a window of `size` requests."""
    for start in range(0, len(calls), max(1, size)):
        yield calls[start : start + max(1, size)]
