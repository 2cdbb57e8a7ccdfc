"""`--require`: read before a run, and held against what the run judged."""

import pytest

from nhq.contract import Contract
from nhq.errors import ConfigError
from nhq.model import Finding, holds, violated
from nhq.report import validate_record
from nhq.report.terminal_summary import render_terminal
from nhq.run.record import Header, make_record
from nhq.run.required_rules import Required, read_required
from nhq.run.selection import Selection, make_selection

ALL = Selection()


def test_a_number_a_share_and_rules_are_read(contract):
    """A share is of the rules that the run is about, rounded up; nothing asked is nothing required."""
    there = len(contract.rules)
    assert read_required((), contract, ALL) is None
    assert read_required(["150"], contract, ALL) == Required("150", 150)
    assert read_required(["100%"], contract, ALL) == Required("100%", there)
    two = make_selection(contract, ["AUTH-ABSENT", "PAGE-CURSOR"], ())
    assert read_required(["10%, AUTH-ABSENT"], contract, two) == Required("10%,AUTH-ABSENT", 1, {"AUTH-ABSENT"})
    assert read_required(["2", "AUTH-ABSENT"], contract, two) == Required("2,AUTH-ABSENT", 2, {"AUTH-ABSENT"})


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("AUTH-ABSNT", "did you mean AUTH-ABSENT"),
        ("auth-absent", "did you mean AUTH-ABSENT"),
        ("5000", "there are"),
        ("101%", "there are"),
        ("0", "at least 1"),
        ("5,50%", "one number or share only"),
        ("12 rules", "give a number of rules"),
        ("", "give a number of rules"),
        ("5,", "give a number of rules"),
    ],
)
def test_what_can_not_be_required_is_one_line(contract, asked, line):
    """Each slip is told with what to write, before anything is sent."""
    with pytest.raises(ConfigError, match=line) as raised:
        read_required([asked], contract, ALL)
    assert "\n" not in str(raised.value)
    assert "--require" in str(raised.value)


def test_a_rule_that_the_run_leaves_out_can_not_be_required(contract):
    """--rule narrows what can be judged."""
    with pytest.raises(ConfigError, match="leave it out"):
        read_required(["PAGE-CURSOR"], contract, make_selection(contract, ["AUTH-ABSENT"], ()))


@pytest.fixture
def ended(contract, target, collector, exchange):
    """The record of a run that judged one rule on one operation, and was to judge more or not."""

    def end(*asked, broken=False, interrupted=False):
        collector.exchange(exchange(1))
        collector.observe(holds("PAGE-CURSOR", name) for name in contract.applies(contract.rules["PAGE-CURSOR"]))
        collector.observe([violated(Finding("PAGE-CURSOR", "list_leads", "x", "y", "", (1,)))] if broken else [])
        required = read_required(asked, contract, ALL)
        header = Header("gate", 1, "gate", "nhq gate", 0.0, 1.0, interrupted, required=required)
        record = make_record(header, contract, target, collector, ALL, {})
        validate_record(record)
        return record

    return end


@pytest.mark.parametrize(
    ("asked", "code", "lacking"),
    [((), 0, 0), (("1",), 0, 0), (("PAGE-CURSOR",), 0, 0), (("AUTH-ABSENT",), 2, 1), (("1,AUTH-ABSENT",), 2, 1)],
)
def test_what_was_required_and_not_judged_is_exit_2_with_the_list(ended, asked, code, lacking):
    """A rule is judged where one of its operations was; what lacks is named to the last."""
    record = ended(*asked)
    assert record.exit_code == code
    assert len(record.required.lacking if record.required else ()) == lacking
    assert ("AUTH-ABSENT" in render_terminal(record).partition("; not judged:")[2]) == bool(lacking)


def test_too_few_rules_name_all_that_were_not_judged(ended, contract):
    """The list is whole in the record and on the terminal, and the run is not said to hold."""
    record = ended("2")
    assert (record.exit_code, record.verdict) == (2, "unknown")
    assert len(record.required.lacking) == len(contract.rules) - 1
    said = render_terminal(record)
    assert all(rule in said for rule in record.required.lacking)


def test_a_broken_promise_stays_exit_1(ended):
    """What was proven goes before what was not seen; so does an interrupt."""
    assert ended("200", broken=True).exit_code == 1
    assert ended("200", interrupted=True).exit_code == 130


def test_a_former_id_is_required_and_selected_as_the_rule_that_had_it(contract: Contract) -> None:
    """`--rule` and `--require` in somebody's CI go on working after a rule was renamed."""
    selection = make_selection(contract, ["PAGE-ENDS", "AUTH-ABSENT"], ())
    assert selection.rules == {"PAGE-TERMINATES", "AUTH-ABSENT"}
    assert read_required(["PAGE-ENDS"], contract, selection) == Required("PAGE-ENDS", 0, {"PAGE-TERMINATES"})
