"""Notes beside the code: GitHub's workflow commands (text for a job's log) and GitLab's code quality report (JSON)."""

from collections.abc import Iterator

from nhq.formats import github as actions
from nhq.formats import gitlab as quality
from nhq.formats.github import Kind, Note
from nhq.formats.source import UNREAD, Source
from nhq.record.judged_rows import FindingRow, RuleRow
from nhq.record.run_record import Record
from nhq.report import facts, moved
from nhq.report.facts import fingerprint
from nhq.report.words import many, some

_SEVERITY = {"must": "major", "should": "minor", "assumed": "info"}
_CHANGED = {"fails": "major", "warns": "minor", "approved": "info"}


def github(record: Record, source: Source = UNREAD) -> str:
    """Workflow commands, one a line, the ten worst: error for a broken `must` and for a change of the contract that
    fails, warning for the rest, notice for what stayed open."""
    notes = [*_changes(record, source), *_findings(record, source), *_open(record)]
    return actions.commands(notes, "in the reports of this run")


def _changes(record: Record, source: Source) -> Iterator[Note]:
    kinds = {"fails": Kind.ERROR, "warns": Kind.WARNING, "approved": Kind.NOTICE}
    for change in moved.changes(record):
        kind, mark = kinds[moved.state(change)], source.mark(change.pointer, change.after)
        yield Note(kind, moved.title(change), moved.told(change), source.path, mark)


def _findings(record: Record, source: Source) -> Iterator[Note]:
    """A note a promise and what was seen, however many operations it was seen on."""
    for rule, found in facts.by_rule(record):
        mark = source.mark(rule.pointer, rule.quote)
        for finding, places in facts.folded(found):
            approved = f" (approved by {finding.approved})" if finding.approved else ""
            kind = Kind.ERROR if facts.fails(record, finding) else Kind.NOTICE if approved else Kind.WARNING
            title = f"{finding.rule} broken by {some(places, 4)}{approved}"
            yield Note(kind, title, _explain(rule, finding), source.path, mark)


def _open(record: Record) -> Iterator[Note]:
    for problem in record.approval_problems:
        yield Note(Kind.ERROR, "approvals", problem)
    for trouble in record.troubles:
        yield Note(Kind.WARNING, "nhq: trouble on our side", f"{trouble.where}: {trouble.cause}")
    if facts.lacking(record):
        yield Note(Kind.WARNING, "nhq: required, and not judged", ", ".join(facts.lacking(record)))
    for stop in facts.stopped(record):
        names = ", ".join(rule.id for rule, _ in stop.rules)
        yield Note(Kind.NOTICE, f"{many(len(stop.rules), 'promise')} not judged", f"{stop.cause}\n{names}")


def _explain(rule: RuleRow, finding: FindingRow) -> str:
    promised = f"promised: {rule.quote}\n" if rule.quote else ""
    again = f"\n{finding.rerun}" if finding.rerun else ""
    return f"{promised}expected: {finding.expected}\nactual: {finding.actual}{again}"


def gitlab(record: Record, source: Source = UNREAD) -> str:
    """A code quality report: an entry a finding, the fingerprint stable from run to run."""
    changed = [
        quality.entry(
            moved.check(change),
            f"{moved.title(change)}: {moved.told(change)}",
            _CHANGED[moved.state(change)],
            moved.fingerprint(change),
            source,
            change.pointer,
            change.after,
        )
        for change in moved.changes(record)
    ]
    found = [
        quality.entry(
            finding.rule,
            f"{rule.title} ({facts.place(finding.operation)}: {finding.actual})",
            "info" if finding.approved else _SEVERITY[finding.level],
            fingerprint(finding),
            source,
            rule.pointer,
            rule.quote,
        )
        for rule, findings in facts.by_rule(record)
        for finding in findings
    ]
    return quality.report([*changed, *found])
