"""Answers that a test can't read: their own rule is broken, and the test's rules are unknown, not our trouble."""

import pytest

from nhq.checks.exchange import check_exchange
from nhq.errors import Absent, Unread
from nhq.model import Observation, Verdict
from nhq.scenarios.judge import Judge

RULE = "PAGE-CURSOR"
OTHER_SHAPE = (
    "from nhq.checks.exchange import check_exchange\nfrom dataclasses import replace\n"
    "@pytest.fixture\ndef broken(api, proof):\n"
    "    one = replace(proof, body=b'{\"data\": 7}')\n"
    "    api.session.recorder.listeners[-1](one)\n    return one\n"
)


def rule_of(record, rule=RULE):
    return next(row for row in record["rules"] if row["id"] == rule)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"data":[', b'{"a":NaN}', b"[" * 100_000])
def test_a_body_that_is_no_object_says_so(exchange, body):
    """Reading it raises one error, whatever came instead."""
    one = exchange(body=body)
    with pytest.raises(Unread, match="list_leads answered 200 with"):
        one.json()
    assert one.unreadable


def test_a_member_that_is_not_there_says_so(exchange):
    """At any depth; asking with `get` and `in` is as with any dictionary."""
    body = exchange(body=b'{"data":[{"id":"a"}]}').json()
    assert body["data"][0].get("lead_count") is None
    assert "lead_count" not in body["data"][0]
    with pytest.raises(Absent, match="list_leads answered 200 without the member 'lead_count'"):
        body["data"][0]["lead_count"]


def test_an_absent_member_crashes_no_test(run_suite):
    """The test's rules are unknown with the cause; nothing is trouble of ours, and nothing lacks on the target."""
    record = run_suite(f"@pytest.mark.rule('{RULE}')\ndef test_x(judge, proof):\n    proof.json()['lead_count']\n")
    assert "without the member 'lead_count'" in rule_of(record)["cause"]
    assert (record["troubles"], record["unsatisfied"]) == ([], [])


def test_a_crash_over_an_answer_of_another_shape_is_the_answers(run_suite):
    """The schema's rule tells the cause; the test that stumbled over it says where it stood."""
    source = f"@pytest.mark.rule('{RULE}')\ndef test_x(judge, broken):\n    broken.json()['data']['messages']\n"
    record = run_suite(OTHER_SHAPE + source)
    assert "SCHEMA-BODY is broken by list_leads" in rule_of(record)["cause"]
    assert record["troubles"] == []
    assert record["exit_code"] == 1


def test_a_crash_without_such_an_answer_stays_ours(run_suite):
    """An answer that kept its schema excuses nobody."""
    record = run_suite(f"@pytest.mark.rule('{RULE}')\ndef test_x(judge, proof):\n    proof.json()['data']['x']\n")
    assert "the test itself crashed: TypeError" in record["troubles"][0]["cause"]
    assert record["exit_code"] == 2


@pytest.mark.parametrize(
    ("rule", "expected", "verdict"),
    [
        ("LIST-NAME-KEPT", "the names given", Verdict.UNKNOWN),
        ("AUTH-ABSENT", "401 without a key", Verdict.VIOLATED),
        ("RL-LIMIT-ADMITTED", "60 admitted", Verdict.VIOLATED),
    ],
)
def test_what_an_unreadable_answer_leads_to_is_no_second_finding(
    contract, collector, exchange, rule, expected, verdict
):
    """The missing JSON is told once; statuses and headers are judged without it all the same."""
    empty = exchange(body=b"", operation="create_lead_lists")
    Judge(contract, collector, [rule])(rule, False, empty, expected=expected, actual="another")
    assert {cell.verdict for cell in collector.cells.values()} == {verdict}


def test_a_number_of_any_length_can_be_read(contract, collector, exchange):
    """A finding says how long it is; a number where a text is due is told as well."""
    judge = Judge(contract, collector, ["LIST-COUNT-TRUE"])
    judge("LIST-COUNT-TRUE", False, exchange(), expected="3", actual="9" * 400)
    judge("LIST-COUNT-TRUE", False, exchange(), expected="4", actual=7)
    assert [p.finding.actual for p in collector.findings.values()] == ["‹number 9›… (400 digits)", "7"]


def test_a_check_that_crashes_is_trouble_of_ours(contract, collector, exchange, record_of):
    """Named with its rules and the test, once however many answers it breaks over; never exit 0."""

    def crashes(seen: object) -> list[Observation]:
        raise KeyError("x")

    vars(crashes)["rules"] = ("SCHEMA-BODY",)
    for number in (1, 2):
        one = exchange(number, test="test_x")
        collector.exchange(one)
        collector.observe(check_exchange(one, contract, (crashes,)))
    record = record_of(collector)
    assert record["exit_code"] == 2
    assert [row["where"] for row in record["troubles"]] == ["test_x"]
    assert "the check crashes of SCHEMA-BODY crashed: KeyError at" in record["troubles"][0]["cause"]
    assert "KeyError" in "".join(collector.tracebacks.values())


def test_a_check_of_schemas_alone_that_crashes_is_not_silent(contract, collector, exchange):
    """Checks that only accuse bind no rule; their crash is told all the same."""

    def accuses(seen: object) -> list[Observation]:
        raise KeyError("x")

    collector.exchange(exchange())
    collector.observe(check_exchange(exchange(), contract, (accuses,)))
    assert collector.troubles[0].cause.startswith("the check accuses of SCHEMA-BODY crashed: KeyError at")
