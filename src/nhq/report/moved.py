"""Findings about a contract that moved (`record["contract"]["changes"]`), told once for all writers."""

import hashlib
from typing import Any

from nhq.formats.text import printable
from nhq.report.words import Record

LABELS = (("was", "before"), ("now", "after"), ("to do", "todo"))
"""How the parts of a change are called, and where they stand."""


def changes(record: Record) -> list[dict[str, Any]]:
    """What moved, that which fails the run first; nothing where the contract is the one that our rules quote."""
    return sorted(record["contract"].get("changes", ()), key=lambda change: (not fails(change), change["approved"]))


def fails(change: dict[str, Any]) -> bool:
    """Does it make the run red: it fails, and nobody approved it?"""
    return bool(change["fails"] and not change["approved"])


def state(change: dict[str, Any]) -> str:
    """fails, approved or warns."""
    return "fails" if fails(change) else "approved" if change["approved"] else "warns"


def check(change: dict[str, Any]) -> str:
    """What it is called beside the rules' ids: `contract/quote-gone`."""
    return f"contract/{change['kind']}"


def title(change: dict[str, Any]) -> str:
    """Its kind and place in words."""
    return f"contract, {state(change)}: {change['kind'].replace('-', ' ')} at {change['pointer'] or '/'}"


def told(change: dict[str, Any]) -> str:
    """What was, what is now, what to do and which rules it touches, a line each."""
    lines = [f"{label}: {change[name]}" for label, name in LABELS if change[name]]
    lines += [f"rules: {', '.join(change['rules'])}"] if change["rules"] else []
    return "\n".join(lines)


def stanzas(record: Record) -> list[str]:
    """What would approve each change that fails."""
    return [printable(change["stanza"]) for change in changes(record) if change["stanza"]]


def fingerprint(change: dict[str, Any]) -> str:
    """The same for the same kind, place and words before and after, run after run."""
    parts = (change["kind"], change["pointer"], change["before"], change["after"])
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
