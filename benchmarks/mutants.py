"""`make mutants ROOM=…`: machine-made bugs, and who sees them. `python -m benchmarks.mutants [ROOM] [--sample N]`

Rooms: `mock` (the gate is its judge), and the judges themselves: `checks`, `ratelimit`, `contracts`
(the scenarios) and `areas` (what scenarios of one area share), judged by unit tests, the gate, planted faults and
variants.

cosmic-ray changes one place of the room (installed into a temporary folder, it is no dependency); every place in the
code has the same chance, and one of its changes is drawn. Copies of the package, the contract and its tests are used:
nothing in the repository is changed but the room's section of its page. Which files are set aside, and which mutants
are equivalent, says tests/power/equivalent_*.toml. What was killed before is believed for mutants that are the same
(reports/out/mutants*.jsonl), unless --afresh.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from benchmarks.mutant_making import Mutant, drawn, places
from benchmarks.mutant_page import CONTROL, Fate, Key, call_equivalent, key, section, write
from benchmarks.mutant_rooms import ROOMS, ROOT, Room

TOOL = ("cosmic-ray==8.7.0", "parso==0.8.7", "stevedore==5.10.0")
_WARMING = threading.Lock()  # the first judge measures what the others read


def install(folder: Path) -> None:
    """cosmic-ray without what its command line needs; its operators need parso."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "--target", str(folder), *TOOL], check=True)


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


def judged(mutants: Sequence[Mutant], workers: int, room: Room) -> Iterator[Fate]:
    """The fates of mutants, as they come from several judges. Raises SystemExit when a judge ends before its work."""
    shared, told = Shared(mutants), SimpleQueue[Fate | SystemExit]()

    def work() -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="nhq-mutants-") as name:
                for fate in judge(Path(name), shared, room):
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


