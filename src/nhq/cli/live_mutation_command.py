"""`nhq mutation --live`: how many of the faults do live runs find, by number of requests?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhq.cli import terminal_output

if TYPE_CHECKING:
    from nhq.mutation.faults.fault import Fault
    from nhq.mutation.live_bench import Live
    from nhq.mutation.live_curve import Curve
    from nhq.mutation.mutant_status import MutantOutcome


@dataclass(frozen=True, slots=True)
class LiveWish:
    """Which faults live runs are made of, and how. `results` keeps the outcomes, if it is given."""

    faults: Sequence["Fault"]
    live: "Live"
    seed: int
    workers: int
    results: Path | None = None


def measure_live(wish: LiveWish, write: bool, command: str) -> int:
    """Make live runs for each fault and print the curve; returns the exit code. `write` also puts it into POWER.md.

    Interrupted, it tells of the faults that were looked for until then.
    Raises ConfigError where the results can't be read or written.
    """
    from nhq.contract import load_contract
    from nhq.mutation.live_curve import curve_section
    from nhq.mutation.mutation_page import write_live_part

    curve = _measured(wish)
    sentences = {fault.id: fault.sentence for fault in wish.faults}
    lines = list(curve_section(curve, len(load_contract().rules), sentences, command))
    if write:
        click.echo(f"report: {write_live_part(lines)}")
    click.echo("\n".join(lines))
    if len(curve.outcomes) < curve.wanted:
        return 130
    return 1 if curve.survivors else 0


def _measured(wish: LiveWish) -> "Curve":
    from nhq.clock import SystemClock
    from nhq.mutation.faults.catalogue import find_fault
    from nhq.mutation.live_curve import Curve, counted_faults, in_seeded_order, of_one_length

    clock = SystemClock()
    began = clock.monotonic()
    chosen = in_seeded_order(counted_faults(wish.faults), wish.seed)
    outcomes: list[MutantOutcome] = []
    try:
        for part, some in of_one_length([find_fault("noop"), *chosen], wish.live):
            _look(wish, some, part, outcomes)
    except KeyboardInterrupt:
        if not any(outcome.fault == "noop" for outcome in outcomes):
            raise
    honest = next(outcome for outcome in outcomes if outcome.fault == "noop")
    rest = [outcome for outcome in outcomes if outcome is not honest]
    seconds = max(clock.monotonic() - began, sum(outcome.seconds for outcome in outcomes) / wish.workers)
    return Curve(wish.live, rest, honest, wish.seed, seconds, len(chosen))


def _look(wish: LiveWish, faults: Sequence["Fault"], live: "Live", found: "list[MutantOutcome]") -> None:
    """Add the outcomes of these faults: those that are kept, then the others as live runs give them."""
    from nhq.mutation.live_results import keep_outcome, kept_outcomes
    from nhq.mutation.mutant_mock import Manner
    from nhq.mutation.worker_pool import Task, run_tasks

    kept = kept_outcomes(wish.results, live, wish.seed)
    found += [kept[fault.id] for fault in faults if fault.id in kept]
    tasks = [Task(fault.id, wish.seed) for fault in faults if fault.id not in kept]
    done = len(faults) - len(tasks)
    for _, outcome in run_tasks(tasks, Manner(wish.seed, live=live), wish.workers):
        found.append(outcome)
        done += 1
        keep_outcome(wish.results, live, outcome)
        named = "; ".join([*outcome.others, *outcome.troubles]) or "nothing"
        seen = f"by {outcome.at}: {', '.join(outcome.kills)}" if outcome.at else f"{outcome.status}, {named}"
        took = f"{outcome.requests} requests, {outcome.seconds:.1f} s, {outcome.cpu:.1f} s of a processor"
        terminal_output.say_on_stderr(f"{done:4d}/{len(faults)} {outcome.fault}: {seen} ({took})")
