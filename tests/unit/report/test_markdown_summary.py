"""summary.md: what a reviewer reads in a pull request."""

import re
from typing import Any

from nhq.record.record_json import record_of
from nhq.report import markdown_summary


def test_verdict_and_counts_come_first(holding: dict[str, Any]) -> None:
    """A holding run is a heading, the counts and where they come from."""
    text = markdown_summary.render_markdown(record_of(holding))
    assert text.startswith("## ✓ PASSED 108 of 108 rules\n")
    assert "90/90 documented responses covered" in text
    assert "|---" not in text
    assert "seed 1" in text


def test_findings_are_rows(violated: dict[str, Any]) -> None:
    """Each distinct finding is one row with its sign in words, sentence and operations, and the commands follow."""
    text = markdown_summary.render_markdown(record_of(violated))
    rows = [line for line in text.splitlines() if re.match(r"\| [✗!] ", line)]
    assert len(rows) == 3
    assert rows[0].startswith("| ✗ failed | **AUTH-1**<br>“Requests without a valid key")
    assert r"| list\_leads, send\_message |" in rows[0]
    assert rows[2].startswith("| ! warned | **ERRORS-3**")
    assert "```sh\nnhq gate --rule AUTH-1" in text


def test_what_is_open_is_listed(unknown: dict[str, Any]) -> None:
    """Causes are listed once with some of their rules, then our troubles."""
    text = markdown_summary.render_markdown(record_of(unknown))
    assert "CONVERSATIONS-5 and 3 more" in text
    assert "trouble on our side, GET /leads: no reply within 10 s" in text


def test_it_fits_a_comment(any_record: dict[str, Any]) -> None:
    """However much went wrong, the summary fits into a pull request's comment (65,536 characters)."""
    record = any_record
    record["findings"] = [
        {**finding, "where": str(number), "actual": "z" * 9000}
        for finding in record["findings"]
        for number in range(200)
    ]
    assert len(markdown_summary.render_markdown(record_of(record))) < 65_536


def test_hostile_text_stays_text(hostile: dict[str, Any]) -> None:
    """No cell ends a table's row, closes a code block or writes markup."""
    text = markdown_summary.render_markdown(record_of(hostile))
    text.encode()
    assert "<img" not in text.replace("\\<", "").split("```")[0]
    rows = [line for line in text.splitlines() if re.match(r"\| [✗!] ", line)]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {6}