def judge(folder: Path, mutants: Iterator[Mutant], room: Room) -> Iterator[Fate]:
    """The fates that one judge gives. Raises SystemExit when its process ends before its work does."""
    words, path = room.copy(folder)
    environ = {**os.environ, "NHQ_ROOT": str(folder / "root"), "PYTHONPATH": f"{path['PYTHONPATH']}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", room.worker, *words]
    with _WARMING:
        process = subprocess.Popen(
            command, env=environ, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        _answered(process)
    try:
        for mutant in mutants:
            assert process.stdin is not None
            process.stdin.write(json.dumps(asdict(mutant)) + "\n")
            process.stdin.flush()
            yield _answered(process)
    finally:
        process.terminate()
        process.wait(10)


def _answered(process: "subprocess.Popen[str]") -> Fate:
    assert process.stdout is not None
    answer = process.stdout.readline()
    if not answer:
        raise SystemExit("the judge ended before its work did; its own words stand above")
    told: Fate = json.loads(answer)
    return told


def believed(known: Mapping[str, Any]) -> dict[Key, Fate]:
    """Mutants that are listed as equivalent needn't run."""
    made = {"line": 0, "operator": "", "tests": 0, "requests": 0, "seconds": 0.0, "fate": "survived", "by": ""}
    return {key(entry): {**made, **entry} for entry in known.get("equivalent", [])}


def kept(room: Room) -> dict[Key, Fate]:
    """The last fate of each mutant of earlier runs."""
    fates = map(json.loads, room.kept.read_text("utf-8").splitlines()) if room.kept.exists() else ()
    return {key(fate): fate for fate in fates}


def known_fates(room: Room, *, whole: bool) -> dict[Key, Fate]:
    """Of earlier runs: all fates (`whole`), or kills. What unit tests alone have killed is killed."""
    own = kept(room) if whole else settled(kept(room))
    return settled(kept(room.by_units())) | own


def settled(fates: Mapping[Key, Fate]) -> dict[Key, Fate]:
    """Those that need no second look: kills, and what doesn't start."""
    return {name: fate for name, fate in fates.items() if fate["fate"] in ("killed", "dead")}


def fates_of(mutants: Sequence[Mutant], known: Mapping[Key, Fate], *, workers: int, room: Room) -> Iterator[Fate]:
    """All fates: those that are known, then those that are judged now (by no worker: none)."""
    yield from (known[mutant.key] | {"line": mutant.line} for mutant in mutants if mutant.key in known)
    rest = [mutant for mutant in mutants if mutant.key not in known]
    if rest and workers:
        yield from judged(rest, workers, room)


def sample(room: Room, known: Mapping[str, Any], seed: int, most: int, tool: Path | None) -> tuple[list[Mutant], int]:
    """The mutants to judge, and how many there are to draw from."""
    with tempfile.TemporaryDirectory(prefix="nhq-tool-") as private:
        folder = tool or Path(private)
        if not (folder / "cosmic_ray").exists():
            install(folder)
        sys.path.append(str(folder))
        aside = known.get("aside", [])
        found = places(ROOT / room.folder, room.sources(aside))
        wanted = (mutant for mutant in drawn(ROOT / room.folder, found, seed) if not set_aside(mutant, aside))
        mutants = list(islice(wanted, most))
        return mutants, len(mutants) + sum(1 for _ in wanted) if aside else len(found)


def unchanged(mutant: Mutant, room: Room) -> Mutant:
    """A control: the place of a mutant, and the source as it is."""
    source = (ROOT / room.folder / mutant.file).read_text("utf-8")
    return replace(mutant, operator=CONTROL, becomes=mutant.was, source=source)


def main() -> int:
    """0 when enough were killed."""
    given = _parsed()
    room = ROOMS[given.room].by_units() if given.units else ROOMS[given.room]
    listed = ROOT / room.known
    known = tomllib.loads(listed.read_text("utf-8")) if listed.exists() else {}
    mutants, total = sample(room, known, given.seed, given.sample, given.tool)
    mutants += [unchanged(mutant, room) for mutant in mutants[: given.controls]]
    room.kept.parent.mkdir(parents=True, exist_ok=True)
    earlier = known_fates(room, whole=given.no_run or given.go_on)
    before = {} if given.afresh else believed(known) | earlier
    fates: list[Fate] = []
    with room.kept.open("w" if given.afresh else "a", encoding="utf-8") as log:
        for fate in fates_of(mutants, before, workers=0 if given.no_run else given.workers, room=room):
            fates.append(fate)
            if key(fate) not in before:
                log.write(json.dumps(fate) + "\n")
                log.flush()
            print(
                f"{len(fates):4}/{len(mutants)} {fate['fate']:9} {fate['seconds']:6.1f} s {fate['by'][:60]:60} "
                f"{fate['file']}:{fate['line']} {fate['becomes'][:70]}",
                flush=True,
            )
    told_of = [fate for fate in fates if fate["operator"] != CONTROL]
    done = f"{len(told_of)} of {total} places, drawn with seed {given.seed}, are judged, one change of each"
    told = list(section(fates, known, done, room, given.seed))
    if given.write or not room.units:
        write(ROOT / room.page, told)
    print("\n".join(told[:7]))
    return int(not _enough(fates, known, room))


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Mutate a room of the project, and see who notices.")
    parser.add_argument("room", nargs="?", choices=ROOMS, default="mock", help="what to mutate (mock)")
    parser.add_argument("--sample", type=int, default=160, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1, help="draws the sample")
    parser.add_argument("--tool", type=Path, help="folder of cosmic-ray; installed when missing")
    parser.add_argument("--workers", type=int, default=2, help="judges at work at the same time")
    parser.add_argument("--units", action="store_true", help="unit tests alone judge, quickly; the page stays")
    parser.add_argument("--write", action="store_true", help="with --units: into the page all the same")
    parser.add_argument("--no-run", action="store_true", help="judge nothing: write what earlier runs say")
    parser.add_argument("--go-on", action="store_true", help="go on with a run that was stopped: believe all it said")
    parser.add_argument("--afresh", action="store_true", help="believe nothing of an earlier run")
    parser.add_argument("--controls", type=int, default=0, help="so many places, too, where nothing is changed")
    return parser.parse_args()


def _enough(fates: Sequence[Fate], known: Mapping[str, Any], room: Room) -> bool:
    fates = [fate for fate in fates if fate["operator"] != CONTROL]
    call_equivalent(fates, known)
    count = Counter(fate["fate"] for fate in fates)
    return count["killed"] >= room.aim * (len(fates) - count["equivalent"] - count["dead"])


if __name__ == "__main__":
    sys.exit(main())
