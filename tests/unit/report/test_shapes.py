"""Every report that a tool reads obeys the format's schema or documentation, and tells what moved in the contract."""

import json
from typing import Any

import pytest

from nhq import paths, report
from nhq.contract.text_positions import Positions
from nhq.formats.document_source import DocumentSource
from nhq.record.record_json import record_of

CONTRACT = json.loads(paths.openapi_file().read_text(encoding="utf-8"))
SENTENCE = "401 when the key is absent, malformed, or revoked"
LINE = json.dumps(CONTRACT, separators=(",", ":"), ensure_ascii=False)
PRETTY = json.dumps(CONTRACT, indent=2, ensure_ascii=False)


@pytest.mark.parametrize("name", ["sarif", "junit", "github", "gitlab"])
def test_the_shape_is_the_published_one(shapes: Any, any_record: dict[str, Any], name: str) -> None:
    """For every record, hostile text and all, a reader of the format accepts the report."""
    getattr(shapes, name)(report.render_report(record_of(any_record), name))


@pytest.mark.parametrize("name", [name for name in report.FORMATS if name != "har"])
def test_what_moved_is_told_everywhere(moved: dict[str, Any], name: str) -> None:
    """Each format names every change of the contract by its kind; an archive of exchanges holds those alone."""
    text = report.render_report(record_of(moved), name).replace("\\", "")
    for kind in ("quote-gone", "number-changed", "added"):
        assert kind in text or kind.replace("-", " ") in text


def test_what_fails_is_red_and_the_rest_is_not(shapes: Any, moved: dict[str, Any]) -> None:
    """A change that fails is an error, one that warns a warning; an approved one is suppressed or skipped."""
    results = shapes.sarif(report.render_report(record_of(moved), "sarif"))["results"]
    levels = [(one["ruleId"], one["level"], "suppressions" in one) for one in results]
    assert levels == [
        ("contract/quote-gone", "error", False),
        ("contract/added", "warning", False),
        ("contract/number-changed", "note", True),
        ("AUTH-1", "error", False),
    ]
    root = shapes.junit(report.render_report(record_of(moved), "junit"))
    (suite,) = (suite for suite in root if suite.get("name") == "nhq.contract")
    assert (suite.get("failures"), suite.get("skipped")) == ("1", "2")
    kinds = [note["kind"] for note in shapes.github(report.render_report(record_of(moved), "github"))]
    assert kinds == ["error", "error", "warning", "notice"]
    severities = [entry["severity"] for entry in shapes.gitlab(report.render_report(record_of(moved), "gitlab"))]
    assert severities == ["major", "minor", "info", "major"]


def test_what_would_approve_stands_beside_what_fails(moved: dict[str, Any]) -> None:
    """The comment, the page and the test case show the stanza."""
    for name in ("markdown", "html", "junit"):
        assert "[[approval]]" in report.render_report(record_of(moved), name)


@pytest.mark.parametrize(("text", "line"), [(LINE, 1), (PRETTY, 6)])
def test_annotations_stand_on_the_sentence(shapes: Any, violated: dict[str, Any], text: str, line: int) -> None:
    """In a document of one line or of many, GitHub, GitLab and SARIF mark the sentence that was broken."""
    for rule in violated["rules"]:
        rule.update(pointer="/info/description", quote=SENTENCE)
    source = DocumentSource("api/openapi.json", Positions(text))
    note = shapes.github(report.render_report(record_of(violated), "github", source))[0]
    shown = text.split("\n")[int(note["line"]) - 1][int(note["col"]) - 1 : int(note["endColumn"]) - 1]
    assert (note["file"], note["line"], shown) == ("api/openapi.json", str(line), SENTENCE)
    place = shapes.sarif(report.render_report(record_of(violated), "sarif", source))["results"][0]["locations"][0][
        "physicalLocation"
    ]
    region = {"startLine": line, "endLine": line, "startColumn": int(note["col"]), "endColumn": int(note["endColumn"])}
    assert place == {"artifactLocation": {"uri": "api/openapi.json", "uriBaseId": "%SRCROOT%"}, "region": region}
    location = shapes.gitlab(report.render_report(record_of(violated), "gitlab", source))[0]["location"]
    assert location == {"path": "api/openapi.json", "lines": {"begin": line}}


def test_the_worst_ten_come_first(shapes: Any, violated: dict[str, Any]) -> None:
    """GitHub shows ten: errors before warnings before notices, and one line says how many are left out."""
    warning = next(finding for finding in violated["findings"] if finding["level"] != "must")
    more = [{**warning, "id": f"F{n}", "where": f"/data/{n}"} for n in range(5, 20)]
    violated["findings"] = [*more, *violated["findings"]]
    notes = shapes.github(report.render_report(record_of(violated), "github"))
    assert [note["kind"] for note in notes] == ["error"] * 2 + ["warning"] * 8 + ["notice"]
    assert notes[-1]["title"] == "nhq: 9 more"
