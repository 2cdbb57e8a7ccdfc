"""What can be mutated, a room at a time: where its files lie, who judges it, and where its fates are told."""

import shutil
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_DATA = ("contracts", "load", "fixtures", "reports/schemas")
_SERVER = "The gate is the only judge, seed 1."
_JUDGES = (
    "Judges: unit tests that reach the line, the gate's tests that do (seed 1), on the mock as it is, with planted "
    "faults, with variants."
)


@dataclass(frozen=True, slots=True)
class Room:
    """`folder` holds the files that `files` matches, relative to the root; `worker` is the module that judges.

    `aim` is the share to be killed of what isn't equivalent. `units`: its unit tests alone judge.
    """

    name: str
    folder: str
    files: str
    worker: str
    known: str
    page: str
    said: str
    aim: float
    units: bool = False

    def by_units(self) -> "Room":
        """The same room, judged by unit tests alone: what they kill, all judges kill."""
        return replace(self, units=True, said="Judges: unit tests that reach the line, alone.")

    def heading(self, seed: int) -> str:
        """Of the section of the page that tells of a sample."""
        return "## Mutants" if self.name == "mock" else f"## {self.name}, seed {seed}"

    @property
    def kept(self) -> Path:
        """The fates of earlier runs; those that unit tests alone gave lie apart."""
        name = "mutants" if self.name == "mock" else f"mutants-{self.name}"
        return ROOT / "reports" / "out" / f"{name}{'-units' * self.units}.jsonl"

    def copy(self, folder: Path) -> tuple[list[str], dict[str, str]]:
        """Copy what the worker needs; its arguments, and what it needs of the environment."""
        for part in _DATA:
            shutil.copytree(ROOT / part, folder / "root" / part)
        shutil.copy2(ROOT / "openapi.json", folder / "root")
        if self.name == "mock":
            for part in ("mutated", "judging"):
                shutil.copytree(ROOT / "src" / "nhq", folder / part / "nhq")
            return [str(folder / "mutated")], {"PYTHONPATH": f"{folder / 'judging'}"}
        for part in ("src", "tests"):
            shutil.copytree(ROOT / part, folder / "root" / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy2(ROOT / "pyproject.toml", folder / "root")
        given = [str(folder / "root"), self.folder, str(self.kept.parent), *["units"] * self.units]
        return given, {"PYTHONPATH": str(folder / "root" / "src")}

    def sources(self, aside: list[dict[str, str]]) -> list[str]:
        """The files that are mutated, relative to the folder."""
        folder = ROOT / self.folder
        found = sorted(str(path.relative_to(folder)) for path in folder.rglob(self.files))
        whole = [entry["files"] for entry in aside if "lines" not in entry]
        return [file for file in found if not any(fnmatch(file, pattern) for pattern in whole)]


def _judges(name: str, folder: str, files: str) -> Room:
    known, page = f"tests/power/equivalent_in_{name}.toml", "reports/MUTANTS-JUDGES.md"
    return Room(name, folder, files, "benchmarks.mutant_chain", known, page, _JUDGES, 0.95)


ROOMS = {
    room.name: room
    for room in (
        Room(
            "mock",
            "src/nhq/mock",
            "*.py",
            "benchmarks.mutant_judge",
            "tests/power/equivalent_mutants.toml",
            "reports/POWER.md",
            _SERVER,
            0.9,
        ),
        _judges("checks", "src/nhq/checks", "*.py"),
        _judges("ratelimit", "src/nhq/ratelimit", "*.py"),
        _judges("contracts", "contracts", "test_*.py"),
        _judges("areas", "src/nhq/scenarios/areas", "*.py"),
    )
}
