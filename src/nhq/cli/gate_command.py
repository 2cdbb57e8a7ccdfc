"""`nhq gate`: judge a server, or the bundled mock, against the contract."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhq.cli import terminal_output
from nhq.cli.report_formats import format_option
from nhq.cli.run_options import (
    Finite,
    Word,
    asked_effects,
    asked_now,
    early_end_options,
    effect_options,
    extent_options,
    fault_option,
    fault_options,
    most_findings,
    selection_options,
    skip_option,
    target_option,
    timeout_option,
)
from nhq.cli.target_defaults import TargetCommand

if TYPE_CHECKING:
    from nhq.run.gate_options import GateOptions
    from nhq.run.run_plan import Left


class TerminalProgress:
    """Progress on stderr: one line rewritten on a terminal, an occasional line elsewhere."""

    def __init__(self) -> None:
        self._live = terminal_output.is_live()
        self._told = -1
        self._waits = ""

    def step(self, done: int, total: int, test: str, requests: int, findings: int, left: "Left | None" = None) -> None:
        """Report how far the run is and what remains."""
        from nhq.report.report_words import count_words

        share = done * 10 // max(total, 1)
        line = f"{done:4d}/{total} tests  {requests:5d} requests  {count_words(findings, 'finding')}{_ahead(left)}"
        if self._live:
            terminal_output.say_on_stderr(f"\r{line}  {test[:50]:50s}", end="\n" if done == total else "")
        elif share != self._told:
            terminal_output.say_on_stderr(line)
        self._told = share

    def tell(self, line: str) -> None:
        """Report something before the first test."""
        terminal_output.say_on_stderr(line)

    def wait(self, what: str, until: float) -> None:
        """Report what the run waits for, once per deadline."""
        end = datetime.fromtimestamp(until).strftime("%H:%M:%S")
        if end != self._waits:
            line = f"waiting for {what}, until {end}"
            terminal_output.say_on_stderr(f"\r{line:100s}" if self._live else line, end="" if self._live else "\n")
        self._waits = end


def _ahead(left: "Left | None") -> str:
    if left is None or not left.requests:
        return ""
    end = datetime.fromtimestamp(left.until).strftime("%H:%M:%S")
    return f"  {left.requests:4d} requests, {left.windows} windows left, until {end}"


@click.command(cls=TargetCommand)
@target_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/out"),
    show_default=True,
    help="Folder for the reports.",
)
@selection_options
@click.option("--seed", type=int, default=1, show_default=True, help="Fixes every random choice.")
@click.option(
    "--nonce",
    metavar="LETTERS",
    default="",
    help="Carried by everything the run creates [new for each run on a live target]; a record's own repeats that run.",
)
@click.option(
    "--profile",
    type=Word(["gate", "live", "nightly"]),
    help="How much to send [gate on a mock, live elsewhere].",
)
@timeout_option
@extent_options
@click.option(
    "--max-minutes",
    type=Finite(min=0, min_open=True),
    metavar="MINUTES",
    help="Longest run; what it doesn't reach is not judged [live: 60, or 30 windows if that is longer].",
)
@early_end_options
@effect_options
@click.option(
    "--contract",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A changed openapi.json (or YAML): report what changed, and judge the rules whose sentence still stands.",
)
@click.option(
    "--base",
    metavar="REV",
    help="Judge a pull request: what changed in openapi.json (--contract FILE) since this revision, REV:path or file.",
)
@click.option(
    "--approvals",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File of approved contract changes [contracts/approvals.toml, if it exists].",
)
@click.option(
    "--require",
    "require",
    multiple=True,
    metavar="N|N%|RULE,…",
    help="Exit 2 if fewer rules, or not all of these, were judged; can also be set in the target file.",
)
@click.option(
    "--fail-on",
    type=Word(["must", "should", "assumed"]),
    default="must",
    show_default=True,
    help="Lowest level of rules whose failure exits 1; lower levels warn.",
)
@fault_option
@click.option("--plan", "plan_only", is_flag=True, help="Estimate what a live run would cost, and send nothing.")
@click.option(
    "--rotate",
    metavar="K/N",
    default="1/1",
    help="Live: of the tests that don't fit, run the Kth of N parts, so that N runs cover them all.",
)
@click.option("--unplanned", is_flag=True, hidden=True, help="Live: each test once, with its fewest requests.")
@click.option(
    "--case",
    "case_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Play one finding's case again, alone: a file that a run left in its folder's cases.",
)
@click.option("--resume", is_flag=True, help="Resume the interrupted run whose journal is in the output folder.")
@skip_option
@click.option("--traceback", is_flag=True, help="Show the traceback if a test of ours crashes.")
@format_option
def command(
    target: Path | None,
    out: Path,
    rules: tuple[str, ...],
    operations: tuple[str, ...],
    seed: int,
    nonce: str,
    profile: str | None,
    timeout: float,
    minutes: float | None,
    fail_fast: bool,
    max_findings: int | None,
    requests: int | None,
    max_minutes: float | None,
    allow_send: bool,
    allow_spend: bool,
    contract: Path | None,
    base: str | None,
    approvals: Path | None,
    require: tuple[str, ...],
    fail_on: str,
    faults: tuple[str, ...],
    plan_only: bool,
    rotate: str,
    unplanned: bool,
    case_file: Path | None,
    resume: bool,
    skip_bad_keys: bool,
    traceback: bool,
    formats: tuple[str, ...],
) -> int:
    """Judge a server against the contract and write the reports.

    With --base it judges a pull request: the document, the trace, the diff, the cassettes, then the server.
    With --case it plays one finding's case: 1 if it shows again, 0 if its rule held.
    Exit codes: 0 nothing violated, 1 violated, 2 could not judge, 130 interrupted.
    """
    from nhq.cli.given_command import given_command
    from nhq.cli.notices import tell_ignored_proxies
    from nhq.cli.report_formats import write_run_reports
    from nhq.client.transport import Limits
    from nhq.files import lock_folder
    from nhq.model import Level
    from nhq.report import terminal_summary as summary
    from nhq.report.case_files import FOLDER, write_cases
    from nhq.run.gate import judge_target
    from nhq.run.gate_options import GateOptions
    from nhq.run.interrupt import Interrupts
    from nhq.run.journal import NAME
    from nhq.run.rotation import read_turn

    narrowed = bool(rules or operations)
    options = GateOptions(
        target,
        seed,
        rules,
        operations,
        command=given_command(
            *("base", "rules", "operations", "seed", "nonce", "plan_only", "resume", "traceback", "require"),
            *("fail_fast", "max_findings"),
        ),
        traceback=traceback,
        profile=profile or "",
        mock=fault_options(faults, target),
        asked=asked_effects(allow_send, allow_spend),
        journal=out / NAME,
        resume=resume,
        limits=Limits.of(timeout),
        minutes=asked_now("minutes", minutes, narrowed) or 0.0,
        requests=asked_now("requests", requests, narrowed) or 0,
        max_minutes=max_minutes or 0.0,
        contract=contract,
        approvals=approvals,
        nonce=nonce,
        turn=read_turn(rotate),
        unplanned=unplanned,
        skip_bad_keys=skip_bad_keys,
        require=require,
        max_findings=most_findings(fail_fast, max_findings),
        fail_on=Level(fail_on),
    )
    if plan_only:
        from nhq.report.plan_report import render_plan
        from nhq.run.gate import plan_run

        click.echo(render_plan(plan_run(options)), nl=False)
        return 0
    tell_ignored_proxies()
    if base is not None:
        from nhq.cli.pull_request_command import judge_change

        return judge_change(base, options, out, TerminalProgress(), formats)
    if case_file is not None:
        return _play_case(case_file, options, out, formats)
    with lock_folder(out), Interrupts() as interrupts:
        record = judge_target(options, TerminalProgress(), interrupts)
        paths = write_run_reports(record, out, formats, contract)
        write_cases(record, out / FOLDER)
        terminal_output.show_summary(summary.render_terminal(record, paths))
    return 130 if interrupts.count else int(record.exit_code)


def _play_case(file: Path, options: "GateOptions", out: Path, formats: tuple[str, ...]) -> int:
    """Play one case; its exit code. Raises UsageError beside what the case says itself."""
    from nhq.cli.report_formats import write_run_reports
    from nhq.files import lock_folder
    from nhq.report import terminal_summary as summary
    from nhq.run.case_run import judge_case, load_case
    from nhq.run.interrupt import Interrupts

    if options.rules or options.operations or options.resume:
        raise click.UsageError("--case says itself what is judged: leave --rule, --operation and --resume out")
    case = load_case(file)
    with lock_folder(out), Interrupts() as interrupts:
        outcome = judge_case(case, replace(options, journal=None), TerminalProgress(), interrupts)
        paths = write_run_reports(outcome.record, out, formats, options.contract)
        terminal_output.show_summary(summary.render_terminal(outcome.record, paths))
        click.echo(outcome.words)
    return 130 if interrupts.count else outcome.exit_code
