"""Workflow commands of GitHub Actions: lines of a job's log that become annotations.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands: `::error file={name},line={line},
endLine={endLine},title={title}::{message}`, and the same for `warning` and `notice`. GitHub shows ten of a kind a step.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from nhq.contract.text_positions import TextMark
from nhq.formats.text import cut_text, one_line, printable_text

MOST_NOTES = 10
"""How many annotations are sent: as many as GitHub shows."""

_LONGEST = 1000


class AnnotationKind(StrEnum):
    """How an annotation is shown, worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Note:
    """One annotation; without a `path` it belongs to the run and to no file."""

    kind: AnnotationKind
    title: str
    message: str
    path: str = ""
    mark: TextMark | None = None


def workflow_commands(notes: Iterable[Note], left_out: str) -> str:
    """The worst ten as commands, one a line; `left_out` says where the others are, after their number."""
    kinds = list(AnnotationKind)
    ordered = sorted(notes, key=lambda note: kinds.index(note.kind))
    lines = [workflow_command(note) for note in ordered[:MOST_NOTES]]
    rest = len(ordered) - MOST_NOTES
    if rest > 0:
        lines.append(workflow_command(Note(AnnotationKind.NOTICE, f"nhq: {rest:,} more", f"{rest:,} more {left_out}")))
    return "".join(f"{line}\n" for line in lines)


def workflow_command(note: Note) -> str:
    """One annotation as a workflow command."""
    place = f"file={_property(note.path)},{_place(note.mark)}," if note.path else ""
    return f"::{note.kind} {place}title={_property(note.title)}::{_data(note.message)}"


def _place(mark: TextMark | None) -> str:
    return "line=1" if mark is None else f"line={mark.line},endLine={mark.line},col={mark.column},endColumn={mark.end}"


def _data(text: str) -> str:
    """A command's message: a line break would end it, and what follows could be a command of its own."""
    cleaned = cut_text(printable_text(text), _LONGEST)
    return cleaned.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")
