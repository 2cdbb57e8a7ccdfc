"""`nhq gate --base REV`: the whole answer to a pull request, stage by stage, on one screen and in files."""

import shlex
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhq import paths
from nhq.errors import ConfigError, ContractError

if TYPE_CHECKING:
    from nhq.cli.pull_request_stages import Documents
    from nhq.diff.diff_report import Report
    from nhq.formats.document_source import DocumentSource
    from nhq.record.run_record import Record
    from nhq.report.pull_request_report import PullRequestAnswer, PullRequestStage
    from nhq.run.gate_options import GateOptions
    from nhq.run.interrupt import Interrupts
    from nhq.run.plugin import RunProgress

#: What is written beside the gate's own reports.
ANSWER, COMMENT, PROPOSED = "pull-request.json", "pull-request.md", "proposed-approvals.toml"
ANNOTATIONS = "annotations.txt"


def judge_change(
    base: str, options: "GateOptions", out: Path, progress: "RunProgress", formats: Sequence[str] = ()
) -> int:
    """Validate, trace, compare, judge the cassettes and the server; print one screen, write reports; the exit code.

    `base` is a revision of git, `REV:path`, or a file; the changed document is the options' contract, else
    `openapi.json` here or in the checkout. `formats` are those of the diff and of the server's record.
    Raises ConfigError where one of both documents can't be read.
    """
    from nhq.files import lock_folder
    from nhq.run.interrupt import Interrupts

    head = options.contract or _own_document()
    with lock_folder(out), Interrupts() as interrupts, tempfile.TemporaryDirectory(prefix="nhq-") as folder:
        answer, made = _judged(base, head, options, progress, interrupts, Path(folder))
        from nhq.cli.report_formats import of_ci
        from nhq.report.pull_request_report import pull_request_text

        paths = _write(answer, made, out, formats)
        click.echo(pull_request_text(answer, tuple(map(str, paths))), nl=False)
        if "github" in of_ci() and (not formats or "github" in formats):
            click.echo((out / ANNOTATIONS).read_text(encoding="utf-8"), nl=False)
    return 130 if interrupts.count else answer.exit_code


def _own_document() -> Path:
    here = Path("openapi.json")
    return here if here.is_file() else paths.openapi_file()


def _own_approvals() -> Path | None:
    """The file that counts where none is named, found before another root takes the place of ours."""
    file = paths.approvals_file().resolve()
    return file if file.is_file() else None


def base_source(base: str, head: Path) -> str:
    """The name of the base document: a file or `REV:path` as given; for a bare revision, the head's path in it.

    Pasted into `nhq diff`, it names the same document from any folder.
    """
    if Path(base).is_file() or ":" in base:
        return base
    is_here = head.resolve().parent == Path.cwd()
    return f"{base}:{f'./{head.name}' if is_here else head.resolve()}"


def _judged(
    base: str, head: Path, options: "GateOptions", progress: "RunProgress", interrupts: "Interrupts", folder: Path
) -> "tuple[PullRequestAnswer, _Stages]":
    """The answer, and what its stages made; `folder` is for what they read."""
    from nhq.cli.document_arguments import read_source
    from nhq.cli.pull_request_stages import Documents
    from nhq.diff.openapi_document import parse_openapi
    from nhq.report.pull_request_report import PullRequestAnswer

    named = base_source(base, head)
    raw = read_source(named)
    base_file = folder / "base.json"
    base_file.write_bytes(raw)
    documents = Documents(
        parse_openapi(raw, named), parse_openapi(read_source(str(head)), str(head)), base_file, head.resolve()
    )
    with _standing_root(documents, folder):
        made = _Stages(documents, named, options, progress, interrupts)
        answer = PullRequestAnswer(named, str(head), tuple(made.run()), bool(interrupts.count))
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
        if documents.head_file != paths.openapi_file().resolve():
            raise
    else:
        yield
        return
    with paths.other_root(_root_of(documents.base_file, folder / "root")):
        load_contract()
        yield


