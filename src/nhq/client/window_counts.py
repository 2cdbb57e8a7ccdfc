"""How many requests of each key its present window has admitted, counted over a whole run, test after test.

A window is known by its Reset. Whoever else uses a key, what it admitted of ours beyond the limit was one too many.
"""

from dataclasses import dataclass, replace

from nhq.checks.rate_headers import rate_headers
from nhq.model import Exchange, Identity

UNCOUNTED = frozenset({401, 429})  # answers that may or may not count (counted-answers)


@dataclass(frozen=True, slots=True)
class Filled:
    """One window of a key: the first and the latest answer that was counted in it, and how many were."""

    first: Exchange
    last: Exchange
    count: int
    refused: bool = False

    def holds(self, exchange: Exchange) -> bool:
        """Does an answer speak of this window?"""
        return exchange.epoch == self.first.epoch and rate_headers(self.first).same_window(rate_headers(exchange))


class Admitted:
    """Hears the answers of one run whose three headers are whole numbers."""

    def __init__(self) -> None:
        self._windows: dict[str, Filled] = {}

    def hear(self, exchange: Exchange) -> None:
        """One more answer to a valid key."""
        key = exchange.identity
        if key is None or not rate_headers(exchange).dated:
            return
        known = self._windows.get(key.label)
        if known is not None and known.holds(exchange):
            self._windows[key.label] = _further(known, exchange)
        elif exchange.status not in UNCOUNTED:
            self._windows[key.label] = Filled(exchange, exchange, _begins_with(exchange))
        else:
            self._windows.pop(key.label, None)

    def window(self, key: Identity) -> Filled | None:
        """The key's latest window, as far as it was used by us."""
        return self._windows.get(key.label)


def _begins_with(exchange: Exchange) -> int:
    """How many requests a window has admitted by its first answer.

    None where nothing of it is used yet: the request was counted in the window before, which ended meanwhile
    (headers-of-which-instant).
    """
    told = rate_headers(exchange)
    return int(told.remaining != told.limit)


def _further(window: Filled, exchange: Exchange) -> Filled:
    if exchange.status == 429:
        return replace(window, refused=True)
    return window if exchange.status in UNCOUNTED else replace(window, last=exchange, count=window.count + 1)
