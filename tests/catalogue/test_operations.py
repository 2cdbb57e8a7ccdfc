"""An operation cannot be half added: the contract, our rows and the mock know the same sixteen."""

from nhq.contract import load_contract
from nhq.server.policies.access import required_scope
from nhq.server.routes import OPERATIONS

CONTRACT = load_contract()
_COMMON = {401, 403, 429}


def test_the_mock_serves_every_operation_of_the_contract_and_no_other() -> None:
    """Judge and judged keep their tables apart; here they are held against each other."""
    ours = {(row.id, row.method, row.path) for row in CONTRACT.operations.values()}
    assert {(row.id, row.method, row.path) for row in OPERATIONS} == ours


def test_the_mock_asks_for_the_scopes_of_the_prose() -> None:
    """A wrong scope in the mock would be a wrong example for everybody."""
    assert {row.id: required_scope(row.id, row.scope) for row in OPERATIONS} == {
        row.id: row.scope for row in CONTRACT.operations.values()
    }


def test_the_mock_knows_the_documented_errors_of_each_operation() -> None:
    """What may be asked for by the Prefer header is what the contract documents."""
    for row in OPERATIONS:
        documented = {status for status in CONTRACT.operations[row.id].statuses if status >= 400}
        assert row.statuses | _COMMON == documented, row.id
