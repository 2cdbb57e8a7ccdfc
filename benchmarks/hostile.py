"""The whole gate against servers that are trouble, and against correct ones of unusual habits.

`python -m benchmarks.hostile [--only KIND] [--write]`: a fresh mock behind each kind of tests/cases and
tests/live/bad_server.py. A kind's exit code must be one of those that stand in the table, without a traceback; whoever
is correct gets 0 and no warning. With --write the table goes into reports/HOSTILE.md; with --only these rows of it
alone. Exit 1 where one ends otherwise.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from nhq import paths
from nhq.client.mock_process import mock_target
from nhq.client.target import Target

sys.path.append(str(paths.data_root() / "tests" / "cases"))
sys.path.append(str(paths.data_root() / "tests" / "live"))

import bad_server as bad
from forbidden import FORBIDDEN
from permitted import PERMITTED
from proxy import Proxy, Sessions
from trouble import TROUBLE

PAGE = paths.data_root() / "reports" / "HOSTILE.md"
SECONDS = 600.0
WRONG = "**wrong**"
MIDWAY = ("/", 300)  # the request from which on the network fails
SHORT = ("--timeout", "1")


class Standing(Protocol):
    """What stands before the mock."""

    @property
    def url(self) -> str: ...


Before = Callable[[int], AbstractContextManager[Standing]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of server: what is right for it, and what stands before the mock at a port to make it so.

    `rules`: of these one must be found broken; `clean`: it is correct, so that not even a warning is right.
    """

    name: str
    family: str
    exits: tuple[int, ...]
    before: Before
    rules: tuple[str, ...] = ()
    clean: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How the gate ended: its exit code, what it found broken, and its line where it could not judge."""

    code: int
    rules: tuple[str, ...]
    warned: tuple[str, ...]
    line: str

    def fits(self, kind: Kind) -> bool:
        """Is that right?"""
        named = not kind.rules or bool(set(kind.rules) & set(self.rules))
        quiet = not kind.clean or not (self.rules or self.warned)
        return self.code in kind.exits and named and quiet and "Traceback" not in self.line

    @property
    def told(self) -> str:
        """What names it: rules, or the line."""
        return ", ".join(self.rules[:3]) + ("…" if len(self.rules) > 3 else "") if self.rules else self.line


def kinds() -> Iterator[Kind]:
    """Every kind, the correct ones first."""
    warnings = ("dupkey", "dupid", "big")
    for name, alter in PERMITTED.items():
        yield Kind(name, "permitted", (0,), _altered(alter), clean=name not in warnings)
    for name in ("session", "sessionfirst"):
        yield Kind(name, "permitted", (0,), _altered(Sessions(name == "sessionfirst").alter), clean=True)
    for trouble in bad.UNUSUAL:
        yield Kind(trouble.__name__, "permitted", (0,), _bad(trouble, ("/", 1)), clean=True)
    for name, told in FORBIDDEN.items():
        yield Kind(name, "forbidden", (1,), _altered(told.alter), told.rules)
    for name, seen in TROUBLE.items():
        if name != "datehour":  # a clock an hour off is judged as one that is right, so far
            yield Kind(name, "trouble", seen.exits, _altered(seen.alter))
    for trouble in bad.NETWORK:
        yield Kind(trouble.__name__, "trouble midway", (2,), _bad(trouble, MIDWAY), options=SHORT)
    for trouble in (bad.redirects, bad.shows_a_page, bad.is_unavailable):
        yield Kind(trouble.__name__, "trouble midway", (1, 2), _bad(trouble, MIDWAY))


def _altered(alter: Any) -> Before:
    return lambda port: Proxy(port, alter)


def _bad(trouble: Any, since: tuple[str, int]) -> Before:
    return lambda port: bad.BadServer(port, trouble, since)  # type: ignore[no-any-return]


def judged(kind: Kind) -> Ended:
    """Run the gate against a kind."""
    with tempfile.TemporaryDirectory(prefix="nhq-") as name, mock_target(seed=1) as target:
        folder = Path(name)
        with kind.before(urlsplit(target.base_url).port or 0) as standing:
            environ = write_target(target, standing.url, folder / "target.toml")
            words = ["gate", "--target", "target.toml", "--out", "out", *kind.options]
            run = subprocess.run(
                [sys.executable, "-P", "-m", "nhq", *words], cwd=folder, env={**os.environ, **environ},
                capture_output=True, text=True, timeout=SECONDS, check=False,
            )  # fmt: skip
        return ended(run, folder / "out" / "results.json")


def ended(run: "subprocess.CompletedProcess[str]", file: Path) -> Ended:
    """What a run came to; of the record its findings and the first trouble."""
    record = json.loads(file.read_text("utf-8")) if file.exists() else {"findings": [], "troubles": []}
    by_level: dict[bool, list[str]] = {True: [], False: []}
    for finding in record["findings"]:
        by_level[finding["level"] == "must"].append(finding["rule"])
    lines = ["Traceback"] if "Traceback" in run.stderr else []
    lines += [f"{row['where']}: {row['cause']}" for row in record["troubles"]]
    lines += [line for line in run.stderr.splitlines() if line.startswith("nhq: ")]
    rules = tuple(tuple(dict.fromkeys(by_level[binding])) for binding in (True, False))
    return Ended(run.returncode, *rules, lines[0] if lines else "")


def write_target(target: Target, url: str, path: Path) -> Mapping[str, str]:
    """A target file for a mock behind something else; the environment with its keys."""
    top = {"base_url": url, "control_url": target.control_url, "control_env": "NHQ_CONTROL"}
    top |= {"allow": sorted(target.allow), "limit": target.limit, "window": target.window}  # type: ignore[dict-item]
    lines = [*_toml(top), "[given]", *_toml(target.given)]
    for number, key in enumerate(target.keys):
        row = {"label": key.label, "env": f"NHQ_KEY_{number}", "workspace": key.workspace}
        lines += ["[[key]]", *_toml({**row, "scopes": sorted(key.scopes), "revoked": key.revoked})]
    path.write_text("\n".join([*lines, ""]), "utf-8")
    secrets = {f"NHQ_KEY_{number}": key.secret for number, key in enumerate(target.keys)}
    return {**secrets, "NHQ_CONTROL": target.control_token}


def _toml(values: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {json.dumps(value)}" for name, value in values.items()]


def row(kind: Kind, run: Ended) -> str:
    """One line of the page."""
    wrong = "" if run.fits(kind) else f" {WRONG}"
    exits = " or ".join(map(str, kind.exits))
    return f"| {kind.name} | {kind.family} | {exits} | {run.code}{wrong} | {run.told.replace('|', '/') or 'nothing'} |"


def table(every: Iterable[Kind], runs: Mapping[str, str], former: str = "") -> str:
    """The page, in the order of the kinds: lines of `runs` by name, and those of the former page for the others."""
    lines = {line.split("|")[1].strip(): line for line in former.splitlines() if line.startswith("| ")} | dict(runs)
    told = [lines[kind.name] for kind in every if kind.name in lines]
    wrong = sum(WRONG in line for line in told)
    head = [
        "# Hostile servers",
        "",
        f"Written by `python -m benchmarks.hostile --write`: the whole gate against {len(told)} kinds of server, "
        f"{len(told) - wrong} of which end as they must. With `--only KIND` its row alone is written anew. What each "
        "kind does stands in tests/cases and tests/live/bad_server.py, by its name.",
        "",
        "| kind | family | exit that is right | exit | what names it |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*head, *told, ""])


def main() -> int:
    """Run them all, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[], metavar="KIND", help="only this kind; repeatable")
    parser.add_argument("--write", action="store_true", help="write reports/HOSTILE.md")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="so many at once")
    asked = parser.parse_args()
    chosen = [kind for kind in kinds() if not asked.only or kind.name in asked.only]
    rows = []
    with ThreadPoolExecutor(asked.jobs) as pool:  # the proxies are threads of ours, the gates and mocks processes
        for kind, run in zip(chosen, pool.map(judged, chosen), strict=True):
            rows.append((kind, run))
            mark = "  " if run.fits(kind) else "! "
            print(f"{mark}{kind.name:<28} {run.code} ({' or '.join(map(str, kind.exits))})  {run.told}", flush=True)
    if asked.write:
        former = PAGE.read_text("utf-8") if asked.only and PAGE.exists() else ""
        PAGE.write_text(table(kinds(), {kind.name: row(kind, run) for kind, run in rows}, former), "utf-8")
    return 0 if all(run.fits(kind) for kind, run in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
