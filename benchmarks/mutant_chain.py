"""Worker of benchmarks.mutants for the rooms of judges: a chain of ever dearer judges, ended by the first difference.

Mutants come as JSON lines after an empty one; fates go back as JSON lines. Each judge works in a forked child.
"""

import ast
import importlib
import json
import random
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import mutant_gates, mutant_units
from benchmarks.mutant_baseline import Baseline, Mock, baseline, near, unit_baseline, value
from benchmarks.mutant_forks import Ended, forked, put_in
from benchmarks.mutant_gates import Condition
from benchmarks.mutant_making import Fate, Mutant, statement
from benchmarks.reached_lines import Reach

WARM = ("schemathesis", "hypothesis", "jsonschema_rs", "jsonpath", "requests", "yaml", "msgspec", "greenlet")
QUICK, SLOW = 30.0, 120.0  # seconds that unit tests are given at first, and then
PATIENCE = 150.0  # CPU seconds that one step is given
FINDERS = 20  # a fault that more tests find is no test of any of them
FAULTS, MORE, VARIANTS = 5, 10, 3  # how many are planted: at first, when nothing was seen, and variants
_RULE = re.compile(r'"([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+)"')


class Chain:
    """The judges of one room, at one mock."""

    def __init__(self, root: Path, folder: Path, kept: Path) -> None:
        self.root, self.folder = root, folder
        self.sound: set[str] = set()
        self.warm()
        self.mock = Mock(root)
        self.mock.begin()
        self.base = baseline(root, folder, self.mock, kept)

    def warm(self) -> None:
        """Import what no mutant changes."""

    def close(self) -> None:
        """End the mock."""
        self.mock.end()

    def recover(self) -> None:
        """After a step without an end, whose requests may still wait in the mock."""
        self.mock.begin()

    def judge(self, mutant: Mutant) -> Fate:
        """What becomes of a mutant."""
        made = asdict(mutant)
        source = made.pop("source")
        case = Case(self.folder, mutant, self.base)
        fate, by, spent = "survived", "", 0.0
        for step in self.steps(case):
            ended = self.mutated(self.folder / mutant.file, source, step)
            spent += ended.seconds
            fate, told = _fate(ended)
            if fate in ("killed", "sends") and self.without(step, told):
                if told.startswith("test "):
                    self.base.units.pop(told.removeprefix("test "), None)
                    self.base.seconds.pop(told.removeprefix("test "), None)
                    return self.judge(mutant)
                fate, told = "survived", ""
            by = told or by
            if ended.why:
                self.recover()
            if fate == "sends":
                case.sends = True
            elif fate != "survived":
                break
        fate = "killed" if case.sends and fate == "survived" else fate
        return Fate(**made, fate=fate, by=by, seconds=round(spent, 1))

    def without(self, step: Any, told: str) -> Any:
        """What a step says without the mutant; of tests, the one that failed is asked, and once for all mutants."""
        test = told.removeprefix("test ")
        if test == told:
            return forked(step, PATIENCE).value
        if test not in self.sound:
            wrong = forked(lambda: units_of(self.root, [test]), PATIENCE).value
            self.sound |= set() if wrong else {test}
        return test not in self.sound

    def mutated(self, file: Path, source: str, step: Any) -> Ended:
        """A step with a mutant in the place of a file."""
        return forked(lambda: _with(file, source, step), PATIENCE)

    def steps(self, case: "Case") -> Iterator[Any]:
        mock, root, base = self.mock, self.root, self.base
        yield lambda: _imported(root, self.folder / case.mutant.file)
        yield from self.units(case)
        if case.gate:
            yield lambda: _clean(mock, base, case.gate)
        for fault in case.faults(FAULTS):
            yield from self._planted(case, fault)
        for variant in case.variants():
            yield lambda variant=variant: _free(mock, base, variant, case.reaching)
        if case.sends:
            return
        for fault in case.faults(FAULTS + MORE)[FAULTS:]:
            yield from self._planted(case, fault)

    def units(self, case: "Case") -> Iterator[Any]:
        """The tests that are quick first, since most mutants get no further."""
        quick = case.units(QUICK)
        slow = [test for test in case.units(SLOW) if test not in quick]
        for tests in filter(None, (quick, slow)):
            yield lambda tests=tests: units_of(self.root, tests)

    def _planted(self, case: "Case", fault: dict[str, Any]) -> Iterator[Any]:
        """A step that plants a fault, where it can end otherwise; what is seen without a mutant is measured before."""
        mock, base, ident, silent = self.mock, self.base, fault["id"], fault["silent"]
        tests = near(base.rules, fault)
        if not set(tests) & set(case.reaching):
            return
        if ident not in base.planted:
            seen = forked(
                lambda: mutant_gates.shown(mock.folder, mock.state, tests, Condition((ident,), silent)), PATIENCE
            )
            base.planted[ident] = value(seen)["shown"]
        found = [test for test, seen in base.planted[ident].items() if seen["found"]]
        wanted = [test for test in case.reaching if test in found]
        if wanted and len(found) <= FINDERS:  # one finder that the mutant leaves alone suffices for a verdict
            yield lambda: _lied(mock, base, fault, wanted)


