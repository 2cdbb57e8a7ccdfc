"""`nhq power --live`: how many of the faults do live runs see, by how many requests they send?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from nhq.cli import terminal

if TYPE_CHECKING:
    from nhq.faults.fault import Fault
    from nhq.power.live_bench import Live
    from nhq.power.live_curve import Curve
    from nhq.power.outcome import Outcome


def measure_live(faults: Sequence["Fault"], live: "Live", seed: int, workers: int, write: bool, command: str) -> int:
    """Run each fault live, one run a fault, and print the curve; the exit code. `write` puts it into POWER.md, too."""
    from nhq.contract import load_contract
    from nhq.power.live_curve import section
    from nhq.power.page import write_live_part

    curve = _measured(faults, live, seed, workers)
    sentences = {fault.id: fault.sentence for fault in faults}
    lines = list(section(curve, len(load_contract().rules), sentences, command))
    if write:
        click.echo(f"report: {write_live_part(lines)}")
    click.echo("\n".join(lines))
    return 1 if curve.survivors else 0


def _measured(faults: Sequence["Fault"], live: "Live", seed: int, workers: int) -> "Curve":
    from nhq.clock import SystemClock
    from nhq.faults.catalogue import find
    from nhq.power.live_curve import Curve, counted, of_one_length

    clock = SystemClock()
    began = clock.monotonic()
    chosen = counted(faults)
    outcomes: list[Outcome] = []
    for part, some in of_one_length([find("noop"), *chosen], live):
        outcomes += _looked(some, part, seed, workers)
    honest = next(outcome for outcome in outcomes if outcome.fault == "noop")
    rest = [outcome for outcome in outcomes if outcome is not honest]
    return Curve(live, rest, honest, seed, clock.monotonic() - began)


def _looked(faults: Sequence["Fault"], live: "Live", seed: int, workers: int) -> "list[Outcome]":
    from nhq.power.bench import Manner
    from nhq.power.crew import Task, outcomes

    found = []
    tasks = [Task(fault.id, seed) for fault in faults]
    for _, outcome in outcomes(tasks, Manner(seed, live=live), workers):
        found.append(outcome)
        named = "; ".join([*outcome.others, *outcome.troubles]) or "nothing"
        seen = f"request {outcome.at}: {', '.join(outcome.kills)}" if outcome.at else f"{outcome.fate}, {named}"
        took = f"{outcome.requests} requests, {outcome.seconds:.1f} s, {outcome.cpu:.1f} s of a processor"
        terminal.say(f"{len(found):4d}/{len(tasks)} {outcome.fault}: {seen} ({took})")
    return found
