"""Approved changes of a contract: which findings about it a stanza of the approvals file accepts (`nhq gate`)."""

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nhq import paths
from nhq.clock import Clock, SystemClock
from nhq.contract.approvals import Approval, Command, Subject, approval_stanza, load_approvals, settle_approvals
from nhq.contract.contract_changes import ChangeKind, ContractChange
from nhq.contract.quoted_rules import current_rule_ids

#: For how many days the stanza that is proposed would hold.
PROPOSED_DAYS = 90
_ANY_RULE = "contract"  # what a stanza names where no rule is touched


def subject_of(change: ContractChange) -> Subject:
    """What a stanza must name to approve a change: its kind, its place, and the very words before and after."""
    words = json.dumps([change.before, change.after], ensure_ascii=False).encode()
    code = f"{change.kind}-{hashlib.sha256(words).hexdigest()[:8]}"
    operations = (change.operation,) if change.operation else ()
    return Subject(Command.GATE, change.rules[0] if change.rules else _ANY_RULE, operations, (code, change.pointer))


def is_of_change(subject: Subject) -> bool:
    """Does a stanza name a change of the contract, and no finding of a server?"""
    kind, _, digest = subject.parts[0].rpartition("-")
    return kind in list(ChangeKind) and len(digest) == 8


@dataclass(frozen=True, slots=True)
class ChangeApprovals:
    """The approvals that count on a day. `judges_changes`: a changed contract was judged, so that what approves a
    change that it doesn't have approves nothing any more."""

    approvals: Sequence[Approval] = ()
    today: datetime.date = datetime.date.max
    judges_changes: bool = False

    def accept(self, change: ContractChange) -> bool:
        """Is this change approved, and has the approval not expired?"""
        return bool(settle_approvals(Command.GATE, [subject_of(change)], self.approvals, self.today, _never).approved)

    def propose(self, change: ContractChange) -> str:
        """The stanza that would approve a change, once a person has written reason and owner."""
        return self.stanza(subject_of(change))

    def stanza(self, subject: Subject) -> str:
        """The stanza that would approve a subject for PROPOSED_DAYS from today."""
        until = min(self.today, datetime.date.max - datetime.timedelta(days=PROPOSED_DAYS))
        return approval_stanza(subject, until + datetime.timedelta(days=PROPOSED_DAYS))


def _never(subject: Subject) -> bool:
    return False


def present_approvals(file: Path | None = None, clock: Clock | None = None) -> ChangeApprovals:
    """The approvals valid today (UTC) of the given file, else of contracts/approvals.toml, if it exists.

    Raises ConfigError for a file that is malformed, or that is named and can't be read.
    """
    today = datetime.datetime.fromtimestamp((clock or SystemClock()).now(), datetime.UTC).date()
    path = file or paths.approvals_file()
    if file is None and not path.is_file():
        return ChangeApprovals((), today)
    return ChangeApprovals(load_approvals(path, current_rule_ids(paths.contracts_folder() / "rules")), today)
