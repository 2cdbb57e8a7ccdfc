"""A report of changes where reviewers look: GitHub's annotations, GitLab's code quality, SARIF, JUnit.

Each change stands at its place in the head document, or at the nearest place above it where it has gone.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from nhq import __version__
from nhq.diff.approving import proposed, subject
from nhq.diff.records import Change, Level
from nhq.diff.report import Report, Told
from nhq.diff.writing import accepted, operations, told_of, verdict
from nhq.diff.writing import shown as written
from nhq.formats import github, gitlab, junit, sarif
from nhq.formats.github import Kind, Note
from nhq.formats.source import Source

_KINDS = {Level.BREAKING: Kind.ERROR, Level.REVIEW: Kind.ERROR, Level.RISKY: Kind.WARNING}
_LEVELS = {Level.BREAKING: "error", Level.REVIEW: "error", Level.RISKY: "warning"}
_SEVERITIES = {Level.BREAKING: "critical", Level.REVIEW: "major", Level.RISKY: "minor"}


def as_github(report: Report, source: Source) -> str:
    """Workflow commands: an error for each change that is red, a warning for what is risky; the worst ten."""
    notes = [
        Note(
            _KINDS[one.change.level],
            title(one.change),
            detail(one.change),
            source.path,
            source.mark(place(one.change), one.change.after),
        )
        for one in _worst_first(report)
        if one.change.level in _KINDS and one.approval is None
    ]
    notes += [Note(Kind.ERROR, "approvals", problem) for problem in report.problems]
    return (
        github.commands(notes, "in the whole report")
        + github.command(Note(Kind.NOTICE, "nhq diff", verdict(report)))
        + "\n"
    )


def as_gitlab(report: Report, source: Source) -> str:
    """A code quality report: an entry a change; what is approved, and what no client must care for, is info."""
    return gitlab.report(
        gitlab.entry(
            one.change.rule,
            f"{title(one.change)}: {detail(one.change)}",
            _SEVERITIES.get(one.change.level, "info") if one.approval is None else "info",
            subject(one.change).fingerprint,
            source,
            place(one.change),
            one.change.after,
        )
        for one in _worst_first(report)
    )


def as_sarif(report: Report, source: Source) -> str:
    """SARIF 2.1.0: a result a change; approved ones are suppressed, with the reason that somebody gave."""
    told = list(_worst_first(report))
    levels = {one.change.rule: _LEVELS.get(one.change.level, "note") for one in told}
    notes = [sarif.notification("error", problem) for problem in report.problems]
    notes += [sarif.notification("note", note) for note in report.notes]
    return sarif.log(
        {
            "tool": {
                "driver": {
                    "name": "networkhq-conformance",
                    "version": __version__,
                    "rules": [sarif.descriptor(rule, _words(rule), level, ["diff"]) for rule, level in levels.items()],
                }
            },
            "invocations": [
                {"executionSuccessful": True, "exitCode": report.exit_code, "toolExecutionNotifications": notes}
            ],
            "results": [_result(one, source) for one in told],
        }
    )


def _result(one: Told, source: Source) -> dict[str, Any]:
    change = one.change
    approval = None if one.approval is None else f"{one.approval.owner}: {one.approval.reason}"
    at = sarif.location(source, place(change), change.operations, change.after)
    level = _LEVELS.get(change.level, "note")
    words = f"{title(change)}\n{detail(change)}"
    return sarif.result(change.rule, level, words, subject(change).fingerprint, at, approval)


def as_junit(report: Report, source: Source) -> str:
    """JUnit: a suite a level, a test case a change; red where it fails the run, skipped where it only warns."""
    del source  # a test case has no place in a file
    started = f"{report.today.isoformat()}T00:00:00"
    suites = [junit.suite("nhq.diff", [_whole(report)], started)]
    for level in Level:
        cases = [_case(one, report) for one in report.of(level)]
        suites += [junit.suite(f"nhq.diff.{level}", cases, started)] if cases else []
    return junit.document("nhq diff", suites)


def _whole(report: Report) -> Element:
    made = junit.case("nhq.diff", "no client is broken without somebody's approval")
    if report.exit_code:
        junit.add(made, "failure", verdict(report), "diff", "\n".join(report.problems))
    return made


def _case(one: Told, report: Report) -> Element:
    change = one.change
    made = junit.case(f"nhq.diff.{change.level}.{change.rule}", f"{operations(change)} #{change.pointer}".strip())
    if one.fails:
        junit.add(made, "failure", change.message, change.rule, f"{detail(change)}\n\n{proposed(change, report.today)}")
    elif one.approval is not None:
        junit.add(made, "skipped", accepted(one.approval), change.rule, detail(change))
    elif change.level is Level.RISKY:
        junit.add(made, "skipped", f"warning (risky): {change.message}", change.rule, detail(change))
    return made


def title(change: Change) -> str:
    """Its level and rule."""
    return f"{change.level}: {change.rule}"


def place(change: Change) -> str:
    """The pointer of the keyword that changed, `…/schema/maxLength`, where its rule names one.

    A rule's words after the side spell it. What is no keyword isn't there, and the place above it is marked.
    """
    if change.where == "prose":
        return change.pointer
    first, *others = change.rule.split("-")[1:] or [""]
    return f"{change.pointer}/{first}{''.join(word.capitalize() for word in others)}"


def detail(change: Change) -> str:
    """What it reaches, what it does, its witness and its place, a line each."""
    lines = [f"{operations(change)}: {change.message}" if change.operations else change.message]
    if change.witness is not None:
        lines += [f"witness: {written(change.witness.value)}", told_of(change.witness)]
    lines += [f"rules: {', '.join(change.rules)}"] if change.rules else []
    return "\n".join([*lines, f"at {'base' if change.gone else 'head'} #{change.pointer}"])


def _worst_first(report: Report) -> Iterator[Told]:
    for level in Level:
        yield from report.of(level)


def _words(rule: str) -> str:
    return rule.replace("-", " ")
