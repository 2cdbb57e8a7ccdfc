"""Nothing escapes: each named fault, planted in a simulated server, is found under its proper schedule.

Each is recorded a few times here, and many times in `make proofs`.
"""

from types import ModuleType

import pytest

from nhq.ratelimit import Meta, Name, check_history
from nhq.ratelimit.workloads.schedules import SCHEDULES

SEEDS = [20, pytest.param(100, marks=pytest.mark.proof)]
SUBTLE_SEEDS = [8, pytest.param(40, marks=pytest.mark.proof)]
NAMES = (
    "no_headers_on_429",
    "limit_one_too_high",
    "reset_in_seconds_to_go",
    "reset_in_milliseconds",
    "reset_with_fraction",
    "reset_is_the_windows_start",
    "reset_one_window_too_far",
    "reset_from_now",
    "reset_of_two_nodes",
    "one_left_on_429",
    "remaining_jumps",
    "remaining_before_the_hit",
    "counts_some_hits_twice",
    "forgets_some_hits",
    "one_counter_for_all_keys",
    "one_counter_for_all_keys_bare",
    "reads_then_writes",
    "reads_then_writes_bare",
    "admits_one_more",
    "admits_one_more_bare",
    "admits_one_less",
    "admits_one_less_bare",
    "counts_by_address",
    "window_too_long",
    "window_too_long_bare",
    "window_too_short",
    "window_too_short_bare",
    "sliding_log",
    "sliding_counter",
    "token_bucket",
    "bucket_without_burst",
    "moved_by_hits",
)


@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize("name", NAMES)
def test_the_mutant_is_found(mutants: ModuleType, name: str, seeds: int) -> None:
    """At least 99 of 100, and 20 of 20, random recordings of the mutant show the fault by its name."""
    mutant = mutants.MUTANTS[name]
    found = 0
    for seed in range(seeds):
        history = mutants.recorded(mutant.build, mutant.schedule, seed, bare=mutant.bare)
        found += bool(mutant.names & check_history(history, 60, 60.0, skew=mutant.skew).names)
    assert found >= 0.99 * seeds


def test_every_named_fault_has_a_mutant(mutants: ModuleType, subtle: ModuleType) -> None:
    """No name without a mutant that shows it, no mutant without its test."""
    assert set(NAMES) == set(mutants.MUTANTS)
    every = [mutant.names for mutant in (*mutants.MUTANTS.values(), *subtle.SUBTLE.values())]
    assert frozenset.union(*every) == set(Name)


@pytest.mark.parametrize("name", ["window_too_long", "window_too_short", "admits_one_more", "reads_then_writes"])
def test_the_diagnostic_finds_the_subtle_ones_too(mutants: ModuleType, name: str) -> None:
    """The combined diagnostic sees the hardest faults, with headers and without, in each of 20 recordings."""
    mutant = mutants.MUTANTS[name]
    for seed in range(20):
        for bare in (False, True):
            verdicts = check_history(mutants.recorded(mutant.build, "diagnostic", seed, bare=bare), 60, 60.0)
            assert verdicts.names - {Name.HEADER_MISSING}, (seed, bare)


SUBTLE = (
    "loses_one_in_a_hundred",
    "one_more_in_a_crowd",
    "one_more_in_every_third",
    "short_in_every_third",
    "carries_over",
    "punishes",
    "stale_reset",
    "nothing_left_at_first",
    "serves_again_soon",
    "twice_at_first",
    "forgets",
    "fails_open",
    "enforces_59",
    "enforces_61",
    "collisions",
    "nodes_by_turns",
    "nodes_apart",
    "a_second_short",
    "half_a_second_short",
    "a_second_long",
    "last_one_shows_one",
    "last_but_one_shows_nothing",
    "below_zero",
    "own_reset_on_429",
)


@pytest.mark.parametrize("seeds", SUBTLE_SEEDS)
@pytest.mark.parametrize("name", SUBTLE)
def test_the_diagnostic_finds_what_goes_wrong_now_and_then(subtle: ModuleType, name: str, seeds: int) -> None:
    """One run of the combined diagnostic shows it by its name; without headers too, where that can be told at all."""
    mutant = subtle.SUBTLE[name]
    for seed in range(seeds):
        assert mutant.names & check_history(subtle.diagnosed(name, seed), 60, 60.0, skew=0.5).names, seed
        if mutant.bare:
            assert mutant.bare & check_history(subtle.diagnosed(name, seed, bare=True), 60, 60.0).names, seed


def test_every_subtle_mutant_is_tried(subtle: ModuleType) -> None:
    """None is left out."""
    assert set(SUBTLE) == set(subtle.SUBTLE)


@pytest.mark.parametrize("window", [3.0, 6.0, 12.0, 60.0])
@pytest.mark.parametrize("schedule", ["late_overflow", "diagnostic"])
def test_a_bucket_is_convicted_whoever_else_uses_the_keys(limiters: ModuleType, schedule: str, window: float) -> None:
    """It refills before its window ends: admissions after refusals prove it without headers, and with others about."""
    for seed in range(10):
        server = limiters.Bucket(12, window)
        net = limiters.Network(up=0.01 * window, down=0.01 * window, floor=0.001, answers=(200,))
        shots = [(shot.at + 0.1 * seed, f"key{shot.key}") for shot in SCHEDULES[schedule](12, window).expanded()]
        rows = limiters.run(server, shots, net, seed)
        for row in rows:
            row.limit = row.remaining = row.reset = None
        found = check_history(limiters.history(rows, Meta(alone=False)), 12, window).names
        assert found & {Name.NOT_FIXED_WINDOW, Name.WINDOW_TOO_SHORT}, (seed, found)
