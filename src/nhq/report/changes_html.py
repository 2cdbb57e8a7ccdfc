"""The page of a comparison of documents: changes by level, each break with its witness; all in one file."""

from typing import Any

from nhq.diff.approval_subjects import proposed_stanza
from nhq.diff.change_records import ChangeLevel
from nhq.diff.diff_report import Report, ReportedChange
from nhq.diff.diff_text import approval_remark, diff_verdict, operation_list, traffic_remark
from nhq.diff.witness_http import witness_exchange
from nhq.report import html_page
from nhq.report.report_words import MARKS

_MARKS = {
    ChangeLevel.BREAKING: MARKS["violated"],
    ChangeLevel.REVIEW: MARKS["unknown"],
    ChangeLevel.RISKY: MARKS["warned"],
    ChangeLevel.COMPATIBLE: MARKS["holds"],
    ChangeLevel.DOCS: MARKS["none"],
}


def render_changes_page(report: Report) -> str:
    """A report of `nhq diff` as one HTML page; the levels in order, the worst first."""
    return html_page.single_file_page(
        "changes.html.j2",
        report=report,
        headline=diff_verdict(report),
        verdict=MARKS["violated" if report.exit_code else "holds"],
        levels=[(level, _MARKS[level], [_view(one, report) for one in report.of(level)]) for level in ChangeLevel],
    )


def _view(one: ReportedChange, report: Report) -> dict[str, Any]:
    """What the template shows of a change, made beforehand."""
    change = one.change
    return {
        "change": change,
        "reaches": operation_list(change),
        "exchange": witness_exchange(change),
        "seen": traffic_remark(one.seen, one.looked) if one.seen is not None else "",
        "accepted": approval_remark(one.approval) if one.approval is not None else "",
        "stanza": proposed_stanza(change, report.today) if one.fails else "",
        "document": report.base if change.gone else report.head,
    }
