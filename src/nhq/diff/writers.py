"""The formats that a comparison is told in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nhq.diff import annotating, markdown, writing
from nhq.diff.report import Report
from nhq.formats.source import Source


@dataclass(frozen=True, slots=True)
class Writer:
    """How a format's file ends, and what writes it: the report, and the head document that annotations stand in."""

    ending: str
    write: Callable[[Report, Source], str]


WRITERS: Mapping[str, Writer] = {
    "text": Writer("txt", lambda report, _: writing.as_text(report)),
    "json": Writer("json", lambda report, _: writing.as_json(report)),
    "markdown": Writer("md", lambda report, _: markdown.as_markdown(report)),
    "junit": Writer("junit.xml", annotating.as_junit),
    "sarif": Writer("sarif", annotating.as_sarif),
    "github": Writer("github.txt", annotating.as_github),
    "gitlab": Writer("code-quality.json", annotating.as_gitlab),
}
