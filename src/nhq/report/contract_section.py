"""The page's section on a changed contract: each change with its place, its words, and what to do."""

from nhq.formats.text import cut_text
from nhq.record.run_record import Record
from nhq.report import revision_section
from nhq.report.page_blocks import MOST_ROWS, PageBlock, Section

_LONGEST = 300
_COLUMNS = ("", "Change", "Place", "Was", "Now", "To do", "Rules")


def build_contract_section(record: Record) -> Section | None:
    """The section, and what would approve the changes that fail; None where nothing moved."""
    changed = revision_section.contract_changes(record)
    if not changed:
        return None
    rows = tuple(
        tuple(
            cut_text(cell, _LONGEST)
            for cell in (
                revision_section.change_state(change),
                change.kind,
                change.pointer or "/",
                *(text for _, text in revision_section.labelled(change)),
                ", ".join(change.rules),
            )
        )
        for change in changed[:MOST_ROWS]
    )
    table = PageBlock(columns=_COLUMNS, rows=rows, left_out=max(0, len(changed) - MOST_ROWS))
    approving = PageBlock(
        "What would approve those that fail", facts=tuple(("", s) for s in revision_section.change_stanzas(record))
    )
    return Section("contract", "The contract moved", (table, approving) if approving.facts else (table,))
