"""Simulated servers for the checker's own tests: correct limiters, mutants, impostors, and a network with delays.

Shares no logic with the checker: a limiter here is a few lines of state moved by each decision, in the order of the
instants at which the server decides. Nothing here reads a clock.
"""

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nhq.ratelimit.history.history import History, Meta

ORIGIN = 1_760_000_000.0
ROUNDINGS: dict[str, Callable[[float], int]] = {
    "floor": math.floor,
    "ceil": math.ceil,
    "nearest": lambda x: math.floor(x + 0.5),
}


def rounding_of(name: str) -> Callable[[float], int]:
    """One of these; or `either`, which rounds anew each time, by chances of its own: servers don't share them."""
    coin = random.Random(5)
    return ROUNDINGS.get(name, lambda x: coin.choice((math.floor(x), math.ceil(x))))


@dataclass
class Reply:
    """What a limiter says to one request; None stands for a header that is not sent."""

    admitted: bool
    limit: Any
    remaining: Any
    reset: Any


class Fixed:
    """A correct fixed window. `anchor`: first, whole (first request, cut to whole seconds), clock, phase."""

    def __init__(self, limit: int, window: float, anchor: str = "first", rounding: str = "ceil", phase: float = 0.0):
        self.limit, self.window, self.anchor, self.phase = limit, window, anchor, phase
        self.round = rounding_of(rounding)
        self.end: dict[str, float] = {}
        self.count: dict[str, int] = defaultdict(int)

    def phase_of(self, key: str) -> float:
        if self.anchor == "clock":
            return 0.0
        return (self.phase + 0.37 * self.window * sum(key.encode())) % self.window

    def open(self, key: str, now: float) -> None:
        """Begin a new window when the old one has ended."""
        if now < self.end.get(key, -math.inf):
            return
        self.count[key] = 0
        if self.anchor == "first":
            self.end[key] = now + self.window
        elif self.anchor == "whole":
            self.end[key] = math.floor(now) + self.window
        else:
            phase = self.phase_of(key)
            self.end[key] = phase + (math.floor((now - phase) / self.window) + 1) * self.window

    def decide(self, key: str, now: float) -> Reply:
        self.open(key, now)
        admitted = self.count[key] < self.limit
        self.count[key] += admitted
        return self.reply(key, admitted)

    def peek(self, key: str, now: float) -> Reply:
        """What an answer shows that counts for nothing."""
        if self.anchor in ("first", "whole") and now >= self.end.get(key, -math.inf):
            return Reply(True, self.limit, self.limit, self.round(now + self.window))
        self.open(key, now)
        return self.reply(key, True)

    def reply(self, key: str, admitted: bool) -> Reply:
        return Reply(admitted, self.limit, max(0, self.limit - self.count[key]), self.round(self.end[key]))


class SlidingLog:
    """Admits while fewer than `limit` were admitted in the last `window` seconds."""

    def __init__(self, limit: int, window: float):
        self.limit, self.window = limit, window
        self.log: dict[str, list[float]] = defaultdict(list)

    def decide(self, key: str, now: float) -> Reply:
        log = self.log[key] = [t for t in self.log[key] if t > now - self.window]
        admitted = len(log) < self.limit
        if admitted:
            log.append(now)
        return Reply(admitted, self.limit, self.limit - len(log), math.ceil(log[0] + self.window))


class SlidingCounter:
    """Weighs the last window's count by how much of it still overlaps the sliding one."""

    def __init__(self, limit: int, window: float):
        self.limit, self.window = limit, window
        self.counts: dict[tuple[str, int], int] = defaultdict(int)

    def decide(self, key: str, now: float) -> Reply:
        index = math.floor(now / self.window)
        share = 1 - (now / self.window - index)
        used = self.counts[key, index - 1] * share + self.counts[key, index]
        admitted = used + 1 <= self.limit
        self.counts[key, index] += admitted
        left = max(0, math.floor(self.limit - used - admitted))
        return Reply(admitted, self.limit, left, math.ceil((index + 1) * self.window))


class Bucket:
    """Token bucket: `capacity` tokens, `limit` new ones in a window. Capacity 1 is GCRA without burst."""

    def __init__(self, limit: int, window: float, capacity: int | None = None):
        self.limit, self.window, self.capacity = limit, window, capacity or limit
        self.tokens: dict[str, tuple[float, float]] = {}

    def decide(self, key: str, now: float) -> Reply:
        tokens, then = self.tokens.get(key, (float(self.capacity), now))
        tokens = min(self.capacity, tokens + (now - then) * self.limit / self.window)
        admitted = tokens >= 1
        tokens -= admitted
        self.tokens[key] = (tokens, now)
        refilled = now + (self.capacity - tokens) * self.window / self.limit
        return Reply(admitted, self.limit, math.floor(tokens), math.ceil(refilled))


