"""Identify the algorithm that could have produced a history's admissions. `anchor` reads the anchor from resets.

Each algorithm is fitted with its free parameters (a phase, a capacity) and gets an error: the share of judged events
that it cannot explain. On a light load a sliding log and a fixed window can look alike; then several fit, and the
result lists them instead of guessing. A token bucket and GCRA are one family: from outside they look the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nhq.ratelimit.checker.admissions import judge_statuses
from nhq.ratelimit.checker.classify import classify_answers
from nhq.ratelimit.checker.partition import BLOCK, RateLimitPromise, history_blocks, make_promise, unsettled_start
from nhq.ratelimit.checker.smaller_limit import Fills, window_fills
from nhq.ratelimit.checker.windows import off_grid
from nhq.ratelimit.history.history import Bools, Floats, History, Ints
from nhq.ratelimit.identify.anchor import FIXED, Algorithm, Anchor, anchor_of
from nhq.ratelimit.identify.limiter_models import (
    Trace,
    bucket_capacities,
    bucket_contradictions,
    event_trace,
    first_request,
    grid_contradictions,
    moved_by_hits,
    sliding_counter,
    sliding_log,
)

#: A fit may leave this share of the events unexplained: timers have a resolution, networks have hiccups.
TOLERATED = 0.002
#: Keys and events that are fitted: those of the keys with the most 429s show most.
KEYS, EVENTS = 24, 20_000
#: Phases tried for a grid, evenly, besides those that the history's own edges suggest.
PHASES = 240
#: Our clock may differ from the server's by this much (seconds) for a grid to count as aligned to the clock.
ALIGNED = 1.5


@dataclass(frozen=True, slots=True)
class AlgorithmFit:
    """How well one algorithm explains the history: the share of judged events it cannot, and the parameter used."""

    algorithm: Algorithm
    error: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Identification:
    """`best` is None when nothing fits, or when algorithms of different kinds fit equally: see `candidates`.

    `smaller`: the limit below the promised one that the server seems to enforce; 0 for none.
    """

    best: Algorithm | None
    candidates: tuple[Algorithm, ...]
    fits: tuple[AlgorithmFit, ...]
    events: int
    smaller: int = 0

    @property
    def text(self) -> str:
        """One line for people."""
        if self.best is not None:
            return f"{self.best}" + (f", with a limit of {self.smaller}" if self.smaller else "")
        if self.candidates:
            return f"unknown: {', '.join(self.candidates)} fit equally well"
        if not self.fits:
            return "unknown: nothing was refused"
        nearest = self.fits[0]
        return f"no fit; nearest is {nearest.algorithm} ({nearest.error:.1%} unexplained)"


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """Facts about all keys before some are fitted: fills, the anchor by resets, and how many 429s each key got (K,)."""

    fills: Fills
    anchor: Anchor
    refused: Ints

    def joined(self, other: "Signs") -> "Signs":
        """Those of two parts of a history, of which each counts the 429s of its own keys only."""
        return Signs(self.fills.joined(other.fills), self.anchor.joined(other.anchor), self.refused + other.refused)

    @property
    def telling(self) -> Bools:
        """The keys that are fitted: those with the most 429s."""
        chosen = np.argsort(-self.refused, kind="stable")[:KEYS]
        mask = np.zeros(len(self.refused), dtype=np.bool_)
        mask[chosen[self.refused[chosen] > 0]] = True
        return mask


def signs_of(history: History, promise: RateLimitPromise, size: int = BLOCK) -> Signs:
    """The signs of a history, or of a part of one; about `size` events are read at a time."""
    seen, anchor = Fills.none(), Anchor()
    for block in history_blocks(history, promise, size):
        seen = seen.joined(window_fills(block, promise))
        anchor = anchor.joined(anchor_of(block, promise))
    return Signs(seen, anchor, np.bincount(history.key[history.status == 429], minlength=len(history.keys)))


def identify_algorithm(
    history: History, limit: int, window: float, *, fresh: bool | None = None, alone: bool | None = None
) -> Identification:
    """Fit every known algorithm of `limit` per `window` seconds to the history and name the one that fits.

    `fresh` and `alone` as in `check_history`: what unrecorded requests may have caused counts against no algorithm.
    """
    promise = make_promise(history, limit, window, fresh, alone)
    signs = signs_of(history, promise)
    return fit_algorithms(history.of_keys(signs.telling), signs, promise)


def fit_algorithms(history: History, signs: Signs, promise: RateLimitPromise) -> Identification:
    """Fit every known algorithm to the events of the keys with the most 429s, see `Signs`."""
    smaller = signs.fills.limit(promise.limit)
    promise = replace(promise, limit=smaller or promise.limit)
    traces = _traces(history, promise)
    judged = sum(len(events.sent) for events in traces)
    refused = sum(int((~events.admitted).sum()) for events in traces)
    if not judged or not refused:
        return Identification(None, (), (), judged)
    fits = tuple(sorted(_fits(traces, history, promise.limit, promise.window, judged), key=lambda fit: fit.error))
    candidates = tuple(fit.algorithm for fit in fits if fit.error <= TOLERATED)
    if not FIXED & set(candidates) and not _convicted(history, promise):
        candidates = (Algorithm.FIXED, *candidates)
    return Identification(_choice(candidates, signs.anchor.told), candidates, fits, judged, smaller)


def _convicted(history: History, promise: RateLimitPromise) -> bool:
    """Do statuses and times exclude every fixed window? Fits follow anchors only as precisely as delays allow."""
    found = (one for block in history_blocks(history, promise) for one in judge_statuses(block, promise))
    return any(promise.alone or not one.alone for one in found)


def _choice(candidates: tuple[Algorithm, ...], declared: Algorithm | None) -> Algorithm | None:
    """The one algorithm that fits; among fixed windows that of the declared anchor."""
    if not candidates or not (set(candidates) <= FIXED or len(candidates) == 1):
        return None
    if declared in candidates:
        return declared
    return candidates[0] if len(candidates) == 1 else Algorithm.FIXED


def _traces(history: History, promise: RateLimitPromise) -> list[Trace]:
    """The keys, those with most 429s first, until there are EVENTS."""
    refused = np.bincount(history.key[history.status == 429], minlength=len(history.keys))
    traces: list[Trace] = []
    room = EVENTS
    for key in np.argsort(-refused, kind="stable"):
        rows = np.flatnonzero(history.key == key)[:room]
        room -= len(rows)
        traces.append(_trace(history, rows, promise))
        if room <= 0:
            break
    return traces


def _trace(history: History, rows: Ints, promise: RateLimitPromise) -> Trace:
    """One key's admissions and 429s; all other requests may have counted."""
    said = classify_answers(history, rows)
    sent, received = history.sent[rows] - history.slack, history.received[rows] + history.slack
    judged = said.admitted | said.rejected
    if not promise.fresh:
        since = sent.min() + unsettled_start(received - sent, said.status, promise) + promise.longest
        judged &= said.admitted | (sent >= since)
    guests = sent[~judged], (received + said.late * promise.window)[~judged]
    told = event_trace(sent[judged], received[judged], said.admitted[judged], (sent + received) / 2, guests)
    return told if promise.alone else replace(told, alone=False)