def _root_of(document: Path, root: Path) -> Path:
    """A root with another document; the rest is the present root's."""
    root.mkdir()
    shutil.copy(document, root / "openapi.json")
    shutil.copytree(paths.contracts_folder(), root / "contracts", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("cassettes", "load", "fixtures", "reports"):
        (root / name).symlink_to(paths.data_root() / name)
    return root


class _Stages:
    """The stages of one pull request, and what they leave for the reports."""

    def __init__(
        self,
        documents: "Documents",
        base: str,
        options: "GateOptions",
        progress: "RunProgress",
        interrupts: "Interrupts",
    ) -> None:
        self.documents, self._base, self._options = documents, base, options
        self._progress, self._interrupts = progress, interrupts
        self.report: Report | None = None
        self.record: Record | None = None
        self._approvals = options.approvals or _own_approvals()

    def run(self) -> "list[PullRequestStage]":
        """All five, in order."""
        from nhq.cli import pull_request_stages
        from nhq.clock import SystemClock

        clock = SystemClock()
        head = shlex.quote(self.documents.head.name)
        gate = self._server_options().command
        return pull_request_stages.run_stages(
            [
                ("document", "", lambda: pull_request_stages.validate_stage(self.documents)),
                ("trace", gate, self._trace),
                ("diff", f"nhq diff {shlex.quote(self._base)} {head}", self._diff),
                ("cassettes", f"nhq replay --contract {head}", self._replay),
                ("server", gate, self._serve),
            ],
            clock.monotonic,
        )

    def _trace(self) -> "PullRequestStage":
        from nhq.cli.pull_request_stages import trace_stage
        from nhq.contract.change_approvals import present_approvals

        return trace_stage(self.documents, present_approvals(self._approvals))

    def _diff(self) -> "PullRequestStage":
        from nhq.cli.diff_command import compare_changes
        from nhq.cli.pull_request_stages import compared_stage

        self.report = compare_changes(self.documents.base, self.documents.head, self._approvals)
        return compared_stage(self.report)

    def _replay(self) -> "PullRequestStage":
        from nhq.cli.pull_request_stages import replay_stage

        return replay_stage(self.documents, self.report)

    def _server_options(self) -> "GateOptions":
        words = self._options.command
        if self._options.contract is None:
            words += f" --contract {shlex.quote(self.documents.head.name)}"
        return replace(self._options, contract=self.documents.head_file, command=words, approvals=self._approvals)

    def _serve(self) -> "PullRequestStage":
        from nhq.cli.pull_request_stages import server_stage
        from nhq.run.gate import judge_target

        self.record = judge_target(self._server_options(), self._progress, self._interrupts)
        return server_stage(self.record)


def _write(answer: "PullRequestAnswer", made: _Stages, out: Path, formats: Sequence[str]) -> list[Path]:
    """The files of an answer: what the terminal names. Raises ConfigError where they can't be written.

    The answer and its comment are always there; the diff and the server's record come in the formats asked for, else
    the usual ones and the CI server's own.
    """
    from nhq.cli.diff_command import write_formats
    from nhq.cli.report_formats import of_ci, read_source_of
    from nhq.diff.change_markdown import diff_markdown
    from nhq.files import replace_text
    from nhq.report import DEFAULT, pull_request_report, write_reports

    source = read_source_of(made.documents.head_file)
    texts = {
        ANNOTATIONS: _annotations(made, source),
        ANSWER: pull_request_report.pull_request_json(answer),
        COMMENT: pull_request_report.pull_request_markdown(
            answer, diff_markdown(made.report) if made.report is not None else ""
        ),
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


def _annotations(made: _Stages, source: "DocumentSource") -> str:
    """Those of the diff, then those of the server's record."""
    from nhq.diff.diff_formats import WRITERS
    from nhq.report import render_report

    marks = WRITERS["github"].write(made.report, source) if made.report is not None else ""
    return marks + (render_report(made.record, "github", source) if made.record is not None else "")
