"""Which reports to write, and what to print for a CI server."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nhq import paths

if TYPE_CHECKING:
    from nhq.formats.document_source import DocumentSource
    from nhq.record.run_record import Record

NAMES = ("json", "junit", "html", "markdown", "har", "sarif", "github", "gitlab")
_CI = (("GITHUB_ACTIONS", ("sarif", "github")), ("GITLAB_CI", ("gitlab",)))
_ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")


def format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--format` of a command that writes a record, as the parameter `formats`."""
    return click.option(
        "--format",
        "formats",
        type=click.Choice(NAMES),
        multiple=True,
        help="Report to write; repeatable [json, junit, html, markdown; GitHub's and GitLab's too in their CI].",
    )(command)


def of_ci(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The formats that the surrounding CI server reads; none outside of CI."""
    return tuple(name for variable, names in _CI if environ.get(variable) == "true" for name in names)


def write_run_reports(record: "Record", out: Path, formats: Sequence[str], document: Path | None = None) -> list[str]:
    """Write the requested reports, or the default ones and the CI server's, and return their paths.

    `document` is the contract that was judged by, where it isn't ours. Under GitHub Actions the annotations are
    printed too: only what stands in the log is shown beside the code.
    """
    from nhq.report import DEFAULT, render_report, write_reports

    chosen = tuple(formats) or (*DEFAULT, *of_ci())
    source = read_source_of(document or paths.openapi_file())
    files = write_reports(record, out, chosen, source)
    if "github" in chosen and "github" in of_ci():
        click.echo(render_report(record, "github", source), nl=False)
    return [str(path) for path in files]


def read_source_of(document: Path) -> "DocumentSource":
    """The document that annotations point into; only its first line if it can't be read."""
    from nhq.contract.text_positions import Positions
    from nhq.formats.document_source import DocumentSource

    try:
        text = document.read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        text = ""
    return DocumentSource(in_repository(document), Positions(text))


def in_repository(document: Path, environ: Mapping[str, str] = os.environ) -> str:
    """The path from the root of the repository, which is the CI server's checkout, or else the folder with `.git`.

    A document that lies elsewhere is told by its name.
    """
    path = document.resolve()
    named = [Path(environ[name]).resolve() for name in _ROOTS if environ.get(name)]
    above = [folder for folder in path.parents if (folder / ".git").exists()]
    for root in (*named, *above[:1]):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name
