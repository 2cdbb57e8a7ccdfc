"""Sections that only some runs have. A load run or a power run brings its own results; each becomes one section.

To give one a page of its own making, put its builder into `BUILDERS`: record in, `Section` out, None to leave it out.
"""

from collections.abc import Sequence

from nhq.record.run_record import Record
from nhq.report import contract_section, load_section, power_section
from nhq.report.blocks import Builder, Section

BUILDERS: Sequence[Builder] = (contract_section.build, load_section.build, power_section.build)


def sections(record: Record) -> list[Section]:
    """The sections this record has, in the order of `BUILDERS`."""
    return [section for build in BUILDERS if (section := build(record)) is not None]
