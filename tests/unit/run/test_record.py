"""The record folds what was seen, and nothing else."""

import json

import pytest

from nhq.fingerprints import fingerprint_of
from nhq.model import Finding, Level, holds, unknown, violated
from nhq.record.record_json import read_record
from nhq.report import render_report, validate_record
from nhq.report.run_headline import run_headline
from nhq.scenarios.judge import Judge


def seen(collector, contract, exchange, *, status=200):
    """Every operation answered, every rule seen on every operation."""
    for number, operation in enumerate(contract.operations, 1):
        collector.exchange(exchange(number, operation=operation, status=status))
    for rule in contract.rules.values():
        collector.observe(holds(rule.id, operation) for operation in contract.applies(rule))


def test_an_empty_run_judged_nothing(collector, record_of):
    """No exchange, no verdict: unknown, and exit code 2."""
    record = record_of(collector)
    assert record["verdict"] == "unknown"
    assert record["exit_code"] == 2
    assert record["pairs"]["observed"] == 0
    validate_record(record)


def test_all_held_is_holds(collector, contract, exchange, record_of):
    """Every cell seen and kept: holds, exit code 0, and the record fits its schema."""
    seen(collector, contract, exchange)
    record = record_of(collector)
    assert record["verdict"] == "holds"
    assert record["exit_code"] == 0
    validate_record(record)


def test_an_operation_that_never_succeeded_is_unknown(collector, contract, exchange, record_of):
    """Cells that hold on refusals alone don't make an operation hold."""
    seen(collector, contract, exchange, status=404)
    record = record_of(collector)
    assert {row["verdict"] for row in record["operations"]} == {"unknown"}


@pytest.mark.parametrize(
    ("fail_on", "broken", "verdict"),
    [("should", "should", "violated"), ("should", "assumed", "holds"), ("assumed", "assumed", "violated")],
)
def test_what_fails_a_run_can_be_asked_for(collector, contract, record_of, exchange, fail_on, broken, verdict):
    """`--fail-on should` and `--fail-on assumed` make warnings count, in verdict, exit code, headline and JUnit."""
    seen(collector, contract, exchange)
    rule = next(rule for rule in contract.rules.values() if rule.level == broken)
    collector.observe([violated(Finding(rule.id, contract.applies(rule)[0], "x", "y"))])
    record = record_of(collector, fail_on=Level(fail_on))
    read = read_record(json.dumps(record), "")
    red = verdict == "violated"
    assert (record["verdict"], record["exit_code"], record["fail_on"]) == (verdict, int(red), fail_on)
    assert run_headline(read).startswith("FAILED 1 of " if red else "PASSED ")
    assert ("<failure" in render_report(read, "junit")) is red


def test_a_broken_assumption_warns(collector, contract, exchange, record_of):
    """Breaking what we only assume is reported and doesn't fail the run."""
    seen(collector, contract, exchange)
    assumed = next(rule for rule in contract.rules.values() if rule.level == "assumed")
    collector.observe([violated(Finding(assumed.id, contract.applies(assumed)[0], "x", "y"))])
    record = record_of(collector)
    assert record["exit_code"] == 0
    assert [finding["level"] for finding in record["findings"]] == ["assumed"]


def test_one_finding_seen_twice_is_counted(collector, record_of):
    """The same promise broken the same way at the same place is one finding."""
    for number in (1, 2):
        collector.observe([violated(Finding("PAGE-CURSOR", "list_leads", "x", f"y{number}"))])
    record = record_of(collector)
    assert [finding["count"] for finding in record["findings"]] == [2]


def test_an_interrupted_run_says_so(collector, record_of):
    """Exit code 130, whatever was seen until then."""
    assert record_of(collector, interrupted=True)["exit_code"] == 130


def test_a_judge_that_could_not_run_leaves_a_remark(collector, contract, exchange, record_of):
    """A rule whose cells all hold holds, though one of its judges found no data; the cause is still told."""
    seen(collector, contract, exchange)
    collector.observe([unknown("CAMP-PAUSE", None, "no draft left")])
    record = record_of(collector)
    (rule,) = [rule for rule in record["rules"] if rule["id"] == "CAMP-PAUSE"]
    assert (rule["verdict"], rule["cause"]) == ("holds", "no draft left")
    assert record["verdict"] == "holds"
    validate_record(record)


def test_a_judge_that_could_not_run_is_no_substitute(collector, record_of):
    """A rule that nothing has seen stays unknown, with the judge's cause."""
    collector.observe([unknown("CAMP-PAUSE", None, "no draft left")])
    (rule,) = [rule for rule in record_of(collector)["rules"] if rule["id"] == "CAMP-PAUSE"]
    assert (rule["verdict"], rule["cause"]) == ("unknown", "no draft left")


def test_what_an_earlier_test_sent_can_prove_a_finding(collector, contract, exchange, record_of):
    """Tests that share a start judge by it: its exchange is shown and repeated as if it were their own."""
    start = exchange(7)
    collector.exchange(start)
    collector.begin()
    judge = Judge(contract, collector, ["CAMP-START"])
    judge("CAMP-START", False, start, expected="x", actual="y", operation="run_campaign_action")
    record = record_of(collector)
    assert record["findings"][0]["curl"].startswith("curl ")
    assert list(record["exchanges"]) == ["7"]


def test_a_renamed_rule_keeps_its_findings_fingerprints(collector, record_of):
    """Nights and code-quality tools go on knowing a finding after its rule was renamed."""
    collector.observe([violated(Finding("PAGE-TERMINATES", "list_leads", "an end", "none", "/data", code="repeated"))])
    record = record_of(collector)
    assert record["findings"][0]["rule"] == "PAGE-TERMINATES"
    assert record["findings"][0]["fingerprint"] == fingerprint_of("PAGE-ENDS", "list_leads", "repeated", "/data")
