"""The part of the page about a contract that moved: each finding with its place, the words, and what to do."""

from nhq.formats.text import cut
from nhq.record.run_record import Record
from nhq.report import moved
from nhq.report.blocks import MOST_ROWS, Block, Section

_LONGEST = 300
_COLUMNS = ("", "Change", "Place", "Was", "Now", "To do", "Rules")


def build(record: Record) -> Section | None:
    """The section, and what would approve the changes that fail; None where nothing moved."""
    changed = moved.changes(record)
    if not changed:
        return None
    rows = tuple(
        tuple(
            cut(cell, _LONGEST)
            for cell in (
                moved.state(change),
                change.kind,
                change.pointer or "/",
                *(text for _, text in moved.labelled(change)),
                ", ".join(change.rules),
            )
        )
        for change in changed[:MOST_ROWS]
    )
    table = Block(columns=_COLUMNS, rows=rows, left_out=max(0, len(changed) - MOST_ROWS))
    approving = Block("What would approve those that fail", facts=tuple(("", s) for s in moved.stanzas(record)))
    return Section("contract", "The contract moved", (table, approving) if approving.facts else (table,))
