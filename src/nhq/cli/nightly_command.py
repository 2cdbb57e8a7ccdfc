"""`nhq nightly`: judge a server overnight and report what changed since earlier nights."""

import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhq.cli.run_options import (
    Finite,
    asked_effects,
    effect_options,
    fault_option,
    fault_options,
    selection_options,
    target_option,
    timeout_option,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nhq.model import Exchange
    from nhq.nights.limiter_timeline import KeyHistories, LimiterTimeline
    from nhq.nights.night_storage import Remembered
    from nhq.record.case_file import Case
    from nhq.record.run_record import Record
    from nhq.run.gate_options import GateOptions


@click.command()
@target_option
@click.option(
    "--minutes",
    type=Finite(min=0, min_open=True),
    help="Length of the night: rounds with further seeds fill it [one round, as long as it takes].",
)
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("reports/nights.db"),
    show_default=True,
    help="Database of nights; keep it from night to night.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/out"),
    show_default=True,
    help="Folder for the reports of the last round.",
)
@selection_options
@click.option("--seed", type=int, help="Fixes every random choice [a new one, printed].")
@click.option(
    "--text", type=click.Path(path_type=Path, dir_okay=False), help="Write a short text for a chat to this file."
)
@click.option(
    "--metrics", type=click.Path(path_type=Path, dir_okay=False), help="Write Prometheus metrics to this file."
)
@effect_options
@timeout_option
@click.option(
    "--max-minutes",
    "max_minutes",
    type=Finite(min=0, min_open=True),
    metavar="MINUTES",
    help="Longest single round; what it doesn't reach is not judged.",
)
@click.option(
    "--contract",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A changed openapi.json (or YAML): judge the rules whose sentence still stands.",
)
@click.option(
    "--approvals",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File of approvals [contracts/approvals.toml, if it exists].",
)
@click.option(
    "--require",
    "require",
    multiple=True,
    metavar="N|N%|RULE,…",
    help="Exit 2 if the night judged fewer rules, or not all of these; replaces the comparison with the night before.",
)
@fault_option
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
    timeout: float,
    max_minutes: float | None,
    contract: Path | None,
    approvals: Path | None,
    require: tuple[str, ...],
    faults: tuple[str, ...],
) -> int:
    """Judge a server in depth, store the night, and report what is new, known, back, gone or unseen.

    Exit codes: 0 nothing new, 1 something new or back, or no longer judged, 2 could not judge, 130 interrupted.
    """
    from nhq.cli.given_command import given_command
    from nhq.cli.notices import tell_ignored_proxies
    from nhq.client.transport import Limits
    from nhq.files import lock_folder, replace_text
    from nhq.nights.night_text import tell_chat, tell_night
    from nhq.nights.prometheus_metrics import metrics_text
    from nhq.run.gate_options import GateOptions

    seed = secrets.randbelow(2**31) if seed is None else seed
    own = ("rules", "operations", "seed", "minutes", "max_minutes", "db", "text", "metrics", "require")
    gate = given_command(*own, name="gate")
    options = GateOptions(
        target,
        seed,
        rules,
        operations,
        command=f"{gate} --profile nightly{' --skip-bad-keys' if target is not None else ''}",
        profile="nightly",
        mock=fault_options(faults, target),
        asked=asked_effects(allow_send, allow_spend),
        limits=Limits.of(timeout),
        max_minutes=max_minutes or 0.0,
        contract=contract,
        approvals=approvals,
        skip_bad_keys=True,
        require=require,
    )
    tell_ignored_proxies()
    click.echo(f"seed {seed}", err=True)
    with lock_folder(out), lock_folder(db.parent / f".{db.name}.lock", "--db"):
        told = _night(options, minutes or 0.0, db, out)
    click.echo(tell_night(told), nl=False)
    for file, render in ((text, tell_chat), (metrics, metrics_text)):
        if file is not None:
            replace_text(file, render(told))
    return told.outcome.exit_code


