"""The judge is judged: suites whose tests lie are reported for what they are."""

import pytest

RULE = "PAGE-CURSOR"


def cell(record, rule=RULE, operation="list_leads"):
    row = next(row for row in record["rules"] if row["id"] == rule)
    return row["cells"][operation]


def test_an_honest_scenario_holds(run_suite):
    """A rule that was seen kept holds on the operation that was asked."""
    record = run_suite(
        f"@pytest.mark.rule('{RULE}')\ndef test_x(judge, proof):\n    judge('{RULE}', True, proof, expected='x')\n"
    )
    assert cell(record)["verdict"] == "holds"
    assert record["tests"][0]["outcome"] == "passed"


def test_a_broken_promise_is_a_finding_and_fails_the_run(run_suite):
    """A rule seen broken is violated, names its proof, and the exit code is 1."""
    record = run_suite(
        f"@pytest.mark.rule('{RULE}')\n"
        f"def test_x(judge, proof):\n    judge('{RULE}', False, proof, expected='x', actual='y')\n"
    )
    assert cell(record)["verdict"] == "violated"
    assert record["exit_code"] == 1
    assert record["findings"][0]["curl"].endswith('"http://127.0.0.1:9/leads"') or record["findings"][0][
        "curl"
    ].endswith("'http://127.0.0.1:9/leads'")
    assert "$NHQ_KEY_FULL" in record["findings"][0]["curl"]
    assert record["tests"][0]["outcome"] == "failed"


def test_a_scenario_that_swallows_its_answer_is_unknown(run_suite):
    """A test that judges nothing proves nothing."""
    record = run_suite(f"@pytest.mark.rule('{RULE}')\ndef test_x(judge, proof):\n    pass\n")
    assert cell(record)["verdict"] == "unknown"
    assert record["exit_code"] == 2


def test_a_crash_inside_a_scenario_is_unknown_and_ours(run_suite):
    """A crash of ours is unknown with its place, never holds, and the exit code is 2."""
    record = run_suite(
        f"@pytest.mark.rule('{RULE}')\n"
        f"def test_x(judge, proof):\n    judge('{RULE}', True, proof, expected='x')\n    1 / 0\n"
    )
    row = next(row for row in record["rules"] if row["id"] == RULE)
    assert row["verdict"] == "unknown"
    assert "ZeroDivisionError" in row["cause"]
    assert record["exit_code"] == 2


@pytest.mark.parametrize(
    "problem", ["raise AssertionError('no state')", "raise errors.NhqError('lost') from None", "raise FLAKY"]
)
def test_what_an_interrupt_leads_to_is_no_crash(run_suite, problem):
    """Hypothesis may raise another exception while it is interrupted: that is no trouble of ours."""
    record = run_suite(
        "FLAKY = ExceptionGroup('flaky', [ValueError()])\nFLAKY.exceptions[0].__context__ = KeyboardInterrupt()\n"
        f"@pytest.mark.rule('{RULE}')\ndef test_x(judge):\n"
        f"    try:\n        raise KeyboardInterrupt\n    except BaseException:\n        {problem}\n",
    )
    assert record["troubles"] == []
    assert next(row["cause"] for row in record["rules"] if row["id"] == RULE) == "interrupted"


def test_a_crash_in_a_fixture_is_ours_too(run_suite):
    """A fixture that fails must not pass for silence."""
    record = run_suite(
        "@pytest.fixture\ndef broken():\n    raise KeyError('x')\n"
        f"@pytest.mark.rule('{RULE}')\ndef test_x(broken, judge):\n    pass\n"
    )
    assert record["exit_code"] == 2
    assert record["troubles"]


def test_a_failed_assertion_is_ours(run_suite):
    """Scenarios judge by the judge; a bare assert that fails says nothing of the server."""
    record = run_suite(f"@pytest.mark.rule('{RULE}')\ndef test_x(judge, proof):\n    assert False\n")
    assert record["exit_code"] == 2
    assert not record["findings"]


