"""Which conditions show a mutant of a scenario: its tests played alone, with the mutant and without, in one process.

A play takes a hundredth of a second, so all the faults that a test sees and all variants near its rules can be tried.
"""

import hashlib
import importlib
import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count, zip_longest
from pathlib import Path
from typing import Any

from benchmarks.mutant_baseline import Baseline
from benchmarks.mutant_chain import Case
from benchmarks.mutant_forks import Ended, forked
from benchmarks.mutant_gates import ODD, Condition

MOST, TESTS = 160, 4  # plays for one mutant, of tests that reach it
FIRST, BESIDE, SPOKEN = 8, 4, 8  # faults that a test sees: at first, and elsewhere; others against the mutant's rules
COMBINED, NEAR = 5, 20  # sets of many variants, variants near the rules
WORDS, ENOUGH = 3, 30  # conditions that the gate is asked about; plays after which one will do
LONGEST = 60.0  # CPU seconds for all of them
PLACES = (
    Condition(),
    Condition(live=True),
    Condition(shared=True),
    *(Condition(live=live, narrow=word) for word in ("names", "keys", "writes", "much") for live in (False, True)),
)
#: What takes minutes at night.
LONG = ("test_workflows", "test_operations")
ALL_ACT = "lets-others-do-all-they-may"
#: A condition, and a test that meets it.
Met = tuple[Condition, str]


class Search:
    """What is tried for one mutant, what is likeliest to show it first; drawn by the mutant's own name."""

    def __init__(self, case: Case, tests: Sequence[str], sees: Mapping[str, Sequence[str]], base: Baseline) -> None:
        self._case, self._sees, self._base = case, sees, base
        self._tests = list(tests[:TESTS])
        self._chance = random.Random(repr(case.mutant.key))
        self._silent = {fault["id"] for fault in base.catalogue["faults"] if fault["silent"]}

    def __iter__(self) -> Iterator[Met]:
        of_each = [list(self._of(test)) for test in self._tests]
        in_turn = (met for turn in zip_longest(*of_each) for met in turn if met)
        yield from list(dict.fromkeys(in_turn))[:MOST]

    def _of(self, test: str) -> Iterator[Met]:
        seen = [one for one in self._sees.get(self._base.scenarios.get(test, ""), ()) if one not in self._silent]
        self._chance.shuffle(seen)
        spoken = [fault["id"] for fault in self._case.faults(SPOKEN) if not fault["silent"]]
        for place in PLACES:
            yield place, test
        if not test.startswith(LONG):
            yield Condition(nightly=True), test
        for fault in seen[:FIRST]:
            yield Condition((fault,)), test
        for together in self._chance.sample(self._base.catalogue["combined"], COMBINED):
            yield Condition(tuple(together), later=ODD), test
        for fault in seen[:BESIDE]:
            yield Condition((fault,), shared=True), test
            yield Condition((fault,), live=True), test
        for fault in [*seen[FIRST:], *spoken]:
            yield Condition((fault,)), test
        for one in self._case.variants(NEAR):
            yield Condition((one["id"],), later=ODD, shared=one["shared"]), test
        yield Condition((ALL_ACT,), shared=True), test


class Plays:
    """Plays tests of the room, and keeps what they say without a mutant."""

    def __init__(self, root: Path, base: Baseline, kept: Path) -> None:
        """`kept`: where to keep what was said, for another run with the same sources."""
        sys.path.append(str(root / "tests" / "unit" / "contracts"))
        self._tool, self._base = importlib.import_module("scenario_play"), base
        self._kept = kept
        self._known: dict[str, str] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
        self._night = importlib.import_module("nhq.scenarios.effort").THOROUGH
        self._stage, self._variants = self._tool.Stage(60), importlib.import_module("nhq.mutation.variants.variant")

    def differing(self, search: Search, mutated: Callable[[Any], Ended]) -> Iterator[Met]:
        """The conditions and tests that a mutant shows in, a few at most."""
        wanted = list(search)
        new = [met for met in wanted if repr(met) not in self._known]
        if new:
            told = forked(lambda: {repr(met): self._said(met) for met in new}, 4 * LONGEST).value or {}
            self._known |= told
            self._kept.write_text(json.dumps(self._known), encoding="utf-8")
        wanted = [met for met in wanted if repr(met) in self._known]
        places = mutated(lambda: list(self._others(wanted))).value or []
        yield from (wanted[place] for place in places)

    def _others(self, wanted: Sequence[Met]) -> Iterator[int]:
        self._tool.scenarios.cache_clear()
        found = set[Condition]()
        for place, met in enumerate(wanted):
            if met[0] not in found and self._said(met) != self._known[repr(met)]:
                found.add(met[0])
                yield place
            if len(found) == WORDS or (found and place > ENOUGH):
                return

    def _said(self, met: Met) -> str:
        """What a test says under a condition, as one word."""
        condition, test = met
        vars(self._variants)["_TIMES"] = count()  # the same chance each time
        file, _, name = test.partition("::test_")
        self._stage.begin(condition.planted, condition.later)
        play = self._tool.Play(condition.live, not condition.shared, self._stage, condition.changes)
        scenario, given = self._base.scenarios.get(test, test), self._base.params.get(test, {})
        seen, profile = self._tool.Seen(), {"profile": condition.profile} if condition.nightly else {}
        try:
            play(
                Path(file).stem.removeprefix("test_"), "test_" + name.split("[")[0], scenario, seen, **given, **profile
            )
            ended = ""
        except Exception as problem:
            ended = f"{type(problem).__name__} {problem}"
        told = [repr(seen.told), repr(seen.chosen), ended, repr(self._stage.wire.sent)]
        return hashlib.sha256("\n".join(told).encode("utf-8", "replace")).hexdigest()
