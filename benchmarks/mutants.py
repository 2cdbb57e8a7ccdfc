"""`make mutants`: machine-made bugs in the mock, the gate as their judge. `python -m benchmarks.mutants [--sample N]`

cosmic-ray changes one place of nhq.server (installed into a temporary folder, it is no dependency); every place in the
code has the same chance, and one of its changes is drawn. Copies of the package, the contract and its tests are used:
nothing in the repository is changed but the section "Mutants" of reports/POWER.md. Which files are set aside, and which
mutants are equivalent, says tests/power/equivalent_mutants.toml. What was killed before is believed for mutants that
are the same (reports/out/mutants.jsonl), unless --afresh.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from benchmarks.mutant_making import Mutant, drawn

ROOT = Path(__file__).resolve().parents[1]
KNOWN = ROOT / "tests" / "power" / "equivalent_mutants.toml"
KEPT = ROOT / "reports" / "out" / "mutants.jsonl"
PAGE = ROOT / "reports" / "POWER.md"
HEADING = "## Mutants"
TOOL = ("cosmic-ray==8.7.0", "parso==0.8.7", "stevedore==5.10.0")
DATA = ("contracts", "load", "fixtures", "reports/schemas")
AIM = 0.9
Fate = dict[str, Any]


def install(folder: Path) -> None:
    """cosmic-ray without what its command line needs; its operators need parso."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "--target", str(folder), *TOOL], check=True)


@contextmanager
def copies() -> Iterator[Path]:
    """A folder with the package to mutate, the package that judges, and the root that both read."""
    with tempfile.TemporaryDirectory(prefix="nhq-mutants-") as name:
        folder = Path(name)
        for part in ("mutated", "judging"):
            shutil.copytree(ROOT / "src" / "nhq", folder / part / "nhq")
        for part in DATA:
            shutil.copytree(ROOT / part, folder / "root" / part)
        shutil.copy2(ROOT / "openapi.json", folder / "root")
        yield folder


def files(server: Path, aside: Sequence[Mapping[str, str]]) -> list[str]:
    """The files of the mock that are mutated."""
    found = sorted(str(path.relative_to(server)) for path in server.rglob("*.py"))
    whole = [entry["files"] for entry in aside if "lines" not in entry]
    return [file for file in found if not any(fnmatch(file, pattern) for pattern in whole)]


def set_aside(mutant: Mutant, aside: Sequence[Mapping[str, str]]) -> bool:
    """Are such lines of this file not looked at?"""
    here = [entry["lines"] for entry in aside if "lines" in entry and fnmatch(mutant.file, entry["files"])]
    return any(re.search(pattern, mutant.was) for pattern in here)


class Shared:
    """Mutants that several judges take from, each one once."""

    def __init__(self, mutants: Sequence[Mutant]) -> None:
        self._rest, self._lock = iter(mutants), threading.Lock()

    def __iter__(self) -> Iterator[Mutant]:
        return self

    def __next__(self) -> Mutant:
        with self._lock:
            return next(self._rest)


def judged(mutants: Sequence[Mutant], workers: int) -> Iterator[Fate]:
    """The fates of mutants, as they come from several judges. Raises SystemExit when a judge ends before its work."""
    shared, told = Shared(mutants), SimpleQueue[Fate | SystemExit]()

    def work() -> None:
        try:
            with copies() as folder:
                for fate in judge(folder, shared):
                    told.put(fate)
        except SystemExit as problem:
            told.put(problem)

    for _ in range(workers):
        threading.Thread(target=work, daemon=True).start()
    for _ in mutants:
        fate = told.get()
        if isinstance(fate, SystemExit):
            raise fate
        yield fate


