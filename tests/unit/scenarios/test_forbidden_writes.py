"""Attempts at what should be refused: each sees its own effect, and nothing where there was none."""

import random
from collections.abc import Iterator

import pytest
from known_contract import CONTRACT

from nhq.client.api import Api
from nhq.client.mock_process import mock_target
from nhq.client.session import open_session
from nhq.scenarios.forbidden_writes import forbidden_write
from nhq.scenarios.inventory import Inventory

OPERATIONS = ("run_campaign_action", "create_lead_lists", "import_leads", "enrich_lead", "send_message")
BROKE = ("enrich_lead", "beta")  # the mock's second workspace has no credits to spend


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """Calls a mock of its own."""
    with mock_target(seed=1) as target:
        session = open_session(target, CONTRACT)
        yield Api(session)
        session.close()


@pytest.mark.parametrize(
    ("operation", "workspace"),
    [(name, place) for name in OPERATIONS for place in ("alpha", "beta") if (name, place) != BROKE],
)
def test_an_attempt_sees_its_effect(api: Api, operation: str, workspace: str) -> None:
    """Before it is made nothing has happened; made with a valid key, it has: no attempt is blind to its aim."""
    made = forbidden_write(api, Inventory(api, workspace), operation, random.Random(1))
    assert not made.happened()[0]
    assert api.call(operation, key=api.key(operation, workspace), **made.options).ok
    happened, shown = made.happened()
    assert happened
    assert shown.ok
