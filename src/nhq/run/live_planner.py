"""A live run's planner: how much time it has, which of the collected tests it makes, and how deep each goes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nhq.client.target import Target
from nhq.contract import Contract
from nhq.model import Effect
from nhq.run.choice_of_tests import (
    LIVE_RUN,
    Choice,
    Depths,
    PlannableTest,
    choose_steps,
    order_by_worth,
    rounds_of,
    steps_of,
)
from nhq.run.costs import DISCOVERY, Costs, preflight_cost
from nhq.run.fault_tables import Faults
from nhq.run.key_room import Room
from nhq.run.pace import SPREAD
from nhq.run.replanning import Progress, lengthen, shorten
from nhq.run.rotation import ONLY, Turn, in_turn, longest_ago
from nhq.run.worth_of_tests import PlanStep, Worth

#: How long a live run uses by itself: so many minutes, or so many windows where those are shorter.
MINUTES, WINDOWS = 3.0, 3
#: How far the seeds of two rounds lie apart, so that no run's rounds are those of its neighbour.
SEED_STEP = 1_000_003
#: Seconds that a request costs us beside the time that its answer takes.
OWN_SECONDS = 0.008
#: How much of what keys allow tests must need that reads beside them leave it all to them.
NEEDED = 0.8
#: How much more of a plan may be left than of its keys' allowance before something is dropped from it.
LATENESS = 1.1
#: What it is worth to make a test that this target lets go but part of the way.
_PART = 0.1


@dataclass(frozen=True, slots=True)
class Extent:
    """What a run may use: seconds of its keys' allowance, and requests in all.

    `repeats`: further seeds fill the rest. `strict`: the run goes evenly, and ends when the seconds are over; else they
    only say how many windows of allowance it uses. `latency`: seconds that an answer takes, where they bound
    `requests`. `asked`: the option that bounds the time, where that isn't --minutes with as many.
    """

    seconds: float = math.inf
    requests: float = math.inf
    repeats: bool = False
    strict: bool = False
    latency: float = 0.0
    asked: str = ""

    @property
    def bounded(self) -> bool:
        """Is there an end to what may be sent?"""
        return math.isfinite(self.seconds) or math.isfinite(self.requests)

    @property
    def words(self) -> str:
        """What the run was given, as a reader would give it."""
        minutes = self.asked or f"--minutes {self.seconds / 60:.3g}"
        if self.latency:
            return f"{minutes} with answers after {self.latency * 1000:.0f} ms"
        if math.isfinite(self.requests):
            return f"--requests {self.requests:g}"
        return minutes if math.isfinite(self.seconds) else "all that the keys allow"


def extent_of(target: Target, minutes: float, requests: int, *, whole: bool) -> Extent:
    """What a live run may use: as asked for, else three minutes or three windows.

    `requests` alone takes as long as it takes. A run that is narrowed to some rules or operations (not `whole`) makes
    all of its tests once, unless it was asked to fill a time: it is how a finding is shown again.
    """
    if minutes or requests:
        return Extent(minutes * 60 or math.inf, requests or math.inf, repeats=True, strict=bool(minutes))
    if not whole:
        return Extent()
    seconds = min(MINUTES * 60, WINDOWS * target.window)
    real = seconds == MINUTES * 60  # short windows are those of a trial, which isn't held back
    return Extent(seconds, repeats=real, strict=real)


def sendable_in(extent: Extent, latency: float) -> float:
    """How many requests fit into a run's seconds one after the other, each answered after `latency` seconds."""
    return math.floor(extent.seconds * SPREAD / (latency + OWN_SECONDS)) if extent.strict else math.inf


