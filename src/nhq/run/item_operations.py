"""Which operations a contract test is about: those that it runs for, and whether it can judge one at all."""

import pytest

from nhq.contract import Contract
from nhq.run.outcomes import operation_of, rules_of_test


def operations_of_test(definition: pytest.Item, contract: Contract, rule: str) -> list[str]:
    """The operations that a test runs for: those of its first rule, or of a trait that its mark names.

    Of those that nobody has written rules for, a test takes part that says `derived`.
    """
    trait = next((mark.args[0] for mark in definition.iter_markers("trait")), None)
    names = contract.rules[rule].operations if trait is None else operations_with_trait(contract, trait)
    derived = definition.get_closest_marker("derived") is not None
    return [name for name in names if derived or not contract.operations[name].derived]


def operations_with_trait(contract: Contract, trait: str) -> list[str]:
    """The operations that take a body, that list pages, or that are `bare`: neither."""
    told = {"body": (True, None), "paged": (None, True), "bare": (False, False)}
    body, paged = told[trait]
    return [
        row.id
        for row in contract.operations.values()
        if body in (None, row.has_body) and paged in (None, row.paginated)
    ]


def is_judgeable(item: pytest.Item, contract: Contract) -> bool:
    """Is a test about an operation that the contract has, and has one of its rules a sentence there?"""
    operation = operation_of(item)
    callspec = getattr(item, "callspec", None)
    nobody = callspec is not None and operation is None and "operation" in callspec.params  # an empty set of them
    if nobody or (operation is not None and operation not in contract.operations):
        return False
    cells = [(rule, operation or "") for rule in rules_of_test(item)]
    return not cells or any(cell not in contract.unjudged and (cell[0], "") not in contract.unjudged for cell in cells)
