"""What each test costs, kept from former runs' records, at each depth that it can run at.

Requests are told by what a key must be for them, because which of several equal keys sends one is decided only when
it is sent: that one with allowance.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from nhq import paths
from nhq.client.target import Target
from nhq.errors import ConfigError
from nhq.model import Identity
from nhq.record.case_row import DISCOVERY as DISCOVERY
from nhq.record.judged_rows import TestRow
from nhq.record.run_record import Record

FORMAT = "nhq-costs/3"
PREFLIGHT = "(preflight)"
_OWN_LEAST = 0.2  # of a window: less than this is no wait of a test's own
_LIMITER = "ratelimit"  # the area of the tests that fill whole windows
_LIMIT = 60  # what a window allowed where the file doesn't say


class Depth(StrEnum):
    """How much a test sends: the fewest requests that show its promises, all that the gate profile sends, or a night's.

    Each has the name of a profile.
    """

    LIVE = "live"
    GATE = "gate"
    NIGHT = "nightly"


def costs_path() -> Path:
    """Where the costs lie."""
    return paths.fixtures_folder() / "costs.json"


def key_role(target: Target, key: Identity | None) -> str:
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

    `scopes` has those requests that any key of a scope can send, by scope; `operations` all that were answered, by
    operation.
    """

    test: str
    requests: Mapping[str, int]
    windows: float = 0.0
    scopes: Mapping[str, int] = field(default_factory=dict)
    operations: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.requests.values())

    @property
    def area(self) -> str:
        """The first part of the scenario's id."""
        return self.test.partition("/")[0]

    def at_limit(self, limit: int, measured: int) -> "Cost":
        """On a target whose windows allow `limit` requests: a test of the limiter fills as many windows there.

        `measured` is what they allowed where the cost was measured.
        """
        filled = self.requests.get("wide", 0) // measured if self.area == _LIMITER else 0
        if not filled or limit == measured:
            return self
        return replace(self, requests={**self.requests, "wide": self.requests["wide"] + filled * (limit - measured)})

    def without_narrow_keys(self) -> "Cost":
        """On a target whose keys are all wide: they send what any key of a scope could have sent."""
        paid = self.requests.get("narrow", 0) + self.requests.get("wide", 0)
        particular = min(self.requests.get("narrow", 0), max(0, paid - sum(self.scopes.values())))
        if particular == self.requests.get("narrow", 0):
            return self
        return replace(self, requests={**self.requests, "narrow": particular, "wide": paid - particular})

    def plus(self, other: "Cost") -> "Cost":
        """Both together, for one test."""
        return Cost(
            self.test,
            Counter(self.requests) + Counter(other.requests),
            self.windows + other.windows,
            Counter(self.scopes) + Counter(other.scopes),
            Counter(self.operations) + Counter(other.operations),
        )

    def beyond(self, other: "Cost") -> "Cost":
        """What this costs more than a shallower run of the same test, which need not be made then."""
        return Cost(
            self.test,
            _more_requests(self.requests, other.requests),
            max(0.0, self.windows - other.windows),
            _more(self.scopes, other.scopes),
            _more(self.operations, other.operations),
        )


@dataclass(frozen=True, slots=True)
class Costs:
    """Every test's cost for one contract: `tests` in the live profile, `whole` in the gate's, `deepest` in the night's.

    They were measured where a window allows `limit` requests.
    """

    contract: str
    tests: Mapping[str, Cost]
    whole: Mapping[str, Cost] = field(default_factory=dict)
    limit: int = _LIMIT
    deepest: Mapping[str, Cost] = field(default_factory=dict)

    def on(self, target: Target) -> "Costs":
        """The costs on a target: by its limit and its keys."""
        narrow = any(key_role(target, key) == "narrow" for key in target.keys)

        def there(cost: Cost) -> Cost:
            scaled = cost.at_limit(target.limit, self.limit)
            return scaled if narrow else scaled.without_narrow_keys()

        known = (self.tests, self.whole, self.deepest)
        tests, whole, deepest = ({n: there(cost) for n, cost in costs.items()} for costs in known)
        return replace(self, tests=tests, whole=whole, deepest=deepest, limit=target.limit)

    def of(self, test: str, depth: Depth = Depth.LIVE) -> Cost:
        """A test that no record told of at this depth costs what it does at the next; nothing that is known else."""
        known = {Depth.LIVE: self.tests, Depth.GATE: self.whole, Depth.NIGHT: self.deepest}
        others = [Depth.NIGHT, Depth.GATE, Depth.LIVE] if depth is Depth.NIGHT else [depth, Depth.GATE, Depth.LIVE]
        return next((known[one][test] for one in others if test in known[one]), Cost(test, {}))


