"""Findings as rows and cards: one kind of breach a row, one cause a card."""

from typing import Any

from nhq.report.finding_cards import MOST_CARDS, MOST_ROWS, finding_cards, finding_table
from tests.made_records import made_record


def finding(rule: str, operation: str, *exchanges: int, **more: Any) -> dict[str, Any]:
    return {"rule": rule, "operation": operation, "exchanges": exchanges, **more}


def parts(*findings: dict[str, Any]) -> list[list[str]]:
    """The rules of each card, in order."""
    rules = dict.fromkeys(one["rule"] for one in findings)
    numbered = [{"id": f"F{number}", **one} for number, one in enumerate(findings, 1)]
    cards = finding_cards(made_record(rules=[{"id": name} for name in rules], findings=numbered))
    return [[part.rule.id for part in card.parts] for card in cards]


def test_rules_that_the_same_answers_break_are_one_card() -> None:
    """One cause is read once, however many sentences it breaks."""
    assert parts(finding("A-1", "list_leads", 7), finding("A-2", "list_leads", 5, 7)) == [["A-1", "A-2"]]


def test_a_rule_that_other_answers_break_too_has_a_card_of_its_own() -> None:
    """What was also seen elsewhere may have another cause; the breach seen in fewer answers goes with it."""
    both = finding("A-1", "list_leads", 7), finding("A-1", "get_lead", 9)
    assert parts(*both, finding("A-2", "list_leads", 7), finding("A-3", "get_lead", 8)) == [["A-1", "A-2"], ["A-3"]]


def test_findings_without_proof_are_not_thrown_together() -> None:
    """Nothing shows that they have one cause."""
    assert parts(finding("A-1", "list_leads"), finding("A-2", "list_leads")) == [["A-1"], ["A-2"]]


def test_one_breach_on_several_operations_and_rows_is_one_row() -> None:
    """Indexes and ids tell no causes apart; another code or place does."""
    same = [finding("A-1", name, number, where=f"/data/{number}/id") for number, name in enumerate(("a", "b", "c"))]
    assert parts(*same) == [["A-1"]]
    assert parts(*same, finding("A-1", "a", 9, where="/data/0/name")) == [["A-1"], ["A-1"]]


def test_what_is_approved_stands_apart() -> None:
    """An approval covers what it names, not what the same answer breaks besides."""
    assert parts(finding("A-1", "a", 7, approved="me"), finding("A-2", "a", 7)) == [["A-2"], ["A-1"]]


def test_the_table_has_a_row_for_each_rule_however_many_there_are() -> None:
    """A page of a server that breaks everything stays bounded, and names every rule."""
    many = [finding(f"A-{n % 400}", "a", n, id=f"F{n}", where=f"/x{n // 400}y", code=f"c{n}") for n in range(1200)]
    rules = [{"id": f"A-{n}"} for n in range(400)]
    cards = finding_cards(made_record(rules=rules, findings=many))
    rows = finding_table(cards)
    assert {row.broken.rule.id for row in rows} == {rule["id"] for rule in rules}
    assert len(rows) <= MOST_ROWS + len(rules)
    assert len({row.card for row in rows if row.card}) == MOST_CARDS
    assert len([row.anchor for row in rows if row.anchor]) == len(rules)
