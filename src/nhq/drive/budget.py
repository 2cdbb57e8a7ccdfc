"""May this key be used now? Paces every request by the server's own headers, so that no 429 comes unplanned."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from nhq.clock import Clock
from nhq.drive.target import Target

_RESENDS = 2


@dataclass(slots=True)
class Spent:
    """What the pacing cost: waits, seconds waited, and 429s that no test asked for."""

    waits: int = 0
    seconds: float = 0.0
    unplanned_429: int = 0


@dataclass(slots=True)
class _Window:
    remaining: int
    reset: float


@dataclass(slots=True)
class _Counters:
    """Per key: the window as the server's headers tell it, or as we count it where they are missing."""

    limit: int
    window: float
    windows: dict[str, _Window] = field(default_factory=dict)

    def wait(self, key: str, now: float) -> float:
        """Seconds until the key may be used. Never longer than one window: a lying header must not stall a run."""
        known = self.windows.get(key)
        if known is None or known.remaining > 0 or now >= known.reset:
            return 0.0
        return min(known.reset - now, self.window + 1.0)

    def used(self, key: str, headers: Mapping[str, str], now: float) -> None:
        """Learn from an answer."""
        told = _told(headers)
        self.windows[key] = told if told is not None else self._counted(key, now)

    def _counted(self, key: str, now: float) -> _Window:
        known = self.windows.get(key)
        if known is None or now >= known.reset:
            return _Window(self.limit - 1, now + self.window)
        return _Window(known.remaining - 1, known.reset)


def _told(headers: Mapping[str, str]) -> _Window | None:
    try:
        remaining, reset = headers["X-RateLimit-Remaining"], headers["X-RateLimit-Reset"]
        return _Window(int(remaining), float(reset))
    except (KeyError, ValueError):
        return None


class Budget(BaseAdapter):
    """Second link: waits until the key has allowance, and waits out (and counts) a 429 that no test asked for."""

    def __init__(self, target: Target, clock: Clock, inner: BaseAdapter) -> None:
        super().__init__()
        self._target, self._clock, self._inner = target, clock, inner
        self._counters = _Counters(target.limit, target.window)
        self._paced = True
        self.spent = Spent()

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        label = key_label(self._target, request)
        for attempt in range(_RESENDS + 1):
            if self._paced:
                self._wait(self._counters.wait(label, self._clock.now()))
            response = self._inner.send(request, *args, **kwargs)
            self._counters.used(label, response.headers, self._clock.now())
            if response.status_code != 429 or not self._paced or attempt == _RESENDS:
                break
            self._wait_out(label)
        return response

    def close(self) -> None:
        self._inner.close()

    def forget(self) -> None:
        """The server's counters were put back (a restored snapshot): what we knew of them is void."""
        self._counters.windows.clear()

    @contextmanager
    def unpaced(self) -> Iterator[None]:
        """Within, nothing waits and a 429 is an answer like any other: for tests of the limiter itself."""
        before, self._paced = self._paced, False
        try:
            yield
        finally:
            self._paced = before

    def fresh_window(self, label: str) -> None:
        """Wait until the key's present window, if one is known, is over."""
        known = self._counters.windows.get(label)
        if known is not None:
            self._wait(min(known.reset - self._clock.now(), self._target.window + 1.0))

    def _wait_out(self, label: str) -> None:
        self.spent.unplanned_429 += 1
        left = self._counters.wait(label, self._clock.now())
        self._wait(left or self._target.window)

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
