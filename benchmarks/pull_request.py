"""CPU seconds of `nhq gate --base` beside `nhq gate` alone, in one run, in a made repository.

`python -m benchmarks.pull_request [GATE OPTION …]`: a breaking change, the same approved, its approval expired, and a
harmless one. Options (`--rule ID`, `--operation ID`) choose what both judge of the server; without them, all. Prints
exit code, CPU seconds and the ratio to the plain gate; exit 1 where a code is wrong or a ratio above two.
"""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from nhq import paths

sys.path += [str(paths.data_root() / "tests"), str(paths.data_root() / "tests" / "cases")]

from edited import edits
from repositories import make_repository

MOST = 2.0


def main() -> int:
    """Print a line a run; 1 where one ends otherwise than it should."""
    changed = {edit.id: json.dumps(edit.document()) for edit in edits()}
    with tempfile.TemporaryDirectory(prefix="nhq-") as folder:
        made = make_repository(Path(folder))
        _, alone = _spent(made)
        print(f"gate alone  {alone:6.1f} CPU s", flush=True)
        (made / "openapi.json").write_text(changed["request-field-required"], "utf-8")
        wrong = _told("breaking", made, 1, alone)
        proposed = (made / "out" / "proposed-approvals.toml").read_text("utf-8").replace('= ""', '= "agreed"')
        approvals = made / "contracts" / "approvals.toml"
        approvals.parent.mkdir()
        approvals.write_text(proposed, "utf-8")
        wrong |= _told("approved", made, 0, alone)
        approvals.write_text(re.sub(r"expires = .*", "expires = 2020-01-01", proposed), "utf-8")
        wrong |= _told("expired", made, 1, alone)
        approvals.unlink()
        (made / "openapi.json").write_text(changed["field-described"], "utf-8")
        return int(wrong | _told("harmless", made, 0, alone))


def _told(name: str, made: Path, right: int, alone: float) -> bool:
    """Print one run; true where its exit code or its ratio is wrong."""
    code, spent = _spent(made, "--base", "main")
    print(f"{name:<11} {spent:6.1f} CPU s, {spent / alone:.2f} times, exit {code} (should be {right})", flush=True)
    return code != right or spent > MOST * alone


def _spent(made: Path, *words: str) -> tuple[int, float]:
    """Exit code and CPU seconds of a gate and its children."""
    before = _children()
    command = [sys.executable, "-m", "nhq", "gate", "--out", "out", *words, *sys.argv[1:]]
    ended = subprocess.run(command, cwd=made, env=dict(os.environ), capture_output=True, check=False)
    return ended.returncode, _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
