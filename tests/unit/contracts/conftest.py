"""What the tests of scenarios share."""

from collections.abc import Callable
from types import ModuleType

import pytest
from scenario_play import MARKS, Play, scenarios

from nhq.contract import Contract, load_contract


@pytest.fixture(autouse=True)
def known_marks(pytestconfig: pytest.Config) -> None:
    """The marks of scenarios are no marks of these tests."""
    for name in MARKS:
        pytestconfig.addinivalue_line("markers", f"{name}(*of): of scenarios")


@pytest.fixture
def play() -> Play:
    """On a mock of our own."""
    return Play()


@pytest.fixture
def played() -> type[Play]:
    """Plays of other kinds."""
    return Play


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract the scenarios hold a target to."""
    return load_contract()


@pytest.fixture
def scenario() -> Callable[[str], ModuleType]:
    """Files of scenarios by name: `scenario("leads")` is contracts/test_leads.py."""
    return scenarios
