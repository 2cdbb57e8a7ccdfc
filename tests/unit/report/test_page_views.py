"""The page's tables: every cell of them says what the record says."""

from typing import Any

from msgspec.structs import replace

from nhq.record.record_json import record_of
from nhq.report import page_views

WORDS = {"holds": "passed", "violated": "failed", "unknown": "not judged"}


def test_matrix_has_every_cell(violated: dict[str, Any]) -> None:
    """The matrix has a column an operation, a row a selected rule, and in each cell the verdict of the record."""
    grid = page_views.rule_matrix(record_of(violated))
    assert list(grid.columns) == [operation["id"] for operation in violated["operations"]]
    rows = [row for _, rows in grid.groups for row in rows]
    assert [row.subject.id for row in rows] == [rule["id"] for rule in violated["rules"]]
    for row in rows:
        for name, cell in zip(grid.columns, row.cells, strict=True):
            label = row.subject.cells[name].verdict if name in row.subject.cells else "does not apply"
            expected = "warned" if label == "violated" and row.subject.level != "must" else WORDS.get(label, label)
            assert cell.mark.label == expected


def test_matrix_leads_to_the_evidence(violated: dict[str, Any]) -> None:
    """A broken cell leads to its finding, an unknown one to its cause, a broken one without finding to the rule."""
    violated["findings"] = [finding for finding in violated["findings"] if finding["rule"] != "SCOPES-2"]
    rows = {row.subject.id: row for _, rows in page_views.rule_matrix(record_of(violated)).groups for row in rows}
    hrefs = {name: {cell.href for cell in row.cells if cell.href} for name, row in rows.items()}
    assert hrefs["AUTH-1"] == {"broken-AUTH-1"}
    assert hrefs["LEADS-4"] == {"rule-LEADS-4"}
    assert hrefs["SCOPES-2"] == {"rule-SCOPES-2"}
    assert not hrefs["AUTH-2"]


def test_matrix_has_room_for_what_is_no_operation(holding: dict[str, Any]) -> None:
    """A rule judged on the API as a whole gets a column of its own, behind the operations."""
    holding["rules"][0]["cells"][""] = {"verdict": "holds", "observations": 1, "cause": "", "exchange": None}
    grid = page_views.rule_matrix(record_of(holding))
    assert grid.columns[-1] == "(whole API)"
    assert grid.groups[0][1][0].cells[-1].mark.label == "passed"


def test_pairs_tell_seen_missing_and_undocumented(unknown: dict[str, Any]) -> None:
    """The grid of answers shows each documented pair as seen (and how often) or not, and what nobody documented."""
    unknown["operations"][11]["statuses"]["418"] = 2
    grid = page_views.pair_grid(record_of(unknown))
    rows = {row.subject.id: dict(zip(grid.columns, row.cells, strict=True)) for row in grid.groups[0][1]}
    assert rows["get_lead"]["404"].mark.label == rows["send_message"]["503"].mark.label == "not seen"
    assert (rows["get_lead"]["418"].mark.label, rows["get_lead"]["418"].note) == ("not documented", "2")
    assert (rows["get_lead"]["200"].mark.label, rows["get_lead"]["200"].note) == ("seen", "7")
    documented = [cell for row in rows.values() for cell in row.values() if cell.mark.label in ("seen", "not seen")]
    assert len(documented) == unknown["pairs"]["documented"]


def test_the_last_exchanges_are_shown(violated: dict[str, Any]) -> None:
    """Of a long proof the last exchanges are shown, the most telling first; lost ones are counted, not invented."""
    exchanges = {str(number): {**violated["exchanges"]["17"], "id": number} for number in range(1, 9)}
    record = record_of({**violated, "exchanges": exchanges})
    shown, left_out = page_views.finding_evidence(record, replace(record.findings[0], exchanges=(*range(1, 9), 99)))
    assert [exchange.id for exchange in shown] == [8, 7]
    assert left_out == 7


def test_instants_are_total() -> None:
    """A time is shown in UTC; a number that no calendar holds is shown as it is."""
    assert page_views.format_instant(1_760_000_003.25) == "2025-10-09 08:53:23 UTC"
    assert page_views.format_instant(1e300) == "1e+300 s"


def test_anchors_are_safe() -> None:
    """An anchor holds nothing that an attribute or a URL would read as its own."""
    assert page_views.page_anchor("rule", 'A "B" <c>&#/d') == "rule-A-B-c-d"
