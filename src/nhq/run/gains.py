"""What to add to a target file to judge more: what each unjudged rule lacks on each operation, counted jointly.

What stopped a test is known from the test; what else it would have asked for, from the costs that are kept of it on
a target that lacks nothing. So a rule that lacks two things is told under both together, and never under one.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from nhq.client.target import Target
from nhq.contract import Contract, Operation
from nhq.errors import ConfigError
from nhq.model import Effect
from nhq.needs import EFFECT, REVOKED, SECOND, in_words, need_of_scope
from nhq.record.judged_rows import RuleRow, TestRow
from nhq.record.run_record import GainRow
from nhq.run import costs as kept
from nhq.run.required_rules import is_judged

Needs = frozenset[str]
_MILDEST = tuple(Effect)


@dataclass(slots=True)
class Gain:
    """What judges more: rules that nothing was judged of, and operations that a rule was judged on elsewhere."""

    needs: Needs
    rules: set[str] = field(default_factory=set)
    places: int = 0

    def row(self) -> GainRow:
        """As the record holds it."""
        return GainRow(add=tuple(in_words(self.needs)), rules=tuple(sorted(self.rules)), places=self.places)


class Lacking:
    """What a target lacks of what tests need."""

    def __init__(self, contract: Contract, target: Target) -> None:
        self._contract, self._target = contract, target
        self._costs: Mapping[str, kept.Cost] = {}
        with suppress(ConfigError):  # without costs what stopped a test is all that is known
            self._costs = kept.load_costs((contract.former or contract).digest).tests

    def of(self, test: TestRow) -> Needs:
        """What a test lacks; nothing where something else ended it."""
        cost = self._costs.get(test.scenario)
        if cost is None:
            return frozenset(test.needs)
        found = {need for scope in cost.scopes for need in self._of_scope(scope)}
        found |= {SECOND} if cost.requests.get("other workspace") and not self._target.foreign else set()
        revoked = any(key.revoked for key in self._target.keys)
        found |= {REVOKED} if cost.requests.get("revoked") and not revoked else set()
        return _without_repetition(found | set(test.needs))

    def of_operation(self, row: Operation) -> Needs:
        """What it takes to call an operation at all."""
        scope = set() if self._target.holders(row.scope) else {need_of_scope(row.scope)}
        return frozenset(scope | self._of_effect(row.effect))

    def effect_of(self, row: Operation) -> Needs:
        """What it takes to be let call an operation: the guard stops what isn't allowed, whatever it is sent for."""
        return frozenset(self._of_effect(row.effect))

    def _of_scope(self, scope: str) -> Iterable[str]:
        """A key with it, and the mildest effect that any operation of it has."""
        if not self._target.holders(scope):
            yield need_of_scope(scope)
        effects = [row.effect for row in self._contract.operations.values() if row.scope == scope]
        yield from self._of_effect(min(effects, key=_MILDEST.index, default=Effect.READ))

    def _of_effect(self, effect: Effect) -> set[str]:
        return set() if effect in self._target.allow else {f"{EFFECT} {effect}"}


def _without_repetition(needs: Iterable[str]) -> Needs:
    """A key of a second workspace with a scope is one of a second workspace."""
    found = set(needs)
    named = {need for need in found if need.startswith(SECOND) and need != SECOND}
    return frozenset(found - {SECOND} if named else found)


def operation_in(test: str) -> str:
    """The operation that a variant of a test is about; "" for none."""
    return test.rpartition("[")[2].removesuffix("]") if test.endswith("]") else ""


def judging_gains(
    contract: Contract, target: Target, tests: Sequence[TestRow], rules: Sequence[RuleRow]
) -> tuple[GainRow, ...]:
    """What to add, what judges most first. A rule that several additions would judge counts with each of them."""
    lacking, found = Lacking(contract, target), dict[Needs, Gain]()
    needs = [(test, lacking.of(test)) for test in tests]
    for rule in (rule for rule in rules if rule.selected):
        mine = [(operation_in(test.id), need) for test, need in needs if need and rule.id in test.rules]
        every: set[Needs] = set()
        for operation in [name for name, cell in rule.cells.items() if cell.verdict == "unknown"]:
            row = contract.operations[operation]
            fitting = {need | lacking.effect_of(row) for name, need in mine if _fits(name, operation, contract)}
            if contract.rules[rule.id].scope == "exchange" and lacking.of_operation(row):
                fitting.add(lacking.of_operation(row))
            every |= (least := _least(fitting))
            for need in least if is_judged(rule) else ():
                found.setdefault(need, Gain(need)).places += 1
        for need in _least(every) if not is_judged(rule) else ():
            found.setdefault(need, Gain(need)).rules.add(rule.id)
    ranked = sorted(found.values(), key=lambda gain: (-len(gain.rules), -gain.places, sorted(gain.needs)))
    return tuple(gain.row() for gain in ranked)


def _fits(test: str, operation: str, contract: Contract) -> bool:
    """Does a test judge an operation? One that is about no single one may."""
    return test == operation or test not in contract.operations


def _least(sets: Iterable[Needs]) -> set[Needs]:
    """Those that hold none of the others: what suffices."""
    every = set(sets)
    return {one for one in every if not any(other < one for other in every)}