@dataclass(slots=True)
class Planner:
    """Chooses among tests by what they cost and what they are worth; `choice` is what it chose last.

    `latency` is how many seconds an answer takes: where they forbid what the keys allow, less is planned. `since` says
    when former runs sent each test: what was sent longest ago comes first of what a run can't make each time.
    """

    target: Target
    contract: Contract
    costs: Costs
    faults: Faults
    extent: Extent
    turn: Turn = ONLY
    latency: float = 0.0
    since: Mapping[str, int] = field(default_factory=dict)
    depths: Depths = LIVE_RUN
    choice: Choice | None = None
    room: Room | None = field(default=None)

    def choose(self, subjects: Sequence[PlannableTest]) -> Choice:
        """The tests that a run makes. The same for the same subjects, target and extent, unless latency forbids it."""
        choice = self._choose(subjects)
        most = sendable_in(self.extent, self.latency)
        if self.room is not None and self.room.planned > most:
            self.extent = replace(self.extent, requests=most, latency=self.latency)
            choice = self._choose(subjects)
        return choice

    def _choose(self, subjects: Sequence[PlannableTest]) -> Choice:
        room = Room(self.target, self.extent.seconds, self.extent.requests)
        for cost in (preflight_cost(self.target), self.costs.of(DISCOVERY)):
            room.take(cost)
        steps = [self._fitted(step, room) for step in steps_of(subjects, self.costs, self.depths)]
        everywhere = (rule.id for rule in self.contract.rules.values() if rule.scope == "exchange")
        order = order_by_worth(steps, Worth(steps, self.faults, everywhere))
        if self.since:
            order = longest_ago(order, room.allowance - room.paid, self.since)
        mine = in_turn(order, room.allowance - room.paid, self.turn)
        rounds = 10**6 if self.extent.repeats else 1
        others = [step for step in order if step not in mine]
        again = rounds_of([*mine, *others], self.costs, room, self.depths.again)
        self.room, self.choice = room, choose_steps(again, room, rounds)
        return self.choice

    def shorten(self, progress: Progress, share: float = 1.0) -> None:
        """Take from the choice what there is no room for any more: tests sent more than their costs said, or waited.

        `share` is what part of all that the widest keys may send in the run's time they still may.
        """
        if self.choice is not None and self.extent.bounded:
            ahead = LATENESS * share * self.room.planned if self.room is not None and self.extent.strict else math.inf
            self.choice = shorten(self.choice, progress, min(self._most, progress.sent + ahead))

    def needs_all(self, sent: int, seconds: float) -> bool:
        """When so many were sent: do tests of the first seed need most of what keys allow in so many seconds?"""
        if self.room is None or self.choice is None:
            return False
        once = sum(step.cost.total for step in self.choice.taken if step.number == 1)
        return once - sent >= NEEDED * self.room.allowance_of_keys * seconds / self.extent.seconds

    def lengthen(self, progress: Progress) -> None:
        """Take into the choice what there is room for after all: tests sent less than their costs said."""
        if self.choice is not None and math.isfinite(self._most):
            self.choice = lengthen(self.choice, progress, self._most)

    @property
    def _most(self) -> float:
        """How many requests a run may send: so many as were asked for, or as its keys allow beside those without."""
        if self.room is None or math.isfinite(self.extent.requests) or not self.extent.strict:
            return self.extent.requests
        return self.room.allowance + self.room.planned - self.room.paid

    def variants(self, test: str) -> list[int]:
        """Which of a test's variants to send where one must do, the most telling first; none where nothing is known.

        First comes that which shows most beside the rest of the plan.
        """
        planned = [step.variant for step in self.choice.taken if step.test == test] if self.choice is not None else []
        return [*(place for place in planned if place is not None), *self.faults.variants(test)]

    def _fitted(self, step: PlanStep, room: Room) -> PlanStep:
        """A step as this target lets it go: what there are no keys for isn't sent, what isn't permitted ends a test.

        One that sent nothing where costs were measured shows nothing: another test does, or a target lacked something.
        """
        sent = room.sendable(step.cost)
        closed = {scope: count for scope, count in step.cost.scopes.items() if not self.target.holders(scope)}
        if closed:
            sent["wide"] = max(0, sent.get("wide", 0) - sum(closed.values()))
        whole = sum(sent.values()) == step.cost.total and all(map(self._permitted, step.cost.operations))
        reach = (1.0 if whole else _PART) if step.cost.total else 0.0
        return replace(step, cost=replace(step.cost, requests=sent), reach=reach)

    def _permitted(self, operation: str) -> bool:
        row = self.contract.operations.get(operation)
        return row is None or row.effect in self.target.allow | {Effect.READ}


def left_out(choice: Choice, extent: Extent) -> dict[tuple[str, str | None], str]:
    """By rule and operation: why no test was made that would have judged it."""
    made = {step.test for step in choice.taken}
    gone = [step for step in choice.left if step.test not in made]
    cause = f"left out: there was no room for it in {extent.words}"
    return {(rule, step.operation or None): cause for step in gone for rule in step.rules}
