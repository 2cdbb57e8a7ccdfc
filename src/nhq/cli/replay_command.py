"""`nhq replay`: judge what was recorded, without a network."""

from collections.abc import Sequence
from pathlib import Path

import click

from nhq.cli.report_formats import format_option
from nhq.cli.terminal_output import show_summary


@click.command()
@click.option(
    "--cassettes",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the cassettes [those of the checkout].",
)
@click.option(
    "--contract",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A changed openapi.json (or YAML): report the interactions that the change breaks.",
)
@click.option(
    "--approvals",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="With --contract: file of approved changes [contracts/approvals.toml, if it exists].",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the reports.")
@format_option
def command(
    cassettes: Path | None,
    contract: Path | None,
    approvals: Path | None,
    out: Path | None,
    formats: tuple[str, ...],
) -> int:
    """Run every recorded scenario against its cassette and judge every recorded response, offline.

    With --contract no scenario runs: recorded requests and responses are judged by the changed contract and by today's.
    Exit codes: 0 nothing violated or broken, 1 violated or broken, 2 could not judge (or a cassette is stale).
    """
    from nhq.files import lock_folder

    if formats and out is None:
        raise click.UsageError("--format needs --out, the folder for the reports")
    with lock_folder(out):
        if contract is None:
            return _same(cassettes, out, formats)
        return _changed(contract, cassettes, approvals, out, formats)


def _same(cassettes: Path | None, out: Path | None, formats: Sequence[str]) -> int:
    """The summary of a replay under the contract as it is."""
    from nhq.cassettes.replaying import replay_cassettes
    from nhq.cli.given_command import given_command
    from nhq.cli.report_formats import write_run_reports
    from nhq.report import terminal_summary

    record = replay_cassettes(cassettes, given_command())
    paths = write_run_reports(record, out, formats) if out is not None else []
    show_summary(terminal_summary.render_terminal(record, paths))
    return int(record.exit_code)


def _changed(
    contract: Path, cassettes: Path | None, approvals: Path | None, out: Path | None, formats: Sequence[str]
) -> int:
    """One line a broken interaction, then what of ours fails, then how much was judged."""
    from nhq.cassettes.changed_contract import judge_changed
    from nhq.cli.given_command import given_command
    from nhq.cli.report_formats import write_run_reports

    outcome = judge_changed(contract, cassettes, given_command(), approvals)
    for broken in outcome.breaks:
        place = f"{broken.interaction.place} {broken.operation}"
        click.echo(f"broken {place}: {broken.rule} {broken.where}: {broken.expected}")
    for line in outcome.gone:
        click.echo(f"gone {line}")
    for path in write_run_reports(outcome.record, out, formats, contract) if out is not None else []:
        click.echo(f"report: {path}")
    places = {broken.interaction.place for broken in outcome.breaks}
    if places:
        click.echo(f"reproduce: {given_command()}")
    failing = f"{len(outcome.gone)} changes to what we judge by fail"
    click.echo(f"{outcome.judged} interactions judged, {len(places)} broken, {failing}")
    return int(outcome.record.exit_code)
