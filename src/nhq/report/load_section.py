"""The section and the lines of a load run: four verdicts with witnesses, budget, latencies, window timelines."""

from collections.abc import Iterator

from nhq.record.load_rows import LatencyRow, LimitFindingRow, LoadRecord, TimelineRow
from nhq.record.run_record import Record
from nhq.report.latency_chart import course_picture
from nhq.report.page_blocks import PageBlock, Section
from nhq.report.report_words import count_words, verdict_mark
from nhq.report.window_timeline import timeline_svg

TITLE = "Load and rate limits"
COLUMNS = ("p50", "p90", "p95", "p99", "max", "rate", "errors")
_LEGEND = (
    ("●", "what a request had left"),
    ("✕", "refused with 429"),
    ("○", "no reply"),
    ("┆", "end of a window as Reset declared it"),
    ("▮", "the interval in which the counter was seen to restart"),
)


def build_load_section(record: Record) -> Section | None:
    """The page's section of a load run; None for any other run."""
    return Section("load", TITLE, tuple(_blocks(record.load))) if record.load is not None else None


def load_text(load: LoadRecord) -> str:
    """For the terminal: one line per verdict, then the budget that was exceeded."""
    lines = [f"{count_words(load.requests, 'request')} with {count_words(load.keys, 'key')} in {load.seconds:.0f} s"]
    for row in load.verdicts:
        lines.append(f"{verdict_mark(row.verdict).glyph} {row.aspect:<11} {row.verdict:<9} {row.cause}")
    lines.append(f"  looks like  {load.looks_like}")
    lines += [f"  {line}" for line in _table(load)]
    for number in load.budget:
        if number.verdict != "holds":
            sign = "!" if number.verdict == "violated" else verdict_mark(number.verdict).glyph
            lines.append(f"{sign} budget: {number.name} {number.actual}, allowed {number.allowed}")
    return "\n".join([*lines, *(f"note: {note}" for note in load.notes)])


def _table(load: LoadRecord) -> Iterator[str]:
    """Latencies in columns, as load testers know them."""
    wide = max(len("operation"), *(len(row.operation) for row in load.latency))
    yield f"{'operation':<{wide}} {'requests':>9} " + " ".join(f"{name:>9}" for name in COLUMNS)
    for row in load.latency:
        cells = " ".join(f"{cell:>9}" for cell in _cells(row))
        yield f"{row.operation or 'all':<{wide}} {row.requests:>9,} {cells}"


def _cells(row: LatencyRow) -> Iterator[str]:
    """The columns of one row of latencies."""
    yield from ("–" if spent is None else _ms(spent) for spent in (row.p50, row.p90, row.p95, row.p99, row.longest))
    yield f"{row.per_second:,.1f}/s"
    yield f"{row.errors:.2%}"


def _blocks(load: LoadRecord) -> Iterator[PageBlock]:
    yield PageBlock(facts=tuple(_facts(load)))
    yield PageBlock(
        "Verdicts",
        columns=("Question", "Verdict", "Because", "By headers", "By statuses alone"),
        rows=tuple(
            (row.aspect, _sign(row.verdict), row.cause, row.by_headers, row.by_statuses) for row in load.verdicts
        ),
    )
    for row in load.verdicts:
        for found in row.findings:
            yield _finding(found, "✗")
        for found in row.doubts:
            yield _finding(found, "? unless another client uses the keys:")
    yield PageBlock("Windows", facts=_LEGEND)
    for line in load.timeline:
        more = f", the first {len(line.points):,} requests" if line.left_out else ""
        yield PageBlock(f"Key {line.key}{more}", svg=timeline_svg(line, load.limit, _span(line, load)))
    yield from _latency(load)
    yield PageBlock(
        "Budget",
        columns=("Number", "Verdict", "Measured", "Allowed"),
        rows=tuple((row.name, _sign(row.verdict), row.actual, row.allowed) for row in load.budget),
    )


def _facts(load: LoadRecord) -> Iterator[tuple[str, str]]:
    yield "Profile", f"{load.profile}: {load.says}"
    yield "Promise", f"{load.limit:,} requests per {load.window:g} s per key"
    yield "Sent", f"{load.requests:,} requests with {count_words(load.keys, 'key')} in {load.seconds:,.1f} s"
    yield "By", f"{count_words(load.workers, 'Locust process', 'Locust processes')}, {load.per_second:,.1f} a second"
    yield "Answers", ", ".join(f"{count:,} × {status}" for status, count in load.statuses.items())
    yield "Looks like", load.looks_like
    late = load.lateness
    yield "Behind schedule", f"{_ms(late.p50)} in half of all cases, {_ms(late.p99)} at p99"
    if load.skew:
        low, high = load.skew
        yield "Server's clock", f"{low:+.2f} to {high:+.2f} s from ours, as the resets allow"
    yield "Histories", ", ".join(load.histories)
    for note in load.notes:
        yield "Note", note


def _span(line: TimelineRow, load: LoadRecord) -> float:
    """How many seconds a timeline shows: to the last edge declared, where the run's first request opened it."""
    last: float = max([at for at, _, _ in line.points], default=0.0)
    edges: list[float] = [edge for edge in line.declared if edge <= last + load.window + 1]
    return max([last, *edges])


def _finding(found: LimitFindingRow, sign: str) -> PageBlock:
    left_out = found.witnesses - len(found.witness)
    return PageBlock(
        f"{sign} {found.name}: {_who(found)}, {count_words(found.times, 'time')}, by {found.source}",
        facts=(("Promised", found.expected), ("Seen", found.actual)),
        columns=("Sent", "Answered", "Key", "Status", "Remaining", "Reset"),
        rows=tuple(
            (
                f"{row.sent:.3f} s",
                f"{row.received:.3f} s",
                row.key,
                row.status,
                _maybe(row.remaining),
                _maybe(row.reset),
            )
            for row in found.witness
        ),
        left_out=left_out,
    )


def _latency(load: LoadRecord) -> Iterator[PageBlock]:
    """Percentiles as a table, and their course over time."""
    edges = sorted({edge for line in load.timeline[:1] for edge in line.declared})
    more = " and ends of the first key's windows (┆)" if edges else ""
    yield PageBlock(
        "Latency of answered requests",
        columns=("Operation", "Requests", *(name if name != "rate" else "Throughput" for name in COLUMNS)),
        rows=tuple((row.operation or "all", f"{row.requests:,}", *_cells(row)) for row in load.latency),
    )
    yield PageBlock(f"Latency over time: p50, p95 (dashed){more}", svg=course_picture(load.course, edges))


def _who(found: LimitFindingRow) -> str:
    """The key, and how many more."""
    more = found.keys - 1
    return f"key {found.key}" + (f" and {more} more" if more else "")


def _sign(verdict: str) -> str:
    return f"{verdict_mark(verdict).glyph} {verdict}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def _maybe(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
