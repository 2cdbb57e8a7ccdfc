"""`results.sarif`: SARIF 2.1.0, as code scanning pages read it. A finding points at its sentence in the contract."""

from typing import Any

from nhq.formats import sarif
from nhq.formats.document_source import UNREAD, DocumentSource
from nhq.formats.sarif import LONGEST, sarif_text
from nhq.formats.text import cut_text, printable_text
from nhq.record.judged_rows import ExchangeRow, FindingRow, RuleRow
from nhq.record.run_record import ChangeRow, Record
from nhq.report import record_facts, revision_section
from nhq.report.record_facts import finding_fingerprint
from nhq.report.report_words import FAILING

_CHANGED = {"fails": "error", "warns": "warning", "approved": "note"}


def render_sarif(record: Record, source: DocumentSource = UNREAD) -> str:
    """The record as SARIF. What could not be judged, and our own troubles, are notifications: no result is a guess."""
    changed = revision_section.contract_changes(record)
    found = [(rule, finding) for rule, findings in record_facts.by_rule(record) for finding in findings]
    return sarif.sarif_log(
        {
            "tool": {"driver": _driver(record)},
            "invocations": [_invocation(record)],
            "results": [
                *(_changed(change, source) for change in changed),
                *(_result(record, rule, finding, source) for rule, finding in found),
            ],
            "properties": {"verdict": record.verdict, "seed": record.seed, "contract": record.contract.digest},
        }
    )


def _driver(record: Record) -> dict[str, Any]:
    kinds = {
        revision_section.change_check_id(change): change.kind for change in revision_section.contract_changes(record)
    }
    rules = [_descriptor(rule) for rule in record_facts.selected_rules(record)]
    return {
        "name": record.tool.name,
        "version": record.tool.version,
        "rules": rules
        + [
            sarif.sarif_descriptor(check, f"The contract moved: {kind.replace('-', ' ')}", "warning", ["contract"])
            for check, kind in kinds.items()
        ],
    }


def _descriptor(rule: RuleRow) -> dict[str, Any]:
    title = rule.title or rule.id
    made = sarif.sarif_descriptor(rule.id, title, _level(rule.level), [rule.area, rule.level], rule.quote)
    return {**made, "properties": {**made["properties"], "pointer": printable_text(rule.pointer)}}


def _changed(change: ChangeRow, source: DocumentSource) -> dict[str, Any]:
    """A change of the contract. The reason of an approval stands in the approvals file."""
    names = [change.operation] if change.operation else []
    place = sarif.sarif_location(source, change.pointer, names, change.after)
    words = f"{revision_section.change_title(change)}\n{revision_section.change_details(change)}"
    approved = "approved in the approvals file" if change.approved else None
    level = _CHANGED[revision_section.change_state(change)]
    return sarif.sarif_result(
        revision_section.change_check_id(change),
        level,
        words,
        revision_section.change_fingerprint(change),
        place,
        approved,
    )


def _result(record: Record, rule: RuleRow, finding: FindingRow, source: DocumentSource) -> dict[str, Any]:
    operation = record_facts.operation_name(finding.operation)
    words = f"{operation}: expected {finding.expected}; actual: {finding.actual}"
    place = sarif.sarif_location(source, rule.pointer, [operation], rule.quote)
    approved, level = finding.approved or None, _level(record_facts.marked_level(record, finding.level))
    result = sarif.sarif_result(finding.rule, level, words, finding_fingerprint(finding), place, approved)
    told = (("where", finding.where), ("curl", finding.curl), ("rerun", finding.rerun), ("test", finding.test))
    result |= {
        "occurrenceCount": finding.count,
        "properties": {name: printable_text(value) for name, value in told if value},
    }
    proof = [record.exchanges.get(str(number)) for number in finding.exchanges[-1:]]
    for exchange in filter(None, proof):
        result |= {"webRequest": _request(exchange), "webResponse": _response(exchange)}
    return result


def _request(exchange: ExchangeRow) -> dict[str, Any]:
    body = {"body": sarif_text(exchange.request_body)} if exchange.request_body else {}
    sent = {"method": exchange.method, "target": printable_text(exchange.path)}
    return {**sent, "headers": _headers(exchange.request_headers), **body}


def _response(exchange: ExchangeRow) -> dict[str, Any]:
    if exchange.status is None:
        return {"noResponseReceived": True}
    body = {"body": sarif_text(exchange.body)} if exchange.body else {}
    return {"statusCode": exchange.status, "headers": _headers(exchange.headers), **body}


def _headers(headers: dict[str, str]) -> dict[str, str]:
    return {printable_text(name): cut_text(printable_text(value), LONGEST) for name, value in headers.items()}


def _invocation(record: Record) -> dict[str, Any]:
    notes = [sarif.sarif_notification("error", f"{trouble.where}: {trouble.cause}") for trouble in record.troubles]
    if record_facts.lacking_rules(record):
        notes.append(
            sarif.sarif_notification(
                "error", " ".join([record_facts.required_line(record), *record_facts.lacking_rules(record)])
            )
        )
    notes += [sarif.sarif_notification("error", problem) for problem in record.approval_problems]
    for stop in record_facts.causes_of_unknown(record):
        for rule, places in stop.rules:
            on = f" on {', '.join(places)}" if places else ""
            notes.append(sarif.sarif_notification("note", f"could not be judged{on}: {stop.cause}", rule.id))
    return {
        "executionSuccessful": record.exit_code in (0, 1),
        "exitCode": record.exit_code,
        "commandLine": printable_text(record.command),
        "startTimeUtc": record.started.replace("+00:00", "Z"),
        "toolExecutionNotifications": notes,
    }


def _level(level: str) -> str:
    return "error" if level == FAILING else "warning"