def _fits(traces: list[Trace], history: History, limit: int, window: float, judged: int) -> list[AlgorithmFit]:
    """Every algorithm with its best parameter."""
    phases = _phases(traces, window)
    grids = np.array([[grid_contradictions(one, limit, window, phase) for phase in phases] for one in traces])
    own = [_finest(one, limit, window, phases[int(np.argmin(row))]) for one, row in zip(traces, grids, strict=True)]
    counters = np.array([[sliding_counter(one, limit, window, phase) for phase in phases] for one in traces])
    sizes = bucket_capacities(limit)
    buckets = np.array([[bucket_contradictions(one, limit, window, capacity) for capacity in sizes] for one in traces])
    size = int(np.argmin(buckets.sum(axis=0)))
    turn = int(np.argmin(counters.sum(axis=0)))

    def summed(model: Callable[[Trace, int, float], int]) -> float:
        return sum(model(one, limit, window) for one in traces) / judged

    return [
        *_clock_fit(grids, phases, history, window, judged),
        AlgorithmFit(Algorithm.FIXED_FIRST, summed(first_request)),
        AlgorithmFit(Algorithm.FIXED_PHASE, sum(own) / judged),
        AlgorithmFit(Algorithm.SLIDING_LOG, summed(sliding_log)),
        AlgorithmFit(
            Algorithm.SLIDING_COUNTER, float(counters.sum(axis=0)[turn]) / judged, f"phase {phases[turn]:.2f} s"
        ),
        AlgorithmFit(Algorithm.BUCKET, float(buckets.sum(axis=0)[size]) / judged, f"capacity {sizes[size]}"),
        AlgorithmFit(Algorithm.MOVED_BY_HITS, summed(moved_by_hits)),
    ]


def _clock_fit(grids: Ints, phases: Floats, history: History, window: float, judged: int) -> list[AlgorithmFit]:
    """One grid for all keys, on whole windows of wall time."""
    if np.isnan(history.origin):
        return []
    near = off_grid(phases + history.origin, 0.0, window) <= min(ALIGNED, window / 4)
    if not near.any():
        return []
    return [AlgorithmFit(Algorithm.FIXED_CLOCK, float(grids.sum(axis=0)[near].min()) / judged)]


def _finest(events: Trace, limit: int, window: float, phase: float) -> int:
    """The least error of a grid near `phase`, between the phases tried before."""
    steps = np.linspace(-1, 1, 33) * window / PHASES
    return min(grid_contradictions(events, limit, window, float(phase + step)) for step in steps)


def _phases(traces: list[Trace], window: float) -> Floats:
    """Phases to try: an even grid, and just between each 429 and the admission that follows it."""
    edges: list[Floats] = []
    for events in traces:
        turn = np.flatnonzero(~events.admitted[:-1] & events.admitted[1:])[:40]
        edges.append((events.sent[turn] + events.received[turn + 1]) / 2)
        edges.append(events.sent[turn + 1])
    even = np.arange(PHASES) * window / PHASES
    return np.unique(np.concatenate([even, *edges]) % window)
