"""What the tests of scenarios share."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from known_contract import CONTRACT
from scenario_play import MARKS, Play, Seen, scenarios
from window_script import RULES

from nhq.contract import Contract
from nhq.scenarios.judge import Judge


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
    return CONTRACT


@pytest.fixture
def scenario() -> Callable[[str], ModuleType]:
    """Files of scenarios by name: `scenario("leads")` is contracts/test_leads.py."""
    return scenarios


@pytest.fixture
def limiter(scenario: Callable[[str], ModuleType]) -> Any:
    """The scenarios of the limiter."""
    return scenario("ratelimit")


@pytest.fixture
def limiter_keys(scenario: Callable[[str], ModuleType]) -> Any:
    """Those in which two keys are compared."""
    return scenario("ratelimit_keys")


@pytest.fixture
def limiter_refused(scenario: Callable[[str], ModuleType]) -> Any:
    """Those in which a key is exhausted."""
    return scenario("ratelimit_refused")


@pytest.fixture
def limiter_windows(scenario: Callable[[str], ModuleType]) -> Any:
    """Those in which windows follow each other."""
    return scenario("ratelimit_windows")


@pytest.fixture
def seen() -> Seen:
    """What the judge says."""
    return Seen()


@pytest.fixture
def judge(contract: Contract, seen: Seen) -> Judge:
    """Of the limiter's rules."""
    return Judge(contract, seen, RULES)