class UnitChain(Chain):
    """The unit tests alone: what they leave shows where a test is missing, at a tenth of the price."""

    def __init__(self, root: Path, folder: Path, kept: Path) -> None:
        self.root, self.folder = root, folder
        self.sound = set()
        importlib.import_module("nhq.contract").load_contract()  # which needs no judge
        self.base = unit_baseline(root, folder, kept)

    def close(self) -> None:
        """There is nothing to end."""

    recover = close

    def steps(self, case: "Case") -> Iterator[Any]:
        """Whether it starts, the quick tests, then the slow ones."""
        yield lambda: _imported(self.root, self.folder / case.mutant.file)
        yield from self.units(case)


class Case:
    """A mutant, and who can judge it."""

    def __init__(self, folder: Path, mutant: Mutant, base: Baseline) -> None:
        self.mutant, self.base = mutant, base
        self.sends = False
        self._source = (folder / mutant.file).read_text("utf-8")
        self._lines = set(statement(self._source, mutant.line))
        self._around = _function(self._source, mutant.line)
        self.gate = self._tests(base.gate, self._lines)
        self.reaching = self._tests(base.gate, self._around) or self.gate

    def _tests(self, reach: Reach, lines: set[int]) -> list[str]:
        """The tests that reach one of the lines; of lines that run at import, all that reach the file."""
        file = self.mutant.file
        found = [test for test, files in reach.items() if test and lines & set(files.get(file, ()))]
        early = lines & set(reach.get("", {}).get(file, ()))
        return found if found or not early else [test for test, files in reach.items() if test and files.get(file)]

    def units(self, most: float) -> list[str]:
        """Unit tests that reach the line, the quickest first."""
        found = self._tests(self.base.units, self._lines)
        if len(self._around) == 1:  # it runs when the file is imported, for whichever test that is
            found = [test for test, files in self.base.units.items() if test and files.get(self.mutant.file)]
        if self._lines & set(self.base.units.get("", {}).get(self.mutant.file, ())):
            found += [test for test in self.base.units if test.startswith(mutant_units.RECORDS)]
        return mutant_units.order(list(dict.fromkeys(found)), self.base.seconds, most)

    def _rules(self) -> list[str]:
        """The rules that the function speaks of, or its file, or the tests that reach it."""
        text = self._source.splitlines()
        spoken = _RULE.findall("\n".join(text[line - 1] for line in sorted(self._around))) or _RULE.findall(
            self._source
        )
        return spoken or [rule for test in self.reaching for rule in self.base.rules[test]]

    def faults(self, most: int) -> list[dict[str, Any]]:
        """Faults against these rules, drawn by the mutant's own name."""
        rules = set(self._rules())
        found = [fault for fault in self.base.catalogue["faults"] if rules & {*fault["rules"], *fault["near"]}]
        random.Random(repr(self.mutant.key)).shuffle(found)
        return found[:most] if self.reaching else []

    def variants(self, most: int = VARIANTS) -> list[dict[str, Any]]:
        """Variants near these rules, drawn likewise."""
        areas = {row["rule"]: row["area"] for row in self.base.catalogue["areas"]}
        mine = {areas.get(rule) for rule in self._rules()}
        found = [one for one in self.base.catalogue["liberties"] if mine & set(one["near"])]
        random.Random(repr(self.mutant.key)).shuffle(found)
        return found[:most] if self.reaching else []