def _night(options: "GateOptions", minutes: float, db: Path, out: Path) -> "Remembered":
    """Play and remember the night; the last round's reports stand in `out`."""
    from nhq.client.learned_keys import LearnedKeys
    from nhq.client.quota import Allowance
    from nhq.clock import SystemClock
    from nhq.nights.limiter_timeline import KeyHistories
    from nhq.nights.night_run import play_night
    from nhq.nights.night_store import NightStore
    from nhq.nights.round_options import RoundOptions
    from nhq.nights.rounds import RoundLengths
    from nhq.nights.suite_version import suite_version
    from nhq.report.case_files import FOLDER, write_case
    from nhq.run.required_rules import read_required
    from nhq.run.revised_observations import contract_of
    from nhq.run.selection import make_selection

    contract = contract_of(options.contract)
    name, scopes, require, limit, window = _target(options, contract.scopes)
    selection = make_selection(contract, options.rules, options.operations)  # what is mistyped shall begin no night
    required = read_required(require, contract, selection)

    store, seconds, keys = NightStore(db), minutes * 60, KeyHistories()
    learned = LearnedKeys(Allowance(limit, window)) if window else None
    asked = RoundOptions(options, minutes, learned, store.last_sent(name))

    def judge(seed: int, seconds: float) -> "tuple[Record, Sequence[float]]":
        record, took = _round(asked.next(seed, seconds), out, keys)
        asked.ended(record)
        return record, took

    def timeline() -> "LimiterTimeline | None":
        return keys.timeline(limit) if limit else None

    cases = db.parent / FOLDER

    def again(case: "Case", left: float) -> "tuple[bool, Case]":
        return _case_again(case, asked.again(case, left))

    def keep(case: "Case") -> str:
        return str(write_case(case, cases))

    plays = (judge, name, contract.digest, scopes, options.seed, seconds, SystemClock(), required, again, keep)
    return play_night(store, *plays, suite=suite_version(), timeline=timeline, lengths=RoundLengths(window))


def _case_again(case: "Case", options: "GateOptions") -> "tuple[bool, Case]":
    """Was a case shown again, and by which. Raises TargetError where nobody can say."""
    from msgspec import structs

    from nhq.errors import TargetError
    from nhq.run.case_run import judge_case

    outcome = judge_case(case, options)
    if outcome.record.interrupted:
        raise KeyboardInterrupt
    if outcome.exit_code == 2:
        raise TargetError(outcome.words)
    return outcome.seen, structs.replace(case, part=outcome.part, kind=outcome.part.kind) if outcome.seen else case


def _target(
    options: "GateOptions", scopes: "Sequence[str]"
) -> "tuple[str, dict[str, tuple[str, ...]], Sequence[str], int, float]":
    """What the target is remembered by, and what its file says of each key and requires of whole nights.

    At last how many requests a window allows, and its seconds; 0 where a clock that is put back tells nothing of
    windows. Of a fresh mock nothing needs saying.
    """
    from nhq.client.target import target_for_run

    if options.target is None:
        return "mock", {}, options.require, 0, 0.0
    target = target_for_run(options.target, options.asked, scopes)
    whole = not (options.rules or options.operations)
    require = options.require or (target.require if whole else ())
    limit, window = (0, 0.0) if target.restorable else (target.limit, target.window)
    return target.base_url, {key.label: tuple(sorted(key.scopes)) for key in target.keys}, require, limit, window


def _round(options: "GateOptions", out: Path, keys: "KeyHistories") -> "tuple[Record, Sequence[float]]":
    """One round's record, which is written into `out`, and how many seconds each answer took; `keys` hear each."""
    from nhq.cli.gate_command import TerminalProgress
    from nhq.cli.report_formats import write_run_reports
    from nhq.run.gate import judge_target
    from nhq.run.interrupt import Interrupts

    took: list[float] = []

    def hear(exchange: "Exchange") -> None:
        keys.hear(exchange)
        if exchange.status is not None:
            took.append(max(0.0, exchange.received - exchange.sent))

    with Interrupts() as interrupts:
        record = judge_target(replace(options, hear=hear), TerminalProgress(), interrupts)
        write_run_reports(record, out, (), options.contract)
    return record, took
