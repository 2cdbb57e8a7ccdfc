"""Several gates against one live server: at once, as two pipelines on one staging are, and night after night.

`python -m benchmarks.shared [--server mock|other] [--at-once N] [--in-a-row N] [--drafts N] [--rule ID …]`: a server in
real time without a control plane, one target file, the same keys for all. Each gate must end with exit code 0 and find
nothing. Prints a line a gate; exit 1 where one ends otherwise.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from nhq import paths

sys.path.append(str(paths.data_root() / "tests" / "live"))

from several_gates import Ended, gates, live_mock, other_server


def main() -> int:
    """Run as asked for, and print how each gate ended."""
    asked = _asked()
    chosen = [word for rule in asked.rule for word in ("--rule", rule)]
    worst = 0
    with tempfile.TemporaryDirectory(prefix="nhq-") as folder:
        out = Path(asked.out or folder)
        out.mkdir(parents=True, exist_ok=True)
        server = live_mock if asked.server == "mock" else other_server
        with server(out, asked.drafts, asked.window) as live:
            for round_ in range(asked.in_a_row):
                for number, ended in enumerate(gates(live, out / f"round-{round_}", asked.at_once, chosen)):
                    worst |= not ended.clean
                    print(f"round {round_} gate {number}: {_told(ended)}", flush=True)
    return worst


def _told(ended: Ended) -> str:
    counts = ", ".join(f"{count} {verdict}" for verdict, count in ended.verdicts.items())
    spent = ended.record.get("requests", {})
    waits = f"{spent.get('total')} requests, {spent.get('unplanned_429')} unplanned 429"
    troubles = [f"{trouble['where']}: {trouble['cause']}" for trouble in ended.record.get("troubles", ())]
    return "; ".join(
        [f"exit {ended.code}", counts, waits, *ended.found, *troubles, *([] if ended.clean else [ended.said])]
    )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.shared")
    parser.add_argument("--server", choices=("mock", "other"), default="mock")
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--in-a-row", type=int, default=1)
    parser.add_argument("--drafts", type=int, default=3)
    parser.add_argument("--window", type=float, default=5)
    parser.add_argument("--rule", action="append", default=[])
    parser.add_argument("--out", help="keep the reports here")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
