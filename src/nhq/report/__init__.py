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
from nhq.report.schema import problems, validate
from nhq.report.words import Record

__all__ = ["DEFAULT", "FORMATS", "Format", "Record", "problems", "render", "validate", "write_reports"]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of report: its file, the function `module:name` that makes it"""

    file: str
    writer: str


FORMATS: Mapping[str, Format] = {
    "json": Format("results.json", "json_writer:render"),
    "junit": Format("junit.xml", "junit:render"),
    "html": Format("report.html", "html:render"),
    "markdown": Format("summary.md", "markdown:render"),
    "sarif": Format("results.sarif", "sarif:render"),
    "github": Format("annotations.txt", "annotations:github"),
    "gitlab": Format("code-quality.json", "annotations:gitlab"),
}

DEFAULT = ("json", "junit", "html", "markdown")


def render(record: Record, name: str) -> str:
    """One report as text. Raises ConfigError for a format we don't have."""
    _known([name])
    module, _, function = FORMATS[name].writer.partition(":")
    writer = getattr(importlib.import_module(f"nhq.report.{module}"), function)
    text: str = writer(record)
    return text


def _known(names: Iterable[str]) -> None:
    for name in names:
        if name not in FORMATS:
            raise ConfigError(f"no report format {name!r}; there are {', '.join(FORMATS)}")


def write_reports(record: Record, out: Path, formats: Iterable[str] = DEFAULT) -> list[Path]:
    """Write each format into `out` (made if missing) and return the paths, in the order asked for.

    Each file appears whole or not at all. Raises ConfigError for an unknown format (before anything is
    written) and for a folder that can't be written to.
    """
    names = list(dict.fromkeys(formats))
    _known(names)
    try:
        out.mkdir(parents=True, exist_ok=True)
        return [_write(out / FORMATS[name].file, render(record, name)) for name in names]
    except OSError as problem:
        raise ConfigError(f"cannot write reports to {out}: {problem.strerror or problem}") from problem


def _write(path: Path, text: str) -> Path:
    replace_text(path, text, errors="backslashreplace")
    return path
