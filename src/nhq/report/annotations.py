"""Annotations: GitHub's workflow commands (text in a job's log) and GitLab's code quality report (JSON)."""

from collections.abc import Iterator

from nhq.formats import github as actions
from nhq.formats import gitlab as quality
from nhq.formats.document_source import UNREAD, DocumentSource
from nhq.formats.github import AnnotationKind, Note
from nhq.record.judged_rows import FindingRow, RuleRow
from nhq.record.run_record import Record
from nhq.report import record_facts, revision_section
from nhq.report.record_facts import finding_fingerprint
from nhq.report.report_words import count_words, first_few

_SEVERITY = {"must": "major", "should": "minor", "assumed": "info"}
_CHANGED = {"fails": "major", "warns": "minor", "approved": "info"}


def github_annotations(record: Record, source: DocumentSource = UNREAD) -> str:
    """Workflow commands, one a line, the ten worst: error for a broken `must` and for a change of the contract that
    fails, warning for the rest, notice for what stayed open."""
    notes = [*_changes(record, source), *_findings(record, source), *_open(record)]
    return actions.workflow_commands(notes, "in the reports of this run")


def _changes(record: Record, source: DocumentSource) -> Iterator[Note]:
    kinds = {"fails": AnnotationKind.ERROR, "warns": AnnotationKind.WARNING, "approved": AnnotationKind.NOTICE}
    for change in revision_section.contract_changes(record):
        kind, mark = kinds[revision_section.change_state(change)], source.mark(change.pointer, change.after)
        yield Note(
            kind, revision_section.change_title(change), revision_section.change_details(change), source.path, mark
        )


def _findings(record: Record, source: DocumentSource) -> Iterator[Note]:
    """A note a promise and what was seen, however many operations it was seen on."""
    for rule, found in record_facts.by_rule(record):
        mark = source.mark(rule.pointer, rule.quote)
        for finding, places in record_facts.fold_findings(found):
            approved = f" (approved by {finding.approved})" if finding.approved else ""
            kind = (
                AnnotationKind.ERROR
                if record_facts.finding_fails_run(record, finding)
                else AnnotationKind.NOTICE
                if approved
                else AnnotationKind.WARNING
            )
            title = f"{finding.rule} broken by {first_few(places, 4)}{approved}"
            yield Note(kind, title, _explain(rule, finding), source.path, mark)


def _open(record: Record) -> Iterator[Note]:
    for problem in record.approval_problems:
        yield Note(AnnotationKind.ERROR, "approvals", problem)
    for trouble in record.troubles:
        yield Note(AnnotationKind.WARNING, "nhq: trouble on our side", f"{trouble.where}: {trouble.cause}")
    if record_facts.lacking_rules(record):
        yield Note(
            AnnotationKind.WARNING, "nhq: required, and not judged", ", ".join(record_facts.lacking_rules(record))
        )
    for stop in record_facts.causes_of_unknown(record):
        names = ", ".join(rule.id for rule, _ in stop.rules)
        yield Note(
            AnnotationKind.NOTICE, f"{count_words(len(stop.rules), 'promise')} not judged", f"{stop.cause}\n{names}"
        )


def _explain(rule: RuleRow, finding: FindingRow) -> str:
    promised = f"promised: {rule.quote}\n" if rule.quote else ""
    again = f"\n{finding.rerun}" if finding.rerun else ""
    return f"{promised}expected: {finding.expected}\nactual: {finding.actual}{again}"


def gitlab_report(record: Record, source: DocumentSource = UNREAD) -> str:
    """A code quality report: one entry per finding, with a fingerprint that is stable across runs."""
    changed = [
        quality.code_quality_entry(
            revision_section.change_check_id(change),
            f"{revision_section.change_title(change)}: {revision_section.change_details(change)}",
            _CHANGED[revision_section.change_state(change)],
            revision_section.change_fingerprint(change),
            source,
            change.pointer,
            change.after,
        )
        for change in revision_section.contract_changes(record)
    ]
    found = [
        quality.code_quality_entry(
            finding.rule,
            f"{rule.title} ({record_facts.operation_name(finding.operation)}: {finding.actual})",
            "info" if finding.approved else _SEVERITY[finding.level],
            finding_fingerprint(finding),
            source,
            rule.pointer,
            rule.quote,
        )
        for rule, findings in record_facts.by_rule(record)
        for finding in findings
    ]
    return quality.code_quality_report([*changed, *found])
