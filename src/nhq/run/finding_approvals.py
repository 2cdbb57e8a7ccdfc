"""Findings of a server that somebody approved (`nhq gate` and `load`): they stay in the record, and don't fail the run.

A stanza names a finding by its rule, operations, code and place, the parts of its fingerprint; never by its words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from msgspec import structs

from nhq.contract import Contract
from nhq.contract.approvals import Approval, Command, Settled, Subject, settle_approvals
from nhq.contract.change_approvals import ChangeApprovals, is_of_change, subject_of
from nhq.fingerprints import general_place
from nhq.model import Level, Verdict, binds
from nhq.record.judged_rows import FindingRow, RuleRow

NOTHING_SETTLED = Settled({})


class Named(Protocol):
    """What an approval names of a finding, be it one of a run that goes on or of its record."""

    @property
    def rule(self) -> str: ...
    @property
    def operation(self) -> str | None: ...
    @property
    def code(self) -> str: ...
    @property
    def where(self) -> str: ...


def approval_subject(finding: Named, operations: Sequence[str], command: Command = Command.GATE) -> Subject:
    """What a stanza names: the finding of one operation, or the same of several."""
    return Subject(command, finding.rule, tuple(operations), _parts(finding))


def _parts(finding: Named) -> tuple[str, str]:
    """Code and place, the latter without indexes and ids: the same fault in another row is the same finding."""
    return finding.code, general_place(finding.where)


def settle_run(
    findings: Sequence[Named],
    rules: Sequence[RuleRow],
    contract: Contract,
    approvals: ChangeApprovals,
    whole: bool = True,
) -> Settled:
    """Which findings are approved, by their index, and which stanzas have expired or approve nothing any more.

    A stanza approves nothing any more where its rule was judged on all its operations and holds there; one of a
    change of the contract, where a changed contract was judged that doesn't have it. Where not all findings were kept
    (not `whole`), none is approved: what was left out may be nobody's.
    """
    verdicts = dict(_verdicts(rules))

    def is_judged(approved: Subject) -> bool:
        if is_of_change(approved):
            return approvals.judges_changes
        seen = [verdicts.get((approved.rule, name)) for name in approved.operations or ("",)]
        return all(verdict == Verdict.HOLDS for verdict in seen)

    told = [approval_subject(finding, [finding.operation] if finding.operation else []) for finding in findings]
    changes = [subject_of(change) for change in contract.changes if change.fails]
    settled = settle_approvals(Command.GATE, [*told, *changes], approvals.approvals, approvals.today, is_judged)
    approved = {number: approval for number, approval in settled.approved.items() if number < len(findings)}
    return replace(settled, approved=approved if whole else {})


def settle_load(findings: Sequence[Named], approvals: ChangeApprovals) -> Settled:
    """Which findings of a load run are approved, by their index, and which stanzas have expired.

    No stanza is said to approve nothing: another profile may show what this one doesn't.
    """
    told = [approval_subject(one, [one.operation] if one.operation else [], Command.LOAD) for one in findings]
    return settle_approvals(Command.LOAD, told, approvals.approvals, approvals.today, lambda _: False)


def _verdicts(rules: Sequence[RuleRow]) -> Iterator[tuple[tuple[str, str], str]]:
    """The verdict of each selected rule on each operation, and, at "", on the whole."""
    for rule in rules:
        if rule.selected:
            yield (rule.id, ""), rule.verdict
            yield from (((rule.id, name), cell.verdict) for name, cell in rule.cells.items())


def with_approvals(
    findings: Sequence[FindingRow],
    settled: Settled,
    approvals: ChangeApprovals,
    fail_on: Level = Level.MUST,
    command: Command = Command.GATE,
) -> list[FindingRow]:
    """The findings, each with who approved it, or with the stanza that would, once a person has written why."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for finding in findings:
        if finding.operation:
            alike.setdefault(_kind(finding), []).append(finding.operation)
    return [
        structs.replace(
            finding,
            approved=_words(settled.approved.get(number)),
            stanza=""
            if not binds(finding.level, fail_on) or number in settled.approved
            else approvals.stanza(approval_subject(finding, alike.get(_kind(finding), ()), command)),
        )
        for number, finding in enumerate(findings)
    ]


def _kind(finding: FindingRow) -> tuple[str, str, str]:
    return finding.rule, *_parts(finding)


def _words(approval: Approval | None) -> str:
    return "" if approval is None else f"{approval.owner} until {approval.expires}: {approval.reason}"
