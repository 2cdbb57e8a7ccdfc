"""`make bench`: every benchmark in turn. `--quick` takes a tenth of the work."""

import subprocess
import sys
from pathlib import Path

ALONE = {
    "mock",
    "checker",
    "load",
    "start",
    "writes",
}  # the others need tools from outside the repository; see their docstrings


def main() -> int:
    """Run each in a process of its own, so that none warms another's caches."""
    worst = 0
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem in ALONE:
            print(f"\n# {path.stem}", flush=True)
            worst |= subprocess.call([sys.executable, "-m", f"benchmarks.{path.stem}", *sys.argv[1:]])
    return worst


sys.exit(main())
