"""Reports: each is a writer over the one run record and doesn't depend on what made it.

`write_reports(record, folder)` writes files, `validate(record)` holds the record to its schema, and
`terminal.render(record)` is the summary at the end of a run. A new format is one module with
`render(record) -> str` and one row in `FORMATS`.
"""

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nhq.errors import ConfigError
from nhq.files import replace_text
from nhq.formats.document_source import UNREAD, DocumentSource
from nhq.record.run_record import Record
from nhq.report.record_validation import record_problems, validate_record

__all__ = [
    "DEFAULT",
    "FORMATS",
    "Record",
    "ReportFormat",
    "record_problems",
    "render_report",
    "validate_record",
    "write_reports",
]


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A kind of report: its file, the function `module:name` that makes it, and whether it marks places of the
    contract: then the function takes the `Source` too."""

    file: str
    writer: str
    marks: bool = False


FORMATS: Mapping[str, ReportFormat] = {
    "json": ReportFormat("results.json", "json_writer:render_json"),
    "junit": ReportFormat("junit.xml", "junit_report:render_junit"),
    "html": ReportFormat("report.html", "html_page:render_html"),
    "markdown": ReportFormat("summary.md", "markdown_summary:render_markdown"),
    "har": ReportFormat("exchanges.har", "har_report:render_har"),
    "sarif": ReportFormat("results.sarif", "sarif_report:render_sarif", marks=True),
    "github": ReportFormat("annotations.txt", "annotations:github_annotations", marks=True),
    "gitlab": ReportFormat("code-quality.json", "annotations:gitlab_report", marks=True),
}

DEFAULT = ("json", "junit", "html", "markdown")


def render_report(record: Record, name: str, source: DocumentSource = UNREAD) -> str:
    """One report as text; `source` is the contract as it lies in the repository.

    Raises ConfigError for a format we don't have.
    """
    _known([name])
    module, _, function = FORMATS[name].writer.partition(":")
    writer = getattr(importlib.import_module(f"nhq.report.{module}"), function)
    text: str = writer(record, source) if FORMATS[name].marks else writer(record)
    return text


def _known(names: Iterable[str]) -> None:
    for name in names:
        if name not in FORMATS:
            raise ConfigError(f"no report format {name!r}; known are {', '.join(FORMATS)}")


def write_reports(
    record: Record, out: Path, formats: Iterable[str] = DEFAULT, source: DocumentSource = UNREAD
) -> list[Path]:
    """Write each format into `out` (made if missing) and return the paths, in the order asked for.

    `source` is the contract as it lies in the repository: what annotations point into.

    Each file appears whole or not at all. Raises ConfigError for an unknown format (before anything is
    written) and for a folder that can't be written to.
    """
    names = list(dict.fromkeys(formats))
    _known(names)
    try:
        out.mkdir(parents=True, exist_ok=True)
        return [_write(out / FORMATS[name].file, render_report(record, name, source)) for name in names]
    except OSError as problem:
        raise ConfigError(f"cannot write reports to {out}: {problem.strerror or problem}") from problem


def _write(path: Path, text: str) -> Path:
    replace_text(path, text, errors="backslashreplace")
    return path
