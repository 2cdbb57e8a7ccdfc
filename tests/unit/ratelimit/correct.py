"""Random correct servers under random traffic, for the soundness of the checker."""

import random
from dataclasses import dataclass

from ratelimit_limiters import Fixed, Network, history, run  # type: ignore[import-not-found]

from nhq.ratelimit.history.history import History


@dataclass(frozen=True)
class Trial:
    """A history of a correct limiter and what a caller may truthfully say of it."""

    history: History
    limit: int
    window: float
    skew: float | None
    fresh: bool
    anchor: str


def trial(seed: int) -> Trial | None:
    """One random correct server; None when nothing was recorded. Half of them are recorded from amid traffic."""
    rng = random.Random(seed)
    limit, window = rng.choice((1, 2, 3, 5, 10, 20, 60)), rng.choice((1.0, 2.0, 3.0, 3.7, 5.0, 7.25, 10.0, 60.0))
    anchor = rng.choice(("first", "whole" if window == int(window) else "first", "clock", "phase"))
    server = Fixed(limit, window, anchor, rng.choice(("floor", "ceil", "nearest", "either")), rng.uniform(0, window))
    net = _network(rng, window)
    fresh = rng.random() < 0.5
    begin = 0.0 if fresh else window * rng.uniform(0.3, 1.3)
    shots = [shot for key in "abc"[: rng.randint(1, 3)] for shot in traffic(rng, limit, window, key)]
    rows = run(server, shots, net, seed, begin)
    if not rows:
        return None
    skew = rng.choice((None, abs(net.skew) + 0.001 + 400 * abs(net.drift)))
    return Trial(history(rows), limit, window, skew, fresh, anchor)


def _network(rng: random.Random, window: float) -> Network:
    """Delays up to 30 % of the window, lost replies, failures, unknown keys, counters read late, clocks askew."""
    delay = rng.choice((0.0, 0.001, 0.01, 0.1, 0.3)) * window
    up = delay * rng.random()
    return Network(
        up=up,
        down=delay - up,
        lost=rng.choice((0.0, 0.0, 0.02, 0.2)),
        failed=rng.choice((0.0, 0.0, 0.02, 0.1)),
        unknown_key=rng.choice((0.0, 0.0, 0.05)),
        late_read=rng.random() < 0.3,
        skew=rng.choice((0.0, 0.0, rng.uniform(-1, 1), rng.uniform(-100, 100))),
        drift=rng.choice((0.0, 0.0, 2e-4, -2e-4)),
    )


def traffic(rng: random.Random, limit: int, window: float, key: str) -> list[tuple[float, str]]:
    """Requests of one key over a few windows: random, in bursts, dripping, or crowded around the edges."""
    windows = rng.randint(2, 5)
    kind = rng.choice(("random", "bursts", "drip", "edges", "mixed", "mixed"))
    times: list[float] = []
    if kind in ("random", "mixed"):
        rate, now = limit / window * rng.choice((0.3, 1, 1.5, 3)), 0.0
        while now < windows * window:
            now += rng.expovariate(rate)
            times.append(now)
    if kind in ("bursts", "mixed"):
        for _ in range(rng.randint(1, 4)):
            start, width = rng.uniform(0, windows * window), 0.02 * window * rng.choice((0, 1))
            times += [start + rng.uniform(0, width) for _ in range(rng.randint(1, 2 * limit + 2))]
    if kind == "drip":
        times += [i * window / limit + rng.uniform(0, 0.001) for i in range(windows * limit)]
    if kind == "edges":
        for edge in range(windows):
            times += [abs(edge * window + rng.gauss(0, 0.03 * window)) for _ in range(limit)]
            times += [edge * window + i * 0.004 * window for i in range(10)]
    return [(time, key) for time in times]
