"""Findings about a contract that moved (`Record.contract.changes`), told once for all writers."""

import hashlib

from nhq.formats.text import printable_text
from nhq.record.run_record import ChangeRow, Record


def contract_changes(record: Record) -> list[ChangeRow]:
    """What moved, that which fails the run first; nothing where the contract is the one that our rules quote."""
    return sorted(record.contract.changes, key=lambda change: (not change_fails_run(change), change.approved))


def change_fails_run(change: ChangeRow) -> bool:
    """Does it make the run red: it fails, and nobody approved it?"""
    return bool(change.fails and not change.approved)


def change_state(change: ChangeRow) -> str:
    """fails, approved or warns."""
    return "fails" if change_fails_run(change) else "approved" if change.approved else "warns"


def change_check_id(change: ChangeRow) -> str:
    """What it is called beside the rules' ids: `contract/quote-gone`."""
    return f"contract/{change.kind}"


def change_title(change: ChangeRow) -> str:
    """Its kind and place in words."""
    return f"contract, {change_state(change)}: {change.kind.replace('-', ' ')} at {change.pointer or '/'}"


def labelled(change: ChangeRow) -> tuple[tuple[str, str], ...]:
    """The parts of a change, each after what it is called."""
    return ("was", change.before), ("now", change.after), ("to do", change.todo)


def change_details(change: ChangeRow) -> str:
    """What was, what is now, what to do and which rules it touches, a line each."""
    lines = [f"{label}: {text}" for label, text in labelled(change) if text]
    lines += [f"rules: {', '.join(change.rules)}"] if change.rules else []
    return "\n".join(lines)


def change_stanzas(record: Record) -> list[str]:
    """What would approve each change that fails."""
    return [printable_text(change.stanza) for change in contract_changes(record) if change.stanza]


def change_fingerprint(change: ChangeRow) -> str:
    """The same for the same kind, place and words before and after, run after run."""
    parts = (change.kind, change.pointer, change.before, change.after)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
