"""The page of a comparison of documents: changes by level, each break with its witness; all in one file."""

from typing import Any

from nhq.diff.approving import proposed
from nhq.diff.exchanges import exchange
from nhq.diff.records import Level
from nhq.diff.report import Report, Told
from nhq.diff.writing import accepted, operations, seen, verdict
from nhq.report import html
from nhq.report.words import MARKS

_MARKS = {
    Level.BREAKING: MARKS["violated"],
    Level.REVIEW: MARKS["unknown"],
    Level.RISKY: MARKS["warned"],
    Level.COMPATIBLE: MARKS["holds"],
    Level.DOCS: MARKS["none"],
}


def render(report: Report) -> str:
    """A report of `nhq diff` as one HTML page; the levels in order, the worst first."""
    return html.page(
        "changes.html.j2",
        report=report,
        headline=verdict(report),
        verdict=MARKS["violated" if report.exit_code else "holds"],
        levels=[(level, _MARKS[level], [_view(one, report) for one in report.of(level)]) for level in Level],
    )


def _view(one: Told, report: Report) -> dict[str, Any]:
    """What the template shows of a change, made beforehand."""
    change = one.change
    return {
        "change": change,
        "reaches": operations(change),
        "exchange": exchange(change),
        "seen": seen(one.seen, one.looked) if one.seen is not None else "",
        "accepted": accepted(one.approval) if one.approval is not None else "",
        "stanza": proposed(change, report.today) if one.fails else "",
        "document": report.base if change.gone else report.head,
    }
