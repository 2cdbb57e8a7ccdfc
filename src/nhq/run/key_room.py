"""What a target's keys may send in a time: the room that a plan fills."""

import math
from collections import Counter
from collections.abc import Mapping

from nhq.client.target import Target
from nhq.model import Identity
from nhq.run.costs import Cost, key_role

#: Roles whose requests no key's allowance pays for.
FREE = frozenset({"no key", "revoked"})


def windows_in(seconds: float, window: float) -> int:
    """Whole windows in a time; a time shorter than one has one all the same."""
    return max(1, math.floor(seconds / window + 1e-6))


class Room:
    """Requests that may still be planned, by key. Lists that any key of a scope may read move to the narrow ones."""

    def __init__(self, target: Target, seconds: float, requests: float = math.inf) -> None:
        """`requests` bounds all that is sent, with a key or without."""
        self._target, self._requests = target, requests
        self.windows = windows_in(seconds, target.window) if math.isfinite(seconds) else math.inf
        self.each = self.windows * target.limit
        self._keys: Counter[str] = Counter(key_role(target, key) for key in target.keys)
        self._narrow = [key for key in target.keys if key_role(target, key) == "narrow"]
        self._sent: Counter[str] = Counter()
        self._scopes: Counter[str] = Counter()
        self._waits = 0.0  # windows that tests wait while nothing else goes on
        self._chains: dict[str, float] = {}  # those that others fill meanwhile, by test, with what it follows

    @property
    def allowance(self) -> float:
        """All that the keys of the main workspace may send, or what was asked for where that is less."""
        return min(self._requests, self.allowance_of_keys)

    @property
    def allowance_of_keys(self) -> float:
        """All that the keys of the main workspace may send."""
        return self.each * (self._keys["wide"] + self._keys["narrow"])

    @property
    def planned(self) -> int:
        """Requests that were taken in."""
        return sum(self._sent.values())

    @property
    def paid(self) -> int:
        """Those of them that keys pay for."""
        return sum(count for name, count in self._sent.items() if name not in FREE)

    def sendable(self, cost: Cost) -> dict[str, int]:
        """Those of a test's requests that the target has keys for."""
        return {name: n for name, n in cost.requests.items() if name in ("no key", "wide") or self._keys[name]}

    def take(self, cost: Cost, *, patient: bool = False, after: str = "") -> bool:
        """Take a test in, if there is room for it. `patient`: others go on while it waits; it begins after another."""
        sent, scopes = self._sent + Counter(self.sendable(cost)), self._scopes + Counter(cost.scopes)
        beside = patient and self._keys["wide"] > 1
        waits = self._waits + cost.windows * (not beside)
        chain = self._chains.get(cost.test, self._chains.get(after, 0.0)) + cost.windows * beside
        longest = max(chain, *self._chains.values()) if self._chains else chain
        fits = waits + longest <= self.windows and self._has(sent, scopes)
        if fits:
            self._sent, self._scopes, self._waits = sent, scopes, waits
            self._chains[cost.test] = chain
        return fits

    def lacks(self, cost: Cost) -> bool:
        """Is it requests that a test lacks, whatever it waits for?"""
        return not self._has(self._sent + Counter(self.sendable(cost)), self._scopes + Counter(cost.scopes))

    def _has(self, sent: Mapping[str, int], scopes: Mapping[str, int]) -> bool:
        return sum(sent.values()) <= self._requests and self._fit(sent, scopes)

    def _fit(self, sent: Mapping[str, int], scopes: Mapping[str, int]) -> bool:
        if math.isinf(self.each):
            return True
        own = all(sent[name] <= self.each * self._keys[name] for name in sent if name not in FREE | {"wide"})
        return own and sent["wide"] - self._moved(sent, scopes) <= self.each * self._keys["wide"]

    def _moved(self, sent: Mapping[str, int], scopes: Mapping[str, int]) -> float:
        """Requests of wide keys that narrow ones could send as well: those of their scopes, as far as each has room."""
        rest, moved = dict(scopes), 0.0
        used = sent.get("narrow", 0) / len(self._narrow) if self._narrow else 0.0
        for key in self._narrow:
            spare = max(0.0, self.each - used)
            for scope in _wanted(key, rest):
                taken = min(spare, rest[scope])
                rest[scope] -= int(taken)
                spare, moved = spare - taken, moved + taken
        return min(moved, max(0.0, sum(scopes.values()) - sent.get("narrow", 0)))


def _wanted(key: Identity, rest: Mapping[str, int]) -> list[str]:
    """A key's scopes that are asked for, in a fixed order."""
    return [scope for scope in sorted(key.scopes) if rest.get(scope)]
