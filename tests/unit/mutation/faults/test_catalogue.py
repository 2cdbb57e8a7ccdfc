"""The catalogue of faults as data: one realistic bug each, against every promise."""

import inspect
from collections.abc import Iterator
from dataclasses import fields, replace

import pytest
from known_contract import CONTRACT

from nhq.contract import Rule
from nhq.errors import ConfigError
from nhq.mock.policies import Policies
from nhq.model import Level
from nhq.mutation.faults.catalogue import FAULTS, MODULES, choose_faults, find_fault
from nhq.mutation.faults.fault import Fault

PLANTED = [fault for fault in FAULTS if fault.id != "noop"]
#: A test for each family, not for each of 1,400 faults: pytest would spend more on them than they do.
FAMILIES = {family: [f for f in FAULTS if f.family == family] for family in sorted({f.family for f in FAULTS})}
HIDDEN = {
    "after a while",
    "second page",
    "exact boundary",
    "tie",
    "repeated call",
    "one operation",
    "one state",
    "one value",
    "one field",
    "near miss",
    "non-ASCII",
    "concurrent",
    "now and then",
    "after a reset",
}


def named(rule: str) -> list[Fault]:
    return [fault for fault in FAULTS if rule in fault.rules]


def test_there_are_enough() -> None:
    """At least 150 faults, 60 of them subtle, in 17 families."""
    assert len(PLANTED) >= 150
    assert sum(bool(fault.subtle) for fault in PLANTED) >= 60
    assert len({fault.family for fault in PLANTED}) >= 17


def test_ids_are_unique_and_say_the_lie() -> None:
    """Each id is a few words in kebab-case, and stands once."""
    ids = [fault.id for fault in FAULTS]
    assert sorted(set(ids)) == sorted(ids)
    assert [
        ident for ident in ids if not all(word.isalnum() and word == word.lower() for word in ident.split("-"))
    ] == []
    assert [ident for ident in ids if ident.count("-") == 0] == ["noop"]


@pytest.mark.parametrize("rule", [rule.id for rule in CONTRACT.rules.values()])
def test_every_rule_has_a_fault(rule: str) -> None:
    """A rule that nothing ever breaks has never been seen to fail."""
    assert named(rule) != []


@pytest.mark.parametrize(
    "rule", [rule for rule in CONTRACT.rules.values() if rule.level is Level.MUST], ids=lambda rule: rule.id
)
def test_every_operation_of_a_promise_has_a_fault(rule: Rule) -> None:
    """A promise of several operations may be broken by the handler of one: each has a fault that shows on it."""
    shown = {name for fault in named(rule.id) for name in fault.on or CONTRACT.operations}
    assert sorted(set(CONTRACT.applies(rule.id)) - shown) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_a_fault_is_whole(family: str) -> None:
    """It has a sentence, names rules and operations that exist, and says by a known word what hides it."""
    flaws = {fault.id: list(flaws_of(fault)) for fault in FAMILIES[family] if fault.id != "noop"}
    assert {ident: found for ident, found in flaws.items() if found} == {}


def flaws_of(fault: Fault) -> Iterator[str]:
    """What a fault lacks to be whole."""
    whole = {
        "one sentence": fault.sentence.endswith(".") and fault.sentence.count(". ") == 0,
        "rules, or silence": bool(fault.rules) is not fault.silent,
        "rules that exist": set(fault.rules) | set(fault.near) <= set(CONTRACT.rules),
        "each rule once": len(set(fault.rules)) == len(fault.rules),
        "operations that exist": set(fault.on) <= set(CONTRACT.operations),
        "a known word for what hides it": fault.subtle in HIDDEN | {""},
    }
    yield from (name for name, kept in whole.items() if not kept)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_fault_replaces_one_policy(family: str) -> None:
    """All decisions but one stay the mock's own, and the one that stands in takes the same arguments."""
    true = Policies()
    for fault in FAMILIES[family]:
        lying = fault.apply(true)
        changed = [row.name for row in fields(Policies) if getattr(true, row.name) is not getattr(lying, row.name)]
        assert changed == [fault.policy], fault.id
        wanted = inspect.signature(getattr(true, fault.policy)).parameters
        inspect.signature(getattr(lying, fault.policy)).bind(*wanted)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_fault_forgets_between_servers(family: str) -> None:
    """Applying it again makes a lie of its own, or one that remembers nothing: state belongs to the server."""
    assert [fault.id for fault in FAMILIES[family] if shares_state(fault)] == []


def shares_state(fault: Fault) -> bool:
    """Do two applications of a fault hold the same empty dict or list?"""
    one, two = (getattr(fault.apply(Policies()), fault.policy) for _ in range(2))
    state = [cell.cell_contents for cell in one.__closure__ or () if isinstance(cell.cell_contents, dict | list)]
    other = [cell.cell_contents for cell in two.__closure__ or () if isinstance(cell.cell_contents, dict | list)]
    return any(mine is theirs and not mine for mine, theirs in zip(state, other, strict=True))


def test_every_family_has_a_file_of_its_own() -> None:
    """The faults of one file have one family, and no family has two files."""
    families = [{fault.family for fault in module.FAULTS} for module in MODULES]
    assert [len(family) for family in families] == [1] * len(MODULES)
    assert len(set().union(*families)) == len(MODULES)


def test_faults_can_be_chosen() -> None:
    """By id, by family, or all of them."""
    assert choose_faults() == list(FAULTS)
    assert {fault.family for fault in choose_faults(families=["limiter"])} == {"limiter"}
    assert [fault.id for fault in choose_faults(["noop", "pauses-drafts"])] == ["pauses-drafts", "noop"]


def test_an_unknown_fault_or_family_is_one_clear_line() -> None:
    """A name that doesn't exist is the caller's mistake."""
    with pytest.raises(ConfigError, match="no fault nobody"):
        find_fault("nobody")
    with pytest.raises(ConfigError, match="no family nobody"):
        choose_faults(families=["nobody"])


def test_doing_nothing_changes_nothing() -> None:
    """The lie of noop decides as the truth does."""
    true = Policies()
    lying = find_fault("noop").apply(true)
    assert replace(lying, stages=true.stages) == true
    assert lying.stages("get_lead") == true.stages("get_lead")


def test_must_rules_are_meant() -> None:
    """The levels that the catalogue is held against are the contract's."""
    assert sum(rule.level is Level.MUST for rule in CONTRACT.rules.values()) > 150
