"""`nhq nightly`: judge a server for the length of a night, and say what changed since the nights before."""

import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nhq.nights.remembering import Remembered
    from nhq.run.gate import Options


@click.command()
@click.option(
    "--target", type=click.Path(path_type=Path, dir_okay=False), help="Target file; without it, a fresh mock is judged."
)
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    help="How long the night lasts: rounds under further seeds fill it [one round, as long as it takes].",
)
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("reports/nights.db"),
    show_default=True,
    help="File with the record of nights; keep it from night to night.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/out"),
    show_default=True,
    help="Folder for the reports of the last round.",
)
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Judge this rule only; may be repeated.")
@click.option(
    "--operation", "operations", multiple=True, metavar="ID", help="Judge this operation only; may be repeated."
)
@click.option("--seed", type=int, help="Fixes every random choice [a new one, printed].")
@click.option("--text", type=click.Path(path_type=Path, dir_okay=False), help="Write a short text for a chat here.")
@click.option("--metrics", type=click.Path(path_type=Path, dir_okay=False), help="Write Prometheus metrics here.")
@click.option("--allow-send", is_flag=True, help="Off loopback: reach people, where the target file allows it too.")
@click.option("--allow-spend", is_flag=True, help="Off loopback: cost credits, where the target file allows it too.")
@click.option("--fault", "faults", multiple=True, metavar="ID", hidden=True, help="Plant a fault in the mock.")
def command(
    target: Path | None,
    minutes: float | None,
    db: Path,
    out: Path,
    rules: tuple[str, ...],
    operations: tuple[str, ...],
    seed: int | None,
    text: Path | None,
    metrics: Path | None,
    allow_send: bool,
    allow_spend: bool,
    faults: tuple[str, ...],
) -> int:
    """Judge a server deeply, remember the night, and say what is new, known, back, gone or unseen.

    Exit codes: 0 nothing new, 1 something new or back, or no longer judged, 2 could not judge, 130 interrupted.
    """
    from nhq.cli.given import given_command
    from nhq.cli.notices import tell_ignored_proxies
    from nhq.files import locked, replace_text
    from nhq.model import Effect
    from nhq.nights.metrics import metrics_text
    from nhq.nights.telling_nights import tell_chat, tell_night
    from nhq.run.gate import Options

    if target is not None and faults:
        raise click.UsageError("faults can be planted in the mock only: leave --target out")
    seed = secrets.randbelow(2**31) if seed is None else seed
    asked = [Effect.SEND] * allow_send + [Effect.SPEND] * allow_spend
    planted = [word for fault in faults for word in ("--fault", fault)]
    gate = given_command("rules", "operations", "seed", "minutes", "db", "text", "metrics", name="gate")
    options = Options(
        target,
        seed,
        rules,
        operations,
        command=f"{gate} --profile nightly",
        profile="nightly",
        mock=planted,
        asked=frozenset(asked),
    )
    tell_ignored_proxies()
    click.echo(f"seed {seed}", err=True)
    with locked(out), locked(db.parent / f".{db.name}.lock"):
        told = _night(options, minutes or 0.0, db, out)
    click.echo(tell_night(told), nl=False)
    for file, render in ((text, tell_chat), (metrics, metrics_text)):
        if file is not None:
            replace_text(file, render(told))
    return told.outcome.exit_code


def _night(options: "Options", minutes: float, db: Path, out: Path) -> "Remembered":
    """Play and remember the night; the last round's reports stand in `out`."""
    from nhq.clock import SystemClock
    from nhq.nights.playing import play_night
    from nhq.nights.store import NightStore
    from nhq.run.revised import contract_of

    contract = contract_of(options.contract)
    name, scopes = _target(options, contract.scopes)

    def judge(seed: int, seconds: float) -> dict[str, Any]:
        return _round(replace(options, seed=seed, minutes=seconds / 60), out)

    return play_night(NightStore(db), judge, name, contract.digest, scopes, options.seed, minutes * 60, SystemClock())


def _target(options: "Options", scopes: "Sequence[str]") -> tuple[str, dict[str, tuple[str, ...]]]:
    """What the target is remembered by, and what its file says of each key; of a fresh mock nothing needs saying."""
    from nhq.drive.target import find_target

    if options.target is None:
        return "mock", {}
    target = find_target(options.target, options.asked, scopes)
    return target.base_url, {key.label: tuple(sorted(key.scopes)) for key in target.keys}


def _round(options: "Options", out: Path) -> dict[str, Any]:
    from nhq.cli.formats import write
    from nhq.cli.gate import TerminalProgress
    from nhq.run.gate import judge
    from nhq.run.interrupt import Interrupts

    with Interrupts() as interrupts:
        record = judge(options, TerminalProgress(), interrupts)
        write(record, out, ())
    return record
