"""`nhq check HISTORY…`: judge rate-limit histories recorded by any tool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nhq.cli.report_formats import format_option
from nhq.cli.run_options import Finite

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nhq.ratelimit.checker.anomalies import Verdicts
    from nhq.ratelimit.history.history import History

#: Rows of a witness that the terminal shows; --json has all.
SHOWN = 6


@click.command()
@click.argument("histories", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--from",
    "form",
    type=click.Choice(["nhq", "k6", "vegeta", "hey", "oha", "jmeter", "locust", "har", "nginx"]),
    help="Tool that made a text recording [detected by its first line].",
)
@click.option("--key", metavar="LABEL", default="", help="Label of the one key that sent a recording without keys.")
@click.option("--limit", type=click.IntRange(min=1), help="Requests per window [the history's own, else 60].")
@click.option("--window", type=float, help="Seconds a window lasts [the history's own, else 60].")
@click.option("--skew", type=Finite(min=0), help="Maximum clock skew to the server, in seconds.")
@click.option("--fresh", is_flag=True, help="The keys were unused for a window before the recording began.")
@click.option(
    "--exclusive-keys",
    is_flag=True,
    help="No other client used these keys; otherwise it may have caused early 429s.",
)
@click.option(
    "--clocks",
    type=Finite(min=0),
    default=0.1,
    show_default=True,
    help="Maximum difference between the clocks of several recording hosts, in seconds.",
)
@click.option("--salvage", is_flag=True, help="Judge what a worker wrote before it died; report the rest as lost.")
@click.option("--identify", "name_it", is_flag=True, help="Also report which known algorithm fits the history best.")
@click.option(
    "--parts",
    type=click.IntRange(1, 512),
    help="Judge the history in this many parts, for more requests than fit in memory.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="With --parts: number of processes."
)
@click.option("--part", metavar="I/N", default="", help="Judge part I of N only, and print its summary.")
@click.option("--combine", is_flag=True, help="HISTORIES are summaries of all N parts: put their verdicts together.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the reports.")
@format_option
def command(
    histories: tuple[Path, ...],
    form: str | None,
    key: str,
    limit: int | None,
    window: float | None,
    skew: float | None,
    fresh: bool,
    exclusive_keys: bool,
    clocks: float,
    salvage: bool,
    name_it: bool,
    parts: int | None,
    jobs: int,
    part: str,
    combine: bool,
    as_json: bool,
    out: Path | None,
    formats: tuple[str, ...],
) -> int:
    """Judge recorded histories as one: is it a fixed window of LIMIT requests per WINDOW per key?

    HISTORIES are files, plain or gzip, or folders of them: our own (Arrow, CSV, JSON Lines), or other tools'.

    \b
    Columns of our own CSV (with a header line) and JSON Lines:
      sent         when the request was sent: Unix seconds, milliseconds … or ISO 8601
      received     when its answer was complete; or duration (seconds), duration_ms
      status       HTTP status; empty: no reply
      key          a label for the key, never the key itself
      limit, remaining, reset    the X-RateLimit headers, as received
      operation, intended, id    optional

    \b
    Recordings of other tools (--from), recognised by their first line:
      vegeta       vegeta encode, CSV or JSON: times, statuses, headers
      har          HAR 1.2: headers too, and keys by Authorization
      nginx        access log in JSON: time, request_time, status; key, limit, remaining, reset where logged
      k6           --out csv= or json=: times and statuses; a key by a tag `key`
      hey, oha     their CSV: times and statuses
      jmeter       a .jtl in CSV; a key by a sample variable `key`
      locust       its CSV holds statistics: refused, with the option that records
    If a recording has no keys and one key sent it all, pass --key LABEL.

    Histories larger than memory, text too: --parts N judges them part by part, --jobs J several at a time. To spread
    the parts over machines, run --part I/N > I.json for each I, and --combine *.json where they can be read too.

    A verdict that needs a missing column stays unknown. Each of the four comes with its smallest witness.
    Exit codes: 0 nothing violated, 1 violated, 2 could not judge.
    """
    from functools import partial

    from nhq.cli.check_parts import in_parts, judged_in_parts, row_text
    from nhq.cli.given_command import given_command
    from nhq.clock import SystemClock
    from nhq.ratelimit.checker.check import check_history
    from nhq.ratelimit.history.read_history import history_files, read_histories
    from nhq.ratelimit.identify.algorithm import identify_algorithm
    from nhq.ratelimit.recordings.recording_formats import RecordingFormat

    began = SystemClock().monotonic()
    told = RecordingFormat(form) if form else None
    context = click.get_current_context()
    if formats and out is None:
        raise click.UsageError("--format needs --out, the folder for the reports")
    if in_parts(context):
        judged = judged_in_parts(context, told)
        if isinstance(judged, str):
            click.echo(judged)
            return 0
        verdicts, tell, limit, window, again, fits = judged
    else:
        files = history_files(histories)
        history = read_histories(files, salvage=salvage, between_hosts=clocks, form=told, key=key)
        limit = limit or history.meta.limit or 60
        window = window if window is not None else history.meta.window or 60.0
        verdicts = check_history(history, limit, window, skew=skew, fresh=fresh or None, alone=exclusive_keys or None)
        fits = (
            identify_algorithm(history, limit, window, fresh=fresh or None, alone=exclusive_keys or None).text
            if name_it
            else ""
        )
        tell, again = partial(row_text, history), given_command("as_json")
        if out is not None:
            _report(history, verdicts, (limit, window), files, out, formats, began)
    again = again if verdicts.findings else ""
    click.echo(_json(verdicts, limit, window, fits, again) if as_json else _text(verdicts, tell, fits, again))
    return check_exit_code(verdicts)


def _report(
    history: History,
    verdicts: Verdicts,
    rate: tuple[int, float],
    files: Sequence[Path],
    out: Path,
    formats: Sequence[str],
    began: float,
) -> None:
    """Write the record of what was judged, which is in `files`, in the formats asked for, and name the reports."""
    from nhq.cli.given_command import given_command
    from nhq.cli.report_formats import write_run_reports
    from nhq.clock import SystemClock
    from nhq.files import lock_folder
    from nhq.load.history_record import history_record
    from nhq.run.record import Header

    clock = SystemClock()
    header = Header("check", 0, "recorded", given_command(), clock.now(), clock.monotonic() - began)
    made = history_record(history, verdicts, rate, check_exit_code(verdicts), [file.name for file in files], header)
    with lock_folder(out):
        for path in write_run_reports(made, out, formats):
            click.echo(f"report: {path}", err=True)


def check_exit_code(verdicts: Verdicts) -> int:
    """0 nothing violated, 1 violated, 2 when not one of the four questions could be answered."""
    from nhq.model import Verdict

    seen = {judgement.verdict for judgement in verdicts.judgements}
    if Verdict.VIOLATED in seen:
        return 1
    return 0 if Verdict.HOLDS in seen else 2


def _text(verdicts: Verdicts, tell: Callable[[int], str], fits: str, again: str) -> str:
    """For people: one line a verdict, then each finding with the requests that prove it."""
    from nhq.report.report_words import count_words

    counts = ((verdicts.events, "request"), (verdicts.keys, "key"), (verdicts.windows, "declared window"))
    lines = [", ".join(count_words(count, one) for count, one in counts)]
    for judgement in verdicts.judgements:
        lines.append(f"{judgement.aspect:<11} {judgement.verdict:<9} {judgement.cause}")
        for found in (*judgement.findings, *judgement.doubts):
            perhaps = "" if found in judgement.findings else "perhaps "
            lines.append(f"  {perhaps}{found.name} ({found.who}, {found.times} times, by {found.source})")
            lines.append(f"    promised: {found.expected}")
            lines.append(f"    seen:     {found.actual}")
            lines += [f"      {tell(row)}" for row in found.witness[:SHOWN]]
            if len(found.witness) > SHOWN:
                lines.append(f"      … and {len(found.witness) - SHOWN} more")
    lines += [f"algorithm that fits: {fits}"] if fits else []
    lines += [f"reproduce: {again}"] if again else []
    lines += [f"note: {line}" for line in (*verdicts.disagreements, *verdicts.notes)]
    return "\n".join(lines)


def _json(verdicts: Verdicts, limit: int, window: float, fits: str, again: str) -> str:
    """For machines: everything, in plain values."""
    from dataclasses import asdict

    told: dict[str, Any] = {
        "limit": limit,
        "window": window,
        "exit": check_exit_code(verdicts),
        **{str(judgement.aspect): asdict(judgement) for judgement in verdicts.judgements},
        "events": verdicts.events,
        "keys": verdicts.keys,
        "windows": verdicts.windows,
        "skew": verdicts.skew,
        "disagreements": verdicts.disagreements,
        "notes": verdicts.notes,
        **({"algorithm_that_fits": fits} if fits else {}),
        **({"again": again} if again else {}),
    }
    return json.dumps(told, indent=2)
