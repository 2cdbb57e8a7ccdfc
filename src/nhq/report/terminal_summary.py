"""The few lines at the end of a run: what was found, what to do about it, where to read on; the verdict last."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from nhq.formats.text import cut_text, one_line
from nhq.record.judged_rows import FindingRow, RuleRow
from nhq.record.run_record import Record
from nhq.report import record_facts, revision_section
from nhq.report.report_words import FAILING, count_words, first_few, verdict_mark
from nhq.report.run_headline import headline_mark, run_headline

MOST_FINDINGS = 20
MOST_UNKNOWN = 20
MOST_STANZAS = 3
MOST_GAINS = 8
_WIDE = 400


def render_terminal(record: Record, written: Sequence[str] = ()) -> str:
    """The summary as plain text, no colour; `written` are the paths of the reports, as the user should read them."""
    blocks = [
        [_run(record)],
        list(_changes(record)),
        list(_findings(record)),
        list(_unjudged(record)),
        list(_required(record)),
        [_line(f"✗ {problem}") for problem in record.approval_problems],
        list(_troubles(record)),
        list(_gains(record)),
        list(_effects(record)),
        [f"report: {path}" for path in written],
        list(_verdict(record)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _run(record: Record) -> str:
    target = record.target
    against = f"{target.name} ({target.base_url}), " if target else ""
    return one_line(f"{against}seed {record.seed}, {count_words(record.requests.total, 'request')}")


def _verdict(record: Record) -> Iterator[str]:
    """What a reader looks for where a terminal stands still: the verdict, what it leaves out, the counts."""
    yield f"{headline_mark(record).glyph} {run_headline(record)}"
    yield from (f"  {line}" for line in record_facts.headline_remarks(record))
    yield "  " + ", ".join(record_facts.coverage_counts(record))


def _changes(record: Record) -> Iterator[str]:
    """Findings about a contract that moved, those that fail first."""
    changes = revision_section.contract_changes(record)
    for change in changes:
        approved = " (approved)" if change.approved else ""
        word = "fails" if change.fails and not approved else "warns"
        sign = verdict_mark("violated" if word == "fails" else "unknown").glyph
        yield _line(f"{sign} contract, {word}{approved}: {change.kind} at {change.pointer or '/'}")
        yield from (_line(text, f"     {label:<8}") for label, text in revision_section.labelled(change) if text)
        if change.rules:
            yield _line(first_few(change.rules, 6), "     rules   ")
    if any(change.fails and not change.approved for change in changes):
        yield "  exit 1 until each that fails is adopted (`nhq adopt`), or approved in contracts/approvals.toml by:"
        yield from (line for stanza in revision_section.change_stanzas(record) for line in _indented(stanza))


def _indented(stanza: str) -> Iterator[str]:
    yield from (f"     {line}" for line in ("", *stanza.splitlines()))


def _findings(record: Record) -> Iterator[str]:
    shown = 0
    for rule, found in record_facts.by_rule(record):
        if shown < MOST_FINDINGS:
            yield _rule(rule, record_facts.shown_level(record, rule, found))
        for finding, places in record_facts.fold_findings(found):
            if shown < MOST_FINDINGS:
                yield from _finding(finding, places)
            shown += 1
    if shown > MOST_FINDINGS:
        yield f"… and {count_words(shown - MOST_FINDINGS, 'more finding')}, all in the report"
    yield from _approving(record_facts.approval_stanzas(record))


def _approving(stanzas: Sequence[str]) -> Iterator[str]:
    """What would approve the findings that fail the run: the first few here, all in the reports."""
    if stanzas:
        rest = f" (here {MOST_STANZAS} of {len(stanzas)}; all in the reports)" if len(stanzas) > MOST_STANZAS else ""
        yield f"  to approve known findings, add this with reason and owner to contracts/approvals.toml{rest}:"
    yield from (line for stanza in stanzas[:MOST_STANZAS] for line in _indented(stanza))


def _rule(rule: RuleRow, level: str) -> str:
    """A failed rule in one line: its id, what it says, the sentence it stands on."""
    sentence = f": “{rule.quote}”" if rule.quote else ""
    warning = "" if level == FAILING else f" ({rule.level}: warns, doesn't fail the run)"
    return _line(f"{verdict_mark('violated', level).glyph} {rule.id} {rule.title}{warning}{sentence}")


def _finding(finding: FindingRow, places: list[str]) -> Iterator[str]:
    where = f" at {finding.where}" if finding.where else ""
    approved = f" (approved by {finding.approved})" if finding.approved else ""
    yield _line(f"{first_few(places, 6)}{where}{approved}", "  ")
    for label, text in (("expected", finding.expected), ("actual", finding.actual), ("reproduce", finding.rerun)):
        if text:
            yield _line(text, f"     {label:<9}")


def _line(text: str, label: str = "") -> str:
    return f"{label}  {cut_text(one_line(text), _WIDE)}" if label else cut_text(one_line(text), _WIDE)


def _unjudged(record: Record) -> Iterator[str]:
    stopped = record_facts.causes_of_unknown(record)
    for stop in stopped[:MOST_UNKNOWN]:
        yield _line(f"{verdict_mark('unknown').glyph} not judged: {stop.cause}")
        for rule, places in stop.rules[:MOST_UNKNOWN]:
            yield _line(f"{rule.id}{' on ' if places else ''}{first_few(places, 3)}", "   ")
        if len(stop.rules) > MOST_UNKNOWN:
            yield f"     and {count_words(len(stop.rules) - MOST_UNKNOWN, 'more promise')}"
    if len(stopped) > MOST_UNKNOWN:
        yield f"… and {count_words(len(stopped) - MOST_UNKNOWN, 'more cause')}, all in the report"


def _required(record: Record) -> Iterator[str]:
    """What was required: whether it was judged, and all that wasn't."""
    if told := record_facts.required_line(record):
        yield _line(told)
    listed, indent = ", ".join(record_facts.lacking_rules(record)), " " * 5
    yield from wrap(listed, 110, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def _troubles(record: Record) -> Iterator[str]:
    for trouble in record.troubles[:MOST_UNKNOWN]:
        yield _line(f"trouble on our side, {trouble.where}: {trouble.cause}")


def _gains(record: Record) -> Iterator[str]:
    """What to add to judge more."""
    lines = record_facts.gain_lines(record)
    if lines:
        yield "to judge more, add"
        yield from (_line(line, "   ") for line in lines[:MOST_GAINS])
    if len(lines) > MOST_GAINS:
        yield f"     … and {count_words(len(lines) - MOST_GAINS, 'more addition')}, all in the report"


def _effects(record: Record) -> Iterator[str]:
    """What the target lacks or doesn't permit, and what the run changed there."""
    for line in record.unsatisfied[:MOST_UNKNOWN]:
        yield _line(record_facts.lacking_line(line))
    if used := record_facts.used_up(record):
        yield _line(f"used up on the target: {', '.join(used)}")
    for line in record.written[:MOST_UNKNOWN]:
        yield _line(record_facts.change_line(line))
