"""`nhq record`: record scripted scenarios as cassettes, under pseudonyms."""

from pathlib import Path

import click

from nhq.cli import terminal_output
from nhq.cli.run_options import Finite, asked_effects, effect_options


@click.command()
@click.option(
    "--target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Target file; without it, a fresh mock is recorded.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("cassettes"),
    show_default=True,
    help="Folder for the cassettes; existing ones are replaced.",
)
@click.option(
    "--test", "tests", multiple=True, metavar="WORD", help="Record tests whose name contains WORD; repeatable."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Fixes every random choice.")
@click.option(
    "--max-minutes",
    "minutes",
    type=Finite(min=0, min_open=True),
    metavar="MINUTES",
    default=60.0,
    show_default=True,
    help="Longest recording; what it doesn't reach is left out.",
)
@effect_options
def command(
    target: Path | None,
    out: Path,
    tests: tuple[str, ...],
    seed: int,
    minutes: float,
    allow_send: bool,
    allow_spend: bool,
) -> int:
    """Record scripted scenarios, one cassette each; without --test, a small selection that covers the most.

    Pseudonyms replace the target's keys, names, addresses and texts. Exit codes: 0 recorded,
    2 could not record.
    """
    from nhq.cassettes.cassette_recording import RecordOptions, record_cassettes
    from nhq.cli.notices import tell_ignored_proxies
    from nhq.files import lock_folder

    tell_ignored_proxies()
    with lock_folder(out):
        result = record_cassettes(
            RecordOptions(out, target, seed, tests, asked_effects(allow_send, allow_spend), minutes)
        )
    for test, reason in result.left_out.items():
        if not reason.startswith("shows nothing"):
            terminal_output.say_on_stderr(f"left out {test}: {reason}")
    for line in result.troubles:
        terminal_output.say_on_stderr(f"trouble {line}")
    click.echo(f"{len(result.kept)} cassettes in {out}")
    return 2 if result.troubles else 0
