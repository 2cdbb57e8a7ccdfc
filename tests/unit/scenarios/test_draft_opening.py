"""Which campaigns a run acts on where nothing is put back, without a server."""

import random
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from nhq.client.api import Crawl
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange
from nhq.scenarios.draft_opening import BEFORE, PLACE, at_work, open_draft, pause_if_running

GIVEN = {"campaign_startable": "a", "campaign_startable_2": "b", "campaign_paused": "p", "campaign_started": "s"}


class Target:
    """Lists campaigns in the states told, and keeps which actions were run."""

    def __init__(self, **states: str) -> None:
        self.states, self.done = states, list[tuple[str, str]]()
        self.target = SimpleNamespace(given=GIVEN, restorable=False, undisturbed=False)
        self.session = SimpleNamespace(target=self.target)

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
    with pytest.raises(PreconditionNotMet, match="still a draft"):
        chosen(target)
    assert target.done == []


@pytest.mark.parametrize(("status", "expected"), [("started", [("a", "pause")]), ("paused", []), ("completed", [])])
def test_a_running_campaign_is_paused(status: str, expected: list[tuple[str, str]]) -> None:
    """What a run leaves behind is at rest; what is at rest is left alone."""
    target: Any = Target(a=status)
    pause_if_running(target, "a")
    assert target.done == expected


class Contested(Target):
    """Its drafts can be started; others start `stolen` just before us."""

    def __init__(self, stolen: str, **states: str) -> None:
        super().__init__(**states)
        self.stolen = stolen
        self.session = SimpleNamespace(target=self.target, clock=SimpleNamespace(sleep=lambda seconds: None))

    def crawl(self, operation: str, **options: Any) -> Crawl:
        rows = super().crawl(operation)
        if operation != "list_campaigns":
            return Crawl((), (), True)
        return Crawl((), tuple({**row, "linkedinAccounts": [{"id": "x"}]} for row in rows.items), True)

    def ok(self, operation: str, **options: Any) -> Exchange:
        return replace(answered(operation, 200), body=b'{"data": {"id": "ours"}}')

    def call(self, operation: str, *, path: dict[str, str], json: dict[str, str]) -> Exchange:
        if operation != "run_campaign_action":
            return answered(operation, 200)
        draft, self.states[path["campaign_id"]] = path["campaign_id"], "started"
        self.done.append((draft, json["action"]))
        return answered(operation, 409 if draft == self.stolen else 200)


def answered(operation: str, status: int) -> Exchange:
    return Exchange(1, operation, "POST", "/", {}, b"", None, status, {}, b"{}", 0.0, 0.0)


def opened(target: Target, **venues: Any) -> str:
    """The campaign that an opening starts."""
    world: Any = SimpleNamespace(venues=venues, given=GIVEN.__getitem__, lists=[])
    reader: Any = target
    return open_draft(reader, world, random.Random(1)).campaign


def test_a_draft_that_somebody_else_starts_is_left_to_them() -> None:
    """Two pipelines name the same drafts: who comes second takes the next one."""
    target = Contested("a", a="draft", b="draft")
    assert opened(target) == "b"
    assert target.done == [("a", "start"), ("b", "start")]


def test_without_another_draft_nothing_is_started() -> None:
    """Then what only a start shows is unknown."""
    with pytest.raises(PreconditionNotMet, match="still a draft"):
        opened(Contested("a", a="draft", b="completed"))


def test_a_run_taken_up_again_starts_no_second_draft() -> None:
    """It goes on with the campaign that its first part started."""
    target = Contested("", a="paused", b="draft")
    with pytest.raises(PreconditionNotMet, match="before it was stopped"):
        opened(target, **{BEFORE: ["a"]})
    world: Any = SimpleNamespace(venues={BEFORE: ["x"]}, given=GIVEN.__getitem__, lists=[])
    reader: Any = Contested("", x="paused", a="paused")
    assert at_work(reader, world, random.Random(1))["id"] == "x"
