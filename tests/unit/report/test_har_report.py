"""exchanges.har: what proves findings, for whoever opens archives of HTTP."""

import json
from typing import Any

from nhq.record.record_json import record_of
from nhq.report import har_report


def archive(record: dict[str, Any]) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(har_report.render_har(record_of(record)))["log"]
    return log


def test_it_is_an_archive_whatever_the_record(any_record: dict[str, Any]) -> None:
    """Version 1.2, and each entry has all members that the format asks for."""
    log = archive(any_record)
    assert log["version"] == "1.2"
    assert log["creator"]["name"] == "networkhq-conformance"
    for entry in log["entries"]:
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= set(entry)
        request, response = entry["request"], entry["response"]
        whole = {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"}
        assert whole <= set(request)
        assert {"status", "statusText", "content", "redirectURL", *whole - {"method", "url", "queryString"}} <= set(
            response
        )


def test_each_entry_says_what_it_proves(violated: dict[str, Any]) -> None:
    """The exchanges of findings alone, oldest first, as reports may show them."""
    entries = archive(violated)["entries"]
    proof = sorted({number for finding in violated["findings"] for number in finding["exchanges"]})
    shown = [violated["exchanges"][str(number)] for number in proof if str(number) in violated["exchanges"]]
    base = violated["target"]["base_url"]
    assert [entry["request"]["url"] for entry in entries] == [base + row["path"] for row in shown]
    assert [entry["response"]["status"] for entry in entries] == [row["status"] or 0 for row in shown]
    assert all(entry["comment"].startswith("F") for entry in entries)


def test_what_got_no_answer_says_why(violated: dict[str, Any]) -> None:
    """Status 0, as browsers have it."""
    number = str(violated["findings"][0]["exchanges"][-1])
    violated["exchanges"][number].update(status=None, trouble="timed out", trace="ab" * 16)
    told = [entry for entry in archive(violated)["entries"] if entry["response"]["status"] == 0]
    assert [(entry["response"]["statusText"], entry["_traceId"]) for entry in told] == [("timed out", "ab" * 16)]
