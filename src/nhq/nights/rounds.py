"""A night as rounds: the same depth with another seed each, until its time is up."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nhq.clock import Clock
from nhq.nights.night import Load, Night, RuleCell, Sighting, verdict_weight
from nhq.nights.stanzas import merge_stanzas
from nhq.run.live_planner import SEED_STEP

#: What is left of a night under so many seconds isn't begun any more: a round's first requests would be cut off.
SHORTEST_ROUND = 5.0

Round = Callable[[int, float], Night]
#: How long the first round of several lasts at least: so many seconds, or windows where those are longer.
FIRST_SECONDS, FIRST_WINDOWS = 300.0, 5


@dataclass(frozen=True, slots=True)
class RoundLengths:
    """How long the rounds of a night are. `window`: seconds of a key's window where time is real, and 0 elsewhere.

    Where it is, the first of several rounds is short, so that what it finds is played again early, and each but the
    last is so many whole windows, so that keys begin new ones when the next begins. Elsewhere each may take all the
    time that is left.
    """

    window: float = 0.0

    @property
    def least(self) -> float:
        """What is left of a night under so many seconds isn't begun any more."""
        return max(SHORTEST_ROUND, self.window)

    def seconds(self, number: int, left: float) -> float:
        """How long a round lasts, counted from 0, where so many seconds are left of the night."""
        first = max(FIRST_SECONDS, FIRST_WINDOWS * self.window)
        if not self.window or left < 1.9 * first:
            return left
        if not number:
            return first
        rounds = max(1, round(left / (2 * first)))
        return left if rounds == 1 else self.window * (left / rounds // self.window)


ANY_LENGTH = RoundLengths()


def run_rounds(
    play: Round, seed: int, seconds: float, clock: Clock, lengths: RoundLengths = ANY_LENGTH
) -> Iterator[Night]:
    """Play rounds until `seconds` are over; 0: one round, as long as it takes.

    `play(seed, seconds)` judges for at most so many seconds (0: without end). An interrupted round is the last.
    """
    until = clock.monotonic() + seconds
    number = 0
    while number == 0 or (seconds and until - clock.monotonic() >= lengths.least):
        night = play(seed + number * SEED_STEP, lengths.seconds(number, until - clock.monotonic()) if seconds else 0.0)
        yield night
        if night.interrupted or not night.judged:
            return
        number += 1


def merge_rounds(rounds: Sequence[Night]) -> Night:
    """Merge rounds into one night: it judged, found and created what any of them did.

    `rounds` has at least one.
    """
    first = rounds[0]
    return replace(
        first,
        exit_code=max(night.exit_code for night in rounds),
        cells=_cells(rounds),
        sightings=tuple(_sightings(rounds).values()),
        statuses=_statuses(rounds),
        load=_load([night.load for night in rounds]),
        troubles=tuple(dict.fromkeys(trouble for night in rounds for trouble in night.troubles)),
        interrupted=any(night.interrupted for night in rounds),
        approved=frozenset().union(*(night.approved for night in rounds)),
        stanzas=merge_stanzas(night.stanzas for night in rounds),
        sent=frozenset().union(*(night.sent for night in rounds)),
        late=frozenset.intersection(*(night.late for night in rounds)),
        complaints=tuple(dict.fromkeys(complaint for night in rounds for complaint in night.complaints)),
    )


def _cells(rounds: Sequence[Night]) -> tuple[RuleCell, ...]:
    """The strongest verdict of each cell: violated, else holds, else unknown, with the first round's cause."""
    cells: dict[tuple[str, str], RuleCell] = {}
    for night in rounds:
        for cell in night.cells:
            before = cells.setdefault((cell.rule, cell.operation), cell)
            if verdict_weight(cell.verdict) > verdict_weight(before.verdict):
                cells[cell.rule, cell.operation] = cell
    return tuple(cells.values())


def _sightings(rounds: Sequence[Night]) -> Mapping[str, Sighting]:
    seen: dict[str, Sighting] = {}
    for night in rounds:
        for sighting in night.sightings:
            seen.setdefault(sighting.fingerprint, sighting)
    return seen


def _statuses(rounds: Sequence[Night]) -> dict[str, dict[str, int]]:
    summed: dict[str, Counter[str]] = {}
    for night in rounds:
        for operation, counts in night.statuses.items():
            summed.setdefault(operation, Counter()).update(counts)
    return {operation: dict(counts) for operation, counts in summed.items()}


def _load(loads: Sequence[Load]) -> Load:
    """The sums; for latencies the worst round's."""
    return Load(
        sum(load.requests for load in loads),
        sum(load.allowance for load in loads),
        sum(load.seconds for load in loads),
        max(load.p50 for load in loads),
        max(load.p95 for load in loads),
    )
