"""Sequences along links: what one answer names, the next request takes. Schemathesis' own state machine.

Not convicted: entries that fail in processing, and things that are gone before the next request takes them.
"""

import random

import pytest

from nhq.contract import Contract
from nhq.drive.api import Api
from nhq.drive.discover import World
from nhq.run.judge import Judge
from nhq.run.links import linked
from nhq.run.machine import Size, Stage, play

SIZES = {"gate": Size(6, 6), "live": Size(1, 3), "nightly": Size(60, 12)}


@pytest.mark.scenario("workflows/links")
@pytest.mark.elsewhere("test_lists_show_their_own and others")
@pytest.mark.rule("WS-LISTS-OWN", "WS-SHOWN-FOUND", "LIST-CREATES", "IMPORT-CREATED")
def test_links(
    api: Api,
    world: World,
    contract: Contract,
    judge: Judge,
    snapshot: str,
    rng: random.Random,
    profile: str,
) -> None:
    """What an answer names is found when asked for, and every answer on the way is as documented."""
    stage = Stage(api, world, judge, snapshot, rng)
    play(linked(contract, reading=not stage.controlled), stage, SIZES[profile])
