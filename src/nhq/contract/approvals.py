"""Approvals: what a person accepted, who, why and until when; one file for `nhq diff`, `gate` and `load`.

A stanza names what it approves by a fingerprint's parts, never by the words of a message, which may be bettered.
"""

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import tomli_w

from nhq.contract.toml_tables import table_rows
from nhq.errors import ConfigError


class Command(StrEnum):
    """The command whose finding a stanza approves."""

    DIFF = "diff"
    GATE = "gate"
    LOAD = "load"


#: What tells one finding from another, beside its rule and operations.
PARTS: Mapping[Command, tuple[str, ...]] = {
    Command.DIFF: ("pointer", "before", "after"),
    Command.GATE: ("code", "place"),
    Command.LOAD: ("code", "place"),
}
_REQUIRED = {"command": str, "rule": str, "reason": str, "owner": str, "expires": datetime.date}
_OPTIONAL = {"operations": list, **{part: str for parts in PARTS.values() for part in parts}}


@dataclass(frozen=True, slots=True)
class Subject:
    """What may be approved: a finding of a command. `parts` are in the order of `PARTS`."""

    command: Command
    rule: str
    operations: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits, the same for the same finding in every run."""
        told = [self.command, self.rule, sorted(self.operations), *self.parts]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Approval:
    """One stanza, the `number`th of its file: what it approves, why, its owner and its last day."""

    subject: Subject
    reason: str
    owner: str
    expires: datetime.date
    number: int

    def has_expired(self, today: datetime.date) -> bool:
        return today > self.expires

    def approves(self, subject: Subject) -> bool:
        """Is it this finding? One that reaches further operations than the stanza names is another."""
        ours = self.subject
        return (ours.command, ours.rule, ours.parts) == (subject.command, subject.rule, subject.parts) and set(
            subject.operations
        ) <= set(ours.operations)


def load_approvals(path: Path, renamed: Mapping[str, str] | None = None) -> list[Approval]:
    """The stanzas of an approvals file. Raises ConfigError, naming stanza and field, for one that is malformed.

    `renamed`: former ids of rules → their ids now. A stanza that names a former id approves the same as before.
    """
    found = table_rows(path, "approval", _REQUIRED, _OPTIONAL)
    current = [row | {"rule": (renamed or {}).get(row["rule"], row["rule"])} for row in found]
    return [_approval(row, number, path.name) for number, row in enumerate(current, 1)]


def _approval(row: Mapping[str, Any], number: int, file: str) -> Approval:
    who = f"{file}: approval {number}"
    if row["command"] not in list(Command):
        raise ConfigError(f"{who}: command {row['command']} is none of {', '.join(Command)}")
    command = Command(row["command"])
    parts = PARTS[command]
    if missing := [part for part in parts if part not in row]:
        raise ConfigError(f"{who} has no {missing[0]}")
    others = [name for name in row if name in _OPTIONAL and name != "operations" and name not in parts]
    if others:
        raise ConfigError(f"{who}: an approval of {command} has no {others[0]}")
    operations = row.get("operations", [])
    if not all(isinstance(name, str) for name in operations):
        raise ConfigError(f"{who}: operations must be a list of texts")
    subject = Subject(command, row["rule"], tuple(operations), tuple(row[part] for part in parts))
    return Approval(subject, row["reason"], row["owner"], row["expires"], number)


def approval_stanza(subject: Subject, expires: datetime.date) -> str:
    """The TOML that would approve a finding, once a person has written reason and owner."""
    fields = {
        "command": subject.command,
        "rule": subject.rule,
        "operations": list(subject.operations),
        **dict(zip(PARTS[subject.command], subject.parts, strict=True)),
        "reason": "",
        "owner": "",
        "expires": expires,
    }
    return "[[approval]]\n" + tomli_w.dumps(fields).rstrip("\n")


class Use(StrEnum):
    """What became of a stanza in a run; `unseen`: the run found nothing to approve, and didn't look for it either."""

    USED = "used"
    EXPIRED = "expired"
    UNUSED = "unused"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class StanzaUse:
    """What became of one stanza, by its subject's fingerprint; `problem` is what to say of it where that is wrong."""

    fingerprint: str
    use: Use
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """Which findings are approved, by their index, and what became of the stanzas."""

    approved: Mapping[int, Approval]
    uses: tuple[StanzaUse, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the stanzas, one line each."""
        return tuple(use.problem for use in self.uses if use.problem)


def settle_approvals(
    command: Command,
    findings: Iterable[Subject],
    approvals: Iterable[Approval],
    today: datetime.date,
    is_judged: Callable[[Subject], bool],
) -> Settled:
    """Which findings are approved. A stanza that has expired approves nothing, and is a problem where it would have.

    A stanza that approves nothing is a problem only where `is_judged` says that this run looked at what it names.
    """
    approved: dict[int, Approval] = {}
    uses: list[StanzaUse] = []
    subjects = list(findings)
    for approval in approvals:
        if approval.subject.command is not command:
            continue
        hits = [n for n, subject in enumerate(subjects) if approval.approves(subject)]
        uses.append(_use(approval, bool(hits), today, is_judged))
        if uses[-1].use is Use.USED:
            approved.update(dict.fromkeys(hits, approval))
    return Settled(approved, tuple(uses))


def _use(approval: Approval, hit: bool, today: datetime.date, is_judged: Callable[[Subject], bool]) -> StanzaUse:
    who = f"approval {approval.number} ({approval.subject.rule}, {approval.owner})"
    name = approval.subject.fingerprint
    if approval.has_expired(today):
        problem = f"{who} expired on {approval.expires}: renew it or mend what it approves"
        return StanzaUse(name, Use.EXPIRED, problem)
    if hit:
        return StanzaUse(name, Use.USED)
    if is_judged(approval.subject):
        problem = f"{who} approves nothing here: there is no such finding any more; remove it"
        return StanzaUse(name, Use.UNUSED, problem)
    return StanzaUse(name, Use.UNSEEN)
