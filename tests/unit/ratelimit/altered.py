"""Recordings of correct servers with a few rows, columns or facts changed by chance: whatever a reader may be given.

Loaded by conftest after the simulated servers, under the name `ratelimit_altered`.
"""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import ratelimit_correct  # type: ignore[import-not-found]
import ratelimit_mutants  # type: ignore[import-not-found]
import ratelimit_worlds  # type: ignore[import-not-found]

from nhq.ratelimit.history.history import (
    MALFORMED,
    MISSING,
    RESET_MALFORMED,
    RESET_MISSING,
    Floats,
    History,
    Ints,
    Meta,
)

#: How many correct servers; every how manieth of the lying ones; of how many events at most.
SERVERS, LIARS, MOST = 260, 3, 700
#: Name, history, and the promise that its server keeps but for what was changed: limit and window.
Made = tuple[str, History, int, float]
Change = Callable[[History, random.Random], History]
STATUSES = (0, 0, 200, 201, 401, 403, 404, 408, 425, 429, 429, 500, 502, 503, 504)


def some_rows(history: History, rng: random.Random) -> Ints:
    """One row, a few that follow each other, or a tenth of all."""
    count = len(history)
    first = rng.randrange(count)
    kinds = (
        lambda: [first],
        lambda: list(range(first, min(count, first + rng.randint(2, 12)))),
        lambda: [row for row in range(count) if rng.random() < 0.1] or [first],
    )
    return np.array(rng.choice(kinds)(), dtype=np.int64)


def other_status(history: History, rng: random.Random) -> History:
    status = history.status.copy()
    status[some_rows(history, rng)] = rng.choice(STATUSES)
    return replace(history, status=status)


def turned_verdicts(history: History, rng: random.Random) -> History:
    """What was refused is admitted, and the other way round."""
    status, rows = history.status.copy(), some_rows(history, rng)
    status[rows] = np.where(status[rows] == 429, 200, 429)
    return replace(history, status=status)


def other_remaining(history: History, rng: random.Random) -> History:
    remaining, rows = history.remaining.copy(), some_rows(history, rng)
    how = rng.choice((-30, -3, -2, -1, 1, 2, 3, 30, MISSING, MALFORMED, 0, -1))
    remaining[rows] = how if how in (MISSING, MALFORMED, 0) else remaining[rows] + how
    return replace(history, remaining=np.maximum(remaining, MISSING).astype(np.int32))


def other_limit(history: History, rng: random.Random) -> History:
    limit = history.limit.copy()
    limit[some_rows(history, rng)] = rng.choice((MISSING, MALFORMED, 0, 1, 59, 60, 61, 1000))
    return replace(history, limit=limit)


def other_reset(history: History, rng: random.Random) -> History:
    reset, rows = history.reset.copy(), some_rows(history, rng)
    how = rng.choice((RESET_MISSING, RESET_MALFORMED, 0.5, 1.0, -1.0, 2.0, -2.0, 30.0, -30.0, 61.0, 1e6, -1e6, 1e12))
    reset[rows] = how if not math.isfinite(how) else reset[rows] + how
    return replace(history, reset=reset)


def reset_elsewhere(history: History, rng: random.Random) -> History:
    """Seconds to go, milliseconds, or all of it ahead."""
    kinds: tuple[Callable[[], Floats], ...] = (
        lambda: np.round(history.reset - history.origin - history.received),
        lambda: history.reset * 1000,
        lambda: history.reset + rng.choice((0.3, 1.0, 7.0, -7.0, 60.0, -60.0, 3600.0)),
        lambda: np.ceil(history.received + history.origin) + 3,
    )
    return replace(history, reset=rng.choice(kinds)())


def other_times(history: History, rng: random.Random) -> History:
    """Some requests as if sent, or answered, at another time."""
    sent, received, rows = history.sent.copy(), history.received.copy(), some_rows(history, rng)
    longest = float(received.max() - sent.min())
    move = rng.choice((0.001, 0.1, 1.0, -1.0, 0.1 * longest, -0.1 * longest))
    if rng.random() < 0.5:
        received[rows] += abs(move)
    else:
        sent[rows] += move
        received[rows] += move
    return replace(history, sent=sent, intended=sent, received=received)


def dropped_rows(history: History, rng: random.Random) -> History:
    left = np.ones(len(history), dtype=bool)
    left[some_rows(history, rng)] = False
    return history.rows(left) if left.any() else history


def one_key(history: History, rng: random.Random) -> History:
    """As if one key had sent it all."""
    return replace(history, keys=("all",), key=np.zeros(len(history), dtype=np.int32))


def more_keys(history: History, rng: random.Random) -> History:
    """As if each key's requests had been sent by two in turn."""
    turn = (np.arange(len(history)) % 2).astype(np.int32)
    keys = tuple(f"{key}{number}" for key in history.keys for number in (0, 1))
    return replace(history, keys=keys, key=(2 * history.key + turn).astype(np.int32))


def unrecorded(history: History, rng: random.Random) -> History:
    names = rng.sample(("limit", "remaining", "reset", "key"), rng.randint(1, 2))
    columns = {"limit": MISSING, "remaining": MISSING, "reset": RESET_MISSING}
    gone = {name: np.full_like(getattr(history, name), columns[name]) for name in names if name in columns}
    return replace(history, **gone, unrecorded=frozenset(names))


def other_clock(history: History, rng: random.Random) -> History:
    how = rng.choice(("slack", "apart", "wobble", "nowhere"))
    if how == "nowhere":
        return replace(history, origin=float("nan"))
    if how == "wobble":
        return replace(history, wobble=rng.choice((0.01, 0.4)))
    return replace(history, slack=rng.choice((0.001, 0.01, 0.5)), together=how == "slack")


def other_word(history: History, rng: random.Random) -> History:
    """What the recorder says of the keys."""
    meta = replace(history.meta, fresh=rng.random() < 0.5, alone=rng.random() < 0.5)
    return replace(history, meta=meta)


CHANGES: tuple[Change, ...] = (
    other_status, turned_verdicts, turned_verdicts, other_remaining, other_remaining, other_limit, other_reset,
    other_reset, reset_elsewhere, other_times, dropped_rows, one_key, more_keys, unrecorded, other_clock, other_word,
)  # fmt: skip


def altered(history: History, rng: random.Random) -> History:
    """With one to three changes."""
    for change in rng.choices(CHANGES, k=rng.choice((1, 1, 2, 3))):
        history = change(history, rng)
    return history


def recordings() -> list[Made]:
    """The altered recordings of all servers."""
    return [
        (name, altered(history, random.Random(name)), limit, window)
        for name, history, limit, window in _servers()
        if len(history) < MOST
    ]


def _servers() -> Iterator[Made]:
    for seed in range(5000, 5000 + SERVERS, 2):
        world, trial = ratelimit_worlds.recording(seed), ratelimit_correct.trial(seed + 1)
        if world is not None:
            yield f"{seed}", world.history, world.world.limit, world.world.window
        if trial is not None:
            meta = Meta(fresh=trial.fresh, alone=True)
            yield f"{seed + 1}", replace(trial.history, meta=meta), trial.limit, trial.window
    for name, mutant in list(ratelimit_mutants.MUTANTS.items())[::LIARS]:
        history = ratelimit_mutants.recorded(mutant.build, mutant.schedule, 5, bare=mutant.bare)
        yield name, history, ratelimit_mutants.LIMIT, ratelimit_mutants.WINDOW
