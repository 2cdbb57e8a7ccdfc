import hashlib
from typing import Any

import pytest

from nhq import paths
from nhq.contract import Contract
from nhq.errors import ContractError


def test_the_digest_is_of_the_published_bytes(contract: Contract) -> None:
    """A run names the very file it judged by."""
    assert contract.digest == hashlib.sha256(paths.openapi_file().read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("<html>", "openapi.json: not an OpenAPI document"),
        ("", "openapi.json: not an OpenAPI document"),
        ("{", "openapi.json: not JSON"),
        ("a: [", "openapi.json: neither JSON nor YAML"),
        ("\xff", "openapi.json: not UTF-8"),
        ("[]", "openapi.json: not an OpenAPI document"),
        ('{"openapi": "3.1.0"}', "openapi.json: not an OpenAPI document"),
        ('{"openapi": "3.1.0", "paths": {}}', "operations.toml: the contract has no GET /campaigns"),
    ],
)
def test_a_document_that_is_no_contract_is_refused_with_one_line(copy: Any, content: str, line: str) -> None:
    """Somebody who names the wrong file is told so."""
    copy.document.write_text(content, encoding="latin-1")
    with pytest.raises(ContractError) as refused:
        copy.load()
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_document_that_is_not_there_is_refused(copy: Any) -> None:
    """A path that leads nowhere is our error, not the server's."""
    copy.document.unlink()
    with pytest.raises(ContractError, match=r"openapi\.json: cannot be read"):
        copy.load()


def test_the_layers_leave_the_published_document_alone(contract: Contract) -> None:
    """What we add stays apart from what was published."""
    assert "operationId" not in contract.document["paths"]["/leads"]["get"]
    assert "x-nhq-scope" not in contract.document["paths"]["/leads"]["get"]
    assert contract.assumed["paths"]["/leads"]["get"]["operationId"] == "list_leads"


def test_the_promised_scopes_are_those_of_the_rows(contract: Contract) -> None:
    """Scopes stand in the prose, the overlay and the rows, and are the same in all three."""
    for operation in contract.operations.values():
        promised = contract.promised["paths"][operation.path][operation.method.lower()]
        assert promised["x-nhq-scope"] == operation.scope


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('id = "ties"', 'id = "window-anchor"', "ambiguity window-anchor is defined twice"),
        ('pointer = "/info/description"', 'pointer = "/info/prose"', "the contract has nothing at /info/prose"),
        ("mock = ", "ours = ", "has no mock"),
    ],
)
def test_an_open_question_that_does_not_fit_is_refused(copy: Any, old: str, new: str, line: str) -> None:
    """Ambiguities are checked like everything else."""
    copy.replace("ambiguities.toml", old, new)
    with pytest.raises(ContractError, match=line):
        copy.load()
