"""The cost of a live run before anything is sent, from the costs per test of an earlier run."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nhq.client.target import Target
from nhq.run.costs import Cost, key_role
from nhq.run.live_planner import Planner

ANSWER = 0.05  # seconds that an answer takes, about


@dataclass(frozen=True, slots=True)
class Left:
    """What remains: requests, windows of the busiest key, and the end (seconds since the epoch)."""

    requests: int
    windows: int
    until: float


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A planned run: the costs of its tests, and their target.

    `beside` has the tests beside which others go on while they wait, each with the test that it follows, or "".
    """

    target: Target
    costs: tuple[Cost, ...]
    rules: Mapping[str, tuple[str, ...]]
    beside: Mapping[str, str] = field(default_factory=dict)
    planner: Planner | None = None

    @property
    def total(self) -> int:
        return sum(cost.total for cost in self.costs)

    def by_area(self) -> dict[str, int]:
        """Requests by area, the most expensive first."""
        return _summed((cost.area, cost.total) for cost in self.costs)

    def by_rule(self) -> dict[str, int]:
        """Requests of the tests that judge a rule; a test that judges several counts for each."""
        return _summed((rule, cost.total) for cost in self.costs for rule in self.rules.get(cost.test, ()))

    def by_key(self) -> dict[str, int]:
        """Requests by key; those of a role are shared out evenly among the keys that have it."""
        wanted = _summed((name, count) for cost in self.costs for name, count in cost.requests.items())
        holders: dict[str, list[str]] = {"no key": ["(no valid key)"]}
        for key in self.target.keys:
            holders.setdefault(key_role(self.target, key), []).append(key.label)
        found: Counter[str] = Counter()
        for name, count in wanted.items():
            labels = holders.get(name) or holders.get("wide") or ["(no valid key)"]
            for number, label in enumerate(labels):
                found[label] += count // len(labels) + (number < count % len(labels))
        return dict(found)

    @property
    def windows(self) -> int:
        """Windows that the busiest key needs."""
        labels = {key.label for key in self.target.keys if not key.revoked}
        busiest = max((count for label, count in self.by_key().items() if label in labels), default=0)
        return math.ceil(busiest / self.target.limit)

    @property
    def seconds(self) -> float:
        """How long it takes: the longer of the waits for allowance and those that tests make, and the last answers."""
        last = self.total * ANSWER / max(1, self.windows)
        return max(self._own, self.windows - 1, 0) * self.target.window + last

    @property
    def _own(self) -> float:
        """Windows that tests wait by themselves: side by side where one key more is there for the others."""
        waits = {cost.test: cost.windows for cost in self.costs}
        if len(self.target.widest) < 2:
            return sum(waits.values())
        chains = [waits.get(test, 0.0) + waits.get(first, 0.0) for test, first in self.beside.items()]
        return sum(count for test, count in waits.items() if test not in self.beside) + max(chains, default=0.0)


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, count in pairs:
        found[name] += count
    return dict(found.most_common())
