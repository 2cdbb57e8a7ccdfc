"""The page of nights: one file without script that loads nothing."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from nhq.model import Verdict
from nhq.nights.charts import night_chart
from nhq.nights.chronicle import Chronicle, open_standings
from nhq.nights.night import FindingStanding, FindingState
from nhq.nights.night_store import NightEntry
from nhq.nights.trust_warnings import rule_verdicts, trust_warnings
from nhq.report.html_page import single_file_page
from nhq.report.report_words import MARKS
from nhq.report.window_timeline import timeline_svg

SHORT, LONG = 30, 90
#: How many of last night's changes stand open; the others are folded.
SHOWN = 10
_SIGNS = {
    Verdict.HOLDS: Markup("<td class=h>·"),
    Verdict.VIOLATED: Markup("<td class=v>✗"),
    Verdict.UNKNOWN: Markup("<td class=u>?"),
    None: Markup("<td>"),
}
_ENDS = {0: ("holds", "Nothing new"), 1: ("violated", "Something new"), 130: ("unknown", "Cut short")}


def render_nights_page(chronicle: Chronicle, scopes: Collection[str] = ()) -> str:
    """The nights of a target as one HTML page. `scopes` are those that the contract knows."""
    return single_file_page("nights.html.j2", "nights.css", **_view(chronicle, scopes))


def _view(chronicle: Chronicle, scopes: Collection[str]) -> dict[str, Any]:
    entries = chronicle.entries
    last = entries[-1] if entries else None
    verdict, headline = _end(last)
    standing = open_standings(chronicle)
    allowed = any(entry.load.allowance for entry in entries)
    tonight = chronicle.standings.get(last.number, ()) if last else ()
    return {
        "target": chronicle.target or "no target",
        "headline": headline,
        "subline": _subline(last, len(standing)),
        "mark": MARKS[verdict],
        "reasons": list(last.reasons) if last and last.exit_code != 1 else [],
        "marks": list(last.marks) if last else [],
        "changed": [_card(s) for s in sorted(tonight, key=_first) if s.changed],
        "shown": SHOWN,
        "standing": [_card(s) for s in standing],
        "trust": trust_warnings(chronicle, scopes),
        "grids": list(_grids(chronicle)),
        "any_marks": any(entry.marks for entry in chronicle.entries),
        "requests_chart": night_chart(
            "Requests a night" + ", and what the keys allowed" * allowed,
            [("", [e.load.requests for e in entries]), *([("allowed", [e.load.allowance for e in entries])] * allowed)],
        ),
        "last_load": _load(last),
        "any_latency": any(entry.load.p95 for entry in chronicle.entries),
        "latency_chart": night_chart(
            "Milliseconds until 95 % of the answers were there",
            [("", [e.load.p95 * 1000 for e in entries])],
        ),
        "timeline": _timeline(last),
        "nights": [_night(entry) for entry in reversed(chronicle.entries)],
    }


def _timeline(last: NightEntry | None) -> dict[str, Any] | None:
    """A picture of the limiter's treatment of one key in the last night; None if unknown."""
    if last is None or last.timeline is None:
        return None
    told = last.timeline
    return {
        "key": told.row.key,
        "left_out": told.row.left_out,
        "picture": timeline_svg(told.row, told.limit, told.seconds),
    }


def _end(last: NightEntry | None) -> tuple[str, str]:
    """The verdict whose sign the page shows, and its words."""
    if last is None or last.exit_code is None:
        return "unknown", "Cut short" if last else "No nights yet"
    return _ENDS.get(last.exit_code, ("unknown", "Could not judge"))


def _subline(last: NightEntry | None, standing: int) -> str:
    if last is None:
        return "Run nhq nightly to begin."
    findings = f"{standing} open finding{'s' * (standing != 1)}"
    began, requests = f"Night {last.number}, {_moment(last.started)} UTC", f"{last.load.requests:,} requests"
    return f"{began} · {findings} · {requests} · seed {last.seed}"


def _load(last: NightEntry | None) -> str:
    """The cost of the last night in words, because a chart of one night shows nothing."""
    if last is None:
        return ""
    load, allowed = last.load, f" of {last.load.allowance:,} that the keys allowed" if last.load.allowance else ""
    told = f"{load.requests:,} requests{allowed} in {load.seconds / 60:,.0f} minutes"
    return f"{told}; 95 % of the answers within {load.p95 * 1000:,.0f} ms." if load.p95 else f"{told}."


def _first(standing: FindingStanding) -> int:
    """Sort findings: new ones first, then those that are back, then the others."""
    order = (FindingState.NEW, FindingState.BACK)
    return order.index(standing.state) if standing.state in order else len(order)


def _card(standing: FindingStanding) -> dict[str, Any]:
    sighting = standing.sighting
    return {
        "state": standing.state.value,
        "tries": f" {sighting.seen} of {sighting.tries}" if sighting.tries > 1 else "",
        "first": standing.first,
        "last": standing.last,
        "cause": standing.cause,
        **{name: getattr(sighting, name) for name in ("rule", "operation", "text", "rerun", "case", "trace")},
    }


def _night(entry: NightEntry) -> dict[str, Any]:
    ended = "cut short" if entry.cut_short else _ENDS.get(entry.exit_code or 0, ("", "could not judge"))[1].lower()
    return {
        "number": entry.number,
        "began": _moment(entry.started),
        "ended": ended,
        "seed": entry.seed,
        "requests": f"{entry.load.requests:,}",
        "marks": "; ".join(entry.marks),
        "day": datetime.fromtimestamp(entry.started, UTC).strftime("%d"),
    }


def _grids(chronicle: Chronicle) -> Iterator[dict[str, Any]]:
    """The last 30 nights, and folded the last 90 if there are more."""
    for most in (SHORT, LONG):
        if most == SHORT or len(chronicle.entries) > SHORT:
            entries = chronicle.entries[-most:]
            title = f"The last {len(entries)} nights" if len(entries) > 1 else "Tonight"
            told = {"title": title, "open": most == SHORT, "nights": [_night(e) for e in entries]}
            yield told | _grid_rows(chronicle, entries)


def _grid_rows(chronicle: Chronicle, entries: Sequence[NightEntry]) -> dict[str, Any]:
    """A row for each rule that didn't pass each night, and the names of those that did."""
    verdicts = [rule_verdicts(chronicle.cells[entry.number]) for entry in entries]
    rules = sorted({rule for told in verdicts for rule in told})
    rows = [(rule, [told.get(rule) for told in verdicts]) for rule in rules]
    rows.sort(key=lambda row: (-row[1].count(Verdict.VIOLATED), -row[1].count(Verdict.UNKNOWN)))
    steady = [rule for rule, signs in rows if set(signs) == {Verdict.HOLDS}]
    told = [{"rule": rule, "signs": [_SIGNS[sign] for sign in signs]} for rule, signs in rows if rule not in steady]
    return {"rows": told, "steady": steady}


def _moment(started: float) -> str:
    return datetime.fromtimestamp(started, UTC).strftime("%Y-%m-%d %H:%M")
