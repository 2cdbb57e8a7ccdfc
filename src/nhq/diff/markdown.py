"""A report of changes as a comment for a pull request: by level, each break with its witness."""

from collections.abc import Iterator

from nhq.diff.approving import proposed
from nhq.diff.exchanges import exchange
from nhq.diff.records import Level
from nhq.diff.report import Report, Told
from nhq.diff.writing import operations, seen, verdict
from nhq.formats.text import fenced, inline


def as_markdown(report: Report) -> str:
    """A comment for a pull request: changes by level, each break with its witness as a request or an answer."""
    lines = [f"### API changes: {verdict(report)}", "", f"`{report.base}` → `{report.head}`"]
    for level in Level:
        told = report.of(level)
        if not told:
            continue
        folded = level in (Level.COMPATIBLE, Level.DOCS)
        heading = f"{level} ({len(told)})"
        lines += ["", f"<details><summary>{heading}</summary>" if folded else f"#### {heading}", ""]
        for one in told:
            lines += _markdown_lines(one)
        lines += ["", "</details>"] if folded else []
    lines += ["", *(f"- ⚠ {inline(line)}" for line in (*report.problems, *report.notes))]
    red = [proposed(one.change, report.today) for one in report.changes if one.fails]
    if red:
        stanzas = "\n\n".join(red)
        lines += ["", "<details><summary>Stanzas that would approve what is red</summary>", ""]
        lines += [fenced(stanzas, "toml"), "", "</details>"]
    return "\n".join(lines).rstrip() + "\n"


def _markdown_lines(one: Told) -> Iterator[str]:
    change = one.change
    reach = f" — {inline(operations(change))}" if change.operations else ""
    done = f" _(approved by {inline(one.approval.owner)} until {one.approval.expires})_" if one.approval else ""
    count = f" _{seen(one.seen, one.looked)}_" if one.seen is not None else ""
    yield f"- **{change.rule}**{reach}: {inline(change.message)}.{count}{done}"
    if change.where == "prose":
        yield ""
        yield from (f"  {line}" for line in fenced(f"- {change.before}\n+ {change.after}", "diff").splitlines())
    if change.witness is not None:
        yield ""
        yield from (f"  {line}" for line in fenced(exchange(change), "http").splitlines())