def _function(source: str, line: int) -> set[int]:
    """The lines of the function around a line, its decorators among them; the line alone outside of any."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    spans = [
        (min([node.lineno, *(one.lineno for one in node.decorator_list)]), node.end_lineno or 0)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, kinds)
    ]
    around = [span for span in spans if span[0] <= line <= span[1]]
    first, last = max(around, default=(line, line))
    return set(range(first, last + 1))


def _with(file: Path, source: str, step: Any) -> list[str]:
    put_in(file, source)
    return list(step())


def _fate(ended: Ended) -> tuple[str, str]:
    """A step returns nothing, or how it ended otherwise than without the mutant: `dead` or `killed`, and by whom.

    `sends`: nothing was judged otherwise, but other requests were sent; cassettes show that, if nothing else does.
    """
    if ended.why:
        return "unjudged", ended.why.strip().splitlines()[-1]
    return (ended.value[0], ended.value[1]) if ended.value else ("survived", "")


def _imported(root: Path, file: Path) -> Sequence[str]:
    """A module that can't be imported is no mutant to judge."""
    if file.is_relative_to(root / "src"):
        try:
            importlib.import_module(".".join(file.relative_to(root / "src").with_suffix("").parts))
        except Exception as problem:
            return "dead", repr(problem)[:200]
    return ()


def units_of(root: Path, tests: Sequence[str]) -> Sequence[str]:
    """What the suite's own tests say."""
    told = mutant_units.ran(root, tests)
    if told["unread"]:
        return "dead", f"{told['unread'][0]} can't be imported"
    return next((("killed", f"test {test}") for test in told["failed"]), ())


def _clean(mock: Mock, base: Baseline, tests: Sequence[str]) -> Sequence[str]:
    told = mutant_gates.shown(mock.folder, mock.state, tests)
    if told["unread"]:
        return "dead", "the gate's tests can't be imported"
    how, sent = mutant_gates.differs(base.clean, told["shown"]), mutant_gates.sends(base.clean, told["shown"])
    if how:
        return "killed", f"gate {how}"
    return ("sends", f"requests of {sent}") if sent else ()


def _lied(mock: Mock, base: Baseline, fault: dict[str, Any], tests: Sequence[str]) -> Sequence[str]:
    told = mutant_gates.shown(mock.folder, mock.state, tests, Condition((fault["id"],), fault["silent"]))
    how = mutant_gates.differs(base.planted[fault["id"]], told["shown"])
    return ("killed", f"fault {fault['id']}, {how}") if how else ()


def _free(mock: Mock, base: Baseline, variant: dict[str, Any], tests: Sequence[str]) -> Sequence[str]:
    areas = {row["rule"]: row["area"] for row in base.catalogue["areas"]}
    wanted = [test for test in tests if {areas.get(rule) for rule in base.rules[test]} & set(variant["near"])]
    if not wanted:
        return ()
    met = Condition((variant["id"],), later=mutant_gates.ODD)
    told = mutant_gates.shown(mock.folder, mock.state, wanted, met)
    found = {rule for seen in told["shown"].values() for rule in seen["found"]} - set(variant["warns"])
    return ("killed", f"variant {variant['id']}, {min(found)} is accused") if found else ()


def chain_of(room: str, *, units: bool) -> type[Chain]:
    """Scenarios have a chain of their own, since nothing below them is mutated."""
    if units:
        return UnitChain
    if room != "contracts":
        return Chain
    chain: type[Chain] = importlib.import_module("benchmarks.mutant_scenarios").ScenarioChain
    return chain


def main() -> None:
    """The copy's root, the room's folder below it, where to keep what was measured, and `units` for these alone."""
    root, kept = Path(sys.argv[1]).resolve(), Path(sys.argv[3])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for name in WARM:
        importlib.import_module(name)
    chain = chain_of(sys.argv[2], units="units" in sys.argv[4:])(root, root / sys.argv[2], kept)
    try:
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            print(json.dumps(asdict(chain.judge(Mutant(**json.loads(line))))), flush=True)
    finally:
        chain.close()


if __name__ == "__main__":
    main()
