"""Choose the tests of a live run, and the depth of each: as many as its keys allow, the most useful first.

All steps have one order, that of a greedy cover: the next is the one most likely to find faults that no earlier step
has found, per request. A plan takes steps from the beginning until one doesn't fit; so a larger plan begins with the
smaller one. The rest of the allowance then goes to later steps that still fit.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from nhq.run.costs import Cost, Costs, Depth
from nhq.run.key_room import FREE, Room
from nhq.run.worth_of_tests import PlanStep, Worth

_BESIDE = 1.0  # a request that is added to each cost: a test that costs nothing isn't worth everything


@dataclass(frozen=True, slots=True)
class Depths:
    """How deep a plan's tests go: all as the first says, then, as there is room, as the second, then again so deep."""

    first: Depth
    second: Depth
    again: Depth


#: A live run by itself; the first round of a night, and its further ones.
LIVE_RUN = Depths(Depth.LIVE, Depth.GATE, Depth.GATE)
FIRST_ROUND = Depths(Depth.LIVE, Depth.GATE, Depth.NIGHT)
FURTHER_ROUND = Depths(Depth.GATE, Depth.NIGHT, Depth.NIGHT)


@dataclass(frozen=True, slots=True)
class PlannableTest:
    """A test that might be made: its rules, its operation or "", and the test that it follows, or "".

    `only_deep`: not in the live profile, because another test shows the same there. `patient`: others run while it
    waits.
    """

    test: str
    rules: tuple[str, ...]
    operation: str = ""
    after: str = ""
    only_deep: bool = False
    patient: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The steps of a plan: `first` from the order's beginning, `fill` that fit besides, `left` out."""

    first: tuple[PlanStep, ...]
    fill: tuple[PlanStep, ...]
    left: tuple[PlanStep, ...]

    @property
    def taken(self) -> tuple[PlanStep, ...]:
        return self.first + self.fill

    @property
    def rounds(self) -> int:
        """How many seeds the tests run under."""
        return max((step.number for step in self.taken), default=1)

    def without(self, dropped: Callable[[PlanStep], bool]) -> "Choice":
        """The same, but for steps that are dropped: those of the first round are left out."""
        gone = tuple(step for step in self.taken if dropped(step) and step.number == 1)
        first = tuple(step for step in self.first if not dropped(step))
        return Choice(first, tuple(step for step in self.fill if not dropped(step)), self.left + gone)

    def with_more(self, steps: Sequence[PlanStep]) -> "Choice":
        """The same, and some of the steps that were left out besides."""
        added = {id(step) for step in steps}
        return Choice(self.first, self.fill + tuple(steps), tuple(step for step in self.left if id(step) not in added))

    def depths(self, number: int = 1) -> dict[str, Depth]:
        """By test of a round, in the order of their first steps: how deep it goes."""
        return {step.test: step.depth for step in self.taken if step.number == number}

    def costs(self, number: int = 1) -> dict[str, Cost]:
        """By test of a round: what it costs on this target."""
        found: dict[str, Cost] = {}
        for step in self.taken:
            if step.number == number:
                found[step.test] = found[step.test].plus(step.cost) if step.test in found else step.cost
        return found


def steps_of(subjects: Sequence[PlannableTest], costs: Costs, depths: Depths = LIVE_RUN) -> list[PlanStep]:
    """Each test at the first depth, and what the second depth adds."""
    found = []
    for subject in subjects:
        least, deep = costs.of(subject.test, depths.first), costs.of(subject.test, depths.second)
        left_to_others = subject.only_deep and depths.first is Depth.LIVE
        if not left_to_others:
            share = least.total / deep.total if 0 < least.total < deep.total else 1.0
            found.append(
                replace(_step(subject, depths.first, least), share=share, whole=depths.first is not Depth.LIVE)
            )
        if left_to_others or deep.beyond(least).total:
            more = deep if left_to_others else deep.beyond(least)
            found.append(replace(_step(subject, depths.second, more), whole=left_to_others))
    return found


def _step(subject: PlannableTest, depth: Depth, cost: Cost) -> PlanStep:
    rules, after, patient = frozenset(subject.rules), subject.after, subject.patient
    return PlanStep(subject.test, depth, cost, rules, subject.operation, after=after, patient=patient)


def order_by_worth(steps: Sequence[PlanStep], worth: Worth) -> list[PlanStep]:
    """Steps in the order of greedy cover; a test's deeper step after its first, and what follows a test after it."""
    waiting: dict[str, list[PlanStep]] = {}
    places = {id(step): place for place, step in enumerate(steps)}
    begun = {step.test for step in steps if step.first}
    heap: list[tuple[float, int]] = []
    for step in steps:
        if before := _before(step, begun):
            waiting.setdefault(before, []).append(step)
        else:
            heap.append((-_rate(step, worth), places[id(step)]))
    heapq.heapify(heap)
    found: list[PlanStep] = []
    while heap:
        told, place = heapq.heappop(heap)
        step = steps[place]
        now = -_rate(step, worth)
        if now > told + 1e-12 and heap and now > heap[0][0]:  # others were taken since: it is worth less by now
            heapq.heappush(heap, (now, place))
            continue
        found.append(replace(step, gain=worth.of(step), variant=worth.variant(step)))
        worth.take(step)
        for later in waiting.pop(step.test, ()):
            heapq.heappush(heap, (-_rate(later, worth), places[id(later)]))
    return [*found, *(step for rest in waiting.values() for step in rest)]


def _before(step: PlanStep, begun: set[str]) -> str:
    """The test whose step must come first, or "": its own shallower one, or the test that it follows."""
    return step.test if not step.first and step.test in begun else step.after


def _rate(step: PlanStep, worth: Worth) -> float:
    return worth.of(step) / (step.cost.total + _BESIDE)


def rounds_of(order: Sequence[PlanStep], costs: Costs, room: Room, depth: Depth = Depth.GATE) -> Iterator[PlanStep]:
    """The order, and then all of it again, each test as deep as `depth`, under one seed after the other.

    Requests that no key pays for, or that there is no key for, are made once.
    """
    yield from order
    known = {step.test: step for step in order if step.reach == 1.0}
    again = [replace(step, depth=depth, cost=costs.of(test, depth)) for test, step in known.items()]
    again = [step for step in again if set(room.sendable(step.cost)) - FREE]
    number = 2
    while again:
        yield from (replace(step, number=number) for step in again)
        number += 1


def choose_steps(order: Iterator[PlanStep], room: Room, most_rounds: int) -> Choice:
    """The steps that fit: from the beginning until one doesn't, then those after it in its round that still do.

    So nothing is repeated while another step has never run. Steps that cost the target nothing are always taken.
    """
    first: list[PlanStep] = []
    fill: list[PlanStep] = []
    left: list[PlanStep] = []
    refused: set[str] = set()
    full = 0  # the round in which a step first lacked requests
    for step in order:
        if step.number > most_rounds or 0 < full < step.number:
            break
        blocked = bool({step.test, step.after} & refused)
        if blocked or not room.take(step.cost, patient=step.patient, after=step.after):
            left.append(step)
            refused.add(step.test)
            full = full or step.number * (not blocked and room.lacks(step.cost))
        else:
            (fill if left else first).append(step)
    return Choice(tuple(first), tuple(fill), tuple(step for step in left if step.number == 1))
