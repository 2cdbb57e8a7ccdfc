"""`nhq gate --base REV`: the whole answer to a pull request, stage by stage, on one screen and in files."""

import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhq import places
from nhq.errors import ConfigError, ContractError

if TYPE_CHECKING:
    from nhq.cli.stages import Documents
    from nhq.diff.report import Report
    from nhq.formats.source import Source
    from nhq.record.run_record import Record
    from nhq.report.pull_request import Answer, Stage
    from nhq.run.gate import Options
    from nhq.run.interrupt import Interrupts
    from nhq.run.plugin import Progress

#: What is written beside the gate's own reports.
ANSWER, COMMENT, PROPOSED = "pull-request.json", "pull-request.md", "proposed-approvals.toml"
ANNOTATIONS = "annotations.txt"


def judge_change(base: str, options: "Options", out: Path, progress: "Progress", formats: Sequence[str] = ()) -> int:
    """Validate, trace, compare, judge the cassettes and the server; print one screen, write reports; the exit code.

    `base` is a revision of git, `REV:path`, or a file; the changed document is the options' contract, else
    `openapi.json` here or in the checkout. `formats` are those of the diff and of the server's record.
    Raises ConfigError where one of both documents can't be read.
    """
    from nhq.files import locked
    from nhq.run.interrupt import Interrupts

    head = options.contract or _own_document()
    with locked(out), Interrupts() as interrupts, tempfile.TemporaryDirectory(prefix="nhq-") as folder:
        answer, made = _judged(base, head, options, progress, interrupts, Path(folder))
        from nhq.cli.formats import of_ci
        from nhq.report.pull_request import as_text

        paths = _write(answer, made, out, formats)
        click.echo(as_text(answer, tuple(map(str, paths))), nl=False)
        if "github" in of_ci() and (not formats or "github" in formats):
            click.echo((out / ANNOTATIONS).read_text(encoding="utf-8"), nl=False)
    return 130 if interrupts.count else answer.exit_code


def _own_document() -> Path:
    here = Path("openapi.json")
    return here if here.is_file() else places.openapi()


def _own_approvals() -> Path | None:
    """The file that counts where none is named, found before another root takes the place of ours."""
    file = places.approvals().resolve()
    return file if file.is_file() else None


def base_source(base: str, head: Path) -> str:
    """What names the base's document: a file or `REV:path` as it is; a revision alone has it where the head is."""
    return base if Path(base).is_file() or ":" in base else f"{base}:./{head.name}"


def _judged(
    base: str, head: Path, options: "Options", progress: "Progress", interrupts: "Interrupts", folder: Path
) -> "tuple[Answer, _Stages]":
    """The answer, and what its stages made; `folder` is for what they read."""
    from nhq.cli.documents import read_source
    from nhq.cli.stages import Documents
    from nhq.diff.documents import read_document
    from nhq.report.pull_request import Answer

    named = base_source(base, head)
    raw = read_source(named, None if named == base else head.resolve().parent)
    base_file = folder / "base.json"
    base_file.write_bytes(raw)
    documents = Documents(
        read_document(raw, named), read_document(read_source(str(head)), str(head)), base_file, head.resolve()
    )
    with _standing_root(documents, folder):
        made = _Stages(documents, named, options, progress, interrupts)
        answer = Answer(named, str(head), tuple(made.run()), bool(interrupts.count))
    return answer, made


@contextmanager
def _standing_root(documents: "Documents", folder: Path) -> Iterator[None]:
    """The suite's root, in which rules and document fit together.

    Where the changed document is the root's own and nobody has adopted it yet, the base takes its place there.
    """
    from nhq.contract import load_contract

    try:
        load_contract()
    except ContractError:
        if documents.head_file != places.openapi().resolve():
            raise
    else:
        yield
        return
    root = _root_of(documents.base_file, folder / "root")
    before = os.environ.get("NHQ_ROOT")
    os.environ["NHQ_ROOT"] = str(root)
    try:
        load_contract()
        yield
    finally:
        del os.environ["NHQ_ROOT"]
        os.environ |= {} if before is None else {"NHQ_ROOT": before}


