"""The value of a test: how likely it is to find each fault of the catalogue, and which rules it judges.

fixtures/kills.json says which faults each test was seen to find; for all others a test's rules and operations say what
it might find. These are estimates: they decide what is sent first, never what is concluded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nhq.run.costs import DISCOVERY, PREFLIGHT, Cost, Depth
from nhq.run.fault_tables import Faults

#: How likely a test finds a fault: that it was seen to find; of one of its rules; of a rule judged on every answer.
SEEN, RULED, ANSWERED = 0.9, 0.5, 0.2
#: How much less likely it is to find with more requests of a test what its first ones didn't show.
DEEPER = 0.4
#: What a guess counts for where so many other tests are known to find the fault that no more were looked for; where
#: fewer are, all tests about its rules were tried, and no guess is left. What every answer of an operation may show is
#: not looked for in all tests that call it.
ELSEWHERE, ENOUGH = 0.3, 4
#: What every run sends before its first test, and sees faults by.
BEFOREHAND = (PREFLIGHT, DISCOVERY)
#: What it is worth to judge a rule at all, and to judge it on one operation more, beside finding one fault; and to make
#: one test of an area, so that no run leaves one out.
RULE, CELL, AREA = 1.0, 0.25, 8.0


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One test at one depth: what it costs beyond its shallower steps, its rules, and its operation or "".

    `number` counts the rounds, each under a seed of its own. `after` is a test whose own step must come before.
    `whole`: no shallower step comes before it. `reach` is how much of its worth it has on a target that lacks something
    it needs: 1 where all is there. `patient`: others go on while it waits. `gain` is what it may show beside all that
    stands before it in the plan's order. `share` is how many of the requests that its test sends at most it sends.
    `variant` is the place of the variant to send where one must do; None: nothing is known of them.
    """

    test: str
    depth: Depth
    cost: Cost
    rules: frozenset[str]
    operation: str = ""
    number: int = 1
    after: str = ""
    reach: float = 1.0
    whole: bool = False
    patient: bool = False
    gain: float = 0.0
    share: float = 1.0
    variant: int | None = None

    @property
    def first(self) -> bool:
        """Does it stand for the least depth of its test?"""
        return self.whole or self.depth is Depth.LIVE


#: What may be shown: a fault's id, or a promise; and how likely a step shows it.
Chances = list[tuple[object, float]]


class Worth:
    """What steps may still show beside those that were taken: faults, areas, rules, and rules on operations."""

    def __init__(self, steps: Sequence[PlanStep], faults: Faults, everywhere: Iterable[str]) -> None:
        """`everywhere`: rules that are judged on every answer."""
        self._faults, self._guesses = faults, _Guesses(faults, frozenset(everywhere))
        self._rest: dict[object, float] = {}
        self._chances: dict[int, Chances] = {}
        self._varied: dict[int, dict[int, Chances]] = {}
        for step in steps:
            self._look(step)
        for ident in {ident for test in BEFOREHAND for ident in faults.whole(test)}:
            self._rest[ident] = self._rest.get(ident, 0.0) * (1 - SEEN)

    def of(self, step: PlanStep) -> float:
        """What a step may show that the taken ones would not have shown."""
        varied = self._varied[id(step)].values()
        return self._sum(self._chances[id(step)]) + max(map(self._sum, varied), default=0.0)

    def variant(self, step: PlanStep) -> int | None:
        """The place of a step's variant that shows most beside what was taken; None where none shows a thing."""
        varied = self._varied[id(step)]
        return max(varied, key=lambda place: (self._sum(varied[place]), -place), default=None)

    def take(self, step: PlanStep) -> None:
        """A step will be made: what it probably shows is worth less from now on."""
        varied, place = self._varied[id(step)], self.variant(step)
        for element, chance in (*self._chances[id(step)], *(varied[place] if place is not None else ())):
            self._rest[element] *= 1 - chance

    def _sum(self, chances: Chances) -> float:
        return sum(self._rest[element] * chance for element, chance in chances)

    def _look(self, step: PlanStep) -> None:
        """Keep what a step may show."""
        known = self._faults.whole(step.test)
        told: Chances = [*_promises(step), *self._guesses.of(step, known)]
        varied: dict[int, Chances] = {}
        if step.depth is not Depth.LIVE:
            told += [(ident, SEEN) for ident in sorted(known)]
        else:
            rows = self._faults.by_variant(step.test)
            told += self._likely(step, rows.pop("", frozenset()), varied=bool(rows))
            varied = {int(place): self._likely(step, idents, varied=True) for place, idents in rows.items()}
        self._chances[id(step)] = _reached(step, told)
        self._varied[id(step)] = {place: _reached(step, chances) for place, chances in varied.items()}
        for element, _ in (*self._chances[id(step)], *(pair for row in varied.values() for pair in row)):
            self._rest[element] = _weight(element)

    def _likely(self, step: PlanStep, idents: Iterable[str], *, varied: bool) -> Chances:
        """How likely a step shows at its least depth what its test was seen to find.

        Of what was looked for at the whole depth only, a test without variants shows a part that is chosen to be much.
        """
        part = 1.0 if varied else step.share
        return [(ident, SEEN * (1.0 if ident in self._faults.sparing else part)) for ident in sorted(idents)]


