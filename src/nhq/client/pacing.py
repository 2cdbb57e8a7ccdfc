"""Pacing: delays requests by the server's own headers, so that no unplanned 429 comes."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from nhq.checks.rate_headers import in_counted_order
from nhq.client.control_plane import ControlledClock
from nhq.client.quota import Allowance, ServerClock
from nhq.client.run_deadline import RunDeadline
from nhq.client.running_test import Running
from nhq.client.target import Target
from nhq.clock import Clock
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange, Identity

_RESENDS = 2


@dataclass(slots=True)
class PacingStats:
    """The cost of pacing: waits, seconds waited, and unplanned 429s despite known allowance.

    `unused`: requests that the widest keys could still have sent when a wait for allowance began; those that a test has
    claimed for itself don't count.
    """

    waits: int = 0
    seconds: float = 0.0
    unplanned_429: int = 0
    unused: int = 0


class Sender(Protocol):
    """The link behind the pacer."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """One request."""

    def send_at_once(self, requests: Sequence[PreparedRequest]) -> list[Exchange]:
        """Several at one instant."""

    def close(self) -> None:
        """Close the connections."""


class Pacer(BaseAdapter):
    """Second link: waits until the key has allowance.

    A 429 that no test asked for is waited out and the request sent again. It counts as unplanned where what we knew
    of the key promised allowance: the server's word was wrong, or another client took it meanwhile.
    """

    def __init__(
        self,
        target: Target,
        clock: Clock,
        inner: Sender,
        course: RunDeadline | None = None,
        running: Running | None = None,
        before: Callable[[], None] = lambda: None,
        allowance: Allowance | None = None,
    ) -> None:
        """`before` is called before each request: another test's turn may have come. `allowance` is what is known."""
        super().__init__()
        self._target, self._clock, self._inner = target, clock, inner
        self._running, self._before = running or Running(), before
        self._exact = isinstance(clock, ControlledClock)
        self.course = course or RunDeadline()
        self.allowance = allowance or Allowance(target.limit, target.window, ServerClock(self._exact))
        self.allowance.under_way.clear()
        self.spent = PacingStats()

    @property
    def paced(self) -> bool:
        """Do requests of the present test wait for allowance?"""
        return self._running.present.paced

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        label = key_label(self._target, request)
        self._claim([label])
        self._before()
        for attempt in range(_RESENDS + 1):
            waited = self.paced and self._wait_for(label)
            before = self.allowance.windows.get(label)
            self.course.check()
            response, planned = self._sent(label, request, *args, **kwargs)
            self._look(label, response, waited)
            if response.status_code != 429 or not self.paced or attempt == _RESENDS:
                break
            rounded = self.allowance.refused(label, self._clock.now(), before)
            self.spent.unplanned_429 += not (planned or rounded)
        if response.status_code == 429 and self.paced and self.course.hopeless:
            raise PreconditionNotMet("every key is answered 429, however long its window is waited for")
        return response

    def send_at_once(self, requests: Sequence[PreparedRequest]) -> list[Exchange]:
        """Send several at one instant, when their keys have allowance for all; who sends unpaced wants what comes.

        What the answers tell of a key is learned in the order of what they say is left.
        """
        labels = [key_label(self._target, request) for request in requests]
        self._claim(labels)
        self._before()
        for label, count in Counter(filter(None, labels)).items():
            if self.paced and self.allowance.left(label, self._clock.now()) < count:
                self.fresh_window(label)
        self.course.check()
        answers = self._inner.send_at_once(requests)
        for answer in in_counted_order(answers):
            if answer.identity is not None:
                headers = CaseInsensitiveDict(answer.headers)
                self.allowance.learn(answer.identity.label, headers, answer.sent, answer.received)
        return answers

    def _claim(self, labels: Sequence[str]) -> None:
        """A test that doesn't wait for allowance looks at the windows of these keys."""
        if not self.paced:
            self._running.present.claimed.update(filter(None, labels))

    def _sent(self, label: str, request: PreparedRequest, *args: Any, **kwargs: Any) -> tuple[Response, bool]:
        """The answer, and whether a 429 would be no surprise: nothing was known of the key's window.

        On a target of our own that is never so. Else another client may have used the key just before.
        """
        sent = self._clock.now()
        planned = label not in self.allowance.windows and not self._target.exclusive_keys
        response = self._inner.send(request, *args, **kwargs)
        self.allowance.learn(label, response.headers, sent, self._clock.now(), response.status_code)
        return response, planned

    def close(self) -> None:
        self._inner.close()

    def forget(self) -> None:
        """The server's counters were put back (a restored snapshot): what we knew of them is void."""
        self.allowance.windows.clear()

    @contextmanager
    def unpaced(self) -> Iterator[None]:
        """In this context nothing waits and a 429 is an ordinary answer: for tests of the limiter itself."""
        with self._running.present.unpaced():
            yield

    def best(self, keys: Sequence[Identity], need: int = 1) -> Identity:
        """Which of several keys to use next, for `need` requests in a row.

        Where a snapshot puts the target back before each test, the first: a test is a function of (snapshot, seed).
        Else one of the widest while they last, because tests of scopes can do with no other key than the narrow ones.
        """
        if self._target.restorable:
            return keys[0]
        free, now = self._running.free(keys), self._clock.now()
        wide = [key for key in free if key in self._target.widest]
        best = self.allowance.best(wide or free, now, need)
        return best if self.allowance.left(best.label, now) >= need else self.allowance.best(free, now, need)

    def freshest(self, keys: Sequence[Identity]) -> list[Identity]:
        """Keys, those whose window is untouched or over last."""
        if self._target.restorable:
            return list(keys)
        return self.allowance.freshest(self._running.free(keys), self._clock.now())

    def fresh_window(self, label: str) -> None:
        """Wait until the key's present window, if one is known, is over."""
        now = self._clock.now()
        known = self.allowance.running(label, now)
        if known is not None:
            self._wait(self.allowance.ends(known) - now, f"the window of key {label} to end")

    def _look(self, label: str, response: Response, waited: bool) -> None:
        """Was a wait for allowance of any use? An answer without one shows that not everything is refused.

        Where waiting moves the clock, it costs nothing and is never given up.
        """
        if self._exact:
            return
        left = self.allowance.left(label, self._clock.now())
        if label and self.paced and (waited or response.status_code != 429):
            self.course.waited(in_vain=waited and (response.status_code == 429 or not left) and self._target.limit > 1)

    def _wait_for(self, label: str) -> bool:
        """Wait until a key has allowance; whether it had none. Nothing is waited for where that was always in vain."""
        now = self._clock.now()
        seconds = self.allowance.wait(label, now)
        if self.course.hopeless:
            return False
        if seconds > 0:
            claimed = self._running.claimed_by_others()
            free = [key for key in self._target.widest if key.label not in claimed]
            self.spent.unused += sum(self.allowance.left(key.label, now) for key in free)
        self._wait(seconds, f"allowance of key {label}")
        return seconds > 0

    def _wait(self, seconds: float, what: str) -> None:
        if seconds > 0:
            if not self._exact:
                self.course.wait(seconds, what)
            self.spent.waits += 1
            self.spent.seconds += seconds
            self._clock.sleep(seconds)


def key_label(target: Target, request: PreparedRequest) -> str:
    """Whose allowance a request uses: the key's label, or "" for a caller without a valid key."""
    identity = bearer_identity(target, request)
    return identity.label if identity is not None else ""


def bearer_identity(target: Target, request: PreparedRequest) -> Any:
    """The identity in the Authorization header, if it is one of the target's keys."""
    scheme, _, token = str(request.headers.get("Authorization", "")).partition(" ")
    return target.by_secret(token.strip()) if scheme.lower() == "bearer" else None
