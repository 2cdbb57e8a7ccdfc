"""What is told of recordings, word for word and witness for witness, is what somebody has approved.

The other tests say what must be found and what must not; these hold all the rest that a reader is told: other findings
of the same recording, causes, doubts, sides, numbers, proofs.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from nhq.ratelimit import Meta, check_history
from nhq.ratelimit.history.history import History
from nhq.ratelimit.identify.algorithm import identify_algorithm
from nhq.ratelimit.workloads.schedules import SCHEDULES

Approved = Callable[[str, dict[str, str]], None]
Digest = Callable[[object], str]
ALONE = Meta(fresh=True, alone=True)


@pytest.fixture(scope="module")
def recordings(mutants: ModuleType, subtle: ModuleType, network: ModuleType, worlds: ModuleType) -> dict[str, History]:
    """Of servers with one decision changed, of subtle ones, and of correct ones, by name."""

    def made() -> Iterator[tuple[str, History | None]]:
        for name, mutant in mutants.MUTANTS.items():
            yield name, mutants.recorded(mutant.build, mutant.schedule, 3, bare=mutant.bare)
        for name in subtle.SUBTLE:
            yield f"subtle {name}", subtle.diagnosed(name, 5)
            yield f"subtle {name} bare", subtle.diagnosed(name, 6, bare=True)
        for seed in range(40):
            trial, world = network.trial(seed), worlds.recording(seed)
            yield f"correct {seed}", trial.history if trial is not None else None
            yield f"world {seed}", world.history if world is not None else None

    return {name: history for name, history in made() if history is not None}


READERS: dict[str, dict[str, Any]] = {
    "near": {"limit": 60, "window": 60.0, "skew": 0.5},
    "alone": {"limit": 60, "window": 60.0, "fresh": True, "alone": True},
    "too-many": {"limit": 61, "window": 60.0, "fresh": True, "alone": True, "size": 50},
    "too-few": {"limit": 59, "window": 45.0, "skew": 2.0, "fresh": True},
}


@pytest.mark.parametrize("reader", READERS)
def test_what_is_told_of_a_recording_is_approved(
    reader: str, recordings: dict[str, History], approved: Approved, digest_of: Digest
) -> None:
    """By a clock that is near, to somebody who was alone, and for another limit than the server's, cut small."""
    told = {name: digest_of(check_history(history, **READERS[reader])) for name, history in recordings.items()}
    approved(f"verdicts-{reader}", told)


def test_what_recordings_are_taken_for_is_approved(
    recordings: dict[str, History], approved: Approved, digest_of: Digest
) -> None:
    """The algorithm, those that fit, and how well."""
    fitted = {name: replace(history, meta=ALONE) for name, history in recordings.items() if len(history) < 500}
    told = {
        name: digest_of((i.best, i.candidates, [(f.algorithm, round(f.error, 6)) for f in i.fits], i.smaller, i.text))
        for name, history in fitted.items()
        for i in [identify_algorithm(history, 60, 60.0)]
    }
    approved("algorithms", told)


def test_when_schedules_send_is_approved(approved: Approved, digest_of: Digest) -> None:
    """For the contract's limit, for a small one and for a short window."""
    told = {
        f"{name}, {limit} in {window:g} s": digest_of(list(make(limit, window).expanded()))
        for name, make in SCHEDULES.items()
        for limit, window in ((60, 60.0), (7, 60.0), (100, 2.0))
    }
    approved("schedules", told)
