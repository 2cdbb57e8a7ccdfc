"""Each edit of fixtures/edits.toml through the gate, and through `nhq adopt --write` in a copy of the project.

`python -m benchmarks.adoptions [--only ID …] [--jobs N] [--no-gate | --no-adopt] [--judged]`: the gate with
`--contract`, for the operations chosen with `--operation` (one cheap one unless told), must end as the edit is
labelled; after adoption the catalogue tests must pass (all but that of the power page, which is made by a long run).
`--judged` also judges the mock in the copy after adoption. Prints a line an edit; exit 1 where one ends otherwise.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from nhq import paths

sys.path.append(str(paths.data_root() / "tests"))

from edited import Edit, edits

CHEAP = "list_lead_lists"


def main() -> int:
    """Run the chosen edits, print a line for each, and end 1 where one ends otherwise than it should."""
    asked = _asked()
    chosen = [edit for edit in edits() if not asked.only or edit.id in asked.only]
    with ThreadPoolExecutor(asked.jobs) as pool:
        told = 0
        for edit, lines in zip(chosen, pool.map(lambda edit: _tried(edit, asked), chosen), strict=True):
            print(f"{edit.id:<30} {'; '.join(lines) or 'right'}", flush=True)
            told += bool(lines)
    print(f"{len(chosen) - told} of {len(chosen)} right")
    return int(told > 0)


def _tried(edit: Edit, asked: argparse.Namespace) -> list[str]:
    """What ended otherwise for one edit."""
    with tempfile.TemporaryDirectory(prefix="nhq-") as folder:
        document = Path(folder) / "edited.json"
        document.write_text(json.dumps(edit.document(), ensure_ascii=False), "utf-8")
        wrong = [] if asked.no_gate else _gated(edit, document, asked.operation or [CHEAP])
        if not asked.no_adopt:
            wrong += _adopted(document, Path(folder) / "project", asked.judged, asked.operation or [CHEAP])
    return wrong


def _gated(edit: Edit, document: Path, operations: list[str]) -> list[str]:
    out = document.parent / "out"
    ended = _nhq(paths.data_root(), "gate", "--contract", document, "--out", out, *_chosen(operations))
    return [] if ended.returncode == edit.exit else [f"gate {ended.returncode}, not {edit.exit}: {_last(ended)}"]


def _adopted(document: Path, project: Path, judged: bool, operations: list[str]) -> list[str]:
    subprocess.run(["git", "clone", "--quiet", "--shared", paths.data_root(), project], check=True)
    ended = _nhq(project, "adopt", document, "--write")
    if ended.returncode:
        return [f"adopt {ended.returncode}: {_last(ended)}"]
    page = "--ignore=tests/catalogue/test_power_page.py"
    tested = _python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/catalogue", page)
    wrong = [f"catalogue {tested.returncode}: {_failed(tested)}"] if tested.returncode else []
    if judged:
        ended = _nhq(project, "gate", "--out", document.parent / "after", *_chosen(operations))
        wrong += [f"gate after adoption {ended.returncode}: {_last(ended)}"] if ended.returncode else []
    return wrong


def _chosen(operations: list[str]) -> list[str]:
    return [word for operation in operations for word in ("--operation", operation)]


def _nhq(project: Path, *words: Any) -> subprocess.CompletedProcess[str]:
    return _python(project, "-m", "nhq", *words)


def _python(project: Path, *words: Any) -> subprocess.CompletedProcess[str]:
    """A process of ours that reads the project's own code and data, wherever the installed one is."""
    env = {**os.environ, "PYTHONPATH": str(project / "src")}
    return subprocess.run(
        [sys.executable, *map(str, words)], cwd=project, env=env, capture_output=True, text=True, check=False
    )


def _last(ended: subprocess.CompletedProcess[str]) -> str:
    lines = (ended.stdout + ended.stderr).strip().splitlines()
    return lines[-1] if lines else "said nothing"


def _failed(tested: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in tested.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return " | ".join(lines) or _last(tested)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.adoptions")
    parser.add_argument("--only", action="append", default=[], help="an edit's id")
    parser.add_argument("--operation", action="append", default=[], help="what the gate judges")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--no-gate", action="store_true")
    parser.add_argument("--no-adopt", action="store_true")
    parser.add_argument("--judged", action="store_true", help="judge the mock after adoption, too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
