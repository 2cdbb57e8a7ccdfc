"""How fast is the checker, how does it grow, and what does it hold in memory?

    python benchmarks/checker.py [--quick]

Each size runs in a process of its own: a correct history is made, then `check` alone is timed, in CPU seconds.
"growth" is the time per event against the smallest size: n log n from 10⁵ to 10⁷ would be 1.4. Memory is the peak of
the whole process, history included. Exits with 1 when a promise is missed.
"""

import argparse
import math
import resource
import subprocess
import sys

import numpy as np

from nhq.model import Verdict
from nhq.ratelimit import History, Meta, check_history

LIMIT, WINDOW, WINDOWS, ASKED = 60, 60.0, 12, 72
ORIGIN = 1_760_000_000.0
SIZES, QUICK = (10**5, 10**6, 10**7), (10**5, 10**6)
#: The promises: events per CPU second (from 10⁶ on; the first call's own cost weighs below), growth of time per event
#: over n log n, bytes.
RATE, GROWTH, MEMORY = 3e6, 1.25, 2e9


def made(size: int) -> History:
    """About `size` events of a correct first-request window: ASKED a window and key, in order of receipt."""
    keys = max(1, size // (WINDOWS * ASKED))
    rng = np.random.default_rng(1)
    number = np.tile(np.arange(ASKED), keys * WINDOWS)
    window = np.tile(np.repeat(np.arange(WINDOWS), ASKED), keys)
    key = np.repeat(np.arange(keys, dtype=np.int32), WINDOWS * ASKED)
    begin = window * (WINDOW + 0.5) + rng.uniform(0, WINDOW, keys)[key]
    decided = begin + number * (0.9 * WINDOW / ASKED)
    sent = decided - rng.uniform(0.001, 0.2, len(key))
    received = decided + rng.uniform(0.001, 0.2, len(key))
    order = np.argsort(received)
    none = np.zeros(len(key), dtype=np.int32)
    sent, received, reset = sent[order], received[order], np.ceil(ORIGIN + begin + WINDOW)[order]
    return History(
        keys=tuple(f"key{index}" for index in range(keys)),
        operations=("",),
        key=key[order],
        operation=none,
        intended=sent,
        sent=sent,
        received=received,
        status=np.where(number < LIMIT, 200, 429).astype(np.int16)[order],
        limit=none + LIMIT,
        remaining=np.maximum(LIMIT - 1 - number, 0).astype(np.int32)[order],
        reset=reset,
        origin=ORIGIN,
        meta=Meta(limit=LIMIT, window=WINDOW),
    )


def used() -> float:
    """CPU seconds of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure(size: int) -> None:
    """Print events, CPU seconds and peak bytes of one size; fails when a correct history isn't judged to hold."""
    history = made(size)
    before = used()
    verdicts = check_history(history, LIMIT, WINDOW, skew=1.0)
    spent = used() - before
    if any(judgement.verdict is not Verdict.HOLDS for judgement in verdicts.judgements):
        raise SystemExit(f"a correct history was not judged to hold: {verdicts.judgements}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(len(history), spent, peak)


def main() -> int:
    """Run every size in its own process and print the table."""
    parser = argparse.ArgumentParser(description="Measure the rate-limit checker.")
    parser.add_argument("--quick", action="store_true", help="leave the largest size out")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure)
        return 0
    rows = []
    for size in QUICK if given.quick else SIZES:
        command = [sys.executable, __file__, "--measure", str(size)]
        events, spent, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        rows.append((int(events), float(spent), float(peak)))
    return report(rows)


def report(rows: list[tuple[int, float, float]]) -> int:
    """Print the table; 1 when a promise is missed."""
    print(f"{'events':>10} {'CPU s':>8} {'events/CPU s':>13} {'growth':>7} {'of n log n':>10} {'peak MB':>8}")
    kept = True
    least, spent_least, _ = rows[0]
    for events, spent, peak in rows:
        growth = (spent / events) / (spent_least / least)
        relative = growth / (math.log(events) / math.log(least))
        print(
            f"{events:>10,} {spent:>8.2f} {events / spent:>13,.0f} {growth:>7.2f} {relative:>10.2f} {peak / 1e6:>8.0f}"
        )
        kept &= (events < 0.9 * 10**6 or events / spent >= RATE) and relative <= GROWTH and peak < MEMORY
    print("kept" if kept else f"missed: {RATE:,.0f} events/CPU s, n log n within {GROWTH}, {MEMORY / 1e9:g} GB")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
