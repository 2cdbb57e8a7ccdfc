"""What only some runs have becomes sections of the page."""

from typing import Any

import pytest

from nhq.report import blocks, html, sections


def test_ordinary_runs_have_none(holding: dict[str, Any]) -> None:
    """A run without load or power results has no such section."""
    assert sections.sections(holding) == []
    assert 'id="load"' not in html.render(holding)


def test_load_results_become_a_section(holding: dict[str, Any]) -> None:
    """Whatever a load run brings is shown: values as a list, rows as a table, nested values under their name."""
    windows = [{"end": 60, "admitted": 60}, {"end": 120, "refused": 3}]
    holding["load"] = {
        "profile": "boundary",
        "latency": {"p99_ms": 7.5},
        "windows": windows,
        "keys": ["full", "full_2"],
    }
    (section,) = sections.sections(holding)
    first, latency, table = section.blocks
    assert first.facts == (("Profile", "boundary"), ("Keys", "full, full_2"))
    assert (latency.heading, latency.facts) == ("Latency", (("P99 ms", "7.5"),))
    assert (table.columns, table.rows) == (("end", "admitted", "refused"), (("60", "60", ""), ("120", "", "3")))
    page = html.render(holding)
    assert '<section id="load"' in page
    assert '<a href="#load">' in page


def test_long_tables_are_cut_and_say_so(holding: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A table too long for a page names how many rows it left out."""
    holding["load"] = {"kills": [{"fault": str(number)} for number in range(blocks.MOST_ROWS + 5)]}
    monkeypatch.setattr(sections, "BUILDERS", (blocks.generic("load", "Anything"),))
    (section,) = sections.sections(holding)
    assert len(section.blocks[0].rows) == blocks.MOST_ROWS
    assert "5 further rows in" in html.render(holding)


def test_anything_can_be_shown(holding: dict[str, Any]) -> None:
    """No shape of results breaks the page: empty, deep, mixed or hostile."""
    deep: Any = "bottom"
    for _ in range(20):
        deep = {"a": deep}
    holding["load"] = {"deep": deep, "none": None, "mixed": [1, {"a": 2}], "empty": {}, "": [], "x": "<script>"}
    assert "<script" not in html.render(holding)
