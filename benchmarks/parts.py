"""How much time and memory does a history take that is judged in parts, beside a sort of the same arrays?

    python benchmarks/parts.py [--events N] [--parts N] [--jobs J]

A correct history of about N events is written as an Arrow file, a batch at a time; then `nhq check --parts` judges it
in a process of its own, and another process sorts the same columns (by key and time), in memory. Printed are CPU
seconds and the peak memory of the largest process, from one run; nothing is compared with figures of other days.
Exits with 1 when the history isn't judged to hold, or takes more than was promised for 10⁸ events: 360 CPU seconds and
3 GB, in proportion.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa

LIMIT, WINDOW, WINDOWS, ASKED = 60, 60.0, 12, 72
ORIGIN = 1_760_000_000.0
SECONDS, MEMORY, OF = 360.0, 3e9, 10**8
#: Keys whose events are made at a time, all within one window.
KEYS = 5_000


def batches(events: int) -> Iterator[pa.RecordBatch]:
    """About so many events, window by window; in each, the keys in turns of KEYS."""
    keys = max(1, events // (WINDOWS * ASKED))
    labels = pa.array([f"key{index}" for index in range(keys)])
    rng = np.random.default_rng(1)
    phase, number = rng.uniform(0, WINDOW, keys), 0
    for window in range(WINDOWS):
        for first in range(0, keys, KEYS):
            some = np.arange(first, min(first + KEYS, keys), dtype=np.int32)
            key, turn = np.repeat(some, ASKED), np.tile(np.arange(ASKED), len(some))
            begin = window * (WINDOW + 0.5) + phase[key]
            at = begin + turn * (0.9 * WINDOW / ASKED)
            sent, received = at - rng.uniform(0.001, 0.2, len(key)), at + rng.uniform(0.001, 0.2, len(key))
            order = np.argsort(sent)
            columns = {
                "id": np.arange(number, number + len(key)),
                "key": pa.DictionaryArray.from_arrays(pa.array(key[order]), labels),
                "sent": sent[order],
                "received": received[order],
                "sent_wall": sent[order] + ORIGIN,
                "status": np.where(turn < LIMIT, 200, 429).astype(np.int16)[order],
                "limit": np.full(len(key), float(LIMIT)),
                "remaining": np.maximum(LIMIT - 1.0 - turn, 0)[order],
                "reset": np.ceil(ORIGIN + begin + WINDOW)[order],
            }
            number += len(key)
            yield pa.RecordBatch.from_arrays([pa.array(column) for column in columns.values()], list(columns))


def write(path: Path, events: int) -> None:
    """The history as an Arrow file."""
    facts = {"nhq.version": "1", "nhq.limit": str(LIMIT), "nhq.window": str(WINDOW), "nhq.worker": "made"}
    every = batches(events)
    first = next(every)
    shape = first.schema.with_metadata(facts)
    with pa.ipc.new_file(str(path), shape) as file:
        for batch in chain([first], every):
            file.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=shape))


def sort(path: Path) -> None:
    """Sort the columns that a verdict rests on by key and time, in memory."""
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    names = ("sent", "received", "status", "limit", "remaining", "reset")
    key = np.concatenate([chunk.indices.to_numpy() for chunk in table["key"].chunks])
    order = np.lexsort((table["sent"].to_numpy(), key))
    print(len(order), sum(float(table[name].to_numpy()[order][0]) for name in names))


def measured(*command: str) -> tuple[str, float, float]:
    """What a command printed, its CPU seconds with those of its children, and the peak bytes of the largest."""
    timed = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); sys.stdout.buffer.write(done.stdout); "
        "print(); print(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)"
    )
    done = subprocess.run([sys.executable, "-c", timed, *command], check=True, capture_output=True, text=True)
    out, figures = done.stdout.rstrip("\n").rsplit("\n", 1)
    seconds, peak = figures.split()
    return out, float(seconds), float(peak)


def main() -> int:
    """Make the history, judge it, sort it, and print the table."""
    parser = argparse.ArgumentParser(description="Measure the rate-limit checker on a history judged in parts.")
    parser.add_argument("--events", type=int, default=10**7)
    parser.add_argument("--parts", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sort", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.sort:
        sort(given.sort)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.arrow"
        write(path, given.events)
        made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        parts = ("--parts", str(given.parts), "--jobs", str(given.jobs))
        judge = (sys.executable, "-m", "nhq", "check", str(path), "--skew", "1", "--json", *parts)
        told, seconds, peak = measured(*judge)
        _, sorting, sorted_peak = measured(sys.executable, __file__, "--sort", str(path))
        size = path.stat().st_size
    return report(json.loads(told), (seconds, peak), (sorting, sorted_peak), (size, made))


def report(told: dict, judged: tuple[float, float], sorting: tuple[float, float], made: tuple[float, float]) -> int:
    """Print the table; 1 when a promise is missed."""
    events, (seconds, peak) = told["events"], judged
    print(f"{events:,} events of {told['keys']:,} keys, {made[0] / 1e9:.2f} GB as an Arrow file")
    print(f"{'':>8} {'CPU s':>8} {'events/CPU s':>13} {'peak MB':>8}")
    for name, (spent, memory) in (("judged", judged), ("sorted", sorting)):
        print(f"{name:>8} {spent:>8.1f} {events / spent:>13,.0f} {memory / 1e6:>8.0f}")
    print(f"judged takes {seconds / sorting[0]:.1f} times the CPU of a sort, {peak / sorting[1]:.2f} times its memory")
    holds = all(told[one]["verdict"] == "holds" for one in ("admissions", "headers", "reset", "algorithm"))
    kept = holds and seconds <= SECONDS * events / OF and peak <= MEMORY
    print("kept" if kept else f"missed: all four hold, {SECONDS:g} CPU s for {OF:,} events, {MEMORY / 1e9:g} GB")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
