"""What is found in recordings, witness for witness, is what somebody has approved.

The other tests say what must be found and what must not; these hold all the rest that a reader is told: other findings
of the same recording, doubts, sides, numbers, proofs.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from nhq.ratelimit import Meta, check_history
from nhq.ratelimit.checker.anomalies import Anomaly, Judgement, Verdicts
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


def summary(verdicts: Verdicts) -> str:
    """By question the verdict, by headers and by statuses, and what was found or is in doubt, with its witness."""
    return "; ".join([*map(answer, verdicts.judgements), f"{verdicts.windows} windows", f"clock {span(verdicts.skew)}"])


def answer(judgement: Judgement) -> str:
    """One question's answer."""
    sides = f"{judgement.by_headers.value}/{judgement.by_statuses.value}"
    found = [named(one) for one in judgement.findings] + [f"perhaps {named(one)}" for one in judgement.doubts]
    return " ".join([judgement.aspect.value, judgement.verdict.value, f"({sides})", *found])


def named(one: Anomaly) -> str:
    """A finding: its name, how often it was seen, and by which rows: how many, the first and the last."""
    rows = f"{len(one.witness)} rows, {one.witness[0]} to {one.witness[-1]}" if one.witness else "no row"
    return f"{one.name.value} x{one.times} of {one.keys} keys by {rows}"


def span(skew: tuple[float, float] | None) -> str:
    """Seconds by which the server's clock may be ahead."""
    return "unknown" if skew is None else f"{skew[0]:.3f} to {skew[1]:.3f}"


@pytest.mark.parametrize("reader", READERS)
def test_what_is_told_of_a_recording_is_approved(
    reader: str, recordings: dict[str, History], approved: Approved
) -> None:
    """By a clock that is near, to somebody who was alone, and for another limit than the server's, cut small."""
    told = {name: summary(check_history(history, **READERS[reader])) for name, history in recordings.items()}
    approved(f"verdicts-{reader}", told)


def test_what_recordings_are_taken_for_is_approved(recordings: dict[str, History], approved: Approved) -> None:
    """The algorithm, those that fit, and how well."""
    fitted = {name: replace(history, meta=ALONE) for name, history in recordings.items() if len(history) < 500}
    told = {
        name: "; ".join(
            [f"best {i.best}", f"smaller {i.smaller}", *(f"{f.algorithm.value} {f.error:.6f}" for f in i.fits)]
        )
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
