"""The catalogue of promises as data. That quotes stand at their pointers is checked whenever the contract is loaded."""

from collections import Counter

import pytest
from known_contract import CONTRACT

from nhq.contract import Contract
from nhq.contract.bindings import rule_bindings
from nhq.contract.rules import AREAS
from nhq.model import Effect, Level

BOUND = rule_bindings()


@pytest.fixture(scope="module")
def contract() -> Contract:
    return CONTRACT


def test_every_area_has_rules(contract: Contract) -> None:
    """No area of the contract is left out."""
    assert {rule.area for rule in contract.rules.values()} == set(AREAS)


def test_every_operation_has_rules_of_its_own(contract: Contract) -> None:
    """Beside what holds for all, each operation is promised something that not every other is."""
    own = Counter(
        name
        for rule in contract.rules.values()
        if len(rule.operations) < len(contract.operations)
        for name in rule.operations
    )
    assert set(own) == set(contract.operations)


def test_titles_tell_rules_apart(contract: Contract) -> None:
    """Two rules with one title in one area would be one rule, or badly named."""
    titles = Counter((rule.area, rule.title) for rule in contract.rules.values())
    assert [title for title, count in titles.items() if count > 1] == []


def test_titles_are_short_statements(contract: Contract) -> None:
    """A report shows the title; it is one line, with no full stop."""
    assert [r.id for r in contract.rules.values() if len(r.title) > 125 or r.title.endswith(".")] == []


def test_a_place_is_quoted_once_in_a_rule(contract: Contract) -> None:
    """Saying the same words twice adds nothing."""
    assert [rule.id for rule in contract.rules.values() if len(set(rule.places)) < len(rule.places)] == []


def test_effects_fit_the_methods(contract: Contract) -> None:
    """Reading is what GETs do, and nothing else does."""
    for operation in contract.operations.values():
        reads = operation.effect is Effect.READ
        assert reads == (operation.method == "GET")
        assert not operation.scope or reads == operation.scope.endswith(":read")


def test_no_must_rests_on_a_bare_schema_of_an_assumption(contract: Contract) -> None:
    """A rule that fails a run quotes prose, or a constraint that the document publishes."""
    for rule in contract.rules.values():
        if rule.level is Level.MUST:
            assert any(place.quote not in ('{"type":"integer"}', '{"type":"boolean"}') for place in rule.places), (
                rule.id
            )


@pytest.mark.parametrize("area", AREAS)
def test_every_rule_is_judged(area: str) -> None:
    """A rule that nothing judges is a promise that nobody keeps an eye on."""
    unbound = [
        rule.id for rule in CONTRACT.rules.values() if rule.area == area and rule.id not in BOUND and not rule.unjudged
    ]
    assert unbound == [], f"nothing judges {', '.join(unbound)}"


def test_every_binding_names_a_rule() -> None:
    """A check or scenario for a rule that does not exist judges nothing."""
    unknown = {name: judges for name, judges in BOUND.items() if name not in CONTRACT.rules}
    assert unknown == {}


def test_what_every_answer_shows_is_judged_on_every_answer() -> None:
    """A rule of scope `exchange` has a universal check, not only a scenario that may not run."""
    checks = {rule for rule, names in BOUND.items() if any(not name.startswith("test_") for name in names)}
    missing = [rule.id for rule in CONTRACT.rules.values() if rule.scope == "exchange" and rule.id not in checks]
    assert missing == [], f"no universal check for {', '.join(missing)}"