class MovedByHits(Fixed):
    """Every hit, refused ones too, pushes the window's end away."""

    def decide(self, key: str, now: float) -> Reply:
        self.open(key, now)
        self.end[key] = now + self.window
        admitted = self.count[key] < self.limit
        self.count[key] += admitted
        return self.reply(key, admitted)


@dataclass
class Network:
    """What lies between client and server. Shares are probabilities; `up`, `down` greatest delays in seconds.

    `floor` is the least round trip. A lost or failed request is counted or not by chance. `late_read`: the server reads
    the counter for its headers some time after it raised it. `drift`: by how much its clock runs faster than ours.
    `answers`: the statuses of what isn't refused, by chance.
    """

    up: float = 0.0
    down: float = 0.0
    floor: float = 0.0
    lost: float = 0.0
    failed: float = 0.0
    unknown_key: float = 0.0
    late_read: bool = False
    skew: float = 0.0
    drift: float = 0.0
    answers: tuple[int, ...] = (200, 201, 404, 403)


@dataclass
class Row:
    """One request as recorded."""

    key: str
    sent: float
    received: float
    status: int
    limit: Any = None
    remaining: Any = None
    reset: Any = None


@dataclass
class Plan:
    """Requests to send: (seconds from the origin, key label)."""

    shots: list[tuple[float, str]] = field(default_factory=list)


def run(limiter: Any, shots: Iterable[tuple[float, str]], net: Network, seed: int, begin: float = 0.0) -> list[Row]:
    """Send the shots through the network; rows sent before `begin` happened, but were not recorded."""
    rng = random.Random(seed)
    decisions = []
    for at, key in shots:
        up, down = rng.uniform(0, net.up), net.floor + rng.uniform(0, net.down)
        decisions.append((at + up, at, down, key))
    decisions.sort()
    rows = []
    for now, at, down, key in decisions:
        row = _one(limiter, key, now, at, down, net, rng)
        if at >= begin:
            rows.append(row)
    if net.late_read:
        _read_late(rows, limiter, rng)
    return rows


def _one(limiter: Any, key: str, now: float, at: float, down: float, net: Network, rng: random.Random) -> Row:
    """One decision and what the client records of it."""
    chance = rng.random()
    server = ORIGIN + now * (1 + net.drift) + net.skew
    trouble = chance < net.lost + net.failed
    stranger = not trouble and chance < net.lost + net.failed + net.unknown_key
    uncounted = (trouble or stranger) and rng.random() < 0.5
    reply = limiter.peek(key, server) if uncounted else limiter.decide(key, server)
    if chance < net.lost:
        return Row(key, at, now + down, 0)
    status = 429 if not reply.admitted else 401 if stranger else 502 if trouble else rng.choice(net.answers)
    row = Row(key, at, now + down, status, reply.limit, reply.remaining, reply.reset)
    row.decided = now  # type: ignore[attr-defined]
    return row


def _read_late(rows: list[Row], limiter: Any, rng: random.Random) -> None:
    """Let some answers show the counter as it was at their very end: what later hits of the window had made of it."""
    shown = [row.remaining for row in rows]
    for row in rows:
        if row.status in (0, 401, 429) or row.status >= 500 or row.remaining is None or rng.random() < 0.5:
            continue
        same = [
            left
            for other, left in zip(rows, shown, strict=True)
            if other.key == row.key
            and other.reset == row.reset
            and left is not None
            and getattr(other, "decided", math.inf) <= row.received
        ]
        row.remaining = min([row.remaining, *same])


def history(rows: list[Row], meta: Meta | None = None, origin: float = ORIGIN) -> History:
    """The rows as the checker's record: all requests there were, unless `meta` says otherwise."""
    keys = sorted({row.key for row in rows})
    codes = {key: code for code, key in enumerate(keys)}
    missing = -(2**31)

    def whole(value: Any) -> int:
        return missing if value is None else value if isinstance(value, int) else missing + 1

    def reset(value: Any) -> float:
        return math.nan if value is None else math.inf if isinstance(value, str) else float(value)

    sent = np.array([row.sent for row in rows])
    return History(
        keys=tuple(keys),
        operations=("",),
        key=np.array([codes[row.key] for row in rows], dtype=np.int32),
        operation=np.zeros(len(rows), dtype=np.int32),
        intended=sent,
        sent=sent,
        received=np.array([row.received for row in rows]),
        status=np.array([row.status for row in rows], dtype=np.int16),
        limit=np.array([whole(row.limit) for row in rows], dtype=np.int32),
        remaining=np.array([whole(row.remaining) for row in rows], dtype=np.int32),
        reset=np.array([reset(row.reset) for row in rows]),
        origin=origin,
        meta=meta or Meta(alone=True),
    )
