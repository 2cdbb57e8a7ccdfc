"""A report of changes as a comment for a pull request: by level, each break with its witness."""

from collections.abc import Iterator

from nhq.diff.approval_subjects import proposed_stanza
from nhq.diff.change_records import ChangeLevel
from nhq.diff.diff_report import Report, ReportedChange
from nhq.diff.diff_text import diff_verdict, operation_list, traffic_remark
from nhq.diff.witness_http import witness_exchange
from nhq.formats.text import fenced_block, inline_text


def diff_markdown(report: Report) -> str:
    """A comment for a pull request: changes by level, each break with its witness as a request or an answer."""
    lines = [f"### API changes: {diff_verdict(report)}", "", f"`{report.base}` → `{report.head}`"]
    for level in ChangeLevel:
        told = report.of(level)
        if not told:
            continue
        folded = level in (ChangeLevel.COMPATIBLE, ChangeLevel.DOCS)
        heading = f"{level} ({len(told)})"
        lines += ["", f"<details><summary>{heading}</summary>" if folded else f"#### {heading}", ""]
        for one in told:
            lines += _markdown_lines(one)
        lines += ["", "</details>"] if folded else []
    lines += ["", *(f"- ⚠ {inline_text(line)}" for line in (*report.problems, *report.notes))]
    red = [proposed_stanza(one.change, report.today) for one in report.changes if one.fails]
    if red:
        stanzas = "\n\n".join(red)
        lines += ["", "<details><summary>Stanzas that would approve what is red</summary>", ""]
        lines += [fenced_block(stanzas, "toml"), "", "</details>"]
    return "\n".join(lines).rstrip() + "\n"


def _markdown_lines(one: ReportedChange) -> Iterator[str]:
    change = one.change
    reach = f" — {inline_text(operation_list(change))}" if change.operations else ""
    done = f" _(approved by {inline_text(one.approval.owner)} until {one.approval.expires})_" if one.approval else ""
    count = f" _{traffic_remark(one.seen, one.looked)}_" if one.seen is not None else ""
    yield f"- **{change.rule}**{reach}: {inline_text(change.message)}.{count}{done}"
    if change.where == "prose":
        yield ""
        yield from (f"  {line}" for line in fenced_block(f"- {change.before}\n+ {change.after}", "diff").splitlines())
    if change.witness is not None:
        yield ""
        yield from (f"  {line}" for line in fenced_block(witness_exchange(change), "http").splitlines())
