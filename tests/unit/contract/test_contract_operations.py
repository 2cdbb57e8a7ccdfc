from typing import Any

import pytest

from nhq.contract import Contract
from nhq.errors import ContractError
from nhq.model import Effect


def test_all_sixteen_are_known_with_ninety_pairs(contract: Contract) -> None:
    """The contract documents 16 operations and 90 operation × status pairs, and no row is lost."""
    assert len(contract.operations) == 16
    assert len(contract.pairs) == len(set(contract.pairs)) == 90


def test_eight_operations_take_a_cursor_and_five_a_body(contract: Contract) -> None:
    """Pagination and request bodies are read from the document, not from a table of ours."""
    assert sum(operation.paginated for operation in contract.operations.values()) == 8
    assert sum(operation.has_body for operation in contract.operations.values()) == 5


def test_path_parameters_come_in_the_order_of_the_path(contract: Contract) -> None:
    """A caller may fill a template position by position."""
    assert contract.operations["save_message_overrides"].path_parameters == ("campaign_id", "lead_id")


def test_only_messages_and_actions_send_and_only_enrichment_spends(contract: Contract) -> None:
    """What cannot be taken back is named as such, or the guard would let it through."""
    effects = {o.id: o.effect for o in contract.operations.values()}
    assert {o for o, e in effects.items() if e is Effect.SEND} == {"run_campaign_action", "send_message"}
    assert {o for o, e in effects.items() if e is Effect.SPEND} == {"enrich_lead"}


SPOILED = [
    ('scope = "campaigns:write"', 'scope = "campaigns:read"', "says scope campaigns:read, the prose says campaigns:wr"),
    ('tag = "Campaigns"', 'tag = "Leads"', "says tag Leads"),
    ('effect = "spend"', 'effect = "read"', "a POST cannot have the effect read"),
    ('effect = "spend"', 'effect = "waste"', "effect waste is none of"),
    ('path = "/leads/{lead_id}"', 'path = "/lead/{lead_id}"', "no row for GET /leads/{lead_id}"),
    ('id = "get_lead"', 'id = "list_leads"', "operation list_leads is defined twice"),
    ('id = "get_lead"', 'id = ""', "id must be a str that is not empty"),
    ('id = "get_lead"\n', "", "has no id"),
    ('id = "get_lead"', 'id = "get_lead"\ncolour = "red"', "unknown field colour"),
    ("[[operation]]", "[[operation", "not valid TOML"),
]


@pytest.mark.parametrize(("old", "new", "line"), SPOILED, ids=[line for *_, line in SPOILED])
def test_a_row_that_says_otherwise_than_the_contract_is_refused(copy: Any, old: str, new: str, line: str) -> None:
    """Scope, tag, effect, route and form of every row are checked against the document."""
    copy.replace("operations.toml", old, new)
    with pytest.raises(ContractError, match=line.replace("{", r"\{")):
        copy.load()


def test_a_new_operation_without_a_row_is_refused(copy: Any) -> None:
    """An operation cannot be half added."""

    def add(document: Any) -> None:
        document["paths"]["/leads/{lead_id}"]["delete"] = document["paths"]["/leads"]["get"]

    copy.change_document(add)
    with pytest.raises(ContractError, match="no row for DELETE"):
        copy.load()


def test_a_row_for_an_operation_that_is_gone_is_refused(copy: Any) -> None:
    """A stale row is as wrong as a missing one."""
    copy.change_document(lambda document: document["paths"]["/leads"].pop("get"))
    with pytest.raises(ContractError, match="the contract has no GET /leads"):
        copy.load()
