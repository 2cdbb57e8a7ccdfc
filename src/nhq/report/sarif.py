"""`results.sarif`: SARIF 2.1.0, as code scanning pages read it. A finding points at the contract.

The published contract is one line of JSON, so that the line says nothing; the rule carries the JSON pointer.
"""

import json
from typing import Any

from nhq.report import facts
from nhq.report.facts import CONTRACT, fingerprint
from nhq.report.text import cut, printable
from nhq.report.words import FAILING, Record

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_MOST = 2000


def render(record: Record) -> str:
    """The record as SARIF. What could not be judged, and our own troubles, are notifications: no result is a guess."""
    rules = facts.selected(record)
    run = {
        "tool": {"driver": _driver(record, rules)},
        "invocations": [_invocation(record)],
        "results": [_result(record, finding) for _, found in facts.by_rule(record) for finding in found],
        "properties": {"verdict": record["verdict"], "seed": record["seed"], "contract": record["contract"]["digest"]},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _driver(record: Record, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": record["tool"]["name"],
        "version": record["tool"]["version"],
        "rules": [_descriptor(rule) for rule in rules],
    }


def _descriptor(rule: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": rule["id"],
        "shortDescription": _text(rule["title"] or rule["id"]),
        "fullDescription": _text(rule["quote"] or rule["title"] or rule["id"]),
        "defaultConfiguration": {"level": _level(rule["level"])},
        "properties": {"tags": [rule["area"], rule["level"]], "pointer": rule["pointer"]},
    }


def _result(record: Record, finding: dict[str, Any]) -> dict[str, Any]:
    what = f"{facts.place(finding['operation'])}: expected {finding['expected']}; actual: {finding['actual']}"
    result = {
        "ruleId": finding["rule"],
        "level": _level(finding["level"]),
        "message": _text(what),
        "locations": [_location(finding)],
        "partialFingerprints": {"finding/v1": fingerprint(finding)},
        "occurrenceCount": finding["count"],
        "properties": {name: printable(finding[name]) for name in ("where", "curl", "rerun", "test") if finding[name]},
    }
    proof = [record["exchanges"].get(str(number)) for number in finding["exchanges"][-1:]]
    for exchange in filter(None, proof):
        result |= {"webRequest": _request(exchange), "webResponse": _response(exchange)}
    return result


def _location(finding: dict[str, Any]) -> dict[str, Any]:
    physical = {
        "artifactLocation": {"uri": CONTRACT, "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1},
    }
    logical = {"fullyQualifiedName": facts.place(finding["operation"]), "kind": "resource"}
    return {"physicalLocation": physical, "logicalLocations": [logical]}


def _request(exchange: dict[str, Any]) -> dict[str, Any]:
    body = {"body": _text(exchange["request_body"])} if exchange["request_body"] else {}
    sent = {"method": exchange["method"], "target": printable(exchange["path"])}
    return {**sent, "headers": _headers(exchange["request_headers"]), **body}


def _response(exchange: dict[str, Any]) -> dict[str, Any]:
    if exchange["status"] is None:
        return {"noResponseReceived": True}
    body = {"body": _text(exchange["body"])} if exchange["body"] else {}
    return {"statusCode": exchange["status"], "headers": _headers(exchange["headers"]), **body}


def _headers(headers: dict[str, str]) -> dict[str, str]:
    return {printable(name): cut(printable(value), _MOST) for name, value in headers.items()}


def _invocation(record: Record) -> dict[str, Any]:
    notes = [_note("error", f"{trouble['where']}: {trouble['cause']}") for trouble in record["troubles"]]
    for stop in facts.stopped(record):
        for rule, places in stop.rules:
            on = f" on {', '.join(places)}" if places else ""
            notes.append(_note("note", f"could not be judged{on}: {stop.cause}", rule["id"]))
    return {
        "executionSuccessful": record["exit_code"] in (0, 1),
        "exitCode": record["exit_code"],
        "commandLine": printable(record["command"]),
        "startTimeUtc": record["started"].replace("+00:00", "Z"),
        "toolExecutionNotifications": notes,
    }


def _note(level: str, text: str, rule: str = "") -> dict[str, Any]:
    about = {"associatedRule": {"id": rule}} if rule else {}
    return {"level": level, "message": _text(text), **about}


def _level(level: str) -> str:
    return "error" if level == FAILING else "warning"


def _text(text: str) -> dict[str, str]:
    return {"text": cut(printable(text), _MOST)}
