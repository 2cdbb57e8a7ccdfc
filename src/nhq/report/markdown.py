"""`summary.md`: what a pull request's reviewer wants to read, short enough for a comment."""

from collections.abc import Iterator, Sequence

from nhq.formats.text import cut, fenced, inline, one_line
from nhq.record.judged_rows import FindingRow, RuleRow
from nhq.record.run_record import ChangeRow, Record
from nhq.report import facts, moved
from nhq.report.words import many, mark, some

MOST_FINDINGS = 20
MOST_CAUSES = 10
MOST_CHANGES = 20
_CELL = 200


def render(record: Record) -> str:
    """The record as Markdown (GitHub's and GitLab's dialect)."""
    parts = [
        f"## {mark(record.verdict).glyph} {inline(facts.headline(record))}",
        " · ".join(inline(line) for line in (*facts.tallies(record), *facts.aside(record))),
        *_changes(record),
        *_findings(record),
        *_unjudged(record),
        *_required(record),
        *_gains(record),
        _foot(record),
    ]
    return "\n\n".join(parts) + "\n"


def _changes(record: Record) -> Iterator[str]:
    """Findings about a contract that moved, what fails first, and what would approve it."""
    changed = moved.changes(record)
    if not changed:
        return
    signs = {"fails": mark("violated"), "warns": mark("violated", "should"), "approved": mark("holds")}
    rows = [_changed(change, signs[moved.state(change)].glyph) for change in changed[:MOST_CHANGES]]
    yield "### The contract moved"
    yield "\n".join(["| | Change | Was | Now | To do |", "|---|---|---|---|---|", *rows])
    if len(changed) > MOST_CHANGES:
        yield f"… and {many(len(changed) - MOST_CHANGES, 'more change')}, all in the report."
    if stanzas := moved.stanzas(record)[:MOST_CHANGES]:
        yield _approving(stanzas)


def _changed(change: ChangeRow, sign: str) -> str:
    what = f"{_cell(change.kind)}<br>{_cell(change.pointer)}"
    words = " | ".join(_cell(text) for _, text in moved.labelled(change))
    return f"| {sign} {moved.state(change)} | {what} | {words} |"


def _approving(stanzas: Sequence[str]) -> str:
    """What would approve those that fail, folded up."""
    summary = "<details><summary>What would approve those that fail (contracts/approvals.toml)</summary>"
    return "\n\n".join([summary, fenced("\n\n".join(stanzas), "toml"), "</details>"])


def _findings(record: Record) -> Iterator[str]:
    found = [(rule, *fold) for rule, group in facts.by_rule(record) for fold in facts.folded(group)]
    if found:
        rows = [_row(record, rule, finding, places) for rule, finding, places in found[:MOST_FINDINGS]]
        yield "\n".join(["| | Promise | Operation | Expected | Actual |", "|---|---|---|---|---|", *rows])
        if len(found) > MOST_FINDINGS:
            yield f"… and {many(len(found) - MOST_FINDINGS, 'more finding')}, all in the report."
        again = dict.fromkeys(one_line(finding.rerun) for _, finding, _ in found[:3] if finding.rerun)
        if again:
            yield "To see it again:\n\n" + fenced("\n".join(again), "sh")
    if stanzas := facts.stanzas(record)[:MOST_FINDINGS]:
        yield _approving(stanzas)


def _row(record: Record, rule: RuleRow, finding: FindingRow, places: list[str]) -> str:
    promise = f"**{inline(finding.rule)}**<br>“{_cell(rule.quote)}”" if rule.quote else _cell(finding.rule)
    approved = finding.approved
    sign = mark("violated", "should" if approved else facts.marked_level(record, finding.level))
    label = f"violated (approved by {_cell(approved)})" if approved else sign.label
    cells = (some(places, 4), finding.expected, finding.actual)
    return f"| {sign.glyph} {label} | {promise} | {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return inline(cut(one_line(text), _CELL))


def _unjudged(record: Record) -> Iterator[str]:
    stopped = facts.stopped(record)
    lines = [
        f"- {mark('unknown').glyph} {_cell(stop.cause)}: {_cell(some([rule.id for rule, _ in stop.rules], 5))}"
        for stop in stopped[:MOST_CAUSES]
    ]
    lines = [f"- {mark('violated').glyph} {_cell(text)}" for text in record.approval_problems] + lines
    lines += [f"- trouble on our side, {_cell(t.where)}: {_cell(t.cause)}" for t in record.troubles[:MOST_CAUSES]]
    if len(stopped) > MOST_CAUSES:
        lines.append(f"- … and {many(len(stopped) - MOST_CAUSES, 'more cause')}")
    if lines:
        yield "### Not judged\n\n" + "\n".join(lines)


def _required(record: Record) -> Iterator[str]:
    if told := facts.required(record):
        yield "### Required\n\n" + inline(" ".join([told, ", ".join(facts.lacking(record))]).strip())


def _gains(record: Record) -> Iterator[str]:
    """What to add to judge more, a few lines of it."""
    if lines := facts.gains(record)[:MOST_CAUSES]:
        yield "### To judge more, add\n\n" + "\n".join(f"- {_cell(line)}" for line in lines)


def _foot(record: Record) -> str:
    target = f"target {inline(record.target.name)}, " if record.target else ""
    tool = f"{record.tool.name} {record.tool.version}"
    return f"<sub>{target}seed {record.seed}, contract {inline(record.contract.version)}, {inline(tool)}</sub>"
