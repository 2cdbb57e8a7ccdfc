"""A report of changes as text for a terminal, and as JSON."""

import json
from collections.abc import Iterator
from typing import Any

from nhq.contract.approvals import Approval
from nhq.diff.approval_subjects import change_subject, proposed_stanza
from nhq.diff.change_records import ChangeLevel, DocumentChange, Witness
from nhq.diff.diff_report import Report, ReportedChange

_SHOWN = 400
_OPERATIONS = 6


def diff_text(report: Report) -> str:
    """For a terminal: worst first, a reason and a witness for each, then what would approve what is red."""
    lines = [f"{report.base} → {report.head}"]
    for level in ChangeLevel:
        told = report.of(level)
        lines += ["", f"{level} ({len(told)})"] if told else []
        for one in told:
            lines += _text_lines(one)
    lines += ["", *(f"! {problem}" for problem in report.problems)] if report.problems else []
    lines += ["", *(f"note: {note}" for note in report.notes)] if report.notes else []
    red = [one for one in report.changes if one.fails]
    if red:
        lines += ["", "To approve, add this with reason and owner to the approvals file:"]
        lines += [line for one in red for line in ("", *proposed_stanza(one.change, report.today).splitlines())]
    return "\n".join([*lines, "", diff_verdict(report)]) + "\n"


def diff_verdict(report: Report) -> str:
    """One line: how many of each level, and why the exit code is what it is."""
    counts = ", ".join(f"{len(report.of(level))} {level}" for level in ChangeLevel if report.of(level)) or "no change"
    red = sum(one.fails for one in report.changes)
    approved = sum(one.approval is not None for one in report.changes)
    told = f"{red} to fix or approve" if red else "nothing to fix"
    told += f", {approved} approved" if approved else ""
    told += f", {len(report.problems)} approvals to fix" if report.problems else ""
    return f"{'FAILED' if report.exit_code else 'PASSED'}: {counts}; {told}"


def _text_lines(one: ReportedChange) -> Iterator[str]:
    change = one.change
    yield f"  {change.rule}: {change.message}"
    if change.operations:
        yield f"    reaches {operation_list(change)}{f' ({change.where})' if change.where else ''}"
    yield f"    at {'base' if change.gone else 'head'} #{change.pointer}"
    if change.where == "prose":
        yield f"    before: {change.before}"
        yield f"    after:  {change.after}"
    if change.rules:
        yield f"    rules: {', '.join(change.rules)}"
    if change.witness is not None:
        yield f"    witness: {witness_line(change.witness.value)}"
        yield f"      {describe_witness(change.witness)}"
    if one.seen is not None:
        yield f"    {traffic_remark(one.seen, one.looked)}"
    if one.approval is not None:
        yield f"    {approval_remark(one.approval)}"


def operation_list(change: DocumentChange) -> str:
    """The operations that a change reaches, the first few by name."""
    named = list(change.operations[:_OPERATIONS])
    more = len(change.operations) - len(named)
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def witness_line(value: Any) -> str:
    """A witness on one line, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 60]}… ({len(text)} characters) …{text[-20:]}"


def describe_witness(witness: Witness) -> str:
    """Who accepts a witness, who refuses it, and why."""
    place = f" at {witness.place}" if witness.place else ""
    return f"{witness.accepted_by} accepts it, {witness.refused_by} refuses it ({witness.problem}{place})"


def traffic_remark(count: int, interactions: int) -> str:
    """In how many recorded interactions a change shows."""
    return f"seen in {count or 'none'} of {interactions} recorded interactions"


def approval_remark(approval: Approval) -> str:
    """Who approved a change, until when and why."""
    return f"approved by {approval.owner} until {approval.expires}: {approval.reason}"


def diff_json(report: Report) -> str:
    """The whole report, one JSON object; the fields are those of the records."""
    told = {
        "command": "diff",
        "base": report.base,
        "head": report.head,
        "exit_code": report.exit_code,
        "counts": {str(level): len(report.of(level)) for level in ChangeLevel},
        "interactions": report.interactions,
        "schemas": {"compared": report.schemas, "undecided": report.undecided},
        "changes": [_json_change(one) for one in report.changes],
        "approval_problems": list(report.problems),
        "notes": list(report.notes),
    }
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _json_change(one: ReportedChange) -> dict[str, Any]:
    change, witness = one.change, one.change.witness
    return {
        "rule": change.rule,
        "level": str(change.level),
        "fingerprint": change_subject(change).fingerprint,
        "operations": list(change.operations),
        "where": change.where,
        "pointer": change.pointer,
        "document": "base" if change.gone else "head",
        "before": change.before,
        "after": change.after,
        "message": change.message,
        "rules": list(change.rules),
        "witness": None
        if witness is None
        else {
            "value": witness.value,
            "accepted_by": witness.accepted_by,
            "refused_by": witness.refused_by,
            "place": witness.place,
            "problem": witness.problem,
        },
        "seen": one.seen,
        "looked": one.looked,
        "fails": one.fails,
        "approved_by": None if one.approval is None else one.approval.owner,
        "approved_until": None if one.approval is None else str(one.approval.expires),
    }
