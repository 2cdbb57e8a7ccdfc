from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_contract import CONTRACT

from nhq.contract import Contract


@given(st.text(min_size=1, max_size=20), st.sampled_from(list(CONTRACT.operations)))
def test_a_filled_template_leads_back_to_its_operation(value: str, name: str) -> None:
    """Whatever an id is, percent-encoded it matches its own operation and comes back decoded."""
    operation = CONTRACT.operations[name]
    path = operation.path
    for parameter in operation.path_parameters:
        path = path.replace("{" + parameter + "}", quote(value, safe="", errors="replace"))
    found = CONTRACT.match(operation.method, path + "?limit=1&cursor=/leads")
    assert found is not None
    assert found[0].id == name
    assert set(found[1]) == set(operation.path_parameters)


def test_an_id_comes_back_decoded(contract: Contract) -> None:
    """A slash inside an id does not end it."""
    found = contract.match("get", "/leads/a%2Fb%20c")
    assert found is not None
    assert found[1] == {"lead_id": "a/b c"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/leads/"), ("DELETE", "/leads"), ("GET", "/leads/a/b"), ("GET", "/api/v1/leads"), ("", "")],
)
def test_what_the_contract_does_not_have_matches_nothing(contract: Contract, method: str, path: str) -> None:
    """An unknown call must not pass for a known one, or the guard would misjudge its effect."""
    assert contract.match(method, path) is None
