"""Notes beside the code: GitHub's workflow commands (text for a job's log) and GitLab's code quality report (JSON)."""

import json
from collections.abc import Iterator
from typing import Any

from nhq.report import facts
from nhq.report.facts import CONTRACT, fingerprint
from nhq.report.text import cut, one_line, printable
from nhq.report.words import FAILING, Record, many

_MOST = 1000
_SEVERITY = {"must": "major", "should": "minor", "assumed": "info"}


def github(record: Record) -> str:
    """Workflow commands, one a line: error for a broken `must`, warning for the rest, notice for what stayed open."""
    commands = [*_findings(record), *_open(record)]
    return "".join(f"{command}\n" for command in commands)


def _findings(record: Record) -> Iterator[str]:
    for rule, found in facts.by_rule(record):
        for finding in found:
            kind = "error" if finding["level"] == FAILING else "warning"
            title = f"{finding['rule']} broken by {facts.place(finding['operation'])}"
            yield _command(kind, title, _explain(rule, finding), f"file={CONTRACT},line=1,")


def _open(record: Record) -> Iterator[str]:
    for trouble in record["troubles"]:
        yield _command("warning", "nhq: trouble on our side", f"{trouble['where']}: {trouble['cause']}")
    for stop in facts.stopped(record):
        names = ", ".join(rule["id"] for rule, _ in stop.rules)
        yield _command("notice", f"{many(len(stop.rules), 'promise')} not judged", f"{stop.cause}\n{names}")


def _explain(rule: dict[str, Any], finding: dict[str, Any]) -> str:
    promised = f"promised: {rule['quote']}\n" if rule["quote"] else ""
    again = f"\n{finding['rerun']}" if finding["rerun"] else ""
    return f"{promised}expected: {finding['expected']}\nactual: {finding['actual']}{again}"


def _command(kind: str, title: str, message: str, place: str = "") -> str:
    return f"::{kind} {place}title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    """A command's message: a line break would end it, and what follows could be a command of its own."""
    cleaned = cut(printable(text), _MOST)
    return cleaned.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")


def gitlab(record: Record) -> str:
    """A code quality report: an entry a finding, the fingerprint stable from run to run."""
    entries = [
        {
            "description": cut(
                one_line(f"{rule['title']} ({facts.place(finding['operation'])}: {finding['actual']})"), _MOST
            ),
            "check_name": finding["rule"],
            "fingerprint": fingerprint(finding),
            "severity": _SEVERITY[finding["level"]],
            "location": {"path": CONTRACT, "lines": {"begin": 1}},
        }
        for rule, found in facts.by_rule(record)
        for finding in found
    ]
    return json.dumps(entries, indent=1) + "\n"
