"""A plan that changes while it runs: if tests send more than expected, the rest sends less.

What goes is worth least for what it costs by then: further seeds first, then deeper looks and tests that show little
for each request. A cheap test that shows much is kept to the end. Where tests send less, what was left out comes in.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nhq.run.choice_of_tests import Choice
from nhq.run.worth_of_tests import RULE, PlanStep

_BESIDE = 1.0  # a request that is added to each cost, as where the plan is made

Group = Sequence[PlanStep]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: its present round, the tests of that which have begun, and how many requests were sent.

    `dearer` says by test how many requests more it costs than was planned, `times` how many times as much a deeper look
    does: a test that finds something looks again, and so will others of its kind.
    """

    number: int
    begun: Collection[str]
    sent: int
    dearer: Mapping[str, int] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)

    def ahead(self, step: PlanStep) -> bool:
        """Is a step still to come?"""
        return step.number > self.number or (step.number == self.number and step.test not in self.begun)

    def cost(self, steps: Group) -> int:
        """What steps cost, as it is known by now."""
        return sum(step.cost.total + self._more(step) for step in steps)

    def rate(self, group: Group) -> float:
        """What steps are worth for each request."""
        return sum(step.gain for step in group) / (self.cost(group) + _BESIDE)

    def dear(self, group: Group) -> bool:
        """Does one of the steps cost more than was planned?"""
        return any(map(self._more, group))

    def _more(self, step: PlanStep) -> int:
        if step.number != self.number or not (self.dearer or self.times):
            return 0
        times = 1.0 if step.first else self.times.get(step.test, 1.0)
        return self.dearer.get(step.test, 0) + round((times - 1) * step.cost.total)


def shorten(choice: Choice, progress: Progress, most: float) -> Choice:
    """The choice without what has no room any more, so that at most so many requests are sent in all.

    What costs more than was known goes, too, where something that was left out shows more for as much; for a rule that
    nothing else judges then, the cheapest test that was left out comes in.
    """
    rest = [step for step in choice.taken if progress.ahead(step)]
    changed = progress.dearer or progress.times
    dropped = _no_longer_worth_it(rest, choice, progress) if changed else set[int]()
    if dropped:
        choice, more = _with_others_of_their_rules(choice, progress, dropped)
        rest = [*(step for step in rest if id(step) not in dropped), *more]
    excess = progress.sent + progress.cost(rest) - most
    while excess > 0:
        gone = _least_worthy([step for step in rest if id(step) not in dropped], progress)
        if not gone:
            break
        excess -= progress.cost(gone)
        dropped |= {id(step) for step in gone}
    return choice.without(lambda step: id(step) in dropped) if dropped else choice


def lengthen(choice: Choice, progress: Progress, most: float) -> Choice:
    """The choice with what was left out in its first round, as far as there is room for it after all.

    Tests that wait for windows stay left out, and those that began. First comes what alone judges a rule.
    """
    room = most - progress.sent - progress.cost([step for step in choice.taken if progress.ahead(step)])
    made, more = {step.test for step in choice.taken if step.number == 1} | set(progress.begun), list[PlanStep]()
    judged = frozenset().union(*(step.rules for step in choice.taken))

    def rate(step: PlanStep) -> float:
        return progress.rate([step]) + RULE * len(step.rules - judged) / (progress.cost([step]) + _BESIDE)

    for step in sorted(choice.left, key=rate, reverse=True):
        late = step.test in progress.begun or step.cost.windows or step.after
        ready = step.first or step.test in made
        if ready and not late and step.cost.total and progress.cost([step]) <= room:
            room -= progress.cost([step])
            more.append(step)
            made.add(step.test)
    return choice.with_more(more) if more else choice


def _no_longer_worth_it(rest: Sequence[PlanStep], choice: Choice, progress: Progress) -> set[int]:
    """Steps that cost more than was known, and show less for a request than the best that was left out."""
    best = max((progress.rate([step]) for step in choice.left), default=0.0)
    dear = (group for group in _with_dependants(rest) if progress.dear(group[:1]) and progress.rate(group) < best)
    return {id(step) for group in dear for step in group}


def _with_others_of_their_rules(
    choice: Choice, progress: Progress, dropped: Collection[int]
) -> tuple[Choice, list[PlanStep]]:
    """The choice without steps that are dropped, and one step more for each rule that only they would have judged."""
    gone = [step for step in choice.taken if id(step) in dropped]
    judged = frozenset().union(*(step.rules for step in choice.taken if id(step) not in dropped))
    lost, more = frozenset().union(*(step.rules for step in gone)) - judged, list[PlanStep]()
    for step in sorted(choice.left, key=lambda step: progress.cost([step])):
        fit = step.first and not step.after and not step.cost.windows and step.test not in progress.begun
        if fit and step.rules & lost:
            more.append(step)
            lost -= step.rules
    told = [replace(step, gain=step.gain + RULE * len(step.rules)) for step in more]
    left = tuple(step for step in choice.left if step not in more)
    kept = Choice(choice.first, choice.fill, left).without(lambda step: id(step) in dropped)
    return replace(kept, fill=(*kept.fill, *told)), told


def _least_worthy(rest: Sequence[PlanStep], progress: Progress) -> Group:
    """The step to drop next, with those that depend on it; nothing where no step costs anything."""
    last = max((step.number for step in rest), default=1)
    groups = _with_dependants([step for step in rest if step.number == last])
    return min((group for group in groups if progress.cost(group)), key=progress.rate, default=())


def _with_dependants(rest: Sequence[PlanStep]) -> Iterator[Group]:
    """Each step of a round with the deeper ones of its test, and with those of tests that follow it."""
    dependants: dict[str, list[PlanStep]] = {}
    for step in rest:
        if step.after:
            dependants.setdefault(step.after, []).append(step)
        if not step.first:
            dependants.setdefault(step.test, []).append(step)
    for step in rest:
        yield [step, *(dependants.get(step.test, ()) if step.first else ())]
