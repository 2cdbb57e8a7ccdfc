"""`nhq drift`: send the same requests to two targets that should behave alike."""

import json
from dataclasses import asdict
from pathlib import Path

import click


@click.command()
@click.argument("here", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("there", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--seed", type=int, default=1, show_default=True, help="Fixes every random choice, for both.")
@click.option("--profile", type=click.Choice(["gate", "live"]), default="live", show_default=True, help="How much.")
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Judge only this rule; repeatable.")
@click.option("--operation", "operations", multiple=True, metavar="ID", help="Judge only this operation; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
def command(
    here: Path,
    there: Path,
    seed: int,
    profile: str,
    rules: tuple[str, ...],
    operations: tuple[str, ...],
    as_json: bool,
) -> int:
    """Send the same read-only requests to two targets and report how they differ.

    Compares status, shape, order, headers and meaning; ignores differences that come from the data alone. HERE or THERE
    may be the word `mock`. Exit codes: 0 no difference, 1 differences, 2 could not compare.
    """
    from nhq.cli.gate_command import TerminalProgress
    from nhq.cli.notices import tell_ignored_proxies
    from nhq.nights.drift_run import observe_target, target_differences, tell_differences
    from nhq.run.gate_options import GateOptions

    tell_ignored_proxies()
    options = [
        GateOptions(None if str(file) == "mock" else file, seed, rules, operations, profile=profile, nonce="drift")
        for file in (here, there)
    ]
    seen = [observe_target(option, TerminalProgress()) for option in options]
    found = target_differences(*seen)
    told = [asdict(difference) for difference in found]
    click.echo(json.dumps(told, indent=2) + "\n" if as_json else tell_differences(found, seen), nl=False)
    return 1 if found else 0
