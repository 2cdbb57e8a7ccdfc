"""`nhq replay`: judge what was recorded, without a network."""

from pathlib import Path

import click


@click.command()
@click.option(
    "--cassettes",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the cassettes [those of the checkout].",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the reports.")
def command(cassettes: Path | None, out: Path | None) -> int:
    """Run every recorded scenario against its cassette and judge every recorded response, offline.

    Exit codes: 0 nothing violated, 1 violated, 2 could not judge (or a cassette is stale).
    """
    from nhq.cassettes.replaying import replay
    from nhq.report import terminal, write_reports

    words = ["nhq replay", *([f"--cassettes {cassettes}"] if cassettes else [])]
    record = replay(cassettes, " ".join(words))
    paths = write_reports(record, out) if out is not None else []
    click.echo(terminal.render(record, [str(path) for path in paths]), nl=False)
    return int(record["exit_code"])
