"""May this key be used now? Paces every request by the server's own headers, so that no 429 comes unplanned."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from nhq.clock import Clock
from nhq.drive.allowance import Allowance, ServerClock
from nhq.drive.control import ControlledClock
from nhq.drive.target import Target
from nhq.model import Identity

_RESENDS = 2


@dataclass(slots=True)
class Spent:
    """What the pacing cost: waits, seconds waited, and 429s that no test asked for though we knew of allowance left."""

    waits: int = 0
    seconds: float = 0.0
    unplanned_429: int = 0


class Budget(BaseAdapter):
    """Second link: waits until the key has allowance.

    A 429 that no test asked for is waited out and the request sent again. It counts as unplanned where what we knew
    of the key promised allowance: the server's word was wrong, or another client took it meanwhile.
    """

    def __init__(self, target: Target, clock: Clock, inner: BaseAdapter) -> None:
        super().__init__()
        self._target, self._clock, self._inner = target, clock, inner
        exact = isinstance(clock, ControlledClock)
        self.allowance = Allowance(target.limit, target.window, ServerClock(exact))
        self._paced = True
        self.spent = Spent()

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        label = key_label(self._target, request)
        for attempt in range(_RESENDS + 1):
            if self._paced:
                self._wait(self.allowance.wait(label, self._clock.now()))
            before = self.allowance.windows.get(label)
            response, planned = self._sent(label, request, *args, **kwargs)
            if response.status_code != 429 or not self._paced or attempt == _RESENDS:
                break
            rounded = self.allowance.refused(label, self._clock.now(), before)
            self.spent.unplanned_429 += not (planned or rounded)
        return response

    def _sent(self, label: str, request: PreparedRequest, *args: Any, **kwargs: Any) -> tuple[Response, bool]:
        """The answer, and whether a 429 would be no surprise: nothing was known of the key's window.

        On a target of our own that is never so. Else another client may have used the key just before.
        """
        sent = self._clock.now()
        planned = label not in self.allowance.windows and not self._target.control_url
        response = self._inner.send(request, *args, **kwargs)
        self.allowance.learn(label, response.headers, sent, self._clock.now())
        return response, planned

    def close(self) -> None:
        self._inner.close()

    def forget(self) -> None:
        """The server's counters were put back (a restored snapshot): what we knew of them is void."""
        self.allowance.windows.clear()

    @contextmanager
    def unpaced(self) -> Iterator[None]:
        """Within, nothing waits and a 429 is an answer like any other: for tests of the limiter itself."""
        before, self._paced = self._paced, False
        try:
            yield
        finally:
            self._paced = before

    def best(self, keys: Sequence[Identity], need: int = 1) -> Identity:
        """Which of several keys to use next, for `need` requests in a row.

        Where a snapshot puts the target back before each test, the first: a test is a function of (snapshot, seed).
        """
        return keys[0] if self._target.control_url else self.allowance.best(keys, self._clock.now(), need)

    def freshest(self, keys: Sequence[Identity]) -> list[Identity]:
        """Keys, those whose window is untouched or over last."""
        return list(keys) if self._target.control_url else self.allowance.freshest(keys, self._clock.now())

    def fresh_window(self, label: str) -> None:
        """Wait until the key's present window, if one is known, is over."""
        now = self._clock.now()
        known = self.allowance.running(label, now)
        if known is not None:
            self._wait(self.allowance.ends(known) - now)

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self.spent.waits += 1
            self.spent.seconds += seconds
            self._clock.sleep(seconds)


def key_label(target: Target, request: PreparedRequest) -> str:
    """Whose allowance a request uses: the key's label, or "" for a caller without a valid key."""
    identity = bearer(target, request)
    return identity.label if identity is not None else ""


def bearer(target: Target, request: PreparedRequest) -> Any:
    """The identity in the Authorization header, if it is one of the target's keys."""
    scheme, _, token = str(request.headers.get("Authorization", "")).partition(" ")
    return target.by_secret(token.strip()) if scheme.lower() == "bearer" else None
