"""`nhq check` in parts: --parts, --part and --combine."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
import numpy as np

from nhq.cli.given_command import given_command
from nhq.errors import HistoryError
from nhq.ratelimit.history.read_history import history_files
from nhq.ratelimit.parts.part_cutting import at_rows
from nhq.ratelimit.parts.part_judging import combine_parts, identify_parts, judge_part, judge_parts, outline_of
from nhq.ratelimit.parts.part_summary import JudgingRequest, Summary, decode_summary, encode_summary
from nhq.ratelimit.recordings.recording_formats import RecordingFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nhq.ratelimit.checker.anomalies import Verdicts
    from nhq.ratelimit.history.history import History
    from nhq.ratelimit.parts.outline import Outline

    Judged = tuple[Verdicts, Callable[[int], str], int, float, str, str]

_PART = re.compile(r"(\d{1,4})/(\d{1,4})")
MOST_PARTS = 512


def in_parts(context: click.Context) -> bool:
    """Is one of the options for parts given? Raises HistoryError for options that can't be combined."""
    given = [name for name in ("parts", "part", "combine") if context.params[name]]
    if len(given) > 1:
        raise HistoryError(f"give one of --{' and --'.join(given)}")
    if given and context.params["out"]:
        raise HistoryError(f"reports cover the whole history: leave --{given[0]} or --out out")
    if context.params["jobs"] > 1 and given != ["parts"]:
        raise HistoryError("--jobs says how many of the --parts are judged at a time: give --parts too")
    return bool(given)


def judged_in_parts(context: click.Context, form: RecordingFormat | None) -> Judged | str:
    """The verdicts with what their report needs, or the summary of one part as text."""
    given = context.params
    folder = Path(context.with_resource(TemporaryDirectory(prefix="nhq-kept-")))
    if given["combine"]:
        return _combined(given["histories"], folder, given["name_it"])
    part, of = _part(given["part"]) if given["part"] else (0, 0)
    files = history_files(given["histories"])
    outline = outline_of(files, folder, form, given["key"], given["clocks"], given["salvage"])
    asked = _asked(context, files, outline)
    if part:
        return encode_summary(judge_part(outline, asked, part, of))
    return _told(judge_parts(outline, asked, given["parts"], given["jobs"]), outline)


def _combined(paths: tuple[Path, ...], folder: Path, named: bool) -> Judged:
    """The verdicts that follow from the summaries of all parts."""
    summaries = [decode_summary(_content(path), path.name) for path in paths]
    asked = summaries[0].asked
    if named and not asked.identify:
        raise HistoryError("the summaries lack what --identify needs: give it with each --part")
    form = RecordingFormat(asked.form) if asked.form else None
    files = [Path(file) for file in asked.files]
    outline = outline_of(files, folder, form, asked.key, asked.clocks, asked.salvage)
    return _told(summaries, outline)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise HistoryError(f"{path}: cannot be read, {problem.strerror}") from None


def _part(text: str) -> tuple[int, int]:
    """Which part of how many."""
    match = _PART.fullmatch(text)
    part, of = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= part <= of <= MOST_PARTS:
        raise HistoryError(f"--part {text}: say I/N, from 1/N to N/N, with at most {MOST_PARTS} parts")
    return part, of


def _asked(context: click.Context, files: list[Path], outline: Outline) -> JudgingRequest:
    """The question to answer about the histories; without options, limit and window are those that were recorded."""
    from nhq.ratelimit.checker.partition import BLOCK

    given, meta = context.params, outline.whole.meta
    return JudgingRequest(
        files=tuple(str(file.absolute()) for file in files),
        form=given["form"],
        key=given["key"],
        clocks=given["clocks"],
        salvage=given["salvage"],
        limit=given["limit"] or meta.limit or 60,
        window=given["window"] if given["window"] is not None else meta.window or 60.0,
        skew=given["skew"],
        fresh=given["fresh"] or None,
        alone=given["exclusive_keys"] or None,
        size=BLOCK,
        again=given_command("as_json", "part", "parts", "jobs"),
        identify=given["name_it"],
    )


def _told(summaries: Sequence[Summary], outline: Outline) -> Judged:
    """The verdicts of all parts, the algorithm that fits where that is asked, and what is needed to tell them."""
    verdicts, asked = combine_parts(summaries, outline), summaries[0].asked
    fits = identify_parts(summaries, outline).text if asked.identify else ""
    return verdicts, partial(_read_row, outline), asked.limit, asked.window, asked.again, fits


def _read_row(outline: Outline, row: int) -> str:
    """One request of a witness, read again."""
    return row_text(at_rows(outline, np.array([row])), row)


def row_text(history: History, row: int) -> str:
    """One request of a witness, of the whole history or of a part that holds it."""
    place = row if history.numbers is None else int(np.searchsorted(history.numbers, row))
    status = int(history.status[place]) or "no reply"
    left, reset = int(history.remaining[place]), float(history.reset[place])
    shown = f"remaining {left}" if left > -(2**31) + 1 else "no remaining"
    times = f"{history.sent[place]:.3f}–{history.received[place]:.3f} s"
    return f"row {row}: {times}  {history.keys[history.key[place]]}  {status}  {shown}  reset {reset:.0f}"
