"""Changes of a diff as what an approval names."""

import datetime

from nhq.contract.approvals import Command, Subject, approval_stanza
from nhq.diff.change_records import DocumentChange

#: A proposed approval holds for so many days.
DAYS = 30


def change_subject(change: DocumentChange) -> Subject:
    """What an approval of a change must name: rule, operations, pointer, before, after; never its words."""
    return Subject(Command.DIFF, change.rule, change.operations, (change.pointer, change.before, change.after))


def proposed_stanza(change: DocumentChange, today: datetime.date) -> str:
    """The stanza that would approve a change."""
    return approval_stanza(change_subject(change), today + datetime.timedelta(days=DAYS))
