"""`results.sarif`: SARIF 2.1.0, as code scanning pages read it. A finding points at its sentence in the contract."""

from typing import Any

from nhq.formats import sarif
from nhq.formats.sarif import LONGEST, text
from nhq.formats.source import UNREAD, Source
from nhq.formats.text import cut, printable
from nhq.record.judged_rows import ExchangeRow, FindingRow, RuleRow
from nhq.record.run_record import ChangeRow, Record
from nhq.report import facts, moved
from nhq.report.facts import fingerprint
from nhq.report.words import FAILING

_CHANGED = {"fails": "error", "warns": "warning", "approved": "note"}


def render(record: Record, source: Source = UNREAD) -> str:
    """The record as SARIF. What could not be judged, and our own troubles, are notifications: no result is a guess."""
    changed = moved.changes(record)
    found = [(rule, finding) for rule, findings in facts.by_rule(record) for finding in findings]
    return sarif.log(
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
    kinds = {moved.check(change): change.kind for change in moved.changes(record)}
    rules = [_descriptor(rule) for rule in facts.selected(record)]
    return {
        "name": record.tool.name,
        "version": record.tool.version,
        "rules": rules
        + [
            sarif.descriptor(check, f"The contract moved: {kind.replace('-', ' ')}", "warning", ["contract"])
            for check, kind in kinds.items()
        ],
    }


def _descriptor(rule: RuleRow) -> dict[str, Any]:
    title = rule.title or rule.id
    made = sarif.descriptor(rule.id, title, _level(rule.level), [rule.area, rule.level], rule.quote)
    return {**made, "properties": {**made["properties"], "pointer": printable(rule.pointer)}}


def _changed(change: ChangeRow, source: Source) -> dict[str, Any]:
    """A change of the contract. The reason of an approval stands in the approvals file."""
    names = [change.operation] if change.operation else []
    place = sarif.location(source, change.pointer, names, change.after)
    words = f"{moved.title(change)}\n{moved.told(change)}"
    approved = "approved in the approvals file" if change.approved else None
    level = _CHANGED[moved.state(change)]
    return sarif.result(moved.check(change), level, words, moved.fingerprint(change), place, approved)


def _result(record: Record, rule: RuleRow, finding: FindingRow, source: Source) -> dict[str, Any]:
    operation = facts.place(finding.operation)
    words = f"{operation}: expected {finding.expected}; actual: {finding.actual}"
    place = sarif.location(source, rule.pointer, [operation], rule.quote)
    approved, level = finding.approved or None, _level(facts.marked_level(record, finding.level))
    result = sarif.result(finding.rule, level, words, fingerprint(finding), place, approved)
    told = (("where", finding.where), ("curl", finding.curl), ("rerun", finding.rerun), ("test", finding.test))
    result |= {
        "occurrenceCount": finding.count,
        "properties": {name: printable(value) for name, value in told if value},
    }
    proof = [record.exchanges.get(str(number)) for number in finding.exchanges[-1:]]
    for exchange in filter(None, proof):
        result |= {"webRequest": _request(exchange), "webResponse": _response(exchange)}
    return result


def _request(exchange: ExchangeRow) -> dict[str, Any]:
    body = {"body": text(exchange.request_body)} if exchange.request_body else {}
    sent = {"method": exchange.method, "target": printable(exchange.path)}
    return {**sent, "headers": _headers(exchange.request_headers), **body}


def _response(exchange: ExchangeRow) -> dict[str, Any]:
    if exchange.status is None:
        return {"noResponseReceived": True}
    body = {"body": text(exchange.body)} if exchange.body else {}
    return {"statusCode": exchange.status, "headers": _headers(exchange.headers), **body}


def _headers(headers: dict[str, str]) -> dict[str, str]:
    return {printable(name): cut(printable(value), LONGEST) for name, value in headers.items()}


def _invocation(record: Record) -> dict[str, Any]:
    notes = [sarif.notification("error", f"{trouble.where}: {trouble.cause}") for trouble in record.troubles]
    if facts.lacking(record):
        notes.append(sarif.notification("error", " ".join([facts.required(record), *facts.lacking(record)])))
    notes += [sarif.notification("error", problem) for problem in record.approval_problems]
    for stop in facts.stopped(record):
        for rule, places in stop.rules:
            on = f" on {', '.join(places)}" if places else ""
            notes.append(sarif.notification("note", f"could not be judged{on}: {stop.cause}", rule.id))
    return {
        "executionSuccessful": record.exit_code in (0, 1),
        "exitCode": record.exit_code,
        "commandLine": printable(record.command),
        "startTimeUtc": record.started.replace("+00:00", "Z"),
        "toolExecutionNotifications": notes,
    }


def _level(level: str) -> str:
    return "error" if level == FAILING else "warning"
