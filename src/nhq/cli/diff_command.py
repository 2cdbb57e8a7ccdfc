"""`nhq diff`: does a change of the API break a client?"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhq.cli.report_formats import NAMES
from nhq.errors import ConfigError

if TYPE_CHECKING:
    from nhq.diff.change_records import ComparedDocument, DocumentChange
    from nhq.diff.diff_report import Report
    from nhq.diff.full_comparison import Ours
    from nhq.formats.document_source import DocumentSource

_FORMATS = ("text", *NAMES)


@click.command()
@click.argument("base")
@click.argument("head")
@click.option(
    "--approvals",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of approved changes [contracts/approvals.toml, if it exists].",
)
@click.option(
    "--traffic",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="A HAR file, a history of nhq load or check, or a folder of these or of cassettes: count the interactions in "
    "which each change shows; repeatable [our cassettes].",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(_FORMATS),
    multiple=True,
    help="Output format; repeatable [text; GitHub's and GitLab's too in their CI].",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the output files, diff.*.")
def command(
    base: str,
    head: str,
    approvals: Path | None,
    traffic: tuple[Path, ...],
    formats: tuple[str, ...],
    out: Path | None,
) -> int:
    """Compare two OpenAPI 3.0 or 3.1 documents, JSON or YAML: what can a client of BASE no longer rely on in HEAD?

    BASE and HEAD are files, revisions of git (main:openapi.json), or - for the standard input. A break of a schema
    comes with a witness, a value that one document accepts and the other refuses. Where BASE is the contract that
    the rules quote, its prose is compared too.

    \b
    Exit codes: 0 nothing to fix, 1 a breaking change or one to review that nobody approved (or a bad approval),
    2 a document that can't be read.
    """
    from nhq.cli.document_arguments import read_source
    from nhq.diff.openapi_document import parse_openapi

    if base == head == "-":
        raise click.UsageError("only one of BASE and HEAD can be the standard input")
    raw = {name: read_source(name) for name in (base, head)}
    old, new = (parse_openapi(raw[name], name) for name in (base, head))
    report = compare_changes(old, new, approvals, traffic)
    _write(report, head_source(raw[head], head, base), formats, out)
    return report.exit_code


def compare_changes(
    old: "ComparedDocument", new: "ComparedDocument", approvals: Path | None, traffic: Sequence[Path] = ()
) -> "Report":
    """Everything that changed between two documents, with its approvals and how often it was seen.

    Without a file of approvals, the checkout's are used; without traffic, our cassettes where the documents are ours.
    Raises ConfigError for a file that can't be read.
    """
    from nhq.contract.change_approvals import present_approvals
    from nhq.diff.diff_report import Report, settle_changes
    from nhq.diff.document_operations import operations_by_key
    from nhq.diff.full_comparison import compare_all

    accepted = present_approvals(approvals)
    ours = _ours(old, new)
    found = compare_all(old, new, accepted.today, ours)
    seen, interactions, notes = _sightings(old, new, found.changes, traffic, bool(ours.promises))
    there = {operation.title for operation in operations_by_key(new).values()}
    told, problems = settle_changes(found.changes, accepted.approvals, accepted.today, there, seen)
    notes = tuple(dict.fromkeys((*notes, *_unread(old), *_unread(new))))
    return Report(
        old.name, new.name, accepted.today, told, problems, notes, interactions, found.schemas, found.undecided
    )


def _unread(document: "ComparedDocument") -> list[str]:
    """The parts of a document that couldn't be compared, in one line; none if all were."""
    from nhq.diff.references import unresolved_references

    missing = unresolved_references(document.content)
    told = f"{', '.join(missing[:3])}{' …' if len(missing) > 3 else ''}"
    return [f"{document.name}: nothing here is at {told}, which was not compared: bundle it"] if missing else []


