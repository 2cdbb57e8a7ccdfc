"""The formats that a comparison is told in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nhq.diff import change_annotations, change_markdown, diff_text
from nhq.diff.diff_report import Report
from nhq.formats.document_source import DocumentSource


@dataclass(frozen=True, slots=True)
class Writer:
    """How a format's file ends, and what writes it: the report, and the head document that annotations stand in."""

    ending: str
    write: Callable[[Report, DocumentSource], str]


WRITERS: Mapping[str, Writer] = {
    "text": Writer("txt", lambda report, _: diff_text.diff_text(report)),
    "json": Writer("json", lambda report, _: diff_text.diff_json(report)),
    "markdown": Writer("md", lambda report, _: change_markdown.diff_markdown(report)),
    "junit": Writer("junit.xml", change_annotations.as_junit),
    "sarif": Writer("sarif", change_annotations.as_sarif),
    "github": Writer("github.txt", change_annotations.as_github),
    "gitlab": Writer("code-quality.json", change_annotations.as_gitlab),
}