def judge(folder: Path, mutants: Iterator[Mutant]) -> Iterator[Fate]:
    """The fates that one judge gives. Raises SystemExit when its process ends before its work does."""
    environ = {**os.environ, "NHQ_ROOT": str(folder / "root"), "PYTHONPATH": f"{folder / 'judging'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "benchmarks.mutant_judge", str(folder / "mutated")]
    process = subprocess.Popen(
        command, env=environ, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        for question in chain([""], (json.dumps(asdict(mutant)) + "\n" for mutant in mutants)):
            process.stdin.write(question)
            process.stdin.flush()
            answer = process.stdout.readline()
            if not answer:
                raise SystemExit("the judge ended before its work did; its own words stand above")
            if question:
                yield json.loads(answer)
    finally:
        process.terminate()
        process.wait(10)


def key(fate: Fate) -> tuple[str, str, str]:
    """What names a mutant in files."""
    return fate["file"], fate["was"], fate["becomes"]


def believed(known: Mapping[str, Any]) -> dict[tuple[str, str, str], Fate]:
    """Mutants that are listed as equivalent needn't run."""
    made = {"line": 0, "operator": "", "tests": 0, "requests": 0, "seconds": 0.0, "fate": "survived", "by": ""}
    return {key(entry): {**made, **entry} for entry in known.get("equivalent", [])}


def kept() -> dict[tuple[str, str, str], Fate]:
    """The last fate of each mutant of earlier runs."""
    fates = map(json.loads, KEPT.read_text("utf-8").splitlines()) if KEPT.exists() else ()
    return {key(fate): fate for fate in fates}


def settled(fates: Mapping[tuple[str, str, str], Fate]) -> dict[tuple[str, str, str], Fate]:
    """Those that need no second look: kills, and what doesn't start."""
    return {name: fate for name, fate in fates.items() if fate["fate"] in ("killed", "dead")}


def fates_of(mutants: Sequence[Mutant], known: Mapping[tuple[str, str, str], Fate], *, workers: int) -> Iterator[Fate]:
    """All fates: those that are known, then those that are judged now (by no worker: none)."""
    yield from (known[mutant.key] | {"line": mutant.line} for mutant in mutants if mutant.key in known)
    rest = [mutant for mutant in mutants if mutant.key not in known]
    if rest and workers:
        yield from judged(rest, workers)


def section(fates: Sequence[Fate], known: Mapping[str, Any], places: str) -> Iterator[str]:
    """The section of POWER.md."""
    reasons = {key(entry): entry["reason"] for entry in known.get("equivalent", [])}
    for fate in fates:
        if key(fate) in reasons and fate["fate"] != "killed":
            fate["fate"], fate["by"] = "equivalent", reasons[key(fate)]
    count = Counter(fate["fate"] for fate in fates)
    judgeable = len(fates) - count["equivalent"] - count["dead"]
    share = count["killed"] / judgeable if judgeable else 0.0
    yield from (
        HEADING,
        "",
        f"Written by `make mutants` with {TOOL[0]}: {places}. The gate is the only judge, seed 1.",
        "",
    )
    yield f"**{count['killed']} of {judgeable} killed: {share:.1%}** ({AIM:.0%} wanted). {len(fates)} were judged:"
    yield f"{count['equivalent']} are equivalent, {count['dead']} never start; not killed: {count['survived']} that"
    yield f"survive, {count['unjudged']} that the gate cannot judge (exit 2)."
    yield from ("", "| set aside | reason |", "|---|---|")
    yield from (f"| {aside_of(entry)} | {entry['reason']} |" for entry in known.get("aside", []))
    for name, said in (("survived", ""), ("unjudged", "why"), ("equivalent", "reason")):
        rows = [fate for fate in fates if fate["fate"] == name]
        if rows:
            yield from ("", f"### {name.capitalize()}", "", f"| file | was | becomes | {said} |", "|---|---|---|---|")
            yield from (
                f"| {r['file']}:{r['line']} | {code(r['was'])} | {code(r['becomes'])} | {r['by']} |" for r in rows
            )
    first = Counter(fate["by"] for fate in fates if fate["fate"] == "killed").most_common()
    yield from ("", "Named first: " + ", ".join(f"{rule} {number}" for rule, number in first) + ".")


def aside_of(entry: Mapping[str, str]) -> str:
    """A whole file, or its lines that match."""
    return entry["files"] + (f", lines like {code(entry['lines'])}" if "lines" in entry else "")


def code(text: str) -> str:
    """Source in a cell of a table."""
    return "`" + text.replace("|", "\\|").replace("\n", " ⏎ ") + "`"


def write(lines: Sequence[str]) -> None:
    """Put the section into POWER.md, at its end."""
    rest = PAGE.read_text("utf-8").partition(f"\n{HEADING}\n")[0].rstrip("\n") if PAGE.exists() else "# Power"
    PAGE.write_text("\n".join([rest, "", *lines]) + "\n", encoding="utf-8")


def main() -> int:
    """0 when enough were killed."""
    parser = argparse.ArgumentParser(description="Mutate the mock; the gate is the judge.")
    parser.add_argument("--sample", type=int, default=160, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1, help="draws the sample")
    parser.add_argument("--tool", type=Path, help="folder of cosmic-ray; installed when missing")
    parser.add_argument("--workers", type=int, default=2, help="judges at work at the same time")
    parser.add_argument("--no-run", action="store_true", help="judge nothing: write what earlier runs say")
    parser.add_argument("--go-on", action="store_true", help="go on with a run that was stopped: believe all it said")
    parser.add_argument("--afresh", action="store_true", help="believe nothing of an earlier run")
    given = parser.parse_args()
    known = tomllib.loads(KNOWN.read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="nhq-tool-") as private:
        tool = given.tool or Path(private)
        if not (tool / "cosmic_ray").exists():
            install(tool)
        sys.path.append(str(tool))
        server = ROOT / "src" / "nhq" / "server"
        every = drawn(server, files(server, known["aside"]), given.seed)
        wanted = [mutant for mutant in every if not set_aside(mutant, known["aside"])]
        mutants = wanted[: given.sample]
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    before = {} if given.afresh else believed(known) | (kept() if given.no_run or given.go_on else settled(kept()))
    fates: list[Fate] = []
    with KEPT.open("w" if given.afresh else "a", encoding="utf-8") as log:
        for fate in fates_of(mutants, before, workers=0 if given.no_run else given.workers):
            fates.append(fate)
            if key(fate) not in before:
                log.write(json.dumps(fate) + "\n")
                log.flush()
            print(
                f"{len(fates):4}/{len(mutants)} {fate['fate']:9} {fate['seconds']:6.1f} s {fate['by'][:28]:28} "
                f"{fate['file']}:{fate['line']} {fate['becomes'][:70]}",
                flush=True,
            )
    done = f"{len(fates)} of {len(wanted)} places, drawn with seed {given.seed}, are judged, one change of each"
    told = list(section(fates, known, done))
    write(told)
    print("\n".join(told[:5]))
    return int(not _enough(fates))


def _enough(fates: Sequence[Fate]) -> bool:
    count = Counter(fate["fate"] for fate in fates)
    return count["killed"] >= AIM * (len(fates) - count["equivalent"] - count["dead"])


if __name__ == "__main__":
    sys.exit(main())
