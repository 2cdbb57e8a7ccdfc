"""Sequences along links: what one answer names, the next request takes. Schemathesis' own state machine.

Not convicted: entries that fail in processing, and things that are gone before the next request takes them.
"""

import random

import pytest

from nhq.scenarios import (
    Api,
    Contract,
    Effort,
    Inventory,
    Judge,
    MachineStage,
    Size,
    linked_machine,
    play_machine,
)

SIZES = (Size(1, 3), Size(6, 6), Size(60, 12))


@pytest.mark.scenario("workflows/links")
@pytest.mark.elsewhere("test_lists_show_their_own and others")
@pytest.mark.rule("WS-LISTS-OWN", "WS-LISTED-FOUND", "LIST-CREATES", "IMPORT-CREATED")
def test_links(
    api: Api,
    world: Inventory,
    contract: Contract,
    judge: Judge,
    snapshot: str,
    rng: random.Random,
    effort: Effort,
) -> None:
    """What an answer names is found when asked for, and every answer on the way is as documented."""
    stage = MachineStage(api, world, judge, snapshot, rng)
    play_machine(linked_machine(contract, reading=not stage.restorable), stage, effort.pick(*SIZES))
