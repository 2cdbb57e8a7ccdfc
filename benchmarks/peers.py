"""Our gate beside other tools on the same planted faults.

`python -m benchmarks.peers [--packages FOLDER] [--only NAME] [--keep FOLDER]`

A tool kills a fault when it complains of something on the faulty mock that it doesn't complain of on a clean one; the
clean one is asked twice, so that what a tool says by chance counts less (our gate leaves nothing to chance, and is
asked once). Wall-clock seconds on a shared machine say more about its neighbours: CPU seconds are told beside.

The other tools need npm and Node.js: their packages are installed into a temporary folder, or the one that --packages
names, never into the repository. What lies in --keep from an earlier run is not asked again. Writes
benchmarks/PEERS.md.
"""

import argparse
import json
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from xml.etree.ElementTree import ParseError

from benchmarks.peer_tools import EXAMPLES, PACKAGES, PEERS, SECONDS, Place, Tool, document
from nhq.client.mock_process import handed_over
from nhq.clock import ManualClock
from nhq.mock.app import create_app
from nhq.mutation.faults.catalogue import find_fault

#: Drawn by chance out of the catalogue: one of each family, then six more (random.Random(24)).
SAMPLE = (
    "looks-for-the-id-before-the-key",
    "no-scopes-means-all-scopes",
    "sends-for-others",
    "lists-leads-without-their-lists",
    "shows-fifty-by-default",
    "lists-enrollments-oldest-first",
    "takes-the-first-list-id-only",
    "answers-201-when-all-lists-are-malformed",
    "counts-attempts-as-created",
    "wraps-a-single-lead-in-an-array",
    "starts-although-it-refuses",
    "starts-without-a-sender",
    "cuts-overrides-at-1000",
    "gives-a-slot-a-new-id-each-time",
    "takes-eleven-overrides",
    "gives-one-on-credit",
    "drops-emoji",
    "tells-unknown-routes-in-other-words",
    "has-no-sending-limits",
    "serves-text",
    "no-headers-on-207",
    "tells-reset-in-milliseconds",
    "admits-a-61st",
    "sends-a-page-for-conflicts",
)
UNLIMITED, LIMITED = 100_000_000, 60
GATE = Tool("nhq gate", "nothing: its defaults", lambda place: iter(()))
PAGE = Path(__file__).parent / "PEERS.md"


@dataclass(slots=True)
class Run:
    """One tool on one mock."""

    complaints: list[str] = field(default_factory=list)
    requests: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    trouble: str = ""


@dataclass(slots=True)
class Row:
    """One tool on all mocks. `clean` holds what it complained of although nothing was wrong, by the limit."""

    tool: Tool
    runs: dict[str, Run] = field(default_factory=dict)
    clean: dict[int, list[Run]] = field(default_factory=dict)

    def kills(self, fault: str) -> bool:
        """Does it say something on the faulty mock that it didn't say on a clean one?"""
        limit = UNLIMITED if self.tool is GATE else limit_of(fault)
        known = {complaint for run in self.clean[limit] for complaint in run.complaints}
        return not known.issuperset(self.runs[fault].complaints)


def limit_of(fault: str) -> int:
    """Requests a minute: so many that no peer is slowed down, but the contract's 60 where the limiter is at fault."""
    return LIMITED if find_fault(fault).family == "limiter" else UNLIMITED


