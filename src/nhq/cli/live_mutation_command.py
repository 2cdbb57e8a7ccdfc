"""`nhq mutation --live`: how many of the faults do live runs find, by number of requests?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from nhq.cli import terminal_output

if TYPE_CHECKING:
    from nhq.mutation.faults.fault import Fault
    from nhq.mutation.live_bench import Live
    from nhq.mutation.live_curve import Curve
    from nhq.mutation.mutant_status import MutantOutcome


def measure_live(faults: Sequence["Fault"], live: "Live", seed: int, workers: int, write: bool, command: str) -> int:
    """Make one live run per fault and print the curve; returns the exit code. `write` also puts it into POWER.md."""
    from nhq.contract import load_contract
    from nhq.mutation.live_curve import curve_section
    from nhq.mutation.mutation_page import write_live_part

    curve = _measured(faults, live, seed, workers)
    sentences = {fault.id: fault.sentence for fault in faults}
    lines = list(curve_section(curve, len(load_contract().rules), sentences, command))
    if write:
        click.echo(f"report: {write_live_part(lines)}")
    click.echo("\n".join(lines))
    return 1 if curve.survivors else 0


def _measured(faults: Sequence["Fault"], live: "Live", seed: int, workers: int) -> "Curve":
    from nhq.clock import SystemClock
    from nhq.mutation.faults.catalogue import find_fault
    from nhq.mutation.live_curve import Curve, counted_faults, of_one_length

    clock = SystemClock()
    began = clock.monotonic()
    chosen = counted_faults(faults)
    outcomes: list[MutantOutcome] = []
    for part, some in of_one_length([find_fault("noop"), *chosen], live):
        outcomes += _looked(some, part, seed, workers)
    honest = next(outcome for outcome in outcomes if outcome.fault == "noop")
    rest = [outcome for outcome in outcomes if outcome is not honest]
    return Curve(live, rest, honest, seed, clock.monotonic() - began)


def _looked(faults: Sequence["Fault"], live: "Live", seed: int, workers: int) -> "list[MutantOutcome]":
    from nhq.mutation.mutant_mock import Manner
    from nhq.mutation.worker_pool import Task, run_tasks

    found = []
    tasks = [Task(fault.id, seed) for fault in faults]
    for _, outcome in run_tasks(tasks, Manner(seed, live=live), workers):
        found.append(outcome)
        named = "; ".join([*outcome.others, *outcome.troubles]) or "nothing"
        seen = f"by {outcome.at}: {', '.join(outcome.kills)}" if outcome.at else f"{outcome.status}, {named}"
        took = f"{outcome.requests} requests, {outcome.seconds:.1f} s, {outcome.cpu:.1f} s of a processor"
        terminal_output.say_on_stderr(f"{len(found):4d}/{len(tasks)} {outcome.fault}: {seen} ({took})")
    return found
