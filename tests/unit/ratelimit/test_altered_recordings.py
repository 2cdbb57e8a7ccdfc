"""What is told of recordings changed by chance is, to the word and the witness, what somebody has approved.

Of each the four verdicts can be read; all else that is told (causes, findings, witnesses, notes) is in a digest.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from nhq.errors import HistoryError
from nhq.ratelimit import Meta, check_history
from nhq.ratelimit.history.history import History
from nhq.ratelimit.identify.algorithm import identify_algorithm

Approved = Callable[[str, dict[str, str]], None]
Digest = Callable[[object], str]
Made = tuple[str, History, int, float]
SERVERS, LIARS, MOST = 260, 3, 700


@pytest.fixture(scope="module")
def recordings(
    mutants: ModuleType, network: ModuleType, worlds: ModuleType, altered: ModuleType
) -> list[tuple[str, History, int, float]]:
    """Name, altered history, and the promise that its server keeps but for that."""

    def servers() -> Iterator[Made]:
        for seed in range(5000, 5000 + SERVERS):
            trial, world = (network.trial(seed), None) if seed % 2 else (None, worlds.recording(seed))
            if trial is not None:
                yield (
                    f"{seed}",
                    replace(trial.history, meta=Meta(fresh=trial.fresh, alone=True)),
                    trial.limit,
                    trial.window,
                )
            if world is not None:
                yield f"{seed}", world.history, world.world.limit, world.world.window
        for number, (name, mutant) in enumerate(mutants.MUTANTS.items()):
            if number % LIARS == 0:
                yield name, mutants.recorded(mutant.build, mutant.schedule, 5, bare=mutant.bare), 60, 60.0

    return [
        (name, altered.altered(history, random.Random(name)), limit, window)
        for name, history, limit, window in servers()
        if len(history) < MOST
    ]


def told(history: History, limit: int, window: float, rng: random.Random, digest_of: Digest) -> str:
    """Verdicts, and a digest of the rest; or why it can't be judged."""
    given: dict[str, Any] = {
        "skew": rng.choice((None, None, 0.0, 0.5, 2.0, 100.0)),
        "fresh": rng.choice((None, None, True, False)),
        "alone": rng.choice((None, None, True, False)),
        "size": rng.choice((20, 100_000)),
    }
    limit = max(1, limit + rng.choice((0, 0, 0, 0, 1, -1, limit)))
    window = window * rng.choice((1, 1, 1, 1, 0.75, 1.5))
    try:
        said = check_history(history, limit, window, **given)
    except HistoryError as refused:
        return f"refused: {digest_of(str(refused))}"
    words = " ".join(f"{one.verdict.value} {len(one.findings)}+{len(one.doubts)}" for one in said.judgements)
    clock = [f"{bound:.3f}" for bound in said.skew or ()]
    return f"{words} {digest_of((replace(said, skew=None), clock))}"


def test_what_is_told_of_altered_recordings_is_approved(
    recordings: list[Made], approved: Approved, digest_of: Digest
) -> None:
    """Whatever was changed, and to readers who know much or little."""
    said = {
        name: told(history, limit, window, random.Random(f"{name} reader"), digest_of)
        for name, history, limit, window in recordings
    }
    approved("altered", said)


def test_what_altered_recordings_are_taken_for_is_approved(
    recordings: list[Made], approved: Approved, digest_of: Digest
) -> None:
    """The algorithm that fits best, and a digest of how well each fits."""
    said = {}
    for name, history, limit, window in recordings[::3]:
        if len(history) > 150:
            continue
        found = identify_algorithm(history, limit, window)
        fits = [(fit.algorithm.value, f"{fit.error:.6f}") for fit in found.fits]
        said[name] = f"{found.best} {found.smaller} {digest_of(fits)}"
    approved("altered-algorithms", said)