@contextmanager
def counted(folder: Path, limit: int, fault: str) -> Iterator[None]:
    """A mock in a process of its own, which leaves the number of its requests in the folder."""
    command = [sys.executable, "-m", "benchmarks.counted", str(folder), str(limit), *([fault] if fault else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield
    finally:
        process.terminate()
        process.wait(10)


def used() -> float:
    """CPU seconds of all processes that were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def ask(tool: Tool, prepared: Path, packages: Path, fault: str, limit: int) -> Run:
    """Run a tool on a fresh mock; what it left from its preparation lies in its folder."""
    with tempfile.TemporaryDirectory(prefix="nhq-peers-") as name:
        folder = Path(name)
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
        return gate(folder, fault) if tool is GATE else peer(tool, folder, packages, fault, limit)


def gate(folder: Path, fault: str) -> Run:
    """Our own gate starts its own mock; the mock's CPU time is in its account."""
    before, began = used(), time.perf_counter()
    command = [sys.executable, "-m", "nhq", "gate", "--out", str(folder), *(["--fault", fault] if fault else [])]
    subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    told = json.loads((folder / "results.json").read_text("utf-8"))
    found = {f"{finding['rule']} {finding['operation']}" for finding in told["findings"]}
    return Run(sorted(found), told["requests"]["total"], time.perf_counter() - began, used() - before)


def peer(tool: Tool, folder: Path, packages: Path, fault: str, limit: int) -> Run:
    """Another tool: its CPU time is told without the mock's."""
    run = Run()
    with counted(folder, limit, fault):
        target = handed_over(folder)
        key = next(key.secret for key in target.keys if key.label == "full")
        before, began = used(), time.perf_counter()
        try:
            run.complaints = sorted(set(tool.complain(Place(folder, target.base_url, key, packages))))
        except subprocess.TimeoutExpired:
            run.trouble = f"stopped after {SECONDS} s"
        except (OSError, ParseError, ValueError) as problem:
            run.trouble = f"left no report ({type(problem).__name__})"
        run.wall, run.cpu = time.perf_counter() - began, used() - before
    run.requests = int((folder / "requests").read_text())
    return run


def compare(tool: Tool, packages: Path, keep: Path) -> Row:
    """One tool on a clean mock and on every fault; what lies in `keep` is not asked again."""
    folder = keep / re.sub("[^a-z]+", "-", tool.name.lower()).strip("-")
    prepared, path = folder / "prepared", folder / "runs.json"
    if not prepared.exists():
        prepared.mkdir(parents=True)
        described = document(create_app(clock=ManualClock()).landmarks)
        (prepared / "openapi.json").write_text(json.dumps(described), encoding="utf-8")
        tool.prepare(Place(prepared, "", "", packages))
    row = recalled(tool, path)
    for fault in SAMPLE:
        limit = UNLIMITED if tool is GATE else limit_of(fault)  # our gate's mock has the contract's limit anyway
        if limit not in row.clean:
            row.clean[limit] = [ask(tool, prepared, packages, "", limit) for _ in range(1 if tool is GATE else 2)]
        if fault not in row.runs:
            row.runs[fault] = ask(tool, prepared, packages, fault, limit)
            path.write_text(json.dumps({"runs": row.runs, "clean": row.clean}, default=asdict), encoding="utf-8")
        run = row.runs[fault]
        said = "killed" if row.kills(fault) else run.trouble or "-"
        print(f"{tool.name:28} {fault:42} {said:8} {run.requests:6} requests {run.wall:6.1f} s", flush=True)
    return row


def recalled(tool: Tool, path: Path) -> Row:
    """What an earlier run left."""
    told = json.loads(path.read_text("utf-8")) if path.exists() else {"runs": {}, "clean": {}}
    clean = {int(limit): [Run(**run) for run in runs] for limit, runs in told["clean"].items()}
    return Row(tool, {fault: Run(**run) for fault, run in told["runs"].items()}, clean)


def versions(packages: Path) -> Iterator[str]:
    """What was compared."""
    yield f"Schemathesis {version('schemathesis')}"
    for name in PACKAGES:
        manifest = packages / "node_modules" / name / "package.json"
        yield f"{name} {json.loads(manifest.read_text('utf-8'))['version']}"


def page(rows: Sequence[Row], packages: Path) -> Iterator[str]:
    """PEERS.md."""
    today = datetime.fromtimestamp(time.time(), UTC).date()
    yield from ("# Beside other tools", "")
    yield "Written by `python -m benchmarks.peers` (needs Node.js and npm; nothing is installed into the repository)."
    yield f"{today}, Python {platform.python_version()}; {', '.join(versions(packages))}."
    yield from ("", *(__doc__ or "").split("\n\n")[2].strip().splitlines(), "")
    yield f"| tool | given | faults killed of {len(SAMPLE)} | complaints about a clean mock | requests | time | CPU |"
    yield "|---|---|---|---|---|---|---|"
    yield from (_summed(row) for row in rows)
    yield from ("", "Requests and times are medians of a run; the gate's CPU time has its mock's in it.", "")
    yield from ("## Fault by fault", "", "| fault | what it does |" + "".join(f" {row.tool.name} |" for row in rows))
    yield "|---|---|" + "---|" * len(rows)
    for fault in SAMPLE:
        marks = (("killed" if row.kills(fault) else row.runs[fault].trouble or "·") for row in rows)
        yield f"| {fault} | {find_fault(fault).sentence} | {' | '.join(marks)} |"
    yield from ("", "## What was given to each", "", *NOTES)


def _summed(row: Row) -> str:
    runs = [*row.runs.values(), *row.clean[UNLIMITED]]
    killed = sum(row.kills(fault) for fault in SAMPLE)
    clean = max(len(run.complaints) for run in row.clean[UNLIMITED])
    requests, wall, cpu = (middle([getattr(run, name) for run in runs]) for name in ("requests", "wall", "cpu"))
    return f"| {row.tool.name} | {row.tool.given} | {killed} | {clean} | {requests:,.0f} | {wall:.0f} s | {cpu:.0f} s |"


def middle(values: Sequence[float]) -> float:
    """The median, of the upper two where they are even."""
    return sorted(values)[len(values) // 2]


NOTES = (
    "- The mock allows 100,000,000 requests a minute, except where the limiter is at fault and for our gate: there 60.",
    "- Schemathesis gets the document as published, a key and a fixed seed; it finds ids by itself.",
    "- The others get a copy of the document with an operationId everywhere and, as examples of the path parameters, "
    f"ids that exist ({sum(map(len, EXAMPLES.values()))} examples): without them Dredd sends nothing at all, "
    "Respect reaches 6 operations of 16 and Portman's collection meets 404 on 10.",
    "- Respect runs the description that `redocly generate-arazzo` writes, Newman the collection that Portman writes "
    "with its contract tests, as they are.",
    "- Specmatic is missing: with a key and the published document alone it was not done after 200 s a run.",
)


def main() -> None:
    """Install what is missing, run, write."""
    parser = argparse.ArgumentParser(description="Run our gate and other tools on the same planted faults.")
    parser.add_argument("--packages", type=Path, help="folder of the npm packages; they are installed when missing")
    parser.add_argument("--only", action="append", default=[], help="this tool only (part of its name); writes nothing")
    parser.add_argument("--keep", type=Path, help="folder for what each tool said; what lies there is not asked again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nhq-npm-") as private:
        packages = (given.packages or Path(private)).resolve()
        if not all((packages / "node_modules" / name).exists() for name in PACKAGES):
            subprocess.run(
                ["npm", "install", "--prefix", str(packages), "--no-audit", "--no-fund", *PACKAGES], check=True
            )
        chosen = [tool for tool in (GATE, *PEERS) if not given.only or any(part in tool.name for part in given.only)]
        rows = [compare(tool, packages, given.keep or Path(private)) for tool in chosen]
        text = "\n".join(page(rows, packages)) + "\n"
    if given.only:
        print(text)
    else:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