def _ours(base: "ComparedDocument", head: "ComparedDocument") -> "Ours":
    """The rules and the effective documents, if the documents are those that the rules quote."""
    from nhq import paths
    from nhq.contract.quoted_rules import apply_overlay_to_both, quoted_places
    from nhq.diff.change_records import ComparedDocument
    from nhq.diff.document_operations import align_templates
    from nhq.diff.full_comparison import Ours
    from nhq.diff.prose import QuotedRule, are_ours

    folder = paths.contracts_folder()
    quoted = quoted_places(folder / "rules") if (folder / "rules").is_dir() else {}
    promises = tuple(QuotedRule(rule, tuple((p.pointer, p.quote) for p in at)) for rule, at in quoted.items())
    if not are_ours(base, promises) and not are_ours(head, promises):
        return Ours()
    contents = (base.content, align_templates(base, head).content)
    one, other = apply_overlay_to_both(folder / "promised.overlay.yaml", contents)
    return Ours(promises, ComparedDocument(base.name, one), ComparedDocument(head.name, other))


def _sightings(
    base: "ComparedDocument",
    head: "ComparedDocument",
    changes: "Sequence[DocumentChange]",
    traffic: Sequence[Path],
    is_ours: bool,
) -> tuple[list[tuple[int, int]], int | None, tuple[str, ...]]:
    """In how many interactions each change shows and of how many; how many there are, and what they can't tell.

    Nothing and None where nothing was recorded.
    """
    from nhq.cli.traffic_arguments import own_cassettes, read_traffic
    from nhq.diff.recorded_traffic import TrafficSightings

    if not changes or not (traffic or is_ours):
        for path in traffic:
            read_traffic(path)  # what can't be read is told, though there is nothing to look for
        return [], None, ()
    interactions = [one for path in traffic for one in read_traffic(path)] if traffic else own_cassettes()
    sightings = TrafficSightings(base, head, interactions)
    bare = sightings.total - sightings.whole
    told = f"{bare} of the interactions are histories: what shows in parameters or bodies was looked for in the others"
    return [sightings.count(change) for change in changes], sightings.total, (told,) if bare else ()


def _write(report: "Report", source: "DocumentSource", formats: Sequence[str], out: Path | None) -> None:
    """Print or write the formats asked for; in a CI server's job, its own too.

    Without a folder the annotations of GitHub Actions are printed after the text; what only a file can hold is not.
    """
    from nhq.cli.report_formats import of_ci

    told_by_github = "github" in of_ci() and (not formats or "github" in formats)
    shown = ("text", *(["github"] if told_by_github else []))
    if out is not None:
        write_formats(report, source, formats or ("json", "markdown", *of_ci()), out)
    for name in shown if out is not None else formats or shown:
        click.echo(formatted_report(report, name, source)[1], nl=False)


def write_formats(report: "Report", source: "DocumentSource", formats: Sequence[str], out: Path) -> list[Path]:
    """Write diff.* into a folder; the paths. Raises ConfigError where it can't be written to."""
    from nhq.files import replace_text

    texts = dict(formatted_report(report, name, source) for name in dict.fromkeys(formats))
    try:
        out.mkdir(parents=True, exist_ok=True)
        for ending, text in texts.items():
            replace_text(out / f"diff.{ending}", text, errors="backslashreplace")
    except OSError as problem:
        raise ConfigError(f"{out}: cannot be written ({problem.strerror})") from None
    return [out / f"diff.{ending}" for ending in texts]


def formatted_report(report: "Report", name: str, source: "DocumentSource") -> tuple[str, str]:
    """A format's file ending and its text."""
    from nhq.diff.diff_formats import WRITERS
    from nhq.report import changes_html

    if name == "html":
        return "html", changes_html.render_changes_page(report)
    return WRITERS[name].ending, WRITERS[name].write(report, source)


def head_source(raw: bytes, name: str, other: str) -> "DocumentSource":
    """The head document as annotations point into it; the standard input stands for the file that it is held to."""
    from nhq.cli.report_formats import in_repository
    from nhq.contract.text_positions import Positions
    from nhq.formats.document_source import DocumentSource

    named = other if name == "-" else name
    path = Path(named)
    is_revision = ":" in named and not path.is_file()
    shown = named.partition(":")[2] if is_revision else in_repository(path)
    return DocumentSource(shown, Positions(raw.decode("utf-8-sig", "replace")))
