"""How a mutant of a scenario is judged: by the tests that reach it, under conditions that these tests tell apart.

Nothing below the scenarios is mutated, so all of it is imported once. On which mock, with which faults and variants,
these tests show the mutant is looked for by playing them alone, in one process (tests/unit/contracts/scenario_play.py);
the gate has the last word. What no play shows is left to the gate on the mock as it is.
"""

import hashlib
import importlib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from itertools import chain as chained
from itertools import zip_longest
from pathlib import Path
from typing import Any

from benchmarks import mutant_gates, mutant_units
from benchmarks.mutant_chain import Case, Chain, units_of
from benchmarks.mutant_forks import Ended, forked
from benchmarks.mutant_gates import Condition, Shown
from benchmarks.mutant_plays import Plays, Search

WIDE = 8  # tests on the mock as it is
UNITS = 6.0  # seconds of unit tests
LONGEST = 40.0  # CPU seconds that the gate is given under one condition
_ASKED = ("nhq.run.gate", "nhq.run.plugin", "nhq.mutation.live_bench", "nhq.scenarios.stateful")


class ScenarioChain(Chain):
    """The judges of contracts/."""

    def __init__(self, root: Path, folder: Path, kept: Path) -> None:
        super().__init__(root, folder, kept)
        used = spread(list(self.base.clean))[:WIDE]
        with redirect_stdout(sys.stderr):  # what is built at the first use, such as validators, is built here
            mutant_gates.shown(self.mock.folder, self.mock.state, used)
            self._plays = Plays(root, self.base, kept / f"mutants-plays-{sources_digest(root)[:16]}.json")
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
        """The tests of the suite, then the gate under one condition after the other."""
        root, readers = self.root, mutant_units.readers(self.base.seconds, case.mutant.file, case.mutant.was)
        quick = [*readers, *case.units(UNITS)]
        yield lambda: units_of(root, quick)
        reaching = spread(case.reaching)
        marked = "@pytest" in case.mutant.was  # plays look at no mark but the rules'
        for met in (Condition(), Condition(live=True)) if marked else ():
            yield from self._gate(met, reaching[:WIDE])
        search = Search(case, reaching, self._sees, self.base)
        for met, test in self._plays.differing(search, lambda step: self._alone(case, step)):
            yield from self._gate(met, [test])
        if not marked:
            yield from self._gate(Condition(), reaching[:WIDE])

    def _alone(self, case: Case, step: Any) -> Ended:
        """A step with the mutant, beside the chain's own."""
        return self.mutated(self.folder / case.mutant.file, case.mutant.source, step)

    def _gate(self, met: Condition, tests: Sequence[str]) -> Iterator[Any]:
        before = self._known(met, tests) if tests else {}
        if before:
            yield lambda: self._judged(met, tests, before)

    def _known(self, met: Condition, tests: Sequence[str]) -> dict[str, Shown]:
        """What these tests show without a mutant; nothing where that is another each time, or has no end."""
        name = f"{met!r}: {' '.join(tests)}"
        if name not in self.base.planted:
            told = self._shown(met, tests)
            by_chance = (met.later or met.shared) and told != self._shown(met, tests)
            self.base.planted[name] = {} if by_chance else told
        return self.base.planted[name]

    def _shown(self, met: Condition, tests: Sequence[str]) -> dict[str, Shown]:
        seen = forked(lambda: mutant_gates.shown(self.mock.folder, self.mock.state, tests, met), LONGEST)
        if seen.why:
            self.mock.begin()
            return {}
        told: dict[str, Shown] = seen.value["shown"]
        return told

    def _judged(self, met: Condition, tests: Sequence[str], before: dict[str, Shown]) -> Sequence[str]:
        told = mutant_gates.shown(self.mock.folder, self.mock.state, tests, met)
        if told["unread"]:
            return "dead", "the gate's tests can't be imported"
        after = told["shown"]
        if odd := mutant_gates.runs_others(before, after):
            return "killed", f"gate ({met}), {odd} is run with it or without it only"
        if how := mutant_gates.differs(before, after):
            return "killed", f"{'fault' if met.planted else 'gate'} ({met}), {how}"
        sent = mutant_gates.sends(before, after)
        return ("killed", f"requests of {sent} ({met})") if sent else ()


def sources_digest(root: Path) -> str:
    """Of all that decides what a play says."""
    digest = hashlib.sha256()
    files = [*(root / "src").rglob("*.py"), *(root / "contracts").rglob("*.*"), *root.rglob("scenario_play.py")]
    for file in sorted(file for file in files if file.suffix != ".pyc"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def spread(tests: Sequence[str]) -> list[str]:
    """One of each scenario first, then their further variants."""
    groups: dict[str, list[str]] = {}
    for test in tests:
        groups.setdefault(test.split("[")[0], []).append(test)
    return [test for row in zip_longest(*groups.values()) for test in row if test]


def forget_scenarios(folder: Path) -> None:
    """Let pytest import them anew."""
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(str(folder)):
            del sys.modules[name]
