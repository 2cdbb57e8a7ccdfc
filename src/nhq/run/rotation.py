"""Rotating runs: if one run can't afford all tests, each takes another part, so that together they cover all."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nhq.errors import ConfigError
from nhq.run.key_room import FREE
from nhq.run.worth_of_tests import PlanStep

#: What part of its room a run that knows of former ones keeps for what every run makes.
_COMMON = 0.5
#: What of a run's room is shared out: the rest makes up for costs that differ from those that are known.
_SHARED = 0.95


@dataclass(frozen=True, slots=True)
class Turn:
    """The `number`th of `of` runs."""

    number: int = 1
    of: int = 1

    @property
    def words(self) -> str:
        return f"--rotate {self.number}/{self.of}"


#: A run that takes no turns with others.
ONLY = Turn()


def read_turn(text: str) -> Turn:
    """`K/N` as a turn. Raises ConfigError for anything else, and for a K that isn't one of 1 … N."""
    match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
    turn = Turn(int(match[1]), int(match[2])) if match is not None else Turn(0, 0)
    if not 1 <= turn.number <= turn.of:
        raise ConfigError(f"--rotate {text}: expected K/N with K from 1 to N, e.g. 2/7 for the second of seven runs")
    return turn


def in_turn(order: Sequence[PlanStep], room: float, turn: Turn) -> list[PlanStep]:
    """The steps of one turn: those that every run makes, in order, and its part of all others.

    Every run makes as much as leaves room for an even part of the rest; nothing where not even so many runs can make
    all. What belongs to one test, or follows it, is in one part.
    """
    whole, room = sum(map(paid, order)), _SHARED * room
    if turn.of == 1 or whole <= room:
        return list(order)
    common = max(0.0, (turn.of * room - whole) / (turn.of - 1))
    core = _beginning(order, common)
    rest = order[len(core) :]
    part = _parts(rest, turn.of)[turn.number - 1]
    return [*core, *(step for step in rest if _group(step) in part)]


def longest_ago(order: Sequence[PlanStep], room: float, since: Mapping[str, int]) -> list[PlanStep]:
    """The steps in another order where a run can't make all: what every run makes, then what was sent longest ago.

    `since` says when former runs sent each test, in any unit that grows; what isn't in it was never sent and comes
    before all that was. What follows a test goes with it, by that of them which was sent longest ago. So a series of
    runs, each of which tells the next what it sent, makes all in turn.
    """
    if sum(map(paid, order)) <= _SHARED * room:
        return list(order)
    core = _beginning(order, _COMMON * _SHARED * room)
    rest = order[len(core) :]
    ago: dict[str, float] = {}
    for step in rest:
        when = since.get(step.test, -math.inf)
        ago[_group(step)] = min(when, ago.get(_group(step), math.inf))
    places = {group: place for place, group in enumerate(ago)}
    return [*core, *sorted(rest, key=lambda step: (ago[_group(step)], places[_group(step)]))]


def paid(step: PlanStep) -> int:
    """Requests of a step that a key's allowance pays for."""
    return sum(count for name, count in step.cost.requests.items() if name not in FREE)


def _beginning(order: Sequence[PlanStep], most: float) -> list[PlanStep]:
    spent = 0
    for place, step in enumerate(order):
        spent += paid(step)
        if spent > most:
            return list(order[:place])
    return list(order)


def _parts(steps: Sequence[PlanStep], count: int) -> list[set[str]]:
    """The tests of steps, in so many parts of even cost."""
    costs: dict[str, int] = {}
    for step in steps:
        costs[_group(step)] = costs.get(_group(step), 0) + paid(step)
    parts: list[set[str]] = [set() for _ in range(count)]
    loads = [0] * count
    for group in sorted(costs, key=lambda group: (-costs[group], group)):
        least = loads.index(min(loads))
        parts[least].add(group)
        loads[least] += costs[group]
    return parts


def _group(step: PlanStep) -> str:
    return step.after or step.test
