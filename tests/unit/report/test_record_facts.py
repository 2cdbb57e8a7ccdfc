"""A record is counted once, the same for every writer."""

from typing import Any

from msgspec.structs import replace

from nhq.record.record_json import record_of
from nhq.report import record_facts


def test_rules_not_selected_count_nowhere(violated: dict[str, Any]) -> None:
    """A rule this run wasn't asked to judge is neither kept nor broken nor unknown; it is said to be left out."""
    before = record_facts.count_run(record_of(violated))
    for rule in violated["rules"]:
        rule["selected"] = rule["area"] == "auth"
    after = record_facts.count_run(record_of(violated))
    assert (after.holding, after.violated, after.unknown) == (11, 1, 0)
    assert after.unselected == before.holding + before.violated + before.warned + before.unknown - 12
    assert f"{after.unselected} rules not selected for this run" in record_facts.headline_remarks(record_of(violated))


def test_findings_that_fail_the_run_come_first(violated: dict[str, Any]) -> None:
    """Findings are grouped by rule: `must` before the rest, then in the catalogue's order."""
    violated["findings"].reverse()
    assert [rule.id for rule, _ in record_facts.by_rule(record_of(violated))] == ["AUTH-1", "SCOPES-2", "ERRORS-3"]


def test_finding_of_a_rule_nobody_knows(violated: dict[str, Any]) -> None:
    """A finding whose rule is missing from the record is still shown."""
    violated["findings"][0]["rule"] = "NOBODY"
    assert [rule.id for rule, _ in record_facts.by_rule(record_of(violated))][-2:] == ["NOBODY", "ERRORS-3"]


def test_one_cause_is_told_once(unknown: dict[str, Any]) -> None:
    """A cause that stopped eight rules is one entry which names them and where."""
    (stop,) = record_facts.causes_of_unknown(record_of(unknown))
    assert "not permitted: send" in stop.cause
    assert [rule.id for rule, _ in stop.rules] == [f"CONVERSATIONS-{number}" for number in range(1, 9)]
    assert stop.rules[0][1] == ("run_campaign_action", "list_campaign_leads", "save_message_overrides")


def test_rule_without_cells_is_not_forgotten(unknown: dict[str, Any]) -> None:
    """An unknown rule that has no cell at all is listed under its own cause, or under the lack of one."""
    first, second = unknown["rules"][:2]
    first.update(verdict="unknown", cells={}, cause="nothing to look at")
    second.update(verdict="unknown", cells={}, cause="")
    record = record_of(unknown)
    causes = {stop.cause: stop.rules for stop in record_facts.causes_of_unknown(record)}
    assert causes["nothing to look at"] == ((record.rules[0], ()),)
    assert causes["no cause was recorded"] == ((record.rules[1], ()),)


def test_open_cell_of_a_broken_rule_is_listed(violated: dict[str, Any]) -> None:
    """A rule broken here and unjudged there is among what could not be judged, too."""
    cell = violated["rules"][0]["cells"]["get_lead"]
    cell.update(verdict="unknown", cause="only 404 was seen")
    stops = {stop.cause: stop.rules for stop in record_facts.causes_of_unknown(record_of(violated))}
    assert stops["only 404 was seen"] == ((record_of(violated).rules[0], ("get_lead",)),)


def test_equal_findings_are_told_once(violated: dict[str, Any]) -> None:
    """Findings of one rule that say the same fold into one with all their operations; others stay apart."""
    _, found = record_facts.by_rule(record_of(violated))[0]
    assert [places for _, places in record_facts.fold_findings(found)] == [["list_leads", "send_message"]]
    found[1] = replace(found[1], actual="something else")
    assert [places for _, places in record_facts.fold_findings(found)] == [["list_leads"], ["send_message"]]


def test_what_was_used_up_is_counted(holding: dict[str, Any]) -> None:
    """Drafts that were started and credits that were spent; what can be repeated without end isn't used up."""
    holding["written"] = ["campaign c1: start", "campaign c1: pause", "lead list l1 made", "one credit spent on lead a"]
    assert record_facts.used_up(record_of(holding)) == ["1 draft", "1 credit"]
    holding["written"] = ["one credit spent on lead a", "one credit spent on lead b"]
    assert record_facts.used_up(record_of(holding)) == ["2 credits"]
