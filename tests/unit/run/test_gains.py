"""What to add to judge more: by what each unjudged rule lacks; what is needed together is told together."""

from dataclasses import replace

import pytest
from msgspec import structs

from nhq.model import Effect, Identity, Verdict
from nhq.needs import SECOND, in_words, need_of_lacking_scope, need_of_scope, of_message
from nhq.record.judged_rows import CellRow, RuleRow
from nhq.record.record_json import record_of as typed
from nhq.report import record_facts
from nhq.report.markdown_summary import render_markdown as markdown
from nhq.report.terminal_summary import render_terminal
from nhq.run.gains import judging_gains
from nhq.run.test_results import TestResult

UNKNOWN = CellRow(verdict=Verdict.UNKNOWN, observations=0, cause="not exercised", exchange=None)


def _rule(rule, cells):
    return RuleRow(
        id=rule.id,
        title=rule.title,
        area=rule.area,
        level=rule.level,
        pointer=rule.pointer,
        quote=rule.quote,
        verdict=Verdict.UNKNOWN,
        cause="",
        selected=True,
        cells=cells,
        bound=(),
    )


@pytest.fixture
def told(contract, target):
    """The gains of some tests, each its rules and needs, for rules that nothing was judged of; costs are not asked."""

    def tell(*tests, judged=(), target=target):
        results = [
            TestResult(f"t.py::t{n}{variant}", rules, "unknown", needs=list(needs))
            for n, (rules, needs, variant) in enumerate(tests)
        ]
        names = dict.fromkeys(name for rules, _, _ in tests for name in rules)
        rows = []
        for name in names:
            cells = dict.fromkeys(contract.applies(contract.rules[name]), UNKNOWN)
            cells |= {next(iter(cells)): structs.replace(UNKNOWN, verdict=Verdict.HOLDS)} if name in judged else {}
            rows.append(_rule(contract.rules[name], cells))
        return [(list(g.add), list(g.rules), g.places) for g in judging_gains(contract, target, results, rows)]

    return tell


def test_what_judges_most_comes_first(told):
    """Rules by what they lack, counted once each, however many tests lack it."""
    one = (("SEARCH-AND", "SEARCH-CASE"), [need_of_scope("campaigns:read")], "")
    again = (("SEARCH-AND",), [need_of_scope("campaigns:read")], "")
    other = (("SEARCH-NONE",), [SECOND], "")
    assert told(other, one, again) == [
        (["a key with campaigns:read"], ["SEARCH-AND", "SEARCH-CASE"], 0),
        (["a key of a second workspace"], ["SEARCH-NONE"], 0),
    ]


def test_two_things_that_are_needed_together_are_told_together(told):
    """A rule that lacks both is counted under neither alone."""
    both = (("SEARCH-AND",), [need_of_scope("campaigns:read"), SECOND], "")
    assert told(both) == [(["a key with campaigns:read", "a key of a second workspace"], ["SEARCH-AND"], 0)]


def test_what_suffices_is_enough(told):
    """A rule that one addition judges isn't told under that one with another; either of two is told twice."""
    less, more = (("SEARCH-AND",), [SECOND], ""), (("SEARCH-AND",), [need_of_scope("campaigns:read"), SECOND], "")
    assert [add for add, _, _ in told(less, more)] == [["a key of a second workspace"]]
    either = (("SEARCH-AND",), [need_of_scope("campaigns:read")], "")
    assert len(told(less, either)) == 2


def test_an_effect_that_is_not_allowed_is_needed_beside_the_rest(told):
    """The guard stops a start, whatever draft is named: both are told together."""
    draft = (("CAMP-START",), ["given campaign_startable"], "")
    ((add, rules, _),) = told(draft)
    assert add == ["allow = [..., 'send']", "campaign_startable in [given]"]
    assert rules == ["CAMP-START"]


def test_an_effect_that_is_allowed_is_not_told(told, target):
    """Only what lacks is to be added."""
    draft, open_target = (("CAMP-START",), ["given campaign_startable"], ""), replace(target, allow=frozenset(Effect))
    assert [add for add, _, _ in told(draft, target=open_target)] == [["campaign_startable in [given]"]]


def test_a_variant_is_about_its_operation(told):
    """Places count operations of rules that were judged on others; a variant of a test fits its own alone."""
    variant = (("WS-LISTS-OWN",), [SECOND], "[list_leads]")
    assert told(variant, judged=["WS-LISTS-OWN"]) == [(["a key of a second workspace"], [], 1)]


def test_a_rule_of_every_answer_needs_its_operation_called(told, target):
    """What is judged on each exchange needs a key with the operation's scope and its effect, and no test of its own."""
    wide = replace(target, keys=(Identity("full", "alpha", frozenset({"leads:read", "campaigns:read"}), "s"),))
    found = told((("SEND-OK",), [], ""), target=wide)
    assert found == [(["a key with conversations:write", "allow = [..., 'send']"], ["SEND-OK"], 0)]


def test_each_need_has_its_words():
    """Every kind of code says what to write."""
    assert in_words([need_of_scope("a:read"), need_of_scope("b:read")]) == ["a key with a:read and b:read"]
    assert in_words([need_of_scope("a:read", elsewhere=True)]) == ["a key of a second workspace with a:read"]
    assert in_words([need_of_lacking_scope("campaigns:write")]) == ["a key with only leads:read"]
    assert in_words([need_of_lacking_scope("leads:read")]) == ["a key with only campaigns:read"]
    assert in_words(["key revoked", "key twin"]) == [
        "a revoked key (revoked = true)",
        "a second key as wide as the first",
    ]
    assert in_words(of_message("no campaign in state paused on the target")) == [
        "on the target: campaign in state paused"
    ]
    assert of_message("list_leads answered 500") == ()


def test_the_end_of_a_report_says_what_to_add(record_of, collector):
    """Terminal and markdown say it in the order of the record."""
    gain = {"add": ["a key with only leads:read"], "rules": ["A", "B"], "places": 1}
    record = typed(record_of(collector) | {"gains": [gain]})
    line = "a key with only leads:read: 2 rules, 1 more place of rules judged elsewhere"
    assert record_facts.gain_lines(record) == [line]
    assert line in render_terminal(record).partition("to judge more, add")[2]
    assert line in markdown(record).partition("### To judge more, add")[2]
