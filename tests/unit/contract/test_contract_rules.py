from typing import Any

import pytest

from nhq.contract import Contract
from nhq.errors import ContractError

RULE = 'id = "AUTH-ABSENT"'
SPOILED = [
    (RULE, 'id = "auth-absent"', "an id looks like AREA-PROMISE"),
    (RULE, 'id = "AUTH-REVOKED"', "rule AUTH-REVOKED is defined twice"),
    (RULE, RULE + '\naliases = ["AUTH-REVOKED"]', "rule AUTH-REVOKED is defined twice"),
    (RULE, RULE + '\nseverity = "high"', "unknown field severity"),
    ('level = "must"', 'level = "may"', "level may is none of must, should, assumed"),
    ('scope = "scenario"', 'scope = "global"', "scope global is none of"),
    ('area = "auth"', 'area = "leads"', "is of area leads but stands in auth.toml"),
    ('operations = ["*"]', 'operations = ["list_dogs"]', "operation list_dogs is none of"),
    ('operations = ["*"]', "operations = []", "operations must be a list that is not empty"),
    ("401 when the key is absent", "401 if the key is absent", "its quote is no longer at /info/description"),
    ('"/info/description"', '"/info/prose"', "the contract has nothing at /info/prose"),
    ('"/info/description"', '"info"', "the contract has nothing at info"),
]


@pytest.mark.parametrize(("old", "new", "line"), SPOILED, ids=[line for *_, line in SPOILED])
def test_a_rule_that_does_not_fit_is_refused_with_one_line(copy: Any, old: str, new: str, line: str) -> None:
    """Form, names and quotes of every rule are checked before any server is called."""
    copy.replace("rules/auth.toml", old, new)
    with pytest.raises(ContractError) as refused:
        copy.load()
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_changed_sentence_is_named_with_the_rule_that_rests_on_it(copy: Any) -> None:
    """When the prose changes, the rule fails, and says which sentence it misses."""

    def soften(document: dict[str, dict[str, str]]) -> None:
        prose = document["info"]["description"]
        document["info"]["description"] = prose.replace("capped at 60 per minute", "capped at 90 per minute")

    copy.change_document(soften)
    with pytest.raises(ContractError, match=r"rule RL-\w+.*60 per minute"):
        copy.load()


def test_a_quote_elsewhere_is_looked_up_too(copy: Any) -> None:
    """`also` is checked as strictly as the main place."""
    copy.replace("rules/scopes.toml", "Requires the `leads:write` scope.", "Requires the `leads:admin` scope.")
    with pytest.raises(ContractError, match="leads:admin"):
        copy.load()


def test_a_folder_without_rules_is_refused(copy: Any) -> None:
    """Nothing to judge is not the same as nothing wrong."""
    for file in (copy.contracts / "rules").glob("*.toml"):
        file.unlink()
    with pytest.raises(ContractError, match="no rules found"):
        copy.load()


def test_a_star_stands_for_every_operation(contract: Contract) -> None:
    """Readers of a rule need not know the shorthand."""
    assert contract.applies("RL-HEADERS") == tuple(contract.operations)


def test_areas_come_in_their_order_and_not_by_alphabet(contract: Contract) -> None:
    """Reports list who may call first, and details last."""
    areas = list(dict.fromkeys(rule.area for rule in contract.rules.values()))
    assert areas[0] == "auth"
    assert areas[-1] == "schema"
