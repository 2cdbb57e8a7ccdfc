"""Sections that only some runs have. A load run or a mutation run brings its own results; each becomes one section.

To give one a page of its own making, put its builder into `BUILDERS`: record in, `Section` out, None to leave it out.
"""

from collections.abc import Sequence

from nhq.record.run_record import Record
from nhq.report import contract_section, load_section, mutation_section
from nhq.report.page_blocks import Builder, Section

BUILDERS: Sequence[Builder] = (
    contract_section.build_contract_section,
    load_section.build_load_section,
    mutation_section.build_mutation_section,
)


def record_sections(record: Record) -> list[Section]:
    """The sections this record has, in the order of `BUILDERS`."""
    return [section for build in BUILDERS if (section := build(record)) is not None]
