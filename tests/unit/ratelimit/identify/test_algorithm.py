"""identify(): each algorithm is named under the combined diagnostic, and nothing is guessed."""

from types import ModuleType

import pytest

from nhq.ratelimit.identify.algorithm import Algorithm, _choice, identify_algorithm
from nhq.ratelimit.identify.anchor import FIXED

SERVERS = {
    "first": Algorithm.FIXED_FIRST,
    "clock": Algorithm.FIXED_CLOCK,
    "phase": Algorithm.FIXED_PHASE,
    "log": Algorithm.SLIDING_LOG,
    "counter": Algorithm.SLIDING_COUNTER,
    "bucket": Algorithm.BUCKET,
    "spaced": Algorithm.BUCKET,
    "moved": Algorithm.MOVED_BY_HITS,
}


def _server(limiters: ModuleType, kind: str, rounding: str) -> object:
    impostors = {
        "log": lambda: limiters.SlidingLog(60, 60.0),
        "counter": lambda: limiters.SlidingCounter(60, 60.0),
        "bucket": lambda: limiters.Bucket(60, 60.0),
        "spaced": lambda: limiters.Bucket(60, 60.0, 1),
        "moved": lambda: limiters.MovedByHits(60, 60.0, "first", rounding),
    }
    return impostors[kind]() if kind in impostors else limiters.Fixed(60, 60.0, kind, rounding, 17.0)


@pytest.mark.parametrize("kind", SERVERS)
def test_the_diagnostic_tells_the_algorithms_apart(limiters: ModuleType, mutants: ModuleType, kind: str) -> None:
    """Under the combined diagnostic every algorithm is named for what it is, and fits without error."""
    for seed in range(3):
        history = mutants.recorded(lambda _, rounding: _server(limiters, kind, rounding), "diagnostic", seed)
        found = identify_algorithm(history, 60, 60.0)
        assert found.best is SERVERS[kind], found
        assert found.text == SERVERS[kind]
        assert found.fits[0].error <= 0.002


@pytest.mark.parametrize("kind", ["first", "clock"])
def test_without_headers_an_anchor_that_cannot_be_told_is_not_guessed(
    limiters: ModuleType, mutants: ModuleType, kind: str
) -> None:
    """Statuses alone say "fixed window"; started on the clock's minute, both anchors look alike."""
    history = mutants.recorded(lambda _, rounding: _server(limiters, kind, rounding), "late_overflow", 1, bare=True)
    assert identify_algorithm(history, 60, 60.0).best is Algorithm.FIXED


def test_a_window_of_another_length_fits_nothing(limiters: ModuleType, mutants: ModuleType) -> None:
    """A fixed window 1.5 s short is no known algorithm of 60 per 60 s, and the nearest is named with its error."""
    short = mutants.recorded(lambda _, rounding: limiters.Fixed(60, 58.5, "first", rounding), "dense_poll", 1)
    found = identify_algorithm(short, 60, 60.0, fresh=True)
    assert (found.best, found.candidates) == (None, ())
    assert "no fit; nearest is" in found.text


def test_algorithms_that_fit_alike_are_all_named(notation: ModuleType) -> None:
    """One full window and a refusal fit a fixed window and a sliding log alike: the answer says so."""
    found = identify_algorithm(notation.parse("0+*3 1x"), 3, 60.0, fresh=True)
    assert found.best is None
    assert {Algorithm.SLIDING_LOG, Algorithm.FIXED_CLOCK} <= set(found.candidates)
    assert "unknown" in found.text


def test_without_a_refusal_nothing_is_identified(notation: ModuleType) -> None:
    """A history without any 429 says nothing about the limiter."""
    found = identify_algorithm(notation.parse("0+2@60 1+1@60"), 3, 60.0)
    assert (found.best, found.fits) == (None, ())
    assert found.text == "unknown: nothing was refused"


@pytest.mark.parametrize(
    ("candidates", "declared", "choice"),
    [
        ((), None, None),
        ((Algorithm.BUCKET,), None, Algorithm.BUCKET),
        ((Algorithm.BUCKET,), Algorithm.FIXED_CLOCK, Algorithm.BUCKET),
        ((Algorithm.BUCKET, Algorithm.SLIDING_LOG), None, None),
        ((Algorithm.FIXED_CLOCK, Algorithm.BUCKET), Algorithm.FIXED_CLOCK, None),
        ((Algorithm.FIXED_CLOCK, Algorithm.FIXED_FIRST), None, Algorithm.FIXED),
        ((Algorithm.FIXED_CLOCK, Algorithm.FIXED_FIRST), Algorithm.FIXED_FIRST, Algorithm.FIXED_FIRST),
        ((Algorithm.FIXED_CLOCK, Algorithm.FIXED_FIRST), Algorithm.FIXED_PHASE, Algorithm.FIXED),
        ((Algorithm.FIXED_PHASE,), Algorithm.FIXED_FIRST, Algorithm.FIXED_PHASE),
        (tuple(sorted(FIXED)), None, Algorithm.FIXED),
    ],
)
def test_one_algorithm_is_chosen_where_one_kind_fits(
    candidates: tuple[Algorithm, ...], declared: Algorithm | None, choice: Algorithm | None
) -> None:
    """The only one that fits; among fixed windows the anchor that resets tell, if it fits; else none."""
    assert _choice(candidates, declared) is choice
