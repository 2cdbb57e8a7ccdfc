"""Changes where reviewers look: on the right line, in the published shapes, worst first, with their witness."""

import datetime
import json
from typing import Any

import pytest

from nhq.contract.approvals import Approval
from nhq.contract.text_positions import Positions
from nhq.diff.approval_subjects import change_subject
from nhq.diff.change_records import ChangeLevel, DocumentChange, Witness
from nhq.diff.diff_formats import WRITERS
from nhq.diff.diff_report import Report, ReportedChange
from nhq.formats.document_source import DocumentSource

DOCUMENT = {
    "openapi": "3.1.0",
    "paths": {"/things": {"get": {"parameters": [{"name": "limit"}], "responses": {"200": {"description": "All."}}}}},
}
PRETTY, LINE = json.dumps(DOCUMENT, indent=2), json.dumps(DOCUMENT)
TODAY = datetime.date(2026, 11, 28)


def change(level: ChangeLevel, pointer: str, where: str, **more: Any) -> DocumentChange:
    rule = f"request-{level}-{more.pop('number', 0)}"
    return DocumentChange(rule, level, ("GET /things",), pointer, "before", "after", "what it does", where, **more)


WITNESS = Witness(500, "base", "head", "", "maximum: 100")
BROKEN = change(ChangeLevel.BREAKING, "/paths/~1things/get/parameters/0", "query parameter limit", witness=WITNESS)
REMOVED = change(ChangeLevel.RISKY, "/paths/~1things/get/responses/404", "response 404", gone=True)
WORDS = change(ChangeLevel.REVIEW, "/paths/~1things/get/responses/200/description", "prose")
ADDED = change(ChangeLevel.COMPATIBLE, "/paths/~1things/get", "")
APPROVAL = Approval(change_subject(WORDS), "agreed", "api", datetime.date(2026, 12, 31), 1)


@pytest.fixture
def report() -> Report:
    """A break, a change to review that somebody approved, a risky one, a harmless one; an approval to mend."""
    told = (ReportedChange(ADDED), ReportedChange(REMOVED), ReportedChange(WORDS, APPROVAL), ReportedChange(BROKEN))
    return Report("base.json", "head.json", TODAY, told, ("approval 2: expired",), (), None)


def write(name: str, report: Report, text: str = PRETTY) -> str:
    return WRITERS[name].write(report, DocumentSource("api/openapi.json", Positions(text)))


@pytest.mark.parametrize("name", ["sarif", "junit", "github", "gitlab"])
def test_the_shape_is_the_published_one(shapes: Any, report: Report, name: str) -> None:
    """A reader of the format accepts the report, one with no change too."""
    getattr(shapes, name)(write(name, report))
    getattr(shapes, name)(write(name, Report("a", "b", TODAY, ())))


def test_an_annotation_stands_on_the_line_of_the_change(shapes: Any, report: Report) -> None:
    """Pretty-printed by line, on one line by column; what has gone at the nearest place that is left."""
    notes = {note["title"]: note for note in shapes.github(write("github", report))}
    lines = PRETTY.split("\n")
    assert lines[int(notes["breaking: request-breaking-0"]["line"]) - 1].strip() == "{"
    assert '"responses"' in lines[int(notes["risky: request-risky-0"]["line"]) - 1]
    one_line = {note["title"]: note for note in shapes.github(write("github", report, LINE))}
    marked = one_line["breaking: request-breaking-0"]
    assert (marked["line"], LINE[int(marked["col"]) - 1 :][:8]) == ("1", '{"name":')
    places = [entry["location"]["lines"]["begin"] for entry in shapes.gitlab(write("gitlab", report))]
    regions = [
        one["locations"][0]["physicalLocation"]["region"]["startLine"]
        for one in shapes.sarif(write("sarif", report))["results"]
    ]
    assert places == regions
    assert lines[places[1] - 1] == lines[int(notes["risky: request-risky-0"]["line"]) - 1]


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ("request-max-length", '"maxLength": 3'),
        ("request-property-changed", '"schema"'),
        ("request-required", '"schema"'),
    ],
)
def test_a_keyword_is_marked_itself(shapes: Any, rule: str, shown: str) -> None:
    """A change of a keyword stands on the keyword's line; any other on the schema's."""
    text = json.dumps({"schema": {"type": "string", "maxLength": 3}}, indent=2)
    broken = DocumentChange(rule, ChangeLevel.BREAKING, (), "/schema", "9", "3", "what it does")
    note = shapes.github(write("github", Report("a", "b", TODAY, (ReportedChange(broken),)), text))[0]
    line = text.split("\n")[int(note["line"]) - 1]
    assert line[int(note["col"]) - 1 : int(note["endColumn"]) - 1] == shown


def test_what_is_red_is_an_error_and_what_is_approved_is_not(shapes: Any, report: Report) -> None:
    """The worst first; an approval suppresses in SARIF, skips in JUnit, is info in GitLab, and silent in GitHub."""
    assert [note["kind"] for note in shapes.github(write("github", report))] == ["error", "error", "warning", "notice"]
    assert [e["severity"] for e in shapes.gitlab(write("gitlab", report))] == ["critical", "minor", "info", "info"]
    run = shapes.sarif(write("sarif", report))
    assert [one["level"] for one in run["results"]] == ["error", "warning", "error", "note"]
    approved = [one["suppressions"][0] for one in run["results"] if "suppressions" in one]
    assert approved == [{"kind": "external", "status": "accepted", "justification": "api: agreed"}]
    root = shapes.junit(write("junit", report))
    assert (root.get("failures"), len(list(root.iter("skipped")))) == ("2", 2)
    assert "[[approval]]" in "".join(failure.text or "" for failure in root.iter("failure"))


def test_the_worst_ten_are_annotated(shapes: Any) -> None:
    """Of many changes GitHub gets ten, how many more there are, and the verdict."""
    told = [ReportedChange(change(ChangeLevel.RISKY, "", "", number=n)) for n in range(8)]
    told += [ReportedChange(change(ChangeLevel.BREAKING, "", "", number=n)) for n in range(6)]
    notes = shapes.github(write("github", Report("a", "b", TODAY, tuple(told))))
    assert [note["kind"] for note in notes] == ["error"] * 6 + ["warning"] * 4 + ["notice"] * 2
    assert notes[-2]["title"] == "nhq: 4 more"


@pytest.mark.parametrize(
    ("where", "value", "shown"),
    [
        ("query parameter limit", 500, "GET /things?limit=500\n"),
        ("header parameter X-Count", "a b", "GET /things\nX-Count: a b\n"),
        ("cookie parameter session", "s", "GET /things\nCookie: session=s\n"),
        ("request body application/json", {"a": 1}, 'GET /things\nContent-Type: application/json\n\n{"a": 1}\n'),
        ("response 200 text/plain", "x", 'GET /things\n\nHTTP/1.1 200\nContent-Type: text/plain\n\n"x"\n'),
        ("response 200 header X-Count", 7, "GET /things\n\nHTTP/1.1 200\nX-Count: 7\n"),
    ],
)
def test_a_witness_is_a_request_or_an_answer(where: str, value: Any, shown: str) -> None:
    """The comment shows the value where it is sent, and which document refuses it."""
    broken = change(ChangeLevel.BREAKING, "", where, witness=Witness(value, "base", "head", "", "why not"))
    comment = write("markdown", Report("a", "b", TODAY, (ReportedChange(broken),)))
    text = "\n".join(line.removeprefix("  ") for line in comment.splitlines())
    assert shown in text
    assert "# base accepts it, head refuses it (why not)" in text