def test_what_the_target_lacks_is_named(run_suite):
    """A target without what a scenario needs makes its rules unknown, with the cause, and nothing worse."""
    record = run_suite(
        f"@pytest.mark.rule('{RULE}')\ndef test_x(judge):\n"
        "    raise errors.PreconditionNotMet('no campaign in state paused')\n"
    )
    row = next(row for row in record["rules"] if row["id"] == RULE)
    assert row["verdict"] == "unknown"
    assert "no campaign in state paused" in row["cause"]
    assert record["unsatisfied"] == ["no campaign in state paused"]
    assert not record["troubles"]


def test_a_skip_is_unknown(run_suite):
    """A skipped scenario is told as unknown."""
    record = run_suite(f"@pytest.mark.rule('{RULE}')\ndef test_x(judge):\n    pytest.skip('later')\n")
    assert record["tests"][0]["outcome"] == "unknown"


def test_judging_a_rule_that_is_not_in_the_mark_is_a_mistake_of_ours(run_suite):
    """The trace is true because a scenario can't judge what it doesn't name."""
    record = run_suite(
        f"@pytest.mark.rule('{RULE}')\n"
        "def test_x(judge, proof):\n    judge('PAGE-TERMINATES', True, proof, expected='x')\n"
    )
    assert record["exit_code"] == 2
    assert cell(record, "PAGE-TERMINATES")["verdict"] == "unknown"


def test_inside_a_state_machine_a_broken_promise_is_raised_once(run_suite):
    """What a state machine raises becomes one finding."""
    record = run_suite(
        f"@pytest.mark.rule('{RULE}')\n"
        f"def test_x(judge, proof):\n    judge.must('{RULE}', False, proof, expected='x', actual='y')\n"
    )
    assert [finding["rule"] for finding in record["findings"]] == [RULE]
    assert record["exit_code"] == 1


def test_selecting_a_rule_leaves_the_others_out_of_the_verdict(run_suite):
    """`--rule` runs what judges it; the rest is not selected and doesn't weigh."""
    record = run_suite(
        f"@pytest.mark.rule('{RULE}')\ndef test_x(judge, proof):\n    judge('{RULE}', True, proof, expected='x')\n"
        "@pytest.mark.rule('PAGE-TERMINATES')\ndef test_y(judge, proof):\n    1 / 0\n",
        rules=(RULE,),
    )
    assert len(record["tests"]) == 1
    assert [row["id"] for row in record["rules"] if row["selected"]] == [RULE]


def test_a_target_that_stops_answering_is_not_asked_for_ever(run_suite):
    """After five tests without an answer the rest is unknown at once."""
    one = "@pytest.mark.rule('{0}')\ndef test_{1}(judge):\n    raise errors.TargetError('no answer')\n"
    record = run_suite("".join(one.format(RULE, n) for n in range(7)))
    causes = [row["cause"] for row in record["tests"]]
    assert causes[-1] == "the target stopped answering earlier in the run"
    assert record["exit_code"] == 2


def test_a_file_that_cannot_be_read_is_ours(run_suite):
    """Tests that were never collected are trouble with their file's name, not silence."""
    record = run_suite("import nobody_has_this\n")
    assert record["exit_code"] == 2
    assert record["troubles"][0]["cause"] == "its tests could not be collected"


def test_a_target_of_strange_shape_is_tested_all_the_same(run_suite):
    """When reading what the target holds crashes, that is told, and the tests still judge."""
    record = run_suite(
        f"@pytest.mark.rule('{RULE}')\n"
        f"def test_x(judge, proof):\n    judge('{RULE}', False, proof, expected='x', actual='y')\n",
        warm=lambda: {}["pagination"],
    )
    assert record["troubles"][0]["where"] == "discovery"
    assert "KeyError" in record["troubles"][0]["cause"]
    assert record["exit_code"] == 1
