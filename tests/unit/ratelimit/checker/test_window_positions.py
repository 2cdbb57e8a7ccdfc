"""Remaining against what can have been counted, at the edges of what is proof."""

from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from nhq.ratelimit.checker.anomalies import Anomaly, Name
from nhq.ratelimit.checker.overcount import _rows_by_key
from nhq.ratelimit.checker.partition import RateLimitPromise, history_blocks
from nhq.ratelimit.checker.shared_counter import _partner
from nhq.ratelimit.checker.sharing_suspects import _groups
from nhq.ratelimit.checker.time_order import Crossings
from nhq.ratelimit.checker.window_positions import _highest_before, _rank, judge_unused


class Few:
    """Trials of which only those with key 2 explain anything."""

    def __init__(self, left: int) -> None:
        self.left = left

    def explain(self, block: object, keys: Iterator[int], judge: object, look: object) -> bool:
        self.left -= 1
        return 2 in keys


def test_a_partner_is_sought_to_the_last_trial() -> None:
    """The first other key that doesn't explain it is not the last that is tried, while trials are left."""
    keys = SimpleNamespace(keys=("a", "b", "c", "d"))
    assert [part.tolist() for part in _partner(keys, 0, None, None, Few(2))] == [[2]]
    assert _partner(keys, 0, None, None, Few(1)) == []


def test_findings_are_told_by_key() -> None:
    """Each key's rows stand together, the earliest sent first."""
    block = SimpleNamespace(sent=np.array([1.0, 0.0, 10.0, 11.0]), key=np.array([0, 0, 1, 1]))
    told = [(key, rows.tolist()) for key, rows in _rows_by_key(block, np.arange(4))]
    assert told == [(0, [1, 0]), (1, [2, 3])]


def test_suspects_are_compared_with_their_neighbours_only() -> None:
    """Where all events are too many at once, a suspect is read with the keys beside it, as many as fit."""
    counts = np.full(10, 10)
    (group,) = _groups(counts, np.array([5]), 30)
    assert group[0].tolist() == [5]
    assert np.flatnonzero(group[1]).tolist() in ([4, 5, 6], [5, 6, 7], [3, 4, 5])
    (whole,) = _groups(counts, np.array([5]), 100)
    assert whole[1].all()


def test_two_answers_a_whole_window_apart_prove_nothing(notation: ModuleType) -> None:
    """Two answers that say nothing is used are a lost update when closer than the shortest window, and only then."""
    promise = RateLimitPromise(3, 60.0, fresh=True)
    (block,) = history_blocks(notation.parse("0+3 30+3"), promise)

    def apart(seconds: float) -> list[Anomaly]:
        times = np.array([0.0, seconds])
        return list(judge_unused(replace(block, sent=times, received=times), promise))

    assert apart(promise.shortest) == []
    assert [found.name for found in apart(np.nextafter(promise.shortest, 0))] == [Name.LOST_UPDATE]


@pytest.mark.parametrize(("limit", "most"), [(9, 9), (1, 40)])
@pytest.mark.parametrize("seed", range(12))
def test_ranks_and_heights_are_those_that_counting_one_by_one_gives(seed: int, limit: int, most: int) -> None:
    """One search for all windows finds what comparing each answer with each other one finds.

    Heights are told up to eight times the limit and fourteen: what is higher is no count of anything.
    """
    rng = np.random.default_rng(seed)
    count, windows = int(rng.integers(1, 25)), 3
    at = rng.integers(0, windows, count)
    received = at * 100.0 + rng.integers(0, 12, count)
    sent = received - rng.integers(0, 4, count)
    settled, beyond, readable = (rng.random(count) < share for share in (0.7, 0.2, 0.8))
    position = rng.integers(-3, most, count)
    table = SimpleNamespace(
        at=at, settled=settled, beyond=beyond, sent=sent, received=received, move=np.zeros(windows),
        crossings=Crossings.of(sent, received),
    )  # fmt: skip
    own = readable & settled & ~beyond
    ranks = [sum(own & (at == at[i]) & (np.clip(position, -1, None) <= max(position[i], -1))) for i in range(count)]
    assert _rank(table, position, readable)[own].tolist() == [int(ranks[i]) for i in np.flatnonzero(own)]
    highest = _highest_before(table, position, readable, RateLimitPromise(limit, 60.0, fresh=True))
    for i in range(count):
        earlier = (at == at[i]) & (received < sent[i])
        told = position[earlier & readable & (position >= 0)]
        assert highest[i] == min(told.max(initial=-2), 8 * limit + 14)
