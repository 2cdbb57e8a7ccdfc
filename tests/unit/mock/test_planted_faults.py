"""Planted faults on a running server."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nhq.clock import ManualClock
from nhq.errors import ConfigError
from nhq.mock.app import App, create_app
from nhq.mock.policies import Policies

Lie = Callable[[Policies], Policies]


def find(ident: str) -> Lie:
    """Two faults: one that closes every door, and one that counts what it was asked."""
    if ident == "closed":
        return lambda policies: replace(policies, key_valid=lambda operation, key: False)
    if ident == "counting":
        return counting
    raise ConfigError(f"no fault {ident}")


def counting(policies: Policies) -> Policies:
    asked: list[str] = []

    def default_limit(operation: str) -> int:
        asked.append(operation)
        return len(asked)

    return replace(policies, default_limit=default_limit)


@pytest.fixture
def lying() -> App:
    return create_app(clock=ManualClock(), lies=find, control_token="t")


def test_a_fault_is_switched_on_and_off(lying: App) -> None:
    """While it is on the server lies; afterwards it decides exactly as before."""
    true = lying.engine.policies
    lying.lies.switch("closed", True)
    assert not lying.engine.policies.key_valid("get_lead", None)
    assert lying.lies.on == ["closed"]
    lying.lies.switch("closed", False)
    assert lying.engine.policies == true


def test_several_faults_work_together(lying: App) -> None:
    """Each replaces its own decision."""
    for ident in ("closed", "counting"):
        lying.lies.switch(ident, True)
    assert lying.engine.policies.default_limit("list_leads") == 1
    assert not lying.engine.policies.key_valid("get_lead", None)


def test_a_restored_server_has_forgotten(lying: App) -> None:
    """What a fault remembers is part of the state that a snapshot puts back."""
    lying.lies.switch("counting", True)
    assert [lying.engine.policies.default_limit("list_leads") for _ in range(2)] == [1, 2]
    lying.lies.forget()
    assert lying.engine.policies.default_limit("list_leads") == 1


def test_an_honest_server_forgets_nothing(lying: App) -> None:
    """Without a fault a restore leaves the encoded records alone: they cost time."""
    views = lying.engine.views
    lying.lies.forget()
    assert lying.engine.views is views


def test_an_unknown_fault_changes_nothing(lying: App) -> None:
    """It is the caller's mistake, and the server goes on as it was."""
    true = lying.engine.policies
    with pytest.raises(ConfigError, match="no fault nobody"):
        lying.lies.switch("nobody", True)
    assert lying.engine.policies is true


def test_a_server_may_know_no_faults() -> None:
    """Without a finder every fault is unknown."""
    app: Any = create_app(clock=ManualClock())
    with pytest.raises(ConfigError, match="without any"):
        app.lies.switch("closed", True)


def test_the_control_plane_switches_faults(mock: Any) -> None:
    """On, off, and on again after a restore: a snapshot keeps what the server holds, not how it lies."""
    mock.app = create_app(clock=ManualClock(), lies=find, control_token=mock.app.control.token)
    ident = mock.control("POST", "/snapshot").json["id"]
    assert mock.control("POST", "/fault", {"id": "closed", "on": True}).json == {"on": ["closed"]}
    assert mock.get("/campaigns").status == 401
    mock.control("POST", "/restore", {"id": ident})
    assert mock.get("/campaigns").status == 401
    assert mock.control("POST", "/fault", {"id": "closed", "on": False}).json == {"on": []}
    assert mock.get("/campaigns").status == 200


@pytest.mark.parametrize(
    ("asked", "status"), [({"id": "nobody", "on": True}, 404), ({"id": "closed"}, 400), ({"on": True}, 400)]
)
def test_the_control_plane_refuses_what_is_no_fault(mock: Any, asked: dict[str, Any], status: int) -> None:
    """An unknown fault is 404, a request that says too little 400."""
    mock.app = create_app(clock=ManualClock(), lies=find, control_token=mock.app.control.token)
    assert mock.control("POST", "/fault", asked).status == status
