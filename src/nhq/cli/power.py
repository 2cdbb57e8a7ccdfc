"""`nhq power`: plant every fault, and see which of them the gate sees."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from nhq.power.outcome import Outcome


@click.command()
@click.option("--fault", "faults", multiple=True, metavar="ID", help="Only this fault; may be repeated.")
@click.option("--family", "families", multiple=True, metavar="NAME", help="Only faults of this family; repeatable.")
@click.option("--full", is_flag=True, help="Run the whole gate to its end for each fault: every kill is told, slowly.")
@click.option("--clean-seeds", type=click.IntRange(0), default=0, help="Honest mocks of so many other seeds, too.")
@click.option("--list", "listed", is_flag=True, help="List the faults, and do nothing.")
@click.option("--seed", type=int, default=1, show_default=True, help="Fixes every random choice.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes, each with a mock.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the reports.")
@click.option("--write", is_flag=True, help="Write reports/POWER.md too.")
def command(
    faults: tuple[str, ...],
    families: tuple[str, ...],
    full: bool,
    clean_seeds: int,
    listed: bool,
    seed: int,
    workers: int,
    out: Path | None,
    write: bool,
) -> int:
    """Plant faults in the mock, one at a time, and run the gate against each.

    A fault is killed when a finding names a rule that it breaks. Exit codes: 0 all killed, 1 survivors, 2 could not
    judge, 130 interrupted.
    """
    from nhq.faults.catalogue import chosen

    picked = chosen(faults, families)
    if listed:
        for fault in picked:
            click.echo(f"{fault.id:<40} {fault.family:<14} {fault.sentence}")
        return 0
    from nhq.power.bench import Manner
    from nhq.power.matrix import table
    from nhq.power.measure import Wish, measure

    words = ["nhq power", *(f"--fault {f}" for f in faults), *(f"--family {f}" for f in families)]
    if full:
        words.append("--full")
    if clean_seeds:
        words.append(f"--clean-seeds {clean_seeds}")
    record = measure(Wish(picked, Manner(seed, full), clean_seeds, workers, " ".join(words)), _tell)
    if out is not None:
        from nhq.report import write_reports

        write_reports(record, out)
    if write:
        from nhq.power.page import write_page

        click.echo(f"report: {write_page(record)}")
    click.echo(table(record["power"]), nl=False)
    return int(record["exit_code"])


def _tell(done: int, total: int, outcome: "Outcome") -> None:
    """One line a fault on stderr."""
    found = ", ".join(outcome.kills or outcome.others)
    line = f"{done:4d}/{total} {outcome.fate:<9} {outcome.fault}: {found or 'nothing'}"
    print(line + (" (by the whole gate)" if outcome.whole else ""), file=sys.stderr, flush=True)
