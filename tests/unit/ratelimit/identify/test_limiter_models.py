"""Models of algorithms: each explains what its algorithm does to the last request, and not one more."""

import importlib
from types import ModuleType

import numpy as np
import pytest

from nhq.ratelimit.checker.partition import RateLimitPromise
from nhq.ratelimit.identify.algorithm import Algorithm
from nhq.ratelimit.identify.limiter_models import (
    Trace,
    bucket_contradictions,
    event_trace,
    grid_contradictions,
    sliding_counter,
)

#: The module; the package has a function of this name.
identify = importlib.import_module("nhq.ratelimit.identify.algorithm")
NOBODY = np.empty(0), np.empty(0)


def admitted(*instants: float) -> Trace:
    """Admissions without latency."""
    times = np.array(instants)
    return event_trace(times, times, np.ones(len(times), dtype=bool), times, NOBODY)


def test_events_are_in_the_order_of_their_middles() -> None:
    """A quick refusal stands before a slow admission that was sent before it."""
    sent, received = np.array([0.0, 1.0]), np.array([10.0, 1.5])
    events = event_trace(sent, received, np.array([True, False]), sent, NOBODY)
    assert events.admitted.tolist() == [False, True]
    assert events.sent.tolist() == [1.0, 0.0]


def test_a_bucket_is_full_before_the_first_request() -> None:
    """Even the smallest bucket explains one admission."""
    assert bucket_contradictions(admitted(5.0), 60, 60.0, 1) == 0
    assert bucket_contradictions(admitted(5.0, 5.0, 5.0), 60, 60.0, 1) == 2


def test_a_bucket_that_had_time_is_full_again() -> None:
    """What ran back in while nobody asked is no more than fits."""
    assert bucket_contradictions(admitted(0.0, 100.0), 60, 60.0, 1) == 0


def test_a_sliding_counter_may_round_by_one() -> None:
    """One admission more than the limit is rounding; two are none."""
    assert sliding_counter(admitted(1.0, 2.0, 3.0, 4.0), 3, 60.0, 0.0) == 0
    assert sliding_counter(admitted(1.0, 2.0, 3.0, 4.0, 5.0), 3, 60.0, 0.0) == 1


@pytest.mark.parametrize("side", [-0.5, 0.5])
def test_the_finest_grid_is_sought_on_both_sides(side: float) -> None:
    """An edge between two phases that were tried is found, before a phase and after it."""
    step = 60.0 / identify.PHASES
    events = admitted(10 + (side - 0.1) * step, 10 + (side + 0.1) * step)
    assert grid_contradictions(events, 1, 60.0, 10.0) == 1
    assert identify._finest(events, 1, 60.0, 10.0) == 0


def test_the_most_refused_keys_are_fitted_first(notation: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are too many events, those of keys without a refusal are left out."""
    monkeypatch.setattr(identify, "EVENTS", 4)
    history = notation.parse("a:0+ a:1+ a:2+ a:3+ b:0+ b:1+ b:2+ b:3x")
    (told,) = identify._traces(history, RateLimitPromise(3, 60.0, fresh=True))
    assert told.admitted.tolist() == [True, True, True, False]


def test_a_fixed_window_that_fits_is_not_joined_by_one_that_does_not(limiters: ModuleType, mutants: ModuleType) -> None:
    """A plain fixed window is a candidate only where no fixed window with a known anchor is."""

    def server(_: object, rounding: str) -> object:
        return limiters.Fixed(60, 60.0, "first", rounding, 17.0)

    found = identify.identify_algorithm(mutants.recorded(server, "diagnostic", 0), 60, 60.0)
    assert Algorithm.FIXED_FIRST in found.candidates
    assert Algorithm.FIXED not in found.candidates
