"""An operation cannot be half added: the contract, our rows and the mock know the same ones."""

from known_contract import CONTRACT

from nhq.contract.alignment import template_shape
from nhq.mock.app import adapted_to
from nhq.mock.policies.access import required_scope
from nhq.mock.route_table import OPERATIONS

ADAPTED = adapted_to(None)
SERVED = OPERATIONS if ADAPTED is None else ADAPTED.operations
OURS = {(row.method, template_shape(row.template)): row for row in CONTRACT.operations.values()}
_COMMON = {401, 403, 429}


def test_the_mock_serves_every_operation_of_the_contract_and_no_other() -> None:
    """Judge and judged keep their tables apart; here they are held against each other."""
    assert {(row.method, template_shape(row.path)) for row in SERVED} == set(OURS)
    written = {row.id for row in CONTRACT.operations.values() if not row.derived}
    assert {row.id for row in SERVED if row in OPERATIONS} <= written


def test_the_mock_asks_for_the_scopes_of_the_prose() -> None:
    """A wrong scope in the mock would be a wrong example for everybody."""
    asked = {(row.method, template_shape(row.path)): required_scope(row.id, row.scope) for row in SERVED}
    assert asked == {route: row.scope for route, row in OURS.items()}


def test_the_mock_knows_the_documented_errors_of_each_operation() -> None:
    """What may be asked for by the Prefer header is what the contract documents."""
    for row in SERVED:
        documented = {status for status in OURS[row.method, template_shape(row.path)].statuses if status >= 400}
        assert row.statuses | _COMMON == documented | _COMMON, row.id
