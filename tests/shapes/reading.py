"""Readers of the formats that reports are written in. What a reader refuses, a CI server wouldn't show.

SARIF and JUnit are held to the published schemas beside this file; GitHub's commands and GitLab's report are read by
parsers written from the documentation of each.
"""

import json
import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import xmlschema

FOLDER = Path(__file__).parent
SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


@cache
def _sarif_schema() -> Any:
    schema = json.loads((FOLDER / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    return jsonschema_rs.Draft4Validator(schema, validate_formats=True)


@cache
def _junit_schema() -> Any:
    return xmlschema.XMLSchema(str(FOLDER / "junit-10.xsd"))


def sarif(text: str) -> dict[str, Any]:
    """The one run of a SARIF log that obeys the schema and names only rules that it describes."""
    log = json.loads(text.encode())
    assert [f"{list(error.instance_path)}: {error.message}" for error in _sarif_schema().iter_errors(log)] == []
    (run,) = log["runs"]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(ids)) == len(ids)
    assert {result["ruleId"] for result in run["results"]} <= set(ids)
    return dict(run)


def junit(text: str) -> ET.Element:
    """The root of a JUnit file that obeys the schema and counts itself right."""
    _junit_schema().validate(text)
    root = ET.fromstring(text.encode())
    for counted, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        assert int(root.get(counted, "-1")) == sum(1 for _ in root.iter(tag))
    return root


def github(text: str) -> list[dict[str, str]]:
    """Workflow commands: `::name key=value,key=value::message`, a line each, decoded as the runner decodes them."""
    return [_command(line) for line in text.splitlines()]


def _command(line: str) -> dict[str, str]:
    read = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
    assert read is not None, line
    parts = dict(part.split("=", 1) for part in read[2].split(","))
    assert set(parts) <= {"file", "line", "endLine", "col", "endColumn", "title"}
    codes = (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
    told = {"kind": read[1], "message": _decoded(read[3], codes[2:])}
    return told | {name: _decoded(value, codes) for name, value in parts.items()}


def _decoded(text: str, codes: tuple[tuple[str, str], ...]) -> str:
    for code, sign in codes:
        text = text.replace(code, sign)
    return text


def gitlab(text: str) -> list[dict[str, Any]]:
    """Entries of a code quality report: all that GitLab asks for, and fingerprints that differ."""
    entries: list[dict[str, Any]] = json.loads(text.encode())
    for entry in entries:
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in SEVERITIES
        assert not entry["location"]["path"].startswith(("./", "/"))
        assert entry["location"]["lines"]["begin"] >= 1
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
    return entries
