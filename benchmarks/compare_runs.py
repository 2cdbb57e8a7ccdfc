"""Do two states of the project behave alike? `python -m benchmarks.compare_runs BEFORE AFTER [--only KIND] [--most N]`

BEFORE and AFTER are checkouts. The same runs are made with each, and compared: requests in order and what they were
answered (the record's digest), verdicts by rule and operation, findings by rule, operation and place. A rule that was
renamed keeps its former id under `aliases`; messages, times and names of tests are not compared. Kinds of runs: gate
(three seeds), live (a mock without a control plane: verdicts and findings alone, for which key has allowance when is no
choice of ours), faults and variants (40 of each, evenly out of the catalogue of BEFORE), histories (all of fixtures/),
replay, load (four profiles against the mock, verdicts and findings alone). Each difference is a line; exit 1 where
there are any, 2 where a run told nothing.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.run_facts import differences, history_facts, planted_facts, rule_names, run_facts

SEEDS = (1, 2, 3)
PROFILES = ("saturate", "boundary", "isolation", "recovery")
SHORT = ("--limit", "20", "--window", "3", "--duration", "9")
NONCE = "compared"


class NothingTold(Exception):
    """A run left no record behind; the text is what it said."""


class Checkout:
    """One state of the project, and how its commands are run: with this Python and its own sources."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.environ = {**os.environ, "PYTHONPATH": f"{self.root / 'src'}{os.pathsep}{self.root}"}

    def text(self, *words: str, environ: Mapping[str, str] | None = None) -> str:
        """What a command writes on stdout. Raises NothingTold where it ends in a usage error without any output."""
        command = [sys.executable, "-m", "nhq", *words]
        more = self.environ | dict(environ or {})
        done = subprocess.run(command, cwd=self.root, env=more, capture_output=True, text=True, check=False)
        if done.returncode == 2 and not done.stdout:
            raise NothingTold(f"{self.root.name}: nhq {' '.join(words)}: {done.stderr.strip()[-300:]}")
        return done.stdout

    def record(self, *words: str, environ: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The record of a run. Raises NothingTold where there is none."""
        with tempfile.TemporaryDirectory() as folder:
            self.text(*words, "--out", folder, environ=environ)
            file = Path(folder) / "results.json"
            if not file.exists():
                raise NothingTold(f"{self.root.name}: nhq {' '.join(words)} wrote no record")
            read: dict[str, Any] = json.loads(file.read_text("utf-8"))
            return read

    @contextmanager
    def live_mock(self) -> Iterator[tuple[Path, dict[str, str]]]:
        """A mock without a control plane (tests/live): its target file, and its keys."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            command = [sys.executable, str(self.root / "tests" / "live" / "free_mock.py"), name, "1", "0"]
            server = subprocess.Popen(command, env=self.environ, stdout=subprocess.PIPE, text=True)
            try:
                if server.stdout is None or server.stdout.readline() != "ready\n":
                    raise NothingTold(f"{self.root.name}: its live mock didn't start")
                lines = (folder / "keys.env").read_text("utf-8").splitlines()
                pairs = (line.removeprefix("export ").partition("=") for line in lines if "=" in line)
                yield folder / "target.toml", {name: value.strip("'\"") for name, _, value in pairs}
            finally:
                server.terminate()
                server.wait(5)

    @property
    def named(self) -> dict[str, str]:
        return rule_names(self.root)


Told = Iterator[tuple[str, dict[str, Any], dict[str, Any]]]  # what was run, and the facts before and after


def gates(before: Checkout, after: Checkout, most: int, named: Mapping[str, str]) -> Told:
    for seed in SEEDS[:most]:
        first, second = (one.record("gate", "--seed", str(seed)) for one in (before, after))
        yield f"gate at seed {seed}", run_facts(first, named), run_facts(second, named)


def live(before: Checkout, after: Checkout, most: int, named: Mapping[str, str]) -> Told:
    facts = []
    for one in (before, after):
        with one.live_mock() as (target, keys):
            record = one.record("gate", "--target", str(target), "--nonce", NONCE, environ=keys)
            facts.append(run_facts(record, named, ordered=False))
    yield "live run", facts[0], facts[1]


def faults(before: Checkout, after: Checkout, most: int, named: Mapping[str, str]) -> Told:
    idents = chosen(before.text("power", "--list"), most)
    words = [word for ident in idents for word in ("--fault", ident)]
    first, second = (one.record("power", *words) for one in (before, after))
    yield f"{len(idents)} faults", planted_facts(first, named, "faults"), planted_facts(second, named, "faults")


def variants(before: Checkout, after: Checkout, most: int, named: Mapping[str, str]) -> Told:
    idents = chosen(before.text("power", "--list", "--liberties"), most)
    words = [word for ident in idents for word in ("--liberty", ident)]
    first, second = (planted_facts(one.record("power", *words), named, "variants") for one in (before, after))
    yield f"{len(idents)} variants", first, second


def histories(before: Checkout, after: Checkout, most: int, named: Mapping[str, str]) -> Told:
    folder = before.root / "fixtures" / "histories"
    for file in sorted(f for f in folder.iterdir() if f.is_file() and f.suffix in (".csv", ".jsonl", ".arrow"))[:most]:
        first, second = (json.loads(one.text("check", "--json", str(file))) for one in (before, after))
        yield f"history {file.name}", history_facts(first), history_facts(second)


def replay(before: Checkout, after: Checkout, most: int, named: Mapping[str, str]) -> Told:
    first, second = (run_facts(one.record("replay"), named) for one in (before, after))
    yield "replay", first, second


def load(before: Checkout, after: Checkout, most: int, named: Mapping[str, str]) -> Told:
    for profile in PROFILES[:most]:
        words = ("load", profile, *SHORT)
        first, second = (run_facts(one.record(*words), named, ordered=False) for one in (before, after))
        yield f"load profile {profile}", first, second


Kind = Callable[[Checkout, Checkout, int, Mapping[str, str]], Told]
KINDS: dict[str, Kind] = {
    "gate": gates, "live": live, "faults": faults, "variants": variants, "histories": histories, "replay": replay,
    "load": load,
}  # fmt: skip
TIMED = ("live", "load")
MOST = {"faults": 40, "variants": 40}


def chosen(listed: str, most: int) -> list[str]:
    """So many ids, evenly out of those listed one a line."""
    idents = [line.split()[0] for line in listed.splitlines() if line.strip()]
    return [idents[n * len(idents) // most] for n in range(most)] if len(idents) > most else idents


def compared(before: Checkout, after: Checkout, kinds: Sequence[str], most: int | None) -> Iterator[str]:
    """The runs that were made, each followed by its differences, which are set in."""
    named = before.named | after.named
    for kind in kinds:
        for title, first, second in KINDS[kind](before, after, most or MOST.get(kind, 1000), named):
            found = list(differences(first, second, timed=kind in TIMED))
            yield f"{title}: {len(first)} facts, {len(found)} differ"
            yield from (f"  {line}" for line in found)


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="compare_runs", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--only", action="append", choices=KINDS, help="kinds of runs; all of them without it")
    parser.add_argument("--most", type=int, help="seeds, profiles, histories, faults and variants at most, of each")
    given = parser.parse_args(words)
    different = 0
    try:
        for line in compared(Checkout(given.before), Checkout(given.after), given.only or list(KINDS), given.most):
            print(line, flush=True)
            different += line.startswith("  ")
    except (NothingTold, ValueError) as problem:
        print(f"compare_runs: {problem}", file=sys.stderr)
        return 2
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main())
