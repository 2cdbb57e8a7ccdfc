"""The value of a test: how likely it is to find each fault of the catalogue, and which rules it judges.

fixtures/kills.json says which faults each test was seen to find in a live run; for all others a test's rules and
operations say what it might find. These are estimates: they decide what is sent first, never what is concluded.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nhq import paths
from nhq.errors import ConfigError
from nhq.run.costs import DISCOVERY, PREFLIGHT, Cost, Depth

FORMAT, KILLS_FORMAT = "nhq-faults/1", "nhq-kills/1"
#: How likely a test finds a fault: that it was seen to find; of one of its rules; of a rule judged on every answer.
SEEN, RULED, ANSWERED = 0.9, 0.5, 0.2
#: How much less likely it is to find with more requests of a test what its first ones didn't show.
DEEPER = 0.4
#: What a guess counts for where it is known which other test finds the fault.
ELSEWHERE = 0.3
#: What every run sends before its first test, and sees faults by.
BEFOREHAND = (PREFLIGHT, DISCOVERY)
#: What it is worth to judge a rule at all, and to judge it on one operation more, beside finding one fault; and to make
#: one test of an area, so that no run leaves one out.
RULE, CELL, AREA = 2.0, 0.5, 8.0


@dataclass(frozen=True, slots=True)
class CatalogueFault:
    """A fault of the catalogue: the rules that it breaks, and the operations on which it shows (none: any)."""

    rules: frozenset[str]
    on: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Faults:
    """The catalogue by id, and which faults each test was seen to find: by test, variant ("" for none), and fault.

    A variant is named by its place among those that the scenario gives to `few`.
    """

    rows: Mapping[str, CatalogueFault]
    kills: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)

    def finders(self) -> dict[str, set[str]]:
        """By fault: the tests that were seen to find it."""
        found: dict[str, set[str]] = {}
        for test, variants in self.kills.items():
            for ident in (ident for idents in variants.values() for ident in idents):
                found.setdefault(ident, set()).add(test)
        return found

    def variants(self, test: str) -> list[int]:
        """The places of a test's variants that were seen to find something, the most telling first.

        A fault counts for less where many tests find it.
        """
        row = self.kills.get(test, {})
        if not any(row):
            return []
        finders = self.finders()
        worth = {int(place): sum(1 / len(finders[ident]) for ident in idents) for place, idents in row.items() if place}
        return sorted(worth, key=lambda place: (-worth[place], place))


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One test at one depth: what it costs beyond its shallower steps, its rules, and its operation or "".

    `number` counts the rounds, each under a seed of its own. `after` is a test whose own step must come before.
    `whole`: no shallower step comes before it. `reach` is how much of its worth it has on a target that lacks something
    it needs: 1 where all is there. `patient`: others go on while it waits. `gain` is what it may show beside all that
    stands before it in the plan's order. `share` is how many of the requests that its test sends at most it sends.
    """

    test: str
    depth: Depth
    cost: Cost
    rules: frozenset[str]
    operation: str = ""
    number: int = 1
    after: str = ""
    reach: float = 1.0
    whole: bool = False
    patient: bool = False
    gain: float = 0.0
    share: float = 1.0

    @property
    def first(self) -> bool:
        """Does it stand for the least depth of its test?"""
        return self.whole or self.depth is Depth.LIVE


def faults_path() -> Path:
    """Where the catalogue's rules and operations lie, for rooms that may not import the faults."""
    return paths.fixtures_folder() / "faults.json"


def kills_path() -> Path:
    """Where it lies which tests found which faults in live runs."""
    return paths.fixtures_folder() / "kills.json"


def load_faults(faults: Path | None = None, kills: Path | None = None) -> Faults:
    """The kept tables. Kills may be missing. Raises ConfigError for a file that holds something else."""
    rows = _read(faults or faults_path(), FORMAT).get("faults", {})
    where = kills or kills_path()
    found = _read(where, KILLS_FORMAT).get("kills", {}) if where.exists() else {}
    shown = {test: {place: frozenset(idents) for place, idents in row.items()} for test, row in found.items()}
    catalogue = {
        name: CatalogueFault(frozenset(row["rules"]), frozenset(row.get("on", ()))) for name, row in rows.items()
    }
    return Faults(catalogue, shown)


