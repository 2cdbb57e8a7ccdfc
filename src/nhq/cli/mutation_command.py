"""`nhq mutation`: plant every fault and report which of them the gate finds."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhq.cli import terminal_output
from nhq.cli.report_formats import format_option

if TYPE_CHECKING:
    from nhq.mutation.mutant_status import MutantOutcome

NOOP = "noop"
COMBINATIONS = 6  # runs with many variants together


@click.command()
@click.option("--fault", "faults", multiple=True, metavar="ID", help="Only this fault; repeatable.")
@click.option("--family", "families", multiple=True, metavar="NAME", help="Only faults of this family; repeatable.")
@click.option("--all-kills", is_flag=True, help="Run the whole gate for each fault and report every kill (slow).")
@click.option(
    "--control-runs",
    type=click.IntRange(0),
    default=0,
    help="Also run this many mocks without a fault, each with another seed and many variants together.",
)
@click.option("--variants", "every_variant", is_flag=True, help="Also run a mock without a fault for each variant.")
@click.option("--variant", "variants", multiple=True, metavar="ID", help="Only this variant; repeatable.")
@click.option(
    "--with",
    "beside",
    multiple=True,
    metavar="VARIANT",
    help="Apply this variant to the mock together with each fault.",
)
@click.option(
    "--others",
    type=click.IntRange(0),
    default=0,
    metavar="SEEDS",
    help="Also run mocks on which other clients act, all together and in pairs, with this many seeds.",
)
@click.option("--sample", type=click.IntRange(0), default=0, help="Only this many of the faults, chosen by the seed.")
@click.option("--kills", is_flag=True, help="Report which scenarios show each fault; --write puts it into kills.json.")
@click.option("--missing", is_flag=True, help="With --kills: only faults that kills.json lacks.")
@click.option("--least", is_flag=True, help="With --kills: each test sends the fewest requests, as in a live run.")
@click.option("--live", is_flag=True, help="One live run per fault, in real time: at which request is it found?")
@click.option("--keys", type=click.Choice(["1", "6", "22"]), default="6", show_default=True, help="With --live: keys.")
@click.option(
    "--requests", type=click.IntRange(1), default=3000, show_default=True, help="With --live: most requests per run."
)
@click.option(
    "--window", type=click.FloatRange(1), default=5.0, show_default=True, help="With --live: seconds per window."
)
@click.option(
    "--at", type=click.IntRange(1), multiple=True, metavar="N", help="With --live: only runs of N requests; repeatable."
)
@click.option("--by-default", is_flag=True, help="With --live: one run, as it is made without --requests.")
@click.option(
    "--results",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --live: keep outcomes in this file as they come; faults that it has are not run again.",
)
@click.option("--list", "listed", is_flag=True, help="List faults, or variants, and do nothing.")
@click.option("--seed", type=int, default=1, show_default=True, help="Fixes every random choice.")
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Number of processes, each with its own mock.",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the reports.")
@format_option
@click.option(
    "--write",
    is_flag=True,
    help="Also write reports/POWER.md; needs the whole catalogue (except with --kills and --live).",
)
def command(
    faults: tuple[str, ...],
    families: tuple[str, ...],
    all_kills: bool,
    control_runs: int,
    every_variant: bool,
    variants: tuple[str, ...],
    beside: tuple[str, ...],
    others: int,
    sample: int,
    kills: bool,
    missing: bool,
    least: bool,
    live: bool,
    keys: str,
    requests: int,
    window: float,
    at: tuple[int, ...],
    by_default: bool,
    results: Path | None,
    listed: bool,
    seed: int,
    workers: int,
    out: Path | None,
    formats: tuple[str, ...],
    write: bool,
) -> int:
    """Plant faults in the mock, one at a time, and run the gate against each.

    A fault is killed when a finding names a rule that it breaks. A variant is a permitted variation of behaviour: any
    finding there is a false positive.
    Exit codes: 0 all killed and no false positives, 1 otherwise, 2 could not judge, 130 interrupted.
    """
    if formats and out is None:
        raise click.UsageError("--format needs --out, the folder for the reports")
    if write and not (kills or live) and (faults or families or variants or beside or others or sample):
        raise click.UsageError("--write needs the whole catalogue: drop the options that select or add faults")
    from nhq.mutation.faults.catalogue import choose_faults, sample_faults
    from nhq.mutation.variants import catalogue
    from nhq.mutation.variants.others import by_seeds

    free = [*catalogue.choose_variants(variants, every_variant), *by_seeds(seed, others)]
    picked = choose_faults(faults, families) if faults or families or not (variants or others) else []
    picked = sample_faults(picked, sample, seed) if sample else picked
    if listed:
        for fault in [] if free else picked:
            click.echo(f"{fault.id:<40} {fault.family:<14} {fault.sentence}")
        for variant in free:
            click.echo(f"{variant.id:<40} {variant.area:<14} {variant.sentence}")
        return 0
    if kills:
        from nhq.cli.kills_command import look_for_kills

        return look_for_kills(picked, seed, workers, write, missing, least)
    if live:
        from nhq.cli.given_command import given_command
        from nhq.cli.live_mutation_command import LiveWish, measure_live
        from nhq.mutation.live_bench import Live

        said = given_command("write", "workers", "results")
        runs = LiveWish(picked, Live(int(keys), requests, window, at, by_default), seed, workers, results)
        return measure_live(runs, write, said)
    from nhq.files import lock_folder
    from nhq.mutation.kill_matrix import kill_matrix_text
    from nhq.mutation.mutant_mock import Manner
    from nhq.mutation.mutation_run import Wish, measure_mutation

    words = ["nhq mutation", *(f"--fault {f}" for f in faults), *(f"--family {f}" for f in families)]
    words += ["--variants"] * every_variant + [f"--variant {ident}" for ident in variants]
    words += [f"--with {ident}" for ident in beside]
    words += [f"{option} {count}" for option, count in (("--others", others), ("--sample", sample)) if count]
    if all_kills:
        words.append("--all-kills")
    if control_runs:
        words.append(f"--control-runs {control_runs}")
    together = COMBINATIONS if every_variant else 0
    wish = Wish(
        picked,
        Manner(seed, all_kills),
        control_runs,
        workers,
        " ".join(words),
        free,
        together,
        catalogue.choose_variants(beside),
    )
    with lock_folder(out):
        places: dict[str, tuple[tuple[str, str], ...]] = {}

        def tell(done: int, total: int, outcome: "MutantOutcome") -> None:
            places[outcome.fault] = (*places.get(outcome.fault, ()), *outcome.places)
            _tell(done, total, outcome)

        record = measure_mutation(wish, tell)
        if out is not None:
            from nhq.cli.report_formats import write_run_reports as write_formats

            write_formats(record, out, formats)
    mutation = record.mutation
    assert mutation is not None  # a run of planted faults has its own part
    if write and not record.interrupted:
        from nhq.contract import load_contract
        from nhq.mutation.kill_table import complete_kills
        from nhq.mutation.mutation_page import write_page

        click.echo(f"report: {write_page(record, mutation)}")
        click.echo(f"report: {complete_kills(load_contract().digest, places)}")
    click.echo(kill_matrix_text(mutation), nl=False)
    return record.exit_code


def _tell(done: int, total: int, outcome: "MutantOutcome") -> None:
    """One line a fault, or a mock of other choices, on stderr."""
    found, free = ", ".join(outcome.kills or outcome.others), outcome.variants
    name = (
        outcome.fault
        if not free or outcome.fault != NOOP
        else free[0]
        if len(free) == 1
        else f"{len(free)} variants, seed {outcome.seed}"
    )
    line = f"{done:4d}/{total} {outcome.status:<9} {name}: {found or 'nothing'}"
    terminal_output.say_on_stderr(line + (" (by the whole gate)" if outcome.whole else ""))
