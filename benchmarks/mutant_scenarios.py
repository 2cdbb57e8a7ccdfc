"""How a mutant of a scenario is judged: by the tests that reach it, under conditions that these tests tell apart.

Nothing below the scenarios is mutated, so all of it is imported once. The conditions are the mock as it is, the faults
that fixtures/kills.json says these very tests see, faults against the rules they speak of, variants near these rules, a
target that others share, and one that can't be put back. Each is compared with what the same tests show of it without
the mutant; that is measured once for each set of tests.
"""

import importlib
import json
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from itertools import chain as chained
from itertools import zip_longest
from pathlib import Path
from typing import Any

from benchmarks import mutant_gates, mutant_units
from benchmarks.mutant_chain import PATIENCE, QUICK, Case, Chain, units_of
from benchmarks.mutant_forks import Ended, forked
from benchmarks.mutant_gates import ODD, Condition, Shown

WIDE, NARROW = 10, 4  # tests on the mock as it is, and under another condition
SEEN, SPOKEN, FREE = 14, 4, 5  # faults that these tests see, others against their rules, variants
BESIDE = 5  # faults that are planted where others share the target, and where it can't be put back
ALL_ACT = "lets-others-do-all-they-may"
_ASKED = ("nhq.run.gate", "nhq.run.plugin", "nhq.mutation.live_bench", "nhq.scenarios.stateful")


class ScenarioChain(Chain):
    """The judges of contracts/."""

    def __init__(self, root: Path, folder: Path, kept: Path) -> None:
        super().__init__(root, folder, kept)
        used = spread(list(self.base.clean))[:WIDE]
        with redirect_stdout(sys.stderr):  # what is built at the first use, such as validators, is built here
            mutant_gates.shown(self.mock.folder, self.mock.state, used)
        forget_scenarios(folder)

    def warm(self) -> None:
        """Import the suite, and read its data."""
        for name in _ASKED:
            importlib.import_module(name)
        importlib.import_module("nhq.contract").load_contract()
        sees = json.loads((self.root / "fixtures" / "kills.json").read_text("utf-8"))["kills"]
        self._sees = {test: sorted(set(chained(*places.values()))) for test, places in sees.items()}

    def mutated(self, file: Path, source: str, step: Any) -> Ended:
        """On disk, too: some tests read the scenarios as text."""
        true = file.read_text("utf-8")

        def changed() -> Any:
            file.write_text(source, encoding="utf-8")
            forget_scenarios(self.folder)
            return step()

        try:
            return super().mutated(file, source, changed)
        finally:
            file.write_text(true, encoding="utf-8")

    def steps(self, case: Case) -> Iterator[Any]:
        """The tests of the suite, then one condition after the other."""
        root, quick = self.root, [*case.units(QUICK), *mutant_units.readers(self.base.seconds)]
        yield lambda: units_of(root, quick)
        for met, tests in conditions(case, self._sees, self.base):
            before = self._known(met, tests)
            yield lambda met=met, tests=tests, before=before: self._judged(met, tests, before)

    def _known(self, met: Condition, tests: Sequence[str]) -> dict[str, Shown]:
        """What these tests show without a mutant."""
        name = f"{met}: {' '.join(tests)}"
        if name not in self.base.planted:
            seen = forked(lambda: mutant_gates.shown(self.mock.folder, self.mock.state, tests, met), PATIENCE)
            if seen.why:
                self.mock.begin()
            self.base.planted[name] = {} if seen.why else seen.value["shown"]
        return self.base.planted[name]

    def _judged(self, met: Condition, tests: Sequence[str], before: dict[str, Shown]) -> Sequence[str]:
        told = mutant_gates.shown(self.mock.folder, self.mock.state, tests, met)
        if told["unread"]:
            return "dead", "the gate's tests can't be imported"
        if not before:
            return ()
        after = told["shown"]
        if odd := mutant_gates.runs_others(before, after):
            return "killed", f"{met}: {odd} is run with it or without it only"
        if how := mutant_gates.differs(before, after):
            return "killed", f"{met}: {how}"
        sent = mutant_gates.sends(before, after)
        return ("killed", f"requests of {sent} ({met})") if sent else ()


def conditions(case: Case, sees: dict[str, list[str]], base: Any) -> Iterator[tuple[Condition, list[str]]]:
    """What a mutant meets, and which tests meet it; drawn by the mutant's own name."""
    chance, reaching = random.Random(repr(case.mutant.key)), spread(case.reaching)
    if not reaching:
        return
    known = {fault["id"]: fault for fault in base.catalogue["faults"]}
    seen = [(fault, tests) for fault, tests in seen_by(reaching, sees, base.scenarios, chance) if fault in known]
    yield Condition(), reaching[:WIDE]
    yield Condition(live=True), reaching[:WIDE]
    yield Condition(shared=True), reaching[:WIDE]
    for fault, tests in seen[:SEEN]:
        yield Condition((fault,), known[fault]["silent"]), tests
    for fault in case.faults(SPOKEN):
        yield Condition((fault["id"],), fault["silent"]), reaching[:NARROW]
    for one in case.liberties()[:FREE]:
        yield Condition((one["id"],), later=ODD), reaching[:NARROW]
    yield Condition((ALL_ACT,), shared=True), reaching[:NARROW]
    for fault, tests in seen[:BESIDE]:
        yield Condition((fault,), known[fault]["silent"], shared=True), tests
    for fault, tests in seen[:BESIDE]:
        yield Condition((fault,), known[fault]["silent"], live=True), tests


def spread(tests: Sequence[str]) -> list[str]:
    """One of each scenario first, then their further variants."""
    groups: dict[str, list[str]] = {}
    for test in tests:
        groups.setdefault(test.split("[")[0], []).append(test)
    return [test for row in zip_longest(*groups.values()) for test in row if test]


def seen_by(
    tests: Sequence[str], sees: dict[str, list[str]], scenarios: dict[str, str], chance: random.Random
) -> list[tuple[str, list[str]]]:
    """Faults with the tests among these that see them: one of each test's first."""
    rows = {test: list(sees.get(scenarios.get(test, ""), ())) for test in tests}
    for row in rows.values():
        chance.shuffle(row)
    order = [fault for turn in zip_longest(*rows.values()) for fault in turn if fault]
    return [(fault, [test for test in tests if fault in rows[test]][:NARROW]) for fault in dict.fromkeys(order)]


def forget_scenarios(folder: Path) -> None:
    """Let pytest import them anew."""
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(str(folder)):
            del sys.modules[name]
