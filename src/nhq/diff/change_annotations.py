"""A report of changes where reviewers look: GitHub's annotations, GitLab's code quality, SARIF, JUnit.

Each change stands at its place in the head document, or at the nearest place above it where it has gone.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from nhq import __version__
from nhq.diff.approval_subjects import change_subject, proposed_stanza
from nhq.diff.change_records import ChangeLevel, DocumentChange
from nhq.diff.diff_report import Report, ReportedChange
from nhq.diff.diff_text import approval_remark, describe_witness, diff_verdict, operation_list
from nhq.diff.diff_text import witness_line as written
from nhq.formats import github, gitlab, junit, sarif
from nhq.formats.document_source import DocumentSource
from nhq.formats.github import AnnotationKind, Note

_KINDS = {
    ChangeLevel.BREAKING: AnnotationKind.ERROR,
    ChangeLevel.REVIEW: AnnotationKind.ERROR,
    ChangeLevel.RISKY: AnnotationKind.WARNING,
}
_LEVELS = {ChangeLevel.BREAKING: "error", ChangeLevel.REVIEW: "error", ChangeLevel.RISKY: "warning"}
_SEVERITIES = {ChangeLevel.BREAKING: "critical", ChangeLevel.REVIEW: "major", ChangeLevel.RISKY: "minor"}


def as_github(report: Report, source: DocumentSource) -> str:
    """Workflow commands: an error for each change that is red, a warning for what is risky; the worst ten."""
    notes = [
        Note(
            _KINDS[one.change.level],
            annotation_title(one.change),
            annotation_detail(one.change),
            source.path,
            source.mark(annotation_place(one.change), one.change.after),
        )
        for one in _worst_first(report)
        if one.change.level in _KINDS and one.approval is None
    ]
    notes += [Note(AnnotationKind.ERROR, "approvals", problem) for problem in report.problems]
    return (
        github.workflow_commands(notes, "in the whole report")
        + github.workflow_command(Note(AnnotationKind.NOTICE, "nhq diff", diff_verdict(report)))
        + "\n"
    )


def as_gitlab(report: Report, source: DocumentSource) -> str:
    """A code quality report: an entry a change; what is approved, and what no client must care for, is info."""
    return gitlab.code_quality_report(
        gitlab.code_quality_entry(
            one.change.rule,
            f"{annotation_title(one.change)}: {annotation_detail(one.change)}",
            _SEVERITIES.get(one.change.level, "info") if one.approval is None else "info",
            change_subject(one.change).fingerprint,
            source,
            annotation_place(one.change),
            one.change.after,
        )
        for one in _worst_first(report)
    )


def as_sarif(report: Report, source: DocumentSource) -> str:
    """SARIF 2.1.0: a result a change; approved ones are suppressed, with the reason that somebody gave."""
    told = list(_worst_first(report))
    levels = {one.change.rule: _LEVELS.get(one.change.level, "note") for one in told}
    notes = [sarif.sarif_notification("error", problem) for problem in report.problems]
    notes += [sarif.sarif_notification("note", note) for note in report.notes]
    return sarif.sarif_log(
        {
            "tool": {
                "driver": {
                    "name": "networkhq-conformance",
                    "version": __version__,
                    "rules": [
                        sarif.sarif_descriptor(rule, _words(rule), level, ["diff"]) for rule, level in levels.items()
                    ],
                }
            },
            "invocations": [
                {"executionSuccessful": True, "exitCode": report.exit_code, "toolExecutionNotifications": notes}
            ],
            "results": [_result(one, source) for one in told],
        }
    )


def _result(one: ReportedChange, source: DocumentSource) -> dict[str, Any]:
    change = one.change
    approval = None if one.approval is None else f"{one.approval.owner}: {one.approval.reason}"
    at = sarif.sarif_location(source, annotation_place(change), change.operations, change.after)
    level = _LEVELS.get(change.level, "note")
    words = f"{annotation_title(change)}\n{annotation_detail(change)}"
    return sarif.sarif_result(change.rule, level, words, change_subject(change).fingerprint, at, approval)


def as_junit(report: Report, source: DocumentSource) -> str:
    """JUnit: a suite a level, a test case a change; red where it fails the run, skipped where it only warns."""
    del source  # a test case has no place in a file
    started = f"{report.today.isoformat()}T00:00:00"
    suites = [junit.junit_suite("nhq.diff", [_whole(report)], started)]
    for level in ChangeLevel:
        cases = [_case(one, report) for one in report.of(level)]
        suites += [junit.junit_suite(f"nhq.diff.{level}", cases, started)] if cases else []
    return junit.junit_document("nhq diff", suites)


def _whole(report: Report) -> Element:
    made = junit.junit_case("nhq.diff", "no client is broken without somebody's approval")
    if report.exit_code:
        junit.add_outcome(made, "failure", diff_verdict(report), "diff", "\n".join(report.problems))
    return made


def _case(one: ReportedChange, report: Report) -> Element:
    change = one.change
    made = junit.junit_case(
        f"nhq.diff.{change.level}.{change.rule}", f"{operation_list(change)} #{change.pointer}".strip()
    )
    if one.fails:
        junit.add_outcome(
            made,
            "failure",
            change.message,
            change.rule,
            f"{annotation_detail(change)}\n\n{proposed_stanza(change, report.today)}",
        )
    elif one.approval is not None:
        junit.add_outcome(made, "skipped", approval_remark(one.approval), change.rule, annotation_detail(change))
    elif change.level is ChangeLevel.RISKY:
        junit.add_outcome(made, "skipped", f"warning (risky): {change.message}", change.rule, annotation_detail(change))
    return made


def annotation_title(change: DocumentChange) -> str:
    """Its level and rule."""
    return f"{change.level}: {change.rule}"


def annotation_place(change: DocumentChange) -> str:
    """The pointer of the keyword that changed, `…/schema/maxLength`, where its rule names one.

    A rule's words after the side spell it. What is no keyword isn't there, and the place above it is marked.
    """
    if change.where == "prose":
        return change.pointer
    first, *others = change.rule.split("-")[1:] or [""]
    return f"{change.pointer}/{first}{''.join(word.capitalize() for word in others)}"


def annotation_detail(change: DocumentChange) -> str:
    """What it reaches, what it does, its witness and its place, a line each."""
    lines = [f"{operation_list(change)}: {change.message}" if change.operations else change.message]
    if change.witness is not None:
        lines += [f"witness: {written(change.witness.value)}", describe_witness(change.witness)]
    lines += [f"rules: {', '.join(change.rules)}"] if change.rules else []
    return "\n".join([*lines, f"at {'base' if change.gone else 'head'} #{change.pointer}"])


def _worst_first(report: Report) -> Iterator[ReportedChange]:
    for level in ChangeLevel:
        yield from report.of(level)


def _words(rule: str) -> str:
    return rule.replace("-", " ")
