"""Requests written for our contract, sent under one that moved."""

from collections.abc import Mapping
from typing import Any

import pytest
from known_contract import CONTRACT

from nhq import paths
from nhq.client.request_fitting import fit_request
from nhq.contract import Contract
from nhq.contract.revision import revise_contract
from nhq.errors import PreconditionNotMet

KNOWN = CONTRACT
ONE = {"lead_lists": [{"name": "nhq"}]}


def under(edits: Mapping[str, Any], name: str) -> Contract:
    return revise_contract(KNOWN, edits[name].document(), "digest", paths.contracts_folder())


def body(contract: Contract, operation: str, sent: Any) -> Any:
    return fit_request(contract, contract.operations[operation], None, sent)[1]


def test_what_is_newly_required_is_filled_in(edits: Mapping[str, Any]) -> None:
    """In each entry, also in one that was wrong before and stays so."""
    contract = under(edits, "request-field-required")
    sent = {"lead_lists": [{"name": "nhq"}, {"description": "no name"}]}
    assert body(contract, "create_lead_lists", sent) == {
        "lead_lists": [{"name": "nhq", "color": "red"}, {"description": "no name", "color": "red"}]
    }
    assert "color" not in sent["lead_lists"][0]


@pytest.mark.parametrize(
    ("edit", "operation", "sent"),
    [
        ("request-opened", "create_lead_lists", {"lead_lists": [{"name": "nhq", "unknown": 1}]}),
        ("request-value-added", "run_campaign_action", {"action": "stop"}),
        ("request-value-removed", "run_campaign_action", {"action": "resume"}),
        ("request-field-removed", "create_lead_lists", {"lead_lists": [{"name": "nhq", "description": "x"}]}),
    ],
)
def test_what_a_change_turned_round_is_not_sent(edits: Mapping[str, Any], edit: str, operation: str, sent: Any) -> None:
    """Broken then and valid now, or the other way: an answer would show nothing of what was meant."""
    with pytest.raises(PreconditionNotMet, match="takes another body"):
        body(under(edits, edit), operation, sent)


def test_anything_else_is_sent_as_it_is(edits: Mapping[str, Any]) -> None:
    """Valid in both, or broken in both."""
    contract = under(edits, "request-field-added")
    for sent in (ONE, {}, {"lead_lists": []}):
        assert body(contract, "create_lead_lists", sent) is sent


def test_a_limit_is_kept_within_the_present_bounds(edits: Mapping[str, Any]) -> None:
    """A page of 500 becomes one of 200; a limit that is wrong in both stays wrong."""
    contract = under(edits, "page-bound-lowered")
    row = contract.operations["list_leads"]
    assert fit_request(contract, row, {"limit": 500}, None)[0] == [("limit", 200)]
    assert fit_request(contract, row, {"limit": 0}, None)[0] == {"limit": 0}
    with pytest.raises(PreconditionNotMet):
        fit_request(raised := under(edits, "page-bound-raised"), raised.operations["list_leads"], {"limit": 501}, None)


def test_a_required_parameter_is_filled_in(edits: Mapping[str, Any]) -> None:
    """Whatever else is asked for."""
    contract = under(edits, "parameter-required")
    row = contract.operations["list_leads"]
    assert fit_request(contract, row, {"limit": 1}, None)[0] == [("limit", 1), ("region", "eu")]
