"""Random correct servers of `world` under random traffic, and what may truthfully be said of the recordings."""

import math
import random
from dataclasses import dataclass

from ratelimit_limiters import history  # type: ignore[import-not-found]
from ratelimit_world import ROUNDINGS, World, run  # type: ignore[import-not-found]

from nhq.ratelimit.history.history import History, Meta

WINDOWS = (0.5, 1.0, 2.0, 2.5, 3.0, 3.3, 5.0, 7.25, 10.0, 60.0, 60.0, 61.3, 300.0, 3600.0)


@dataclass(frozen=True)
class Recording:
    """A history of a correct server, and what its caller knows. Its metadata tells whether it is fresh and alone."""

    world: World
    history: History
    skew: float | None


def some_world(rng: random.Random) -> World:
    """Anything the contract leaves open, delays up to 30 % of the window, and every kind of trouble."""
    window = rng.choice(WINDOWS)
    delay = rng.choice((0, 0.001, 0.01, 0.05, 0.15, 0.3)) * window
    up, work = sorted((rng.random(), rng.random()))
    apart = rng.choice((0.002, 0.01, 0.02))
    return World(
        limit=rng.choice((1, 1, 2, 3, 5, 10, 20, 60)),
        window=window,
        anchor=rng.choice(("first", "clock", "phase", *(("whole",) if window == int(window) else ()))),
        rounding=rng.choice((*ROUNDINGS, "any")),
        phase=rng.uniform(0, window),
        order=rng.choice(("limiter first", "limiter first", "limiter last")),
        caps=rng.random() < 0.5,
        counts_401=rng.random() < 0.5,
        read=rng.choice(("at once", "at once", "soon", "when it leaves")),
        skew=rng.choice((0.0, rng.uniform(-1, 1), rng.uniform(-300, 300))),
        drift=rng.choice((0.0, 1e-4, -1e-4, 3e-4, -3e-4)),
        nodes=rng.choice(((0.0,), (0.0,), (0.0,), (-apart, apart, 0.0))),
        up=delay * up,
        work=delay * (work - up),
        down=delay * (1 - work),
        tail=rng.random() < 0.4,
        lost=rng.choice((0.0, 0.0, 0.02, 0.2)),
        failed=rng.choice((0.0, 0.0, 0.02, 0.1)),
        gateway=rng.choice((0.0, 0.0, 0.02, 0.1)),
        strange=rng.choice((0.0, 0.0, 0.0, 0.05)),
        bad=rng.choice((0.0, 0.2, 0.5)),
        others=rng.choice((0.0, 0.0, 0.0, 0.05, 0.3, 1.0)),
        begin=rng.choice((0.0, rng.uniform(0.2, 1.6))),
        revoked=rng.choice((*[math.inf] * 6, rng.uniform(0, 3) * window)),
    )


def recording(seed: int) -> Recording | None:
    """One random recording; None when nothing was recorded."""
    rng = random.Random(f"world {seed}")
    world, windows = some_world(rng), rng.randint(1, 5)
    shots = [
        (at, key)
        for key in "abc"[: rng.choice((1, 1, 2, 3))]
        for at in traffic(rng, world.limit, world.window, windows)
    ]
    rows = run(world, shots[:1] if rng.random() < 0.05 else shots, seed)
    if not rows:
        return None
    rng.shuffle(rows)
    apart = abs(world.skew) + max(map(abs, world.nodes)) + abs(world.drift) * (windows + 3) * world.window
    meta = Meta(fresh=not world.begin, alone=not world.others)
    return Recording(world, history(rows, meta), rng.choice((None, apart + 0.001)))


def traffic(rng: random.Random, limit: int, window: float, windows: int) -> list[float]:
    """When one key sends: at random, in bursts, evenly, or crowded around where edges may be."""
    kind = rng.choice(("random", "bursts", "drip", "edges", "mixed", "mixed"))
    times: list[float] = []
    if kind in ("random", "mixed"):
        now, rate = rng.random(), limit / window * rng.choice((0.2, 0.7, 1, 1.3, 2.5))
        while now < windows * window:
            times.append(now)
            now += rng.expovariate(rate)
    if kind in ("bursts", "mixed"):
        for _ in range(rng.randint(1, 5)):
            start, width = rng.uniform(0, windows * window), rng.choice((0, 0, 0.001, 0.02, 0.2)) * window
            times += [start + rng.uniform(0, width) for _ in range(rng.randint(1, 2 * limit + 2))]
    if kind == "drip":
        times += [i * window / limit for i in range(windows * limit)]
    if kind == "edges":
        for edge in range(windows + 1):
            around = edge * window + rng.uniform(-0.02, 0.02) * window
            times += [abs(around + rng.gauss(0, 0.03 * window)) for _ in range(limit)]
            times += [abs(around - 0.05 * window + i * 0.0025 * window) for i in range(40)]
    return times