def _root_of(document: Path, root: Path) -> Path:
    """A root with another document; the rest is the present root's."""
    root.mkdir()
    shutil.copy(document, root / "openapi.json")
    shutil.copytree(places.contracts(), root / "contracts", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("cassettes", "load", "fixtures", "reports"):
        (root / name).symlink_to(places.root() / name)
    return root


class _Stages:
    """The stages of one pull request, and what they leave for the reports."""

    def __init__(
        self, documents: "Documents", base: str, options: "Options", progress: "Progress", interrupts: "Interrupts"
    ) -> None:
        self.documents, self._base, self._options = documents, base, options
        self._progress, self._interrupts = progress, interrupts
        self.report: Report | None = None
        self.record: Record | None = None
        self._approvals = options.approvals or _own_approvals()

    def run(self) -> "list[Stage]":
        """All five, in order."""
        from nhq.cli import stages
        from nhq.clock import SystemClock

        clock = SystemClock()
        head = shlex.quote(self.documents.head.name)
        gate = self._server_options().command
        return stages.each(
            [
                ("document", "", lambda: stages.validated(self.documents)),
                ("trace", gate, self._trace),
                ("diff", f"nhq diff {shlex.quote(self._base)} {head}", self._diff),
                ("cassettes", f"nhq replay --contract {head}", self._replay),
                ("server", gate, self._serve),
            ],
            clock.monotonic,
        )

    def _trace(self) -> "Stage":
        from nhq.cli.stages import traced
        from nhq.contract.change_approvals import present_approvals

        return traced(self.documents, present_approvals(self._approvals))

    def _diff(self) -> "Stage":
        from nhq.cli.diff import compared
        from nhq.cli.stages import compared_stage

        self.report = compared(self.documents.base, self.documents.head, self._approvals)
        return compared_stage(self.report)

    def _replay(self) -> "Stage":
        from nhq.cli.stages import rejudged

        return rejudged(self.documents, self.report)

    def _server_options(self) -> "Options":
        words = self._options.command
        if self._options.contract is None:
            words += f" --contract {shlex.quote(self.documents.head.name)}"
        return replace(self._options, contract=self.documents.head_file, command=words, approvals=self._approvals)

    def _serve(self) -> "Stage":
        from nhq.cli.stages import served
        from nhq.run.gate import judge

        self.record = judge(self._server_options(), self._progress, self._interrupts)
        return served(self.record)


def _write(answer: "Answer", made: _Stages, out: Path, formats: Sequence[str]) -> list[Path]:
    """The files of an answer: what the terminal names. Raises ConfigError where they can't be written.

    The answer and its comment are always there; the diff and the server's record come in the formats asked for, else
    the usual ones and the CI server's own.
    """
    from nhq.cli.diff import write_formats
    from nhq.cli.formats import of_ci, read_source_of
    from nhq.diff.markdown import as_markdown
    from nhq.files import replace_text
    from nhq.report import DEFAULT, pull_request, write_reports

    source = read_source_of(made.documents.head_file)
    texts = {
        ANNOTATIONS: _annotations(made, source),
        ANSWER: pull_request.as_json(answer),
        COMMENT: pull_request.as_markdown(answer, as_markdown(made.report) if made.report is not None else ""),
        **({PROPOSED: "\n\n".join(answer.stanzas) + "\n"} if answer.stanzas else {}),
    }
    try:
        for name, text in texts.items():
            replace_text(out / name, text)
        if PROPOSED not in texts:
            (out / PROPOSED).unlink(missing_ok=True)
    except OSError as problem:
        raise ConfigError(f"cannot write reports to {out}: {problem.strerror or problem}") from None
    chosen = [name for name in formats or (*DEFAULT, *of_ci()) if name != "github"]  # annotations.txt has both
    diffs = write_formats(made.report, source, chosen, out) if made.report is not None else []
    records = write_reports(made.record, out, chosen, source) if made.record is not None else []
    named = [path for path in (*diffs, *records) if formats or path.suffix == ".html" or path.name == "diff.json"]
    return [*(out / name for name in texts), *named]


def _annotations(made: _Stages, source: "Source") -> str:
    """Those of the diff, then those of the server's record."""
    from nhq.diff.writers import WRITERS
    from nhq.report import render

    marks = WRITERS["github"].write(made.report, source) if made.report is not None else ""
    return marks + (render(made.record, "github", source) if made.record is not None else "")
