"""Changes of a diff as what an approval names."""

import datetime

from nhq.contract.approvals import Command, Subject, stanza
from nhq.diff.records import Change

#: A proposed approval holds for so many days.
DAYS = 30


def subject(change: Change) -> Subject:
    """What an approval of a change must name: rule, operations, pointer, before, after; never its words."""
    return Subject(Command.DIFF, change.rule, change.operations, (change.pointer, change.before, change.after))


def proposed(change: Change, today: datetime.date) -> str:
    """The stanza that would approve a change."""
    return stanza(subject(change), today + datetime.timedelta(days=DAYS))
