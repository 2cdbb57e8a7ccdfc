"""What the judges of a room show while they are as they are: measured once, kept (reports/out) for the same sources."""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import mutant_gates, mutant_units
from benchmarks.mutant_forks import Ended, forked
from benchmarks.mutant_gates import SEED
from benchmarks.mutant_reach import Trace
from benchmarks.reached_lines import Reach

MOST = 4  # generated tests that look for a fault
LONGEST = 900.0  # CPU seconds that a traced run of all tests is given
COMBINATIONS = 20  # of many variants, as `nhq mutation --control-runs 20` has them
Catalogue = dict[str, list[Any]]


class Mock:
    """One mock in a process of its own, begun anew when a child that spoke to it was killed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process: subprocess.Popen[str] | None = None
        self.folder, self.state = Path(), ""

    def begin(self) -> None:
        """A fresh one. Raises SystemExit when it doesn't start."""
        self.end()
        self.folder = Path(tempfile.mkdtemp(prefix="nhq-mutants-mock-", dir=self._root.parent))
        command = [sys.executable, "-m", "nhq", "mock", "--port", "0", "--control", "--write-target", str(self.folder)]
        self._process = subprocess.Popen(
            [*command, "--seed", str(mutant_gates.SEED)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        if "ready" not in self._process.stdout.readline():
            raise SystemExit("the mock did not start")
        self.state = str(value(forked(lambda: mutant_gates.pristine(self.folder), 60)))

    def end(self) -> None:
        """End it, whatever it does."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._process.kill()
        self._process.wait()


def value(ended: Ended) -> Any:
    """What a child returned. Raises SystemExit when it didn't, since nothing was mutated."""
    if ended.why:
        raise SystemExit(f"without any mutant: {ended.why}")
    return ended.value


@dataclass(slots=True)
class Baseline:
    """What holds without any mutant. `units`, `gate`: which lines each test reaches; `seconds`: of unit tests, traced.

    `clean`: what each test of the gate shows; `planted`: the same by fault, of the tests that look for it. `scenarios`,
    `params`: the id of each of these tests, and its parameters.
    """

    units: Reach
    seconds: dict[str, float]
    gate: Reach
    clean: dict[str, mutant_gates.Shown]
    rules: dict[str, list[str]]
    scenarios: dict[str, str]
    params: dict[str, dict[str, str]]
    catalogue: Catalogue
    planted: dict[str, dict[str, mutant_gates.Shown]] = field(default_factory=dict)


def baseline(root: Path, folder: Path, mock: Mock, kept: Path) -> Baseline:
    """Measured, or as kept of the same sources."""
    return _kept(root, folder, kept, "baseline", lambda: _measured(root, folder, mock))


def unit_baseline(root: Path, folder: Path, kept: Path) -> Baseline:
    """What the unit tests reach, and nothing of the gate."""
    return _kept(root, folder, kept, "units", lambda: _units_alone(root, folder))


def _kept(root: Path, folder: Path, kept: Path, kind: str, measured: Callable[[], Baseline]) -> Baseline:
    digest = hashlib.sha256(str(folder.relative_to(root)).encode())
    for file in sorted([*root.rglob("*.py"), *(root / "contracts").rglob("*.toml"), root / "openapi.json"]):
        digest.update(file.read_bytes())
    path = kept / f"mutants-{kind}-{digest.hexdigest()[:16]}.json"
    if path.exists():
        return Baseline(**json.loads(path.read_text("utf-8")))
    made = measured()
    keep(made, path)
    return made


def _units_alone(root: Path, folder: Path) -> Baseline:
    units = value(forked(lambda: _traced(folder, lambda trace: _units(root, folder, trace)), LONGEST))
    reach = {test: files for test, files in units["reach"].items() if test not in units["failed"]}
    return Baseline(reach, units["seconds"], {}, {}, {}, {}, {}, {})


def _units(root: Path, folder: Path, trace: Trace) -> dict[str, Any]:
    return mutant_units.all_of(root, str(folder.relative_to(root)), trace)


def keep(made: Baseline, path: Path) -> None:
    """Write it down."""
    told = {name: getattr(made, name) for name in Baseline.__slots__}
    path.write_text(json.dumps(told), encoding="utf-8")


def _measured(root: Path, folder: Path, mock: Mock) -> Baseline:
    units = value(forked(lambda: _traced(folder, lambda trace: _units(root, folder, trace)), LONGEST))
    gate = value(forked(lambda: _gate(mock, folder), LONGEST))
    wrong = [test for test, seen in gate["shown"].items() if seen["found"] or seen["troubles"]]
    if wrong:
        raise SystemExit(f"the gate is not clean on the mock as it is: {wrong[0]}")
    print(f"not used, since they fail when traced: {sorted(units['failed'])}", file=sys.stderr)
    reach = {test: files for test, files in units["reach"].items() if test not in units["failed"]}
    told = gate["reach"], gate["shown"], gate["rules"], gate["scenarios"], gate["params"]
    return Baseline(reach, units["seconds"], *told, value(forked(_catalogue, 60)))


def _traced(folder: Path, run: Callable[[Trace], dict[str, Any]]) -> dict[str, Any]:
    trace = Trace(folder)
    return {**run(trace), "reach": trace.reach}


def _gate(mock: Mock, folder: Path) -> dict[str, Any]:
    return _traced(folder, lambda trace: mutant_gates.shown(mock.folder, mock.state, None, trace=trace))


def _catalogue() -> Catalogue:
    """The faults and variants that are planted, and the rules of each area."""
    from nhq.contract import load_contract
    from nhq.mutation.faults.catalogue import FAULTS
    from nhq.mutation.variants.catalogue import VARIANTS, combine_variants

    contract = load_contract()
    areas = {rule.id: rule.area for rule in contract.rules.values()}
    faults = [
        {
            "id": f.id,
            "rules": list(f.rules),
            "near": list(f.near),
            "on": list(f.on),
            "silent": f.silent,
            "everywhere": not f.near and any(contract.rules[rule].scope == "exchange" for rule in f.rules),
        }
        for f in FAULTS
        if f.rules
    ]
    free = [{"id": one.id, "warns": list(one.warns), "near": list(one.near), "shared": one.shared} for one in VARIANTS]
    return {
        "faults": faults,
        "liberties": free,
        "combined": [[one.id for one in combine_variants(SEED + number)] for number in range(COMBINATIONS)],
        "areas": [{"rule": rule, "area": area} for rule, area in areas.items()],
    }


def near(rules: Mapping[str, Sequence[str]], fault: Mapping[str, Any]) -> list[str]:
    """The gate's tests that look for a fault: those that name its rules, or send to the operations that show it."""
    wanted = {*fault["rules"], *fault["near"]}
    named = [test for test, judged in rules.items() if wanted & set(judged)]
    if not fault["everywhere"]:
        return named
    sent = [test for test in rules if test.startswith("test_operations.py") and _on(test, fault["on"])]
    return [*named, *(test for test in sent[:MOST] if test not in named)]


def _on(test: str, operations: Sequence[str]) -> bool:
    return not operations or any(operation in test for operation in operations)
