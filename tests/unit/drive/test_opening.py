"""Which campaigns a run acts on where nothing is put back, without a server."""

import random
from types import SimpleNamespace
from typing import Any

import pytest

from nhq.drive.api import Crawl
from nhq.drive.opening import PLACE, at_work, rest
from nhq.errors import Unmet
from nhq.model import Exchange

GIVEN = {"campaign_startable": "a", "campaign_startable_2": "b", "campaign_paused": "p", "campaign_started": "s"}


class Target:
    """Lists campaigns in the states told, and keeps which actions were run."""

    def __init__(self, **states: str) -> None:
        self.states, self.done = states, list[tuple[str, str]]()
        self.target, self.session = SimpleNamespace(given=GIVEN), SimpleNamespace(control=None, alone=False)

    def crawl(self, operation: str, **options: Any) -> Crawl:
        rows = [
            {"id": i, "status": s, "leadList": {"id": f"of-{i}"}, "linkedinAccounts": []}
            for i, s in self.states.items()
        ]
        return Crawl((), tuple(rows), True)

    def call(self, operation: str, *, path: dict[str, str], json: dict[str, str]) -> Exchange:
        self.done.append((path["campaign_id"], json["action"]))
        return Exchange(1, operation, "POST", "/", {}, b"", None, 200, {}, b"{}", 0.0, 0.0)


def chosen(target: Target, own: str = "") -> str:
    """The campaign acted on; `own` is the one that this run has started."""
    venues = {PLACE: SimpleNamespace(campaign=own)} if own else {}
    world: Any = SimpleNamespace(venues=venues, given=GIVEN.__getitem__, lists=[])
    reader: Any = target
    return str(at_work(reader, world, random.Random(1))["id"])


@pytest.mark.parametrize(
    ("states", "own", "expected"),
    [
        ({"a": "paused", "b": "paused", "p": "paused"}, "b", "b"),
        ({"a": "started", "b": "paused", "p": "paused"}, "", "b"),
        ({"a": "draft", "b": "completed", "p": "paused"}, "", "p"),
        ({"a": "started", "b": "draft", "p": "started"}, "", "a"),
    ],
)
def test_what_the_owner_named_is_acted_on(states: dict[str, str], own: str, expected: str) -> None:
    """This run's own campaign first, then one of an earlier run that is paused, then a running one."""
    assert chosen(Target(**states), own) == expected


def test_nothing_else_is_acted_on() -> None:
    """A campaign that is named for another purpose or by nobody is left alone, though it runs."""
    target = Target(a="completed", s="started", x="paused")
    with pytest.raises(Unmet, match="still a draft"):
        chosen(target)
    assert target.done == []


@pytest.mark.parametrize(("status", "expected"), [("started", [("a", "pause")]), ("paused", []), ("completed", [])])
def test_a_running_campaign_is_paused(status: str, expected: list[tuple[str, str]]) -> None:
    """What a run leaves behind is at rest; what is at rest is left alone."""
    target: Any = Target(a=status)
    rest(target, "a")
    assert target.done == expected
