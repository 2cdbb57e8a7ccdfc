"""What only some runs have becomes sections of the page."""

from typing import Any

from nhq.record.record_json import record_of
from nhq.report import html_page, page_blocks, sections


def test_ordinary_runs_have_none(holding: dict[str, Any]) -> None:
    """A run without load or power results has no such section."""
    assert sections.record_sections(record_of(holding)) == []
    assert 'id="load"' not in html_page.render_html(record_of(holding))


def test_long_tables_are_cut_and_say_so(moved: dict[str, Any]) -> None:
    """A table too long for a page names how many rows it left out."""
    moved["contract"]["changes"] *= page_blocks.MOST_ROWS
    (section,) = sections.record_sections(record_of(moved))
    assert len(section.blocks[0].rows) == page_blocks.MOST_ROWS
    assert f"{2 * page_blocks.MOST_ROWS} further rows in" in html_page.render_html(record_of(moved))
