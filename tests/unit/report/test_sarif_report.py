"""results.sarif: findings for code scanning."""

import json
from typing import Any

from nhq.record.record_json import record_of
from nhq.report import sarif_report


def run(record: dict[str, Any]) -> dict[str, Any]:
    log = json.loads(sarif_report.render_sarif(record_of(record)))
    assert log["version"] == "2.1.0"
    (only,) = log["runs"]
    result: dict[str, Any] = only
    return result


def test_every_result_names_a_rule_a_place_and_itself(any_record: dict[str, Any]) -> None:
    """Every result has a known rule, a level, a message, a place in the contract and a fingerprint of its own."""
    read = run(any_record)
    known = {rule["id"] for rule in read["tool"]["driver"]["rules"]}
    assert len(read["results"]) == len(any_record["findings"]) + len(any_record["contract"].get("changes", ()))
    for result in read["results"]:
        assert result["ruleId"] in known
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "openapi.json"
    prints = [result["partialFingerprints"]["finding/v1"] for result in read["results"]]
    assert len(set(prints)) == len(prints)


def test_levels_follow_the_rules(violated: dict[str, Any]) -> None:
    """A broken `must` is an error; a broken `should` a warning."""
    levels = {result["ruleId"]: result["level"] for result in run(violated)["results"]}
    assert levels == {"AUTH-1": "error", "SCOPES-2": "error", "ERRORS-3": "warning"}


def test_the_exchange_travels_along(violated: dict[str, Any]) -> None:
    """A result carries the last exchange of its proof, and says so when no reply came."""
    result = run(violated)["results"][0]
    assert result["webRequest"]["target"] == "/leads?limit=7&cursor=c_0007"
    assert result["webResponse"]["statusCode"] == 200
    violated["exchanges"]["18"].update(status=None, trouble="timed out")
    assert run(violated)["results"][0]["webResponse"] == {"noResponseReceived": True}


def test_what_is_open_is_no_result(unknown: dict[str, Any]) -> None:
    """Rules that couldn't be judged and our troubles are notifications, and the invocation didn't succeed."""
    read = run(unknown)
    assert read["results"] == []
    (invocation,) = read["invocations"]
    assert invocation["executionSuccessful"] is False
    notes = invocation["toolExecutionNotifications"]
    assert [note["level"] for note in notes] == ["error"] + ["note"] * 8
    assert notes[1]["associatedRule"] == {"id": "CONVERSATIONS-1"}


def test_a_violation_is_a_successful_run(violated: dict[str, Any]) -> None:
    """Finding something is success of ours: exit code 1 doesn't mean that the tool failed."""
    (invocation,) = run(violated)["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (True, 1)
