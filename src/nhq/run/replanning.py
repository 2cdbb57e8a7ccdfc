"""A plan that is shortened while it is carried out: where tests send more than was known, the rest sends less.

What goes is worth least for what it costs by then: further seeds first, then deeper looks and tests that show little
for each request. A cheap test that shows much is kept to the end.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nhq.run.choice_of_tests import Choice
from nhq.run.worth_of_tests import PlanStep

_BESIDE = 1.0  # a request that is added to each cost, as where the plan is made


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: its present round, the tests of that which have begun, and how many requests were sent.

    `dearer` says by test how many requests more it costs than was planned.
    """

    number: int
    begun: Collection[str]
    sent: int
    dearer: Mapping[str, int] = field(default_factory=dict)

    def ahead(self, step: PlanStep) -> bool:
        """Is a step still to come?"""
        return step.number > self.number or (step.number == self.number and step.test not in self.begun)

    def cost(self, step: PlanStep) -> int:
        """What a step costs, as it is known by now."""
        more = self.dearer.get(step.test, 0) if step.number == self.number else 0
        return step.cost.total + more


def shorten(choice: Choice, progress: Progress, most: float) -> Choice:
    """The choice without as many of the steps to come as it takes to send at most so many requests in all."""
    rest = [step for step in choice.taken if progress.ahead(step)]
    excess = progress.sent + sum(map(progress.cost, rest)) - most
    if excess <= 0:
        return choice
    dropped: set[int] = set()
    while excess > 0 and (gone := _least_worthy(rest, progress)):
        excess -= sum(map(progress.cost, gone))
        dropped |= {id(step) for step in gone}
        rest = [step for step in rest if id(step) not in dropped]
    return choice.without(lambda step: id(step) in dropped)


def _least_worthy(rest: Sequence[PlanStep], progress: Progress) -> list[PlanStep]:
    """The step to drop next, with those that depend on it; nothing where no step costs anything."""
    last = max((step.number for step in rest), default=1)
    groups = _with_dependants([step for step in rest if step.number == last])
    priced = [group for group in groups if sum(map(progress.cost, group))]
    return min(priced, key=_rate_by(progress.cost), default=[])


def _with_dependants(rest: Sequence[PlanStep]) -> Iterator[list[PlanStep]]:
    """Each step of a round with the deeper ones of its test, and with those of tests that follow it."""
    dependants: dict[str, list[PlanStep]] = {}
    for step in rest:
        if step.after:
            dependants.setdefault(step.after, []).append(step)
        if not _first(step):
            dependants.setdefault(step.test, []).append(step)
    for step in rest:
        yield [step, *(dependants.get(step.test, ()) if _first(step) else ())]


def _first(step: PlanStep) -> bool:
    """Does a step stand for the least depth of its test?"""
    return step.whole or step.depth.value == "live"


def _rate_by(cost: Callable[[PlanStep], int]) -> Callable[[Sequence[PlanStep]], float]:
    return lambda group: sum(step.gain for step in group) / (sum(map(cost, group)) + _BESIDE)
