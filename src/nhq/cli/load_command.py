"""`nhq load PROFILE`: run a rate-limit load profile with Locust, and judge what it recorded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from nhq.cli import terminal_output
from nhq.cli.locust_options import LocustCommand
from nhq.cli.report_formats import format_option
from nhq.cli.run_options import Finite, asked_effects, effect_options


class LoadProgress:
    """Progress on stderr: one line rewritten on a terminal; elsewhere a line for each tenth of the run."""

    def __init__(self) -> None:
        self._live = terminal_output.is_live()
        self._told = -1

    def step(self, seconds: float, total: float, heard: Mapping[str, Any]) -> None:
        """Report how far the run is."""
        share = min(10, int(seconds * 10 / max(total, 1e-9)))
        line = f"{seconds:5.0f} s of {total:.0f}  {heard.get('requests', 0):6d} requests"
        line += f"  {heard['failures']} without a usable answer" if "failures" in heard else ""
        if self._live:
            terminal_output.say_on_stderr(f"\r{line}", end="")
        elif share != self._told:
            terminal_output.say_on_stderr(line)
        self._told = share

    def say(self, line: str) -> None:
        """Something to know now."""
        terminal_output.say_on_stderr(line)

    def done(self) -> None:
        """Leave the line."""
        if self._live:
            terminal_output.say_on_stderr()


def _place(text: str) -> tuple[str, int]:
    """HOST:PORT. Raises ConfigError for anything else."""
    from nhq.errors import ConfigError

    host, _, port = text.rpartition(":")
    if not text:
        return "127.0.0.1", 0
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ConfigError(f"--at {text}: expected HOST:PORT")
    return host, int(port)


def _length(option: str, text: str | None) -> float:
    """A length of time in seconds; 0 where it isn't given. Raises ConfigError, naming the option, for what is none."""
    from nhq.errors import ConfigError
    from nhq.load.profile_tables import parse_seconds

    try:
        return 0.0 if text in (None, "0") else parse_seconds(str(text))
    except ConfigError as problem:
        raise ConfigError(f"{option} {problem}") from None


def _budget(latencies: Mapping[str, str | None], errors: str | None) -> dict[str, float]:
    """The numbers that replace the profile's. Raises ConfigError, naming the option, for what is none."""
    from nhq.errors import ConfigError
    from nhq.load.profile_tables import parse_seconds, parse_share

    given: dict[str, float] = {}
    for name, text, read in (*((n, t, parse_seconds) for n, t in latencies.items()), ("errors", errors, parse_share)):
        try:
            given |= {name: read(text)} if text is not None else {}
        except ConfigError as problem:
            raise ConfigError(f"--{'max' if name == 'longest' else name} {problem}") from None
    return given