def preflight_cost(target: Target) -> Cost:
    """What it costs to see whether the keys are right: a request each, but for revoked ones."""
    return Cost(PREFLIGHT, Counter(key_role(target, key) for key in target.keys if not key.revoked))


def load_costs(contract: str, file: Path | None = None) -> Costs:
    """The kept costs. Raises ConfigError where they can't be read, or are another contract's."""
    where = file or costs_path()
    try:
        raw = json.loads(where.read_text("utf-8"))
        kept = {depth: _costs(raw["tests"], depth) for depth in Depth}
        limit = int(raw.get("limit", _LIMIT))
    except OSError as problem:
        raise ConfigError(f"{where.name}: cannot be read ({problem.strerror})") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ConfigError(f"{where.name}: has no costs; rebuild it with `nhq live-corpus --costs RECORD`") from None
    if raw.get("contract") != contract:
        raise ConfigError(f"{where.name}: made for another contract; rebuild it with `nhq live-corpus --costs RECORD`")
    return Costs(contract, kept[Depth.LIVE], kept[Depth.GATE], max(1, limit), kept[Depth.NIGHT])


def costs_as_text(record: Record, known: Mapping[str, Any] | None = None) -> str:
    """The costs that a record of a target without a control plane tells, as text.

    `known` is what the file holds: rows that the record doesn't tell stay, if they are of the same contract. Raises
    ConfigError for another kind of record.
    """
    cut, depths = record.interrupted or record.ended_early, {depth.value for depth in Depth}
    if record.kind != "gate" or record.profile not in depths or cut or record.target is None:
        raise ConfigError("--costs needs the record of a whole run with the live, the gate or the nightly profile")
    contract = record.contract.digest
    kept: dict[str, dict[str, Any]] = {}
    if known is not None and known.get("format") == FORMAT and known.get("contract") == contract:
        kept = {name: dict(rows) for name, rows in known["tests"].items()}
    for name, depth, row in _rows(record, record.target.window):
        kept.setdefault(name, {})[depth] = row
    lines = ",\n".join(f"    {json.dumps(n)}: {json.dumps(r, sort_keys=True)}" for n, r in sorted(kept.items()) if r)
    head = f'  "format": "{FORMAT}",\n  "contract": "{contract}",\n  "limit": {record.target.limit},\n'
    return f'{{\n{head}  "tests": {{\n{lines}\n  }}\n}}\n'


def _rows(record: Record, window: float) -> Iterable[tuple[str, str, dict[str, Any]]]:
    """Each test's row at the depth that it ran at, and discovery's: what no test sent."""
    for test in record.tests:
        depth = test.depth or record.profile
        if "#" not in test.scenario and depth in set(Depth):  # later rounds lack what the first used up
            yield test.scenario, depth, _row(test, window)
    asked = record.requests
    found = asked.total - asked.preflight - asked.background - sum(test.requests for test in record.tests)
    yield DISCOVERY, Depth.LIVE.value, {"requests": {"wide": found}}


def _costs(tests: Mapping[str, Any], depth: Depth) -> dict[str, Cost]:
    return {name: _cost(name, rows[depth.value]) for name, rows in tests.items() if depth.value in rows}


def _cost(name: str, row: Mapping[str, Any]) -> Cost:
    requests, windows = dict(row["requests"]), float(row.get("windows", 0.0))
    return Cost(name, requests, windows, dict(row.get("scopes", {})), dict(row.get("operations", {})))


def _row(test: TestRow, window: float) -> dict[str, Any]:
    own = test.own_seconds / window
    windows = round(own, 1) if own > _OWN_LEAST else 0.0
    told = {"scopes": test.scopes, "windows": windows, "operations": test.operations}
    return {"requests": test.keys, **{name: value for name, value in told.items() if value}}


def _more_requests(counts: Mapping[str, int], others: Mapping[str, int]) -> dict[str, int]:
    """By role, how many more; what a wide key sends one time, a narrow one may send the next."""
    found = _more(counts, others)
    more = max(0, sum(counts.get(r, 0) - others.get(r, 0) for r in ("narrow", "wide")))
    narrow = min(more, found.get("narrow", 0))
    found |= {"narrow": narrow, "wide": more - narrow}
    return {name: count for name, count in found.items() if count}


def _more(counts: Mapping[str, int], others: Mapping[str, int]) -> dict[str, int]:
    return {name: count - others.get(name, 0) for name, count in counts.items() if count > others.get(name, 0)}