class _Guesses:
    """What a test might find that it wasn't seen to find: by its rules and the operations that it calls."""

    def __init__(self, faults: Faults, everywhere: frozenset[str]) -> None:
        self._by_rule: dict[str, list[str]] = {}
        self._rows = faults.rows
        for ident, fault in faults.rows.items():
            for rule in fault.rules:
                self._by_rule.setdefault(rule, []).append(ident)
        self._factor = {
            ident: 1.0 if fault.on and fault.rules & everywhere else _left_to_guess(len(faults.finders.get(ident, ())))
            for ident, fault in faults.rows.items()
        }
        self._answered: dict[frozenset[str], list[str]] = {}
        for ident in sorted({ident for rule in everywhere for ident in self._by_rule.get(rule, ())}):
            if self._factor[ident]:
                self._answered.setdefault(faults.rows[ident].on, []).append(ident)

    def of(self, step: PlanStep, known: frozenset[str]) -> Chances:
        """Faults that the step wasn't seen to find."""
        deeper = 1.0 if step.first else DEEPER
        called, there = frozenset(step.cost.operations), frozenset(step.cost.operations)
        if step.operation:
            there = frozenset({step.operation})
        ruled = {ident for rule in step.rules for ident in self._by_rule.get(rule, ())}
        open_still = (ident for ident in sorted(ruled - known) if self._factor[ident])
        met = [ident for ident in open_still if not (on := self._rows[ident].on) or on & there]
        every = [on for on in self._answered if called and (not on or on & called)]
        answered = [ident for on in every for ident in self._answered[on] if ident not in ruled and ident not in known]
        guessed = [(RULED, met), (ANSWERED, answered)]
        return [(ident, guess * deeper * self._factor[ident]) for guess, idents in guessed for ident in idents]


def _left_to_guess(finders: int) -> float:
    """What it counts for that another test might find a fault which so many tests are known to find."""
    if not finders:
        return 1.0
    return ELSEWHERE if finders >= ENOUGH else 0.0


def _reached(step: PlanStep, chances: Chances) -> Chances:
    """The chances as far as the target lets the step go."""
    told = chances if step.reach == 1.0 else [(element, chance * step.reach) for element, chance in chances]
    return told if step.reach else []


def _promises(step: PlanStep) -> Iterable[tuple[object, float]]:
    """A step's area, its rules, and each of these on its operation."""
    yield ("area", step.cost.area), SEEN
    for rule in sorted(step.rules):
        yield ("rule", rule), SEEN
        for operation in [step.operation] if step.operation else sorted(step.cost.operations):
            yield ("cell", rule, operation), SEEN if step.operation else RULED


def _weight(element: object) -> float:
    return {"area": AREA, "rule": RULE, "cell": CELL}[element[0]] if isinstance(element, tuple) else 1.0
