"""Approved changes of a contract: which findings about it a stanza of the approvals file accepts (`nhq gate`)."""

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nhq import places
from nhq.clock import Clock, SystemClock
from nhq.contract.approvals import Approval, Command, Subject, load_approvals, settle, stanza
from nhq.contract.changes import Change

#: For how many days the stanza that is proposed would hold.
PROPOSED_DAYS = 90
_ANY_RULE = "contract"  # what a stanza names where no rule is touched


def subject_of(change: Change) -> Subject:
    """What a stanza must name to approve a change: its kind, its place, and the very words before and after."""
    words = json.dumps([change.before, change.after], ensure_ascii=False).encode()
    code = f"{change.kind}-{hashlib.sha256(words).hexdigest()[:8]}"
    operations = (change.operation,) if change.operation else ()
    return Subject(Command.GATE, change.rules[0] if change.rules else _ANY_RULE, operations, (code, change.pointer))


@dataclass(frozen=True, slots=True)
class ChangeApprovals:
    """The approvals that count on a day."""

    approvals: Sequence[Approval] = ()
    today: datetime.date = datetime.date.max

    def accept(self, change: Change) -> bool:
        """Has somebody approved this change, and not only until yesterday?"""
        return bool(settle(Command.GATE, [subject_of(change)], self.approvals, self.today, {}).approved)

    def expired(self) -> tuple[str, ...]:
        """What is wrong with the stanzas whose last day is over, one line each."""
        over = [one for one in self.approvals if one.has_expired(self.today)]
        return settle(Command.GATE, [], over, self.today, {}).problems

    def propose(self, change: Change) -> str:
        """The stanza that would approve a change, once a person has written reason and owner."""
        until = min(self.today, datetime.date.max - datetime.timedelta(days=PROPOSED_DAYS))
        return stanza(subject_of(change), until + datetime.timedelta(days=PROPOSED_DAYS))


def present_approvals(file: Path | None = None, clock: Clock | None = None) -> ChangeApprovals:
    """What counts today (UTC) of the file named, else of contracts/approvals.toml, where there is one.

    Raises ConfigError for a file that is malformed, or that is named and can't be read.
    """
    today = datetime.datetime.fromtimestamp((clock or SystemClock()).now(), datetime.UTC).date()
    path = file or places.approvals()
    return ChangeApprovals(load_approvals(path) if file is not None or path.is_file() else (), today)