@click.command(cls=LocustCommand)
@click.argument("profile", required=False, default="")
@click.option(
    "--list",
    "show",
    is_flag=True,
    help="List the profiles: keys, seconds, requests; with --target also what its keys can't show.",
)
@click.option("--plan", "plan_only", is_flag=True, help="Print what would be sent, and send nothing.")
@click.option(
    "--target", type=click.Path(path_type=Path, dir_okay=False), help="Target file; without it, a fresh mock is loaded."
)
@click.option(
    "--keys",
    "-u",
    "--users",
    type=click.IntRange(0, 10_000),
    default=0,
    help="Keys to use at once, each a Locust user [the profile's, or as many as the target has].",
)
@click.option("--duration", "-t", "--run-time", metavar="TIME", help="Time to send for: 90, 90s, 5m [the profile's].")
@click.option(
    "--max-minutes",
    "minutes",
    type=Finite(min=0, min_open=True),
    metavar="MINUTES",
    help="Refuse a run that would take longer [the profile's duration plus less than a minute].",
)
@click.option("--limit", type=click.IntRange(0), default=0, help="Requests per window per key [the target's].")
@click.option("--window", type=Finite(0), default=0.0, help="Seconds per window [the target's].")
@click.option("--anchor", type=click.Choice(["first", "clock"]), help="How the mock's windows start.")
@click.option("--workers", type=click.IntRange(0, 64), default=0, help="Locust workers; 0 runs all in one process.")
@click.option("--master", is_flag=True, help="Be the master of workers on other machines; waits for --workers of them.")
@click.option("--worker", is_flag=True, help="Be a worker of a master on another machine.")
@click.option("--at", "place", metavar="HOST:PORT", default="", help="Where the master listens [a free port here].")
@click.option(
    "--gather",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that the master shares with its workers: they write their histories there, and it judges all.",
)
@click.option(
    "--exclusive-keys",
    is_flag=True,
    help="No other client uses these keys; otherwise it may cause early 429s.",
)
@click.option("--skew", type=Finite(min=0), help="Maximum clock skew to the server, in seconds.")
@click.option(
    "--contract",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A changed openapi.json (or YAML): use its rate, its operations, and the rules that still stand.",
)
@click.option(
    "--approvals",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File of approved findings [contracts/approvals.toml, if it exists].",
)
@effect_options
@click.option(
    "--allow-load", is_flag=True, help="Off loopback: allow sending beyond the rate limit, as the profile does."
)
@click.option("--p50", metavar="TIME", help="Half of all answers must come within TIME: 300ms, 1.5s.")
@click.option("--p90", metavar="TIME", help="The same for 90 %.")
@click.option("--p95", metavar="TIME", help="The same for 95 %.")
@click.option("--p99", metavar="TIME", help="The same for 99 %.")
@click.option("--max", "longest", metavar="TIME", help="Every answer must come within TIME.")
@click.option(
    "--errors", metavar="SHARE", help="At most this share of requests without a reply or with a 5xx, e.g. 1%."
)
@click.option(
    "--csv",
    "csv",
    metavar="PREFIX",
    type=click.Path(path_type=Path),
    help="Write Locust's own PREFIX_stats.csv, PREFIX_stats_history.csv, PREFIX_failures.csv, PREFIX_exceptions.csv.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Fixes the order of a mix.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/out"),
    show_default=True,
    help="Folder for the reports; histories go into histories/ there.",
)
@format_option
def command(
    profile: str,
    show: bool,
    plan_only: bool,
    target: Path | None,
    keys: int,
    duration: str | None,
    minutes: float | None,
    limit: int,
    window: float,
    anchor: str | None,
    workers: int,
    master: bool,
    worker: bool,
    place: str,
    gather: Path | None,
    exclusive_keys: bool,
    skew: float | None,
    contract: Path | None,
    approvals: Path | None,
    allow_send: bool,
    allow_spend: bool,
    allow_load: bool,
    p50: str | None,
    p90: str | None,
    p95: str | None,
    p99: str | None,
    longest: str | None,
    errors: str | None,
    csv: Path | None,
    seed: int,
    out: Path,
    formats: tuple[str, ...],
) -> int:
    """Run a load profile with Locust against a server (or the bundled mock) and judge what it recorded.

    PROFILE is a profile's name, or a TOML file of your own (fields: load/README.md).

    Exit codes: 0 nothing violated, 1 a promise or the budget violated, 2 could not judge, 130 interrupted.
    """
    from nhq.cli.given_command import given_command
    from nhq.cli.notices import tell_ignored_proxies
    from nhq.cli.report_formats import write_run_reports
    from nhq.errors import ConfigError
    from nhq.files import lock_folder
    from nhq.load.load_request import Request, Role
    from nhq.load.load_run import run_load
    from nhq.load.plan_text import plan_lines, profile_lines
    from nhq.load.profile import profile_names
    from nhq.report import load_section
    from nhq.report import terminal_summary as summary
    from nhq.run.interrupt import Interrupts

    if not profile and not show:
        raise ConfigError(f"name a profile: {', '.join(profile_names())}")
    progress = LoadProgress()
    if master and worker:
        raise ConfigError("--master and --worker can't be combined")
    request = Request(
        profile,
        out,
        target,
        keys,
        _length("--duration", duration),
        limit,
        window,
        anchor or "",
        workers,
        Role.MASTER if master else Role.WORKER if worker else Role.ALL,
        _place(place),
        asked_effects(allow_send, allow_spend),
        seed,
        given_command(),
        exclusive_keys,
        skew,
        _budget({"p50": p50, "p90": p90, "p95": p95, "p99": p99, "longest": longest}, errors),
        csv,
        math.inf if minutes is None else minutes,
        contract,
        gather,
        allow_load,
        approvals,
    )
    if show or plan_only:
        click.echo("\n".join(profile_lines(request) if show else plan_lines(request)))
        return 0
    tell_ignored_proxies()
    with lock_folder(out), Interrupts() as interrupts:
        try:
            record = run_load(request, progress, interrupts)
        finally:
            progress.done()
        paths = write_run_reports(record, out, formats, contract)
        lines = load_section.load_text(record.load) + "\n" if record.load is not None else ""
        terminal_output.show_summary(lines + summary.render_terminal(record, paths))
    return 130 if interrupts.count else int(record.exit_code)
