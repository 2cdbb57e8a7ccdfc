"""The section and the lines of a load run: four verdicts with witnesses, budget, latencies, window timelines."""

from collections.abc import Iterator, Mapping
from typing import Any

from nhq.report.blocks import Block, Section, generic
from nhq.report.timeline import picture
from nhq.report.words import Record, many, mark

TITLE = "Load and rate limits"
_LEGEND = (
    ("●", "what a request had left"),
    ("✕", "refused with 429"),
    ("○", "no reply"),
    ("┆", "end of a window as Reset declared it"),
    ("▮", "the stretch in which the counter was seen to start anew"),
)


def build(record: Record) -> Section | None:
    """The page's section of a load run; whatever else a record holds under `load` is shown as it comes."""
    load = record["load"]
    if not load or record["kind"] != "load":
        return generic("load", TITLE)(record)
    return Section("load", TITLE, tuple(_blocks(load)))


def text(record: Record) -> str:
    """For the terminal: a line a verdict, then what exceeded its budget."""
    load = record["load"]
    lines = [f"{many(load['requests'], 'request')} with {many(load['keys'], 'key')} in {load['seconds']:.0f} s"]
    for row in load["verdicts"]:
        lines.append(f"{mark(row['verdict']).glyph} {row['aspect']:<11} {row['verdict']:<9} {row['cause']}")
    lines.append(f"  looks like  {load['looks_like']}")
    for row in load["budget"]:
        if row["verdict"] != "holds":
            lines.append(f"! budget: {row['name']} {row['actual']}, allowed {row['allowed']}")
    return "\n".join([*lines, *(f"note: {note}" for note in load["notes"])])


def _blocks(load: Mapping[str, Any]) -> Iterator[Block]:
    yield Block(facts=tuple(_facts(load)))
    yield Block(
        "Verdicts",
        columns=("Question", "Verdict", "Because", "By headers", "By statuses alone"),
        rows=tuple(
            (row["aspect"], _sign(row["verdict"]), row["cause"], row["by_headers"], row["by_statuses"])
            for row in load["verdicts"]
        ),
    )
    for row in load["verdicts"]:
        for found in row["findings"]:
            yield _finding(found, "✗")
        for found in row["doubts"]:
            yield _finding(found, "? unless another client uses the keys:")
    yield Block("Windows", facts=_LEGEND)
    for line in load["timeline"]:
        more = f", the first {len(line['points']):,} requests" if line["left_out"] else ""
        yield Block(f"Key {line['key']}{more}", svg=picture(line, load["limit"], _span(line, load)))
    yield _latency(load)
    yield Block(
        "Budget",
        columns=("Number", "Verdict", "Measured", "Allowed"),
        rows=tuple((row["name"], _sign(row["verdict"]), row["actual"], row["allowed"]) for row in load["budget"]),
    )


def _facts(load: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Profile", f"{load['profile']}: {load['says']}"
    yield "Promise", f"{load['limit']:,} requests in {load['window']:g} s and key"
    yield "Sent", f"{load['requests']:,} requests with {many(load['keys'], 'key')} in {load['seconds']:,.1f} s"
    yield "By", f"{many(load['workers'], 'Locust process', 'Locust processes')}, {load['per_second']:,.1f} a second"
    yield "Answers", ", ".join(f"{count:,} × {status}" for status, count in load["statuses"].items())
    yield "Looks like", load["looks_like"]
    late = load["lateness"]
    yield "Behind schedule", f"{_ms(late['p50'])} in half of all cases, {_ms(late['p99'])} at p99"
    if load["skew"]:
        low, high = load["skew"]
        yield "Server's clock", f"{low:+.2f} to {high:+.2f} s from ours, as the resets allow"
    yield "Histories", ", ".join(load["histories"])
    for note in load["notes"]:
        yield "Note", note


def _span(line: Mapping[str, Any], load: Mapping[str, Any]) -> float:
    """How many seconds a timeline shows: to the last edge declared, where the run's first request opened it."""
    last: float = max([at for at, _, _ in line["points"]], default=0.0)
    edges: list[float] = [edge for edge in line["declared"] if edge <= last + load["window"] + 1]
    return max([last, *edges])


def _finding(found: Mapping[str, Any], sign: str) -> Block:
    left_out = found["witnesses"] - len(found["witness"])
    return Block(
        f"{sign} {found['name']}: key {found['key']}, {many(found['times'], 'time')}, by {found['source']}",
        facts=(("Promised", found["expected"]), ("Seen", found["actual"])),
        columns=("Sent", "Answered", "Key", "Status", "Remaining", "Reset"),
        rows=tuple(
            (
                f"{row['sent']:.3f} s",
                f"{row['received']:.3f} s",
                row["key"],
                row["status"],
                _maybe(row["remaining"]),
                _maybe(row["reset"]),
            )
            for row in found["witness"]
        ),
        left_out=left_out,
    )


def _latency(load: Mapping[str, Any]) -> Block:
    return Block(
        "Latency of answered requests",
        columns=("Operation", "Requests", "p50", "p95", "p99", "Longest"),
        rows=tuple(
            (
                row["operation"] or "all",
                f"{row['requests']:,}",
                *(_ms(row[n]) for n in ("p50", "p95", "p99", "longest")),
            )
            for row in load["latency"]
        ),
    )


def _sign(verdict: str) -> str:
    return f"{mark(verdict).glyph} {verdict}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def _maybe(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
