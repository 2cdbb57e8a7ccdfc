"""What a live run will cost, before anything is sent: from costs kept per test, which a former run's record told.

Requests are told by what a key must be for them, because which of several equal keys sends one is decided only when
it is sent: that one with allowance.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nhq import places
from nhq.drive.target import Target
from nhq.errors import ConfigError
from nhq.model import Identity
from nhq.record.judged_rows import TestRow
from nhq.record.run_record import Record

FORMAT = "nhq-costs/2"
DISCOVERY = "(discovery)"
PREFLIGHT = "(preflight)"
ANSWER = 0.05  # seconds that an answer takes, about
_OWN_LEAST = 0.2  # of a window: less than this is no wait of a test's own


def path() -> Path:
    """Where the costs lie."""
    return places.fixtures() / "costs.json"


def role(target: Target, key: Identity | None) -> str:
    """What a key is in a run; equal keys share the work of a role."""
    if key is None:
        return "no key"
    if key.revoked:
        return "revoked"
    if key.workspace != target.workspace:
        return "other workspace"
    if not key.scopes:
        return "no scopes"
    return "wide" if key in target.widest else "narrow"


@dataclass(frozen=True, slots=True)
class Cost:
    """One test, by its scenario's id: requests by the role of their key, and how many windows it waits by itself.

    `scopes` has those requests that any key of a scope can send, by scope.
    """

    test: str
    requests: Mapping[str, int]
    windows: float = 0.0
    scopes: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.requests.values())

    @property
    def area(self) -> str:
        """The first part of the scenario's id."""
        return self.test.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Costs:
    """Every test's cost in the live profile, for one contract."""

    contract: str
    tests: Mapping[str, Cost]

    def of(self, test: str) -> Cost:
        """A test that no record told of costs nothing that is known."""
        return self.tests.get(test, Cost(test, {}))


@dataclass(frozen=True, slots=True)
class Left:
    """What is still to come: requests, windows of the busiest key, and when it ends (seconds since the epoch)."""

    requests: int
    windows: int
    until: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A run to come: its tests' costs, and the target they are for.

    `beside` has the tests beside which others go on while they wait, each with the test that it follows, or "".
    """

    target: Target
    costs: tuple[Cost, ...]
    rules: Mapping[str, tuple[str, ...]]
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(cost.total for cost in self.costs)

    def by_area(self) -> dict[str, int]:
        """Requests by area, the dearest first."""
        return _summed((cost.area, cost.total) for cost in self.costs)

    def by_rule(self) -> dict[str, int]:
        """Requests of the tests that judge a rule; a test that judges several counts for each."""
        return _summed((rule, cost.total) for cost in self.costs for rule in self.rules.get(cost.test, ()))

    def by_key(self) -> dict[str, int]:
        """Requests by key; those of a role are shared out evenly among the keys that have it."""
        wanted = _summed((name, count) for cost in self.costs for name, count in cost.requests.items())
        holders: dict[str, list[str]] = {"no key": ["(no valid key)"]}
        for key in self.target.keys:
            holders.setdefault(role(self.target, key), []).append(key.label)
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


def preflight(target: Target) -> Cost:
    """What it costs to see whether the keys are right: a request each, but for revoked ones."""
    return Cost(PREFLIGHT, Counter(role(target, key) for key in target.keys if not key.revoked))


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, count in pairs:
        found[name] += count
    return dict(found.most_common())


def load(contract: str, file: Path | None = None) -> Costs:
    """The kept costs. Raises ConfigError where they can't be read, or are another contract's."""
    where = file or path()
    try:
        raw = json.loads(where.read_text("utf-8"))
        tests = {name: _cost(name, row) for name, row in raw["tests"].items()}
    except OSError as problem:
        raise ConfigError(f"{where.name}: cannot be read ({problem.strerror})") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ConfigError(f"{where.name}: holds no costs; `nhq corpus --costs RECORD` makes it anew") from None
    if raw.get("contract") != contract:
        raise ConfigError(f"{where.name}: is of another contract; `nhq corpus --costs RECORD` makes it anew")
    return Costs(contract, tests)


def told(record: Record) -> str:
    """The costs that a live run's record tells, as text. Raises ConfigError for another kind of record."""
    target = record.target
    cut = record.interrupted or record.ended_early
    if record.kind != "gate" or record.profile != "live" or cut or target is None:
        raise ConfigError("costs are told by the record of a whole run in the live profile")
    rows = {test.scenario: _row(test, target.window) for test in record.tests}
    asked = record.requests
    found = asked.total - asked.preflight - sum(test.requests for test in record.tests)
    rows[DISCOVERY] = {"requests": {"wide": found}, "windows": 0.0, "scopes": {}}
    lines = ",\n".join(
        f"    {json.dumps(name)}: {json.dumps(row, sort_keys=True)}" for name, row in sorted(rows.items())
    )
    head = f'  "format": "{FORMAT}",\n  "contract": "{record.contract.digest}",\n  "tests": {{\n'
    return "{\n" + head + lines + "\n  }\n}\n"


def _cost(name: str, row: Mapping[str, Any]) -> Cost:
    return Cost(name, dict(row["requests"]), float(row["windows"]), dict(row["scopes"]))


def _row(test: TestRow, window: float) -> dict[str, Any]:
    own = test.own_seconds / window
    windows = round(own, 1) if own > _OWN_LEAST else 0.0
    return {"requests": test.keys, "windows": windows, "scopes": test.scopes}
