"""`summary.md`: a summary for the reviewer of a pull request, short enough for a comment."""

from collections.abc import Iterator, Sequence

from nhq.formats.text import cut_text, fenced_block, inline_text, one_line
from nhq.record.judged_rows import FindingRow, RuleRow
from nhq.record.run_record import ChangeRow, Record
from nhq.report import record_facts, revision_section
from nhq.report.report_words import count_words, first_few, verdict_mark
from nhq.report.run_headline import headline_mark, run_headline

MOST_FINDINGS = 20
MOST_CAUSES = 10
MOST_CHANGES = 20
_CELL = 200


def render_markdown(record: Record) -> str:
    """The record as Markdown (GitHub's and GitLab's dialect)."""
    parts = [
        f"## {headline_mark(record).glyph} {inline_text(run_headline(record))}",
        " · ".join(
            inline_text(line)
            for line in (*record_facts.coverage_counts(record), *record_facts.headline_remarks(record))
        ),
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
    changed = revision_section.contract_changes(record)
    if not changed:
        return
    signs = {
        "fails": verdict_mark("violated"),
        "warns": verdict_mark("violated", "should"),
        "approved": verdict_mark("holds"),
    }
    rows = [_changed(change, signs[revision_section.change_state(change)].glyph) for change in changed[:MOST_CHANGES]]
    yield "### The contract moved"
    yield "\n".join(["| | Change | Was | Now | To do |", "|---|---|---|---|---|", *rows])
    if len(changed) > MOST_CHANGES:
        yield f"… and {count_words(len(changed) - MOST_CHANGES, 'more change')}, all in the report."
    if stanzas := revision_section.change_stanzas(record)[:MOST_CHANGES]:
        yield _approving(stanzas)


def _changed(change: ChangeRow, sign: str) -> str:
    what = f"{_cell(change.kind)}<br>{_cell(change.pointer)}"
    words = " | ".join(_cell(text) for _, text in revision_section.labelled(change))
    return f"| {sign} {revision_section.change_state(change)} | {what} | {words} |"


def _approving(stanzas: Sequence[str]) -> str:
    """What would approve those that fail, folded up."""
    summary = "<details><summary>What would approve those that fail (contracts/approvals.toml)</summary>"
    return "\n\n".join([summary, fenced_block("\n\n".join(stanzas), "toml"), "</details>"])


def _findings(record: Record) -> Iterator[str]:
    found = [
        (rule, *fold) for rule, group in record_facts.by_rule(record) for fold in record_facts.fold_findings(group)
    ]
    if found:
        rows = [_row(record, rule, finding, places) for rule, finding, places in found[:MOST_FINDINGS]]
        yield "\n".join(["| | Promise | Operation | Expected | Actual |", "|---|---|---|---|---|", *rows])
        if len(found) > MOST_FINDINGS:
            yield f"… and {count_words(len(found) - MOST_FINDINGS, 'more finding')}, all in the report."
        again = dict.fromkeys(one_line(finding.rerun) for _, finding, _ in found[:3] if finding.rerun)
        if again:
            yield "To reproduce:\n\n" + fenced_block("\n".join(again), "sh")
    if stanzas := record_facts.approval_stanzas(record)[:MOST_FINDINGS]:
        yield _approving(stanzas)


def _row(record: Record, rule: RuleRow, finding: FindingRow, places: list[str]) -> str:
    promise = f"**{inline_text(finding.rule)}**<br>“{_cell(rule.quote)}”" if rule.quote else _cell(finding.rule)
    approved = finding.approved
    sign = verdict_mark("violated", "should" if approved else record_facts.marked_level(record, finding.level))
    label = f"failed (approved by {_cell(approved)})" if approved else sign.label
    cells = (first_few(places, 4), finding.expected, finding.actual)
    return f"| {sign.glyph} {label} | {promise} | {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return inline_text(cut_text(one_line(text), _CELL))


def _unjudged(record: Record) -> Iterator[str]:
    stopped = record_facts.causes_of_unknown(record)
    lines = [
        f"- {verdict_mark('unknown').glyph} {_cell(stop.cause)}: "
        f"{_cell(first_few([rule.id for rule, _ in stop.rules], 5))}"
        for stop in stopped[:MOST_CAUSES]
    ]
    lines = [f"- {verdict_mark('violated').glyph} {_cell(text)}" for text in record.approval_problems] + lines
    lines += [f"- trouble on our side, {_cell(t.where)}: {_cell(t.cause)}" for t in record.troubles[:MOST_CAUSES]]
    if len(stopped) > MOST_CAUSES:
        lines.append(f"- … and {count_words(len(stopped) - MOST_CAUSES, 'more cause')}")
    if lines:
        yield "### Not judged\n\n" + "\n".join(lines)


def _required(record: Record) -> Iterator[str]:
    if told := record_facts.required_line(record):
        yield "### Required\n\n" + inline_text(" ".join([told, ", ".join(record_facts.lacking_rules(record))]).strip())


def _gains(record: Record) -> Iterator[str]:
    """What to add to judge more, a few lines of it."""
    if lines := record_facts.gain_lines(record)[:MOST_CAUSES]:
        yield "### To judge more, add\n\n" + "\n".join(f"- {_cell(line)}" for line in lines)


def _foot(record: Record) -> str:
    target = f"target {inline_text(record.target.name)}, " if record.target else ""
    tool = f"{record.tool.name} {record.tool.version}"
    return (
        f"<sub>{target}seed {record.seed}, contract {inline_text(record.contract.version)}, {inline_text(tool)}</sub>"
    )
