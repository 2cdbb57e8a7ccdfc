"""`nhq mutation --kills`: in which scenarios each fault shows, for the plan of live runs (fixtures/kills.json)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from nhq.cli import terminal_output

if TYPE_CHECKING:
    from nhq.mutation.fault_sightings import Place
    from nhq.mutation.faults.fault import Fault

#: After so many faults what was found is written: an interrupted run loses no more.
FLUSHED = 20


def look_for_kills(
    faults: Sequence["Fault"], seed: int, workers: int, write: bool, missing: bool, least: bool = False
) -> int:
    """Run the tests about each fault's rules and report which of them show it; returns the exit code.

    `write` puts it into the table, in place of what stands there of these faults; `missing` leaves out those that
    stand there. `least`: each test sends the fewest requests.
    """
    from nhq.contract import load_contract
    from nhq.mutation.kill_table import add_kills, read_kill_tables
    from nhq.mutation.mutant_mock import Manner
    from nhq.mutation.worker_pool import Task, run_tasks

    contract = load_contract().digest
    found: dict[str, tuple[Place, ...]] = {}
    fresh: dict[str, tuple[Place, ...]] = {}
    known = read_kill_tables(contract).listed(least=least) if missing else set[str]()
    tasks = [Task(fault.id, seed) for fault in faults if fault.rules and fault.id not in known]
    requests = 0
    for task, outcome in run_tasks(tasks, Manner(seed, every=True, least=least), workers):
        found[task.fault] = fresh[task.fault] = outcome.places
        requests += outcome.requests
        terminal_output.say_on_stderr(
            f"{len(found):4d}/{len(tasks)} {task.fault}: {len(outcome.places)} places, {outcome.seconds} s"
        )
        if write and (len(fresh) >= FLUSHED or len(found) == len(tasks)):
            add_kills(contract, fresh, least=least)
            fresh = {}
    nowhere = [fault for fault, places in found.items() if not places]
    click.echo(f"{len(found)} faults, {requests:,} requests; {len(nowhere)} that no test about their rules shows")
    click.echo("".join(f"  {fault}\n" for fault in nowhere), nl=False)
    return 1 if nowhere else 0
