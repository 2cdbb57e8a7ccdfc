"""Instants counted in one merge: the same numbers as a search for each of them."""

import numpy as np
import pytest

from nhq.ratelimit.checker.time_order import Crossings, so_many_by, sort_ascending


@pytest.mark.parametrize("count", [0, 1, 2, 300])
@pytest.mark.parametrize("latency", [0.0, 0.3, 50.0])
def test_what_came_before_is_what_a_search_finds(count: int, latency: float) -> None:
    """Whole seconds make many instants equal: a request counts as sent by an instant that equals its own."""
    rng = np.random.default_rng(count)
    sent = np.floor(rng.uniform(0, 100, count))
    received = sent + np.floor(rng.uniform(0, 2 * latency, count))
    chosen = rng.random(count) < 0.7
    crossings = Crossings.of(sent, received)
    before = np.searchsorted(np.sort(received[chosen]), sent, side="left")
    by = np.searchsorted(np.sort(sent[chosen]), received, side="right")
    assert crossings.received_before(chosen).tolist() == before.tolist()
    assert crossings.sent_by(chosen).tolist() == by.tolist()
    assert so_many_by(np.sort(sent[chosen]), received).tolist() == by.tolist()
    assert sort_ascending(sent).tolist() == sorted(sent.tolist())
