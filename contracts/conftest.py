"""`pytest contracts`: these tests under plain pytest, against a fresh mock or `--nhq-target FILE`.

Fixtures that several files of one area share stand here.
"""

import random

import pytest

from nhq.run.pytest_entry import pytest_addoption, pytest_configure
from nhq.scenarios import (
    Api,
    Contract,
    Effort,
    EnrichmentProbe,
    Inventory,
    OperationCall,
    OverrideSlots,
    WindowProbe,
    exhaustible_probes,
    limiter_calls,
    limiter_probes,
    override_slots,
)

__all__ = ["pytest_addoption", "pytest_configure"]


@pytest.fixture
def calls(api: Api, world: Inventory, contract: Contract, rng: random.Random, effort: Effort) -> list[OperationCall]:
    """Requests that fill windows and change nothing."""
    return limiter_calls(api, world, contract, rng, effort)


@pytest.fixture
def meters(api: Api, calls: list[OperationCall]) -> list[WindowProbe]:
    """The key whose windows are filled, once for each portion of operations that fits into one."""
    return limiter_probes(api, calls)


@pytest.fixture
def meter(meters: list[WindowProbe]) -> WindowProbe:
    """The key whose windows are filled, with whatever operations."""
    return meters[0]


@pytest.fixture
def exhausted(api: Api, meters: list[WindowProbe]) -> list[WindowProbe]:
    """Keys to be exhausted."""
    return exhaustible_probes(api, meters)


@pytest.fixture
def enrichments(api: Api, world: Inventory) -> EnrichmentProbe:
    """Enrichments in the main workspace."""
    return EnrichmentProbe(api, world)


@pytest.fixture
def slots(api: Api, world: Inventory, rng: random.Random) -> OverrideSlots:
    """A campaign that the target file names as startable, and a lead of our own there whose overrides are accepted."""
    return override_slots(api, world, rng)