def faults_text(rows: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> str:
    """The catalogue's file: by fault, the rules that it breaks and the operations on which it shows."""
    told = {
        ident: {"rules": sorted(rules), **({"on": sorted(on)} if on else {})}
        for ident, (rules, on) in rows.items()
        if rules
    }
    lines = ",\n".join(f"    {json.dumps(ident)}: {json.dumps(row)}" for ident, row in sorted(told.items()))
    return f'{{\n  "format": "{FORMAT}",\n  "faults": {{\n{lines}\n  }}\n}}\n'


def _read(file: Path, form: str) -> Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]]:
    try:
        raw = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise ConfigError(f"{file.name}: cannot be read ({problem})") from None
    if not isinstance(raw, dict) or raw.get("format") != form:
        raise ConfigError(f"{file.name}: is not of the form {form}")
    return raw


class Worth:
    """What steps may still show beside those that were taken: faults, areas, rules, and rules on operations."""

    def __init__(self, steps: Sequence[PlanStep], faults: Faults, everywhere: Iterable[str]) -> None:
        """`everywhere`: rules that are judged on every answer."""
        self._everywhere, self._faults, self._finders = frozenset(everywhere), faults, faults.finders()
        self._shown_least = {test: _shown_least(faults, test) for test in faults.kills}
        self._rest: dict[object, float] = {}
        self._chances: dict[int, list[tuple[object, float]]] = {}
        by_rule: dict[str, list[str]] = {}
        for ident, fault in faults.rows.items():
            for rule in fault.rules:
                by_rule.setdefault(rule, []).append(ident)
        for step in steps:
            ruled = {ident for rule in step.rules | self._everywhere for ident in by_rule.get(rule, ())}
            found = [(ident, self._chance(step, ident)) for ident in sorted(ruled | self._seen(step))]
            told = [(element, chance * step.reach) for element, chance in (*found, *_promises(step)) if chance]
            self._chances[id(step)] = told
            self._rest.update({e: _weight(e) for e, _ in told})
        for ident in {ident for test in BEFOREHAND for row in faults.kills.get(test, {}).values() for ident in row}:
            self._rest[ident] = self._rest.get(ident, 0.0) * (1 - SEEN)

    def of(self, step: PlanStep) -> float:
        """What a step may show that the taken ones would not have shown."""
        return sum(self._rest[element] * chance for element, chance in self._chances[id(step)])

    def take(self, step: PlanStep) -> None:
        """A step will be made: what it probably shows is worth less from now on."""
        for element, chance in self._chances[id(step)]:
            self._rest[element] *= 1 - chance

    def _seen(self, step: PlanStep) -> set[str]:
        return {ident for idents in self._faults.kills.get(step.test, {}).values() for ident in idents}

    def _chance(self, step: PlanStep, ident: str) -> float:
        fault, known = self._faults.rows.get(ident), self._finders.get(ident, set())
        if step.test in known:
            return self._likely(step, ident)
        guess = 0.0
        if fault is not None and fault.rules & step.rules:
            there = step.operation in fault.on if step.operation else bool(fault.on & set(step.cost.operations))
            guess = RULED if there or not fault.on else 0.0
        elif fault is not None:
            met = bool(fault.on & set(step.cost.operations)) if fault.on else bool(step.cost.operations)
            guess = ANSWERED * met
        deeper = 1.0 if step.first else DEEPER
        return guess * deeper * (ELSEWHERE if known else 1.0)

    def _likely(self, step: PlanStep, ident: str) -> float:
        """How likely a step finds what its test was seen to find when it sent all.

        At its least depth it sends one variant, or a part that is chosen to show much.
        """
        if step.depth is not Depth.LIVE:
            return SEEN
        varied = any(self._faults.kills[step.test])
        part = 1.0 if varied else math.sqrt(step.share)
        return SEEN * part if ident in self._shown_least[step.test] else 0.0


def _shown_least(faults: Faults, test: str) -> frozenset[str]:
    """What a test shows at its least depth: with one variant, and whichever that is."""
    row, best = faults.kills[test], faults.variants(test)[:1]
    return frozenset().union(*(row.get(place, frozenset()) for place in ("", *map(str, best))))


def _promises(step: PlanStep) -> Iterable[tuple[object, float]]:
    """A step's area, its rules, and each of these on its operation."""
    yield ("area", step.cost.area), SEEN
    for rule in sorted(step.rules):
        yield ("rule", rule), SEEN
        for operation in [step.operation] if step.operation else sorted(step.cost.operations):
            yield ("cell", rule, operation), SEEN if step.operation else RULED


def _weight(element: object) -> float:
    return {"area": AREA, "rule": RULE, "cell": CELL}[element[0]] if isinstance(element, tuple) else 1.0
