"""What several rooms' unit tests share."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from known_contract import CONTRACT

from nhq.client.target import Target
from nhq.contract import Contract
from nhq.model import Effect, Exchange, Identity
from nhq.run.collector import Collector

FULL = Identity("full", "alpha", frozenset({"leads:read"}), "secret-full")


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The real contract."""
    return CONTRACT


@pytest.fixture
def target() -> Target:
    """A target that no request is sent to."""
    return Target("http://127.0.0.1:9", (FULL,), allow=frozenset({Effect.READ}), name="scripted")


@pytest.fixture
def exchange() -> Callable[..., Exchange]:
    """Makes an exchange of GET /leads, or of what the test says."""

    def make(number: int = 1, **changes: Any) -> Exchange:
        fields: dict[str, Any] = {
            "id": number,
            "operation": "list_leads",
            "method": "GET",
            "path": "/leads",
            "request_headers": {"authorization": "Bearer secret-full"},
            "request_body": b"",
            "identity": FULL,
            "status": 200,
            "headers": {"content-type": "application/json"},
            "body": b'{"data":[],"pagination":{"limit":100,"has_more":false,"next_cursor":null}}',
            "sent": 0.0,
            "received": 0.0,
        }
        return Exchange(**fields | changes)

    return make


@pytest.fixture
def collector(target: Target) -> Collector:
    return Collector(target)


@pytest.fixture(scope="session")
def shapes() -> Any:
    """Readers of SARIF, JUnit, GitHub's commands and GitLab's report (tests/shapes/reading.py)."""
    file = Path(__file__).parents[1] / "shapes" / "reading.py"
    spec = importlib.util.spec_from_file_location("reading", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
