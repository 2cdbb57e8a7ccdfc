"""The summary at the end of a run."""

from typing import Any

from nhq.record.record_json import record_of
from nhq.report import terminal_summary


def test_it_holds_in_a_few_lines(holding: dict[str, Any]) -> None:
    """A run that holds needs few lines: where the report is, then the verdict and the counts."""
    lines = terminal_summary.render_terminal(record_of(holding), ["reports/out/report.html"]).splitlines()
    assert lines[-4:] == [
        "report: reports/out/report.html",
        "",
        "✓ PASSED 108 of 108 rules",
        "  2xx seen on 16/16 operations, 90/90 documented responses covered, 108 rules passed, 1,243 requests",
    ]
    assert len(lines) <= 8


def test_a_finding_names_promise_and_remedy(violated: dict[str, Any]) -> None:
    """Each finding shows the rule's id, its sentence, operations, expected, actual and how to judge again."""
    text = terminal_summary.render_terminal(record_of(violated))
    for part in (
        "✗ AUTH-1 ",
        "“Requests without a valid key are answered with 401, whatever the path or the body.”",
        "list_leads, send_message at /data/0/id",
        "expected   every lead exactly once over all pages",
        "actual     lead_0007 stands on page 1 and again on page 2",
        "reproduce  nhq gate --rule AUTH-1 --operation list_leads --seed 1",
        "! ERRORS-3 ",
        "(should: warns, doesn't fail the run)",
    ):
        assert part in text


def test_a_failed_rule_is_one_line_with_its_sentence(violated: dict[str, Any]) -> None:
    """`grep '^✗'` lists what failed, each with the sentence that it breaks."""
    lines = terminal_summary.render_terminal(record_of(violated)).splitlines()
    failed = [line for line in lines if line.startswith("✗ ")][:-1]
    assert [line.split()[1] for line in failed] == ["AUTH-1", "SCOPES-2"]
    assert all(
        line.endswith("“Requests without a valid key are answered with 401, whatever the path or the body.”")
        for line in failed
    )


def test_causes_are_named(unknown: dict[str, Any]) -> None:
    """What could not be judged is listed by cause with its rules; troubles and what the target lacks follow."""
    text = terminal_summary.render_terminal(record_of(unknown))
    assert "\n? COULD NOT JUDGE: 100 of 108 rules judged, none failed\n  8 rules not fully checked\n" in text
    assert "? not judged: not permitted: send" in text
    assert "CONVERSATIONS-8 on list_members, import_leads, list_leads" in text
    assert "trouble on our side, GET /leads: no reply within 10 s" in text
    assert "not found on the target: no campaign in state completed" in text
    assert "changed on the target: lead list lst_0042" in text


def test_a_flood_is_cut_and_counted(violated: dict[str, Any]) -> None:
    """Hundreds of findings and causes are cut to what a person reads, and the rest is counted."""
    finding = violated["findings"][0]
    violated["findings"] = [{**finding, "id": f"F{n}", "where": f"/data/{n}"} for n in range(1, 301)]
    for number, rule in enumerate(violated["rules"]):
        rule.update(verdict="unknown", cells={}, cause=f"cause {number}")
    text = terminal_summary.render_terminal(record_of(violated))
    assert len(text.splitlines()) < 160
    assert "… and 280 more findings, all in the report" in text
    assert f"… and {len(violated['rules']) - 20} more causes, all in the report" in text


def test_it_can_be_printed_whatever_was_seen(hostile: dict[str, Any]) -> None:
    """No escape sequence and no line break of a server's reaches the terminal, and lines stay short."""
    text = terminal_summary.render_terminal(record_of(hostile))
    text.encode()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert max(map(len, text.splitlines())) < 500


def test_nothing_seen_is_said_plainly(empty: dict[str, Any]) -> None:
    """A run without operations and rules still ends with a verdict and its counts."""
    assert "2xx seen on 0/0 operations" in terminal_summary.render_terminal(record_of(empty))
