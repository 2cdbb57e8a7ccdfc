"""What the HTML page shows, as plain records without markup: the matrix, the grid of answers, evidence."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from nhq.record.judged_rows import ExchangeRow, FindingRow, OperationRow, RuleRow
from nhq.record.run_record import Record
from nhq.report import record_facts
from nhq.report.report_words import MARKS, VerdictMark, count_words, verdict_mark

MOST_EXCHANGES = 2
"""How many exchanges of a finding the page shows: the last ones, since the proof stands in order of sending."""

MOST_PLACES = 8
"""Up to so many operations are named one by one; the grid of rules and operations has them all."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One sign of a table: its mark, where it leads (an anchor or ""), and a number or words to go with it."""

    mark: VerdictMark
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class GridRow:
    """A rule or an operation with its cells, in the order of the columns."""

    subject: RuleRow | OperationRow
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: the columns, and groups of rows (name, rows)."""

    columns: tuple[str, ...]
    groups: tuple[tuple[str, tuple[GridRow, ...]], ...]


def page_anchor(kind: str, name: str) -> str:
    """The id of a place on the page: `rule-RL-WINDOW`. Same in, same out; safe in an attribute and a URL."""
    return f"{kind}-{re.sub(r'[^A-Za-z0-9_-]+', '-', name)}"


def rule_matrix(record: Record) -> Grid:
    """Rule × operation, in contract order; a last column where a rule speaks of no single operation."""
    columns = _columns(record)
    proven = {finding.rule for finding in record.findings}
    areas: dict[str, list[GridRow]] = {}
    for rule in record_facts.selected_rules(record):
        row = GridRow(rule, tuple(_matrix_cell(record, rule, column, proven) for column in columns))
        areas.setdefault(rule.area, []).append(row)
    groups = tuple((area, tuple(rows)) for area, rows in areas.items())
    return Grid(tuple(map(record_facts.operation_name, columns)), groups)


def rule_counts(record: Record) -> str:
    """How the rules fared: `198 passed, 11 failed, 2 warned, 2 not judged`; a count of none is left out."""
    facts = record_facts.count_run(record)
    counts = (
        (facts.holding, "passed"),
        (facts.violated, "failed"),
        (facts.warned, "warned"),
        (facts.unknown, "not judged"),
    )
    return ", ".join(f"{number:,} {what}" for number, what in counts if number) or "none judged"


def places_by_verdict(rule: RuleRow) -> list[tuple[tuple[str, str], list[str]]]:
    """On which operations a rule has which verdict for which cause; of those where it holds, the names of a few."""
    places: dict[tuple[str, str], list[str]] = {}
    for operation, cell in rule.cells.items():
        places.setdefault((cell.verdict, cell.cause), []).append(record_facts.operation_name(operation))
    return [(key, _few(names)) for key, names in places.items()]


def _few(names: list[str]) -> list[str]:
    return names if len(names) <= MOST_PLACES else [count_words(len(names), "operation")]


def _columns(record: Record) -> list[str]:
    known = [operation.id for operation in record.operations]
    used = dict.fromkeys(name for rule in record_facts.selected_rules(record) for name in rule.cells)
    return known + [name for name in used if name not in known]


def _matrix_cell(record: Record, rule: RuleRow, operation: str, proven: set[str]) -> GridCell:
    cell = rule.cells.get(operation)
    if cell is None:
        return GridCell(MARKS["none"])
    kind = "broken" if cell.verdict == "violated" and rule.id in proven else "rule"
    href = page_anchor(kind, rule.id) if cell.verdict != "holds" else ""
    return GridCell(verdict_mark(cell.verdict, record_facts.marked_level(record, rule.level)), href)


def pair_grid(record: Record) -> Grid:
    """Operation × status: documented and seen (how often), documented and not seen, seen and not documented."""
    codes = {int(code) for operation in record.operations for code in operation.statuses}
    codes |= {code for operation in record.operations for code in operation.documented}
    columns = sorted(codes)
    missing = {(name, status) for name, status in record.pairs.missing}
    rows = tuple(
        GridRow(operation, tuple(_pair_cell(operation, code, missing) for code in columns))
        for operation in record.operations
    )
    return Grid(tuple(map(str, columns)), (("", rows),))


def _pair_cell(operation: OperationRow, code: int, missing: set[tuple[str, int]]) -> GridCell:
    times = operation.statuses.get(str(code), 0)
    if code not in operation.documented:
        return GridCell(MARKS["extra"], note=f"{times:,}") if times else GridCell(MARKS["absent"])
    if not times or (operation.id, code) in missing:
        return GridCell(MARKS["missing"])
    return GridCell(MARKS["seen"], note=f"{times:,}")


def finding_evidence(record: Record, finding: FindingRow) -> tuple[list[ExchangeRow], int]:
    """The exchanges to show for a finding, the most telling (the last) first, and how many were left out."""
    known = [record.exchanges[str(number)] for number in finding.exchanges if str(number) in record.exchanges]
    shown = known[-MOST_EXCHANGES:][::-1]
    return shown, len(finding.exchanges) - len(shown)


def format_instant(seconds: float) -> str:
    """Seconds since the epoch as ISO 8601 in UTC; the number itself where no calendar has it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return f"{seconds} s"
