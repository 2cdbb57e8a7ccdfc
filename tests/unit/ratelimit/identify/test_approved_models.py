"""What each model of an algorithm makes of random events is what somebody has approved: bounds and verdicts."""

import random
from collections.abc import Callable

import numpy as np

from nhq.ratelimit.identify.limiter_models import (
    Trace,
    _next_opening,
    _weighed,
    bucket_capacities,
    bucket_contradictions,
    event_trace,
    first_request,
    grid_contradictions,
    moved_by_hits,
    sliding_counter,
    sliding_log,
)

Approved = Callable[[str, dict[str, str]], None]
TRACES = 120


def trace(rng: random.Random, window: float) -> Trace:
    """Some requests in bursts over a few windows, admitted by chance or by a count, some of which nobody knows."""
    count, latency = rng.randint(1, 40), rng.choice((0.0, 0.01, 0.1, 0.6)) * window
    crowd = rng.choice((0.02, 0.3, 1.0)) * window
    starts = [rng.uniform(0, 4 * window) for _ in range(rng.randint(1, 6))]
    sent = np.sort(np.array([rng.choice(starts) + rng.choice((0.0, rng.uniform(0, crowd))) for _ in range(count)]))
    if rng.random() < 0.3:
        sent = np.round(sent / window * 4) * window / 4  # edges are met exactly
    received = sent + np.array([rng.uniform(0, latency) for _ in range(count)])
    share = rng.choice((0.3, 0.7, 1.0))
    admitted = np.array([rng.random() < share for _ in range(count)])
    maybe = np.array([rng.random() < 0.1 for _ in range(count)]) & ~admitted
    judged = ~maybe
    return event_trace(sent[judged], received[judged], admitted[judged], sent, (sent[maybe], received[maybe]))


def told(events: Trace, limit: int, window: float, phase: float) -> str:
    """How many events each model can't explain, and the sums of the bounds by which it says so."""
    start = phase + np.floor((events.sent - phase) / window) * window
    bounds = [*events.since(start), *events.since(events.sent - window), *_weighed(events, window, start)]
    late = phase + np.floor((events.received - phase) / window) * window
    bounds += [*events.since(late), *_weighed(events, window, late)]
    weights = [f"{float(np.dot(bound, np.arange(1, len(bound) + 1))):.4f}" for bound in bounds]
    openings = [_next_opening(events, place, limit, window) for place in range(len(events.middles))]
    wrong = {
        "grid": grid_contradictions(events, limit, window, phase),
        "first": first_request(events, limit, window),
        "log": sliding_log(events, limit, window),
        "counter": sliding_counter(events, limit, window, phase),
        "hits": moved_by_hits(events, limit, window),
    }
    buckets = [bucket_contradictions(events, limit, window, size) for size in bucket_capacities(limit)]
    counts = " ".join(f"{name} {count}" for name, count in wrong.items())
    order = f"{events.before.tolist()} {events.admitted.astype(int).tolist()}"
    return f"{counts}; buckets {buckets}; openings {openings}; {' '.join(weights)}; {order}"


def test_what_models_make_of_random_events_is_approved(approved: Approved) -> None:
    """With and without latency, in crowds and alone, on edges and beside them."""
    said = {}
    for number in range(TRACES):
        rng = random.Random(f"trace {number}")
        limit, window = rng.choice((1, 2, 3, 5, 8)), rng.choice((1.0, 10.0, 60.0))
        said[f"{number}"] = told(trace(rng, window), limit, window, rng.choice((0.0, 0.3 * window)))
    approved("models", said)
