"""The result of `nhq diff`: every change with its approval and how often it was seen, and the exit code."""

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from nhq.contract.approvals import Approval, Command, settle_approvals
from nhq.diff.approval_subjects import change_subject
from nhq.diff.change_records import ChangeLevel, DocumentChange

FAILING = (ChangeLevel.BREAKING, ChangeLevel.REVIEW)


@dataclass(frozen=True, slots=True)
class ReportedChange:
    """One change, who approved it, and in how many recorded interactions it shows.

    `looked` of them tell enough to see it; `seen` is None where none does.
    """

    change: DocumentChange
    approval: Approval | None = None
    seen: int | None = None
    looked: int = 0

    @property
    def fails(self) -> bool:
        """Does it make the run red?"""
        return self.change.level in FAILING and self.approval is None


@dataclass(frozen=True, slots=True)
class Report:
    """All that a run of the diff says. `interactions` were looked through for each change; None where none were given.

    `problems` are approvals that have expired or approve nothing. `notes` is what the run could not do.
    """

    base: str
    head: str
    today: datetime.date
    changes: tuple[ReportedChange, ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    interactions: int | None = None
    schemas: int = 0
    undecided: int = 0

    @property
    def exit_code(self) -> int:
        """1 for a breaking change or one to review that nobody approved, and for a bad approval; else 0."""
        return 1 if self.problems or any(told.fails for told in self.changes) else 0

    def of(self, level: ChangeLevel) -> list[ReportedChange]:
        return [told for told in self.changes if told.change.level is level]


def settle_changes(
    changes: Iterable[DocumentChange],
    approvals: Iterable[Approval],
    today: datetime.date,
    judged: Collection[str],
    seen: Sequence[tuple[int, int]] = (),
) -> tuple[tuple[ReportedChange, ...], tuple[str, ...]]:
    """The changes with their approvals and sightings, and what is wrong with the approvals.

    `judged` are the operations that both documents have; an approval of another is not looked at. `seen` says of each
    change in how many interactions it shows, of how many; empty where nothing was recorded.
    """
    listed = list(changes)
    outcome = settle_approvals(
        Command.DIFF,
        [change_subject(change) for change in listed],
        approvals,
        today,
        lambda one: all(map(judged.__contains__, one.operations)),
    )
    told = tuple(
        ReportedChange(change, outcome.approved.get(n), count if looked else None, looked)
        for n, (change, (count, looked)) in enumerate(zip(listed, seen or [(0, 0)] * len(listed), strict=True))
    )
    return told, outcome.problems
