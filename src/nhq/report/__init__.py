"""Reports: every one is a writer over the one run record. None of them knows who made it.

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
from nhq.formats.source import UNREAD, Source
from nhq.record.run_record import Record
from nhq.report.schema import problems, validate

__all__ = ["DEFAULT", "FORMATS", "Format", "Record", "problems", "render", "validate", "write_reports"]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of report: its file, the function `module:name` that makes it, and whether it marks places of the
    contract: then the function takes the `Source` too."""

    file: str
    writer: str
    marks: bool = False


FORMATS: Mapping[str, Format] = {
    "json": Format("results.json", "json_writer:render"),
    "junit": Format("junit.xml", "junit:render"),
    "html": Format("report.html", "html:render"),
    "markdown": Format("summary.md", "markdown:render"),
    "sarif": Format("results.sarif", "sarif:render", marks=True),
    "github": Format("annotations.txt", "annotations:github", marks=True),
    "gitlab": Format("code-quality.json", "annotations:gitlab", marks=True),
}

DEFAULT = ("json", "junit", "html", "markdown")


def render(record: Record, name: str, source: Source = UNREAD) -> str:
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
            raise ConfigError(f"no report format {name!r}; there are {', '.join(FORMATS)}")


def write_reports(record: Record, out: Path, formats: Iterable[str] = DEFAULT, source: Source = UNREAD) -> list[Path]:
    """Write each format into `out` (made if missing) and return the paths, in the order asked for.

    `source` is the contract as it lies in the repository: what annotations point into.

    Each file appears whole or not at all. Raises ConfigError for an unknown format (before anything is
    written) and for a folder that can't be written to.
    """
    names = list(dict.fromkeys(formats))
    _known(names)
    try:
        out.mkdir(parents=True, exist_ok=True)
        return [_write(out / FORMATS[name].file, render(record, name, source)) for name in names]
    except OSError as problem:
        raise ConfigError(f"cannot write reports to {out}: {problem.strerror or problem}") from problem


def _write(path: Path, text: str) -> Path:
    replace_text(path, text, errors="backslashreplace")
    return path
