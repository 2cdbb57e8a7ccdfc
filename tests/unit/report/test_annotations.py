"""Notes beside the code, for GitHub and for GitLab."""

import json
import re
from typing import Any

from nhq.record.record_json import record_of
from nhq.report import annotations

COMMAND = re.compile(
    r"::(error|warning|notice) (file=openapi\.json,line=\d+,endLine=\d+,col=\d+,endColumn=\d+,)?"
    r"title=[^:,\r\n]*::[^\r\n]*"
)


def unescaped(line: str) -> str:
    """A command's text as GitHub decodes it."""
    for code, sign in (("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        line = line.replace(code, sign)
    return line


def test_every_line_is_one_command(any_record: dict[str, Any]) -> None:
    """Every line is one workflow command, whatever a server answered: nothing in it starts another."""
    for line in annotations.github_annotations(record_of(any_record)).splitlines():
        assert COMMAND.fullmatch(line)


def test_broken_promises_are_errors(violated: dict[str, Any]) -> None:
    """A broken `must` is an error, a broken `should` a warning, what stayed open a notice."""
    lines = annotations.github_annotations(record_of(violated)).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error", "::error", "::warning", "::notice"]
    assert "AUTH-1 broken by list_leads, send_message" in unescaped(lines[0])
    assert "%0Aexpected: every lead exactly once" in lines[0]


def test_a_holding_run_is_silent(holding: dict[str, Any]) -> None:
    """A run that holds annotates nothing."""
    assert annotations.github_annotations(record_of(holding)) == ""
    assert json.loads(annotations.gitlab_report(record_of(holding))) == []


def test_gitlab_has_what_it_asks_for(violated: dict[str, Any]) -> None:
    """Each entry has a description, a check, a severity GitLab knows, a place and a fingerprint of its own."""
    entries = json.loads(annotations.gitlab_report(record_of(violated)))
    assert [entry["severity"] for entry in entries] == ["major", "major", "major", "minor"]
    assert [entry["check_name"] for entry in entries] == ["AUTH-1", "AUTH-1", "SCOPES-2", "ERRORS-3"]
    assert len({entry["fingerprint"] for entry in entries}) == 4
    assert all(entry["location"] == {"path": "openapi.json", "lines": {"begin": 1}} for entry in entries)
    assert all(entry["description"] for entry in entries)


def test_gitlab_takes_hostile_text(hostile: dict[str, Any]) -> None:
    """Whatever a server answered, the report is JSON that any reader decodes."""
    assert len(json.loads(annotations.gitlab_report(record_of(hostile)).encode())) == 5
