"""A second simulator of correct servers, event by event: what the contract leaves open, and what networks do.

It shares nothing with `limiters`, so that the two don't share a mistake. A request is counted when it arrives, its
headers may be read as late as when the answer leaves, and other clients may use the same keys.
"""

import heapq
import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ratelimit_limiters import ORIGIN, Row  # type: ignore[import-not-found]

ROUNDINGS: dict[str, Callable[[float, float], int]] = {
    "floor": lambda now, end: math.floor(end),
    "ceil": lambda now, end: math.ceil(end),
    "nearest": lambda now, end: math.floor(end + 0.5),
    "whole seconds to go": lambda now, end: math.floor(now) + math.ceil(end - now),
    "whole seconds to go, down": lambda now, end: math.ceil(now) + math.floor(end - now),
}
GATEWAYS, REFUSALS, FAILURES = (408, 502, 503, 504, 520, 530), (400, 403, 404, 409), (500, 502, 503)


@dataclass
class World:
    """A server and its network. Shares are probabilities, times seconds, `others` and `begin` windows.

    `order`: whether the limiter is asked before the request is looked at; if not, a bad request is told so (and
    counted) in a full window too. `caps`: the counter stops at the limit. `read`: when an answer's headers are read.
    `nodes`: the clocks of the server's nodes. `tail`: delays are mostly short and seldom long. `revoked`: when keys
    stop being valid; whoever uses one is told so. What is sent before `begin` isn't recorded.
    """

    limit: int
    window: float
    anchor: str = "first"
    rounding: str = "ceil"
    phase: float = 0.0
    order: str = "limiter first"
    caps: bool = True
    counts_401: bool = False
    read: str = "at once"
    skew: float = 0.0
    drift: float = 0.0
    nodes: tuple[float, ...] = (0.0,)
    up: float = 0.0
    work: float = 0.0
    down: float = 0.0
    tail: bool = False
    lost: float = 0.0
    failed: float = 0.0
    gateway: float = 0.0
    strange: float = 0.0
    bad: float = 0.0
    others: float = 0.0
    begin: float = 0.0
    revoked: float = math.inf


