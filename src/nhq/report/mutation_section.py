"""The kill matrix on the page: for each family a picture, fault by rule, and a table of its faults."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape
from msgspec.structs import asdict

from nhq.record.mutation_rows import FaultRow, HonestRow, MutationRecord, VariantRow
from nhq.record.run_record import Record
from nhq.report.page_blocks import PageBlock, Section
from nhq.report.report_words import area_heading

CELL, LEFT, TOP = 14, 300, 190
SIGNS = {"kills": "●", "others": "○", "unseen": "·"}
LEGEND = (
    ("●", "a finding named this rule, which the fault breaks"),
    ("○", "a finding named this rule as well"),
    ("·", "the fault breaks this rule too; another one was named first"),
)


def build_mutation_section(record: Record) -> Section | None:
    """The section of a mutation run; None for any other run."""
    mutation = record.mutation
    if not mutation:
        return None
    facts = tuple((area_heading(str(name)), f"{value:,}") for name, value in asdict(mutation.summary).items())
    blocks = (PageBlock("", facts=facts), PageBlock("Signs", facts=LEGEND), *_families(mutation), *_variants(mutation))
    return Section("mutation", "Kill matrix", blocks)


def _families(mutation: MutationRecord) -> Iterator[PageBlock]:
    for family in dict.fromkeys(row.family for row in mutation.faults):
        rows = [row for row in mutation.faults if row.family == family]
        yield PageBlock(
            area_heading(family),
            columns=("fault", "what it does", "hidden by", "status", "requests"),
            rows=tuple((row.id, row.sentence, row.subtle, row.status, f"{row.requests:,}") for row in rows),
            svg=kill_matrix_table(rows),
        )


def _variants(mutation: MutationRecord) -> Iterator[PageBlock]:
    """Mocks that choose otherwise where the contract leaves it open: nothing may be found."""
    parts: tuple[tuple[str, Sequence[VariantRow | HonestRow]], ...] = (
        ("Mocks with one variant", mutation.variants),
        ("Mocks with many variants", mutation.combined),
    )
    for title, rows in parts:
        if rows:
            yield PageBlock(
                title,
                columns=("choice", "what it does", "status", "found", "warned of", "not judged"),
                rows=tuple(_choice(row) for row in rows),
            )


def _choice(row: VariantRow | HonestRow) -> tuple[str, ...]:
    """A row of one choice, or of many together."""
    found, unjudged = ", ".join(row.found), ", ".join(row.unjudged)
    if isinstance(row, HonestRow):
        return f"{len(row.variants)} choices", "", row.status, found, "", unjudged
    return row.id, row.sentence, row.status, found, ", ".join(row.warned), unjudged


def kill_matrix_table(rows: Sequence[FaultRow]) -> Markup:
    """Faults as rows, rules as columns, a sign in each cell, with a text for screen readers."""
    rules = list(dict.fromkeys(rule for row in rows for rule in (*row.rules, *row.kills, *row.others)))
    width, height = LEFT + CELL * len(rules) + 20, TOP + CELL * len(rows) + 4
    parts = [
        f'<svg class="matrix" role="img" aria-label="Kill matrix" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-size="10" font-family="monospace" fill="currentColor">'
    ]
    parts += [_across(rule, place) for place, rule in enumerate(rules)]
    for place, row in enumerate(rows):
        y = TOP + CELL * place + 10
        parts.append(f'<text x="{LEFT - 6}" y="{y}" text-anchor="end">{escape(row.id)}</text>')
        parts += [_sign(row, rule, LEFT + CELL * column, y) for column, rule in enumerate(rules)]
    return Markup("".join([*parts, "</svg>"]))


def _across(rule: str, place: int) -> str:
    x = LEFT + CELL * place + 9
    return f'<text transform="translate({x} {TOP - 6}) rotate(-90)">{escape(rule)}</text>'


def _sign(row: FaultRow, rule: str, x: int, y: int) -> str:
    kind = "kills" if rule in row.kills else "others" if rule in row.others else "unseen"
    if kind == "unseen" and rule not in row.rules:
        return ""
    title = f"<title>{escape(row.id)}: {escape(rule)}</title>"
    return f'<text x="{x + 3}" y="{y}">{title}{SIGNS[kind]}</text>'