class Run:
    """One run of a world. `rows` are what the client records."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.rng = world, random.Random(f"run {seed}")
        self.rows: list[Row] = []
        self._queue: list[tuple[float, int, Callable[[], object]]] = []
        self._opened: dict[str, list[float]] = {}
        self._grid: dict[tuple[str, int], list[float]] = {}
        self._told_401: dict[str, bool] = defaultdict(bool)

    def at(self, instant: float, act: Callable[[], object]) -> None:
        heapq.heappush(self._queue, (instant, len(self._queue) + self.rng.randrange(1 << 40), act))

    def finish(self) -> list[Row]:
        while self._queue:
            heapq.heappop(self._queue)[2]()
        return self.rows

    def clock(self, instant: float, node: float) -> float:
        """The server's clock; one that counts from the first request keeps it in one place."""
        own = node if self.world.anchor in ("clock", "phase") else 0.0
        return ORIGIN + instant * (1 + self.world.drift) + self.world.skew + own

    def current(self, key: str, now: float, opening: bool) -> list[float]:
        """[start, end, count] of the window at `now`; a hit opens one where none is, a look doesn't."""
        world = self.world
        if world.anchor in ("first", "whole"):
            window = self._opened.get(key)
            if window is None or now >= window[1]:
                start = math.floor(now) if world.anchor == "whole" else now
                window = [start, start + world.window, 0]
                if opening:
                    self._opened[key] = window
            return window
        phase = 0.0 if world.anchor == "clock" else world.phase * (1 + sum(key.encode()) % 7)
        number = math.floor((now - phase) / world.window)
        begin = phase + number * world.window
        return self._grid.setdefault((key, number), [begin, begin + world.window, 0])

    def count(self, key: str, instant: float, node: float, beyond: bool = False) -> bool:
        """Count a hit; whether there was room."""
        window = self.current(key, self.clock(instant, node), True)
        room = window[2] < self.world.limit
        window[2] += room or (beyond and not self.world.caps)
        return room

    def show(self, row: Row, instant: float, node: float) -> None:
        """Write the headers as the server sees them at `instant`."""
        now = self.clock(instant, node)
        window = self.current(row.key, now, False)
        name = self.rng.choice(list(ROUNDINGS)) if self.world.rounding == "any" else self.world.rounding
        row.limit, row.remaining = self.world.limit, max(0, self.world.limit - int(window[2]))
        row.reset = ROUNDINGS[name](now, window[1])

    def delay(self, most: float) -> float:
        if self.world.tail:
            return min(most, 0.02 * most * self.rng.paretovariate(0.8))
        return self.rng.uniform(0, most)

    def send(self, sent: float, key: str, recorded: bool = True) -> None:
        """One request on its way."""
        world, rng = self.world, self.rng
        row = Row(key, sent, sent, 0)
        if recorded and sent >= world.begin * world.window:
            self.rows.append(row)
        kinds = ("lost", "gateway", "failed", "strange", "bad", "good")
        shares = (world.lost, world.gateway, world.failed, world.strange, world.bad)
        kind = rng.choices(kinds, (*shares, max(0.0, 1 - sum(shares))))[0]
        arrives, node = sent + self.delay(world.up), rng.choice(world.nodes)
        if kind in ("lost", "gateway"):
            self._give_up(row, arrives, node, kind)
        else:
            self.at(arrives, lambda: self._decide(row, arrives, node, kind))

    def _give_up(self, row: Row, arrives: float, node: float, kind: str) -> None:
        """No answer, or a gateway's own: perhaps counted, perhaps after the caller has given up."""
        rng, window = self.rng, self.world.window
        row.received = row.sent + rng.choice((self.world.up + self.world.down, 0.2 * window * rng.random()))
        row.status = rng.choice(GATEWAYS) if kind == "gateway" else 0
        if rng.random() < 0.6:
            decided = arrives if rng.random() < 0.6 else row.received + 0.9 * window * rng.random()
            self.at(decided, lambda: self.count(row.key, decided, node))

    def _decide(self, row: Row, now: float, node: float, kind: str) -> None:
        world, rng = self.world, self.rng
        if kind == "strange" or now >= world.revoked:
            return self._turn_away(row, now, node, kind)
        if kind == "failed":
            if rng.random() < 0.5:
                self.count(row.key, now, node)
            return self._answer(row, now, node, rng.choice(FAILURES))
        room = self.count(row.key, now, node, kind == "bad" and world.order == "limiter last")
        if kind == "bad" and (room or world.order == "limiter last"):
            return self._answer(row, now, node, rng.choice(REFUSALS))
        return self._answer(row, now, node, rng.choice((200, 201)) if room else 429)

    def _turn_away(self, row: Row, now: float, node: float, kind: str) -> None:
        """A key that isn't valid: 401, or once that has been said, 429 by address with headers of its own."""
        if self.world.counts_401:
            self.count(row.key, now, node)
        if kind != "strange" and self._told_401[row.key] and self.rng.random() < 0.5:
            row.status, row.limit, row.remaining, row.reset = 429, 1000, 7, math.floor(self.clock(now, node)) + 500
            row.received = now + self.delay(self.world.down)
            return
        self._told_401[row.key] |= kind != "strange" and any(row is one for one in self.rows)
        self._answer(row, now, node, 401)

    def _answer(self, row: Row, now: float, node: float, status: int) -> None:
        work = 0.0 if status == 429 and self.rng.random() < 0.5 else self.delay(self.world.work)
        row.status, row.received = status, now + work + self.delay(self.world.down)
        when = {"at once": 0.0, "soon": self.rng.random(), "when it leaves": 1.0}[self.world.read]
        looked = now + when * work
        self.at(looked, lambda: self.show(row, looked, node))


def run(world: World, shots: Iterable[tuple[float, str]], seed: int) -> list[Row]:
    """What a client records that sends `shots` (seconds from the origin, key)."""
    course, shots = Run(world, seed), list(shots)
    for sent, key in shots:
        course.send(sent, key)
    if world.others:
        for key in sorted({key for _, key in shots}):
            now = 0.0
            while now < max(sent for sent, _ in shots):
                now += course.rng.expovariate(world.others * world.limit / world.window)
                course.send(now, key, recorded=False)
    return course.finish()
