"""Mutants that are right most of the time: at certain moments, under concurrency, in some windows, or by a hair.

Each is driven by the combined diagnostic. Loaded by conftest after `mutants`, under the name that it imports.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from ratelimit_limiters import Fixed, Reply  # type: ignore[import-not-found]
from ratelimit_mutants import LIMIT, WINDOW, Header, of, recorded, timed  # type: ignore[import-not-found]

from nhq.ratelimit import Name
from nhq.ratelimit.history.history import History, Meta

Build = Callable[[random.Random, str, str], Any]


class Chance(Fixed):
    """A limiter with a source of randomness of its own. `moment` lies within a window: at its edge nothing is wrong."""

    def __init__(self, rng: random.Random, *rest: Any):
        super().__init__(*rest)
        self.rng = rng
        self.moment = WINDOW * rng.randrange(7) + rng.uniform(5, 55)
        self.born = math.inf

    def age(self, now: float) -> float:
        """Seconds since its first request."""
        self.born = min(self.born, now)
        return now - self.born


class LosesOneInAHundred(Chance):
    def decide(self, key: str, now: float) -> Reply:
        self.open(key, now)
        admitted = self.count[key] < self.limit
        self.count[key] += admitted and self.rng.random() >= 0.01
        return self.reply(key, admitted)


class OneMoreInACrowd(Chance):
    """Admits one more in a window, if another hit came within 5 ms."""

    def __init__(self, *rest: Any):
        super().__init__(*rest)
        self.last: dict[str, float] = {}
        self.extra: set[tuple[str, float]] = set()

    def decide(self, key: str, now: float) -> Reply:
        self.open(key, now)
        crowd = now - self.last.get(key, -math.inf) < 0.005
        self.last[key] = now
        window = (key, self.end[key])
        if self.count[key] >= self.limit and crowd and window not in self.extra:
            self.extra.add(window)
            return self.reply(key, True)
        admitted = self.count[key] < self.limit
        self.count[key] += admitted
        return self.reply(key, admitted)


class EveryThird(Chance):
    """In every third window of a key, the limit and the end are others."""

    more, earlier = 0, 0.0

    def __init__(self, *rest: Any):
        super().__init__(*rest)
        self.number: Counter[str] = Counter()

    def open(self, key: str, now: float) -> None:
        if now >= self.end.get(key, -math.inf):
            super().open(key, now)
            self.number[key] += 1
            self.end[key] -= self.earlier * (self.number[key] % 3 == 0)

    def decide(self, key: str, now: float) -> Reply:
        self.open(key, now)
        admitted = self.count[key] < self.limit + self.more * (self.number[key] % 3 == 0)
        self.count[key] += admitted
        return self.reply(key, admitted)


class OneMoreInEveryThird(EveryThird):
    more = 1


class ShortInEveryThird(EveryThird):
    earlier = 1.5


class CarriesOver(Chance):
    """What a window left unused is added to the next, up to twice the limit."""

    def __init__(self, *rest: Any):
        super().__init__(*rest)
        self.most: dict[str, int] = {}

    def open(self, key: str, now: float) -> None:
        if now >= self.end.get(key, -math.inf):
            left = self.most.get(key, 0) - self.count[key]
            super().open(key, now)
            self.most[key] = self.limit + max(0, left)

    def decide(self, key: str, now: float) -> Reply:
        self.open(key, now)
        admitted = self.count[key] < min(self.most[key], 2 * self.limit)
        self.count[key] += admitted
        return self.reply(key, admitted)


class Punishes(Chance):
    """From the tenth refusal on, each moves the window's end away by a second."""

    def __init__(self, *rest: Any):
        super().__init__(*rest)
        self.refused: Counter[str] = Counter()

    def decide(self, key: str, now: float) -> Reply:
        reply = super().decide(key, now)
        self.refused[key] = 0 if reply.admitted else self.refused[key] + 1
        self.end[key] += self.refused[key] > 10
        return reply


class StaleReset(Chance):
    """The first answer of a window names the end of the one before."""

    def decide(self, key: str, now: float) -> Reply:
        old = self.end.get(key)
        reply = super().decide(key, now)
        if old is not None and self.end[key] != old:
            reply.reset = self.round(old)
        return reply


class NothingLeftAtFirst(Chance):
    def decide(self, key: str, now: float) -> Reply:
        old = self.end.get(key)
        reply = super().decide(key, now)
        if self.end[key] != old:
            reply.remaining = 0
        return reply


class ServesAgainSoon(Chance):
    """Ten seconds after its first refusal a key is served again."""

    def __init__(self, *rest: Any):
        super().__init__(*rest)
        self.until: dict[tuple[str, float], float] = {}

    def decide(self, key: str, now: float) -> Reply:
        self.open(key, now)
        if self.count[key] >= self.limit and now >= self.until.setdefault((key, self.end[key]), now + 10):
            self.count[key] = 0
        return super().decide(key, now)


class TwiceAtFirst(Chance):
    """A key's first window admits twice the limit."""

    def __init__(self, *rest: Any):
        super().__init__(*rest)
        self.first: dict[str, float] = {}

    def decide(self, key: str, now: float) -> Reply:
        self.open(key, now)
        twice = self.first.setdefault(key, self.end[key]) == self.end[key]
        admitted = self.count[key] < self.limit * (2 if twice else 1)
        self.count[key] += admitted
        return self.reply(key, admitted)


class Forgets(Chance):
    """Is started anew once, and knows no counter then."""

    def decide(self, key: str, now: float) -> Reply:
        if self.age(now) >= self.moment:
            self.moment = math.inf
            self.end.clear()
        return super().decide(key, now)


class FailsOpen(Chance):
    """Admits everything for two seconds, once, and counts nothing of it."""

    def decide(self, key: str, now: float) -> Reply:
        if 0 <= self.age(now) - self.moment < 2:
            self.open(key, now)
            return self.reply(key, True)
        return super().decide(key, now)


class Enforces(Fixed):
    """Counts to another limit than it declares; nothing is ever left on a 429."""

    def __init__(self, enforced: int, *rest: Any):
        super().__init__(*rest)
        self.enforced = enforced

    def decide(self, key: str, now: float) -> Reply:
        self.open(key, now)
        admitted = self.count[key] < self.enforced
        self.count[key] += admitted
        reply = self.reply(key, admitted)
        reply.remaining *= admitted
        return reply


class Buckets:
    """Keys share a counter where their hashes collide."""

    def __init__(self, anchor: str, rounding: str):
        self.inner = Fixed(LIMIT, WINDOW, anchor, rounding)

    def decide(self, key: str, now: float) -> Reply:
        return self.inner.decide(str(sum(key.encode()) % 4), now)


class Nodes:
    """Two nodes, each with counters of its own, asked by turns."""

    def __init__(self, anchor: str, rounding: str):
        self.nodes, self.turn = [Fixed(LIMIT, WINDOW, anchor, rounding) for _ in range(2)], 0

    def decide(self, key: str, now: float) -> Reply:
        self.turn += 1
        return self.nodes[self.turn % 2].decide(key, now)


class NodesApart:
    """Two nodes with one store, whose clocks are two seconds apart; windows are numbered by the clock."""

    def __init__(self, rng: random.Random, rounding: str):
        self.rng, self.counts = rng, Counter[tuple[str, int]]()
        self.round = Fixed(LIMIT, WINDOW, "clock", rounding).round

    def decide(self, key: str, now: float) -> Reply:
        number = math.floor((now + self.rng.choice((0, 2))) / WINDOW)
        admitted = self.counts[key, number] < LIMIT
        self.counts[key, number] += admitted
        return Reply(admitted, LIMIT, LIMIT - self.counts[key, number], self.round((number + 1) * WINDOW))


def last_one_shows_one(server: Header, key: str, now: float, reply: Reply) -> None:
    reply.remaining += reply.admitted and reply.remaining == 0


def last_but_one_shows_nothing(server: Header, key: str, now: float, reply: Reply) -> None:
    reply.remaining -= reply.admitted and reply.remaining == 1


def below_zero(server: Header, key: str, now: float, reply: Reply) -> None:
    reply.remaining -= not reply.admitted


def own_reset_on_429(server: Header, key: str, now: float, reply: Reply) -> None:
    if not reply.admitted:
        reply.reset = math.ceil(now + 30)


def by_chance(kind: type) -> Build:
    return lambda rng, *rest: kind(rng, LIMIT, WINDOW, *rest)


def plain(build: Callable[[str, str], Any]) -> Build:
    return lambda rng, *rest: build(*rest)


def lying(change: Callable[[Header, str, float, Reply], None]) -> Build:
    return lambda rng, *rest: Header(change, LIMIT, WINDOW, *rest)


@dataclass(frozen=True)
class Subtle:
    """How to build it; which of these names must be found by headers, and which without: none where nobody can tell."""

    build: Build
    names: frozenset[Name]
    bare: frozenset[Name] = frozenset()


def _subtle(build: Build, names: Iterable[Name], bare: Iterable[Name] = ()) -> Subtle:
    return Subtle(build, frozenset(names), frozenset(bare))


LOST = (Name.LOST_UPDATE, Name.OVER_ADMISSION)
SHORT = (Name.WINDOW_TOO_SHORT, Name.NOT_FIXED_WINDOW)

SUBTLE: dict[str, Subtle] = {
    "loses_one_in_a_hundred": _subtle(by_chance(LosesOneInAHundred), LOST),
    "one_more_in_a_crowd": _subtle(by_chance(OneMoreInACrowd), LOST),
    "one_more_in_every_third": _subtle(by_chance(OneMoreInEveryThird), LOST),
    "short_in_every_third": _subtle(by_chance(ShortInEveryThird), SHORT, SHORT),
    "carries_over": _subtle(by_chance(CarriesOver), [Name.OVER_ADMISSION]),
    "punishes": _subtle(by_chance(Punishes), [Name.RESET_DRIFTING], [Name.PREMATURE_429, Name.WINDOW_TOO_LONG]),
    "stale_reset": _subtle(by_chance(StaleReset), [Name.RESET_IN_PAST]),
    "nothing_left_at_first": _subtle(by_chance(NothingLeftAtFirst), [Name.ORDER]),
    "serves_again_soon": _subtle(by_chance(ServesAgainSoon), [Name.OVER_ADMISSION], [Name.OVER_ADMISSION]),
    "twice_at_first": _subtle(by_chance(TwiceAtFirst), [Name.OVER_ADMISSION]),
    "forgets": _subtle(by_chance(Forgets), [*SHORT, *LOST]),
    "fails_open": _subtle(by_chance(FailsOpen), LOST),
    "enforces_59": _subtle(plain(of(Enforces, 59)), [Name.PREMATURE_429], [Name.PREMATURE_429]),
    "enforces_61": _subtle(plain(of(Enforces, 61)), [Name.OVER_ADMISSION], [Name.OVER_ADMISSION]),
    "collisions": _subtle(plain(Buckets), [Name.KEYS_SHARING], [Name.KEYS_SHARING]),
    "nodes_by_turns": _subtle(plain(Nodes), [Name.OVER_ADMISSION], [Name.OVER_ADMISSION]),
    "nodes_apart": _subtle(
        lambda rng, anchor, rounding: NodesApart(rng, rounding), [Name.RESET_INCONSISTENT], [Name.NOT_FIXED_WINDOW]
    ),
    "a_second_short": _subtle(plain(timed(WINDOW - 1)), [Name.WINDOW_TOO_SHORT], [Name.WINDOW_TOO_SHORT]),
    "half_a_second_short": _subtle(plain(timed(WINDOW - 0.5)), [Name.WINDOW_TOO_SHORT], [Name.WINDOW_TOO_SHORT]),
    "a_second_long": _subtle(plain(timed(WINDOW + 1)), [Name.WINDOW_TOO_LONG], [Name.WINDOW_TOO_LONG]),
    "last_one_shows_one": _subtle(lying(last_one_shows_one), [Name.LOST_UPDATE]),
    "last_but_one_shows_nothing": _subtle(lying(last_but_one_shows_nothing), [Name.PHANTOM_COUNT, Name.LOST_UPDATE]),
    "below_zero": _subtle(lying(below_zero), [Name.REMAINING_RANGE]),
    "own_reset_on_429": _subtle(lying(own_reset_on_429), [Name.RESET_DRIFTING, Name.RESET_INCONSISTENT]),
}


def diagnosed(name: str, seed: int, bare: bool = False) -> History:
    """A recording of the diagnostic, by somebody who is alone with fresh keys."""
    rng = random.Random(f"{name} {seed}")
    history = recorded(lambda *rest: SUBTLE[name].build(rng, *rest), "diagnostic", seed, bare=bare)
    return replace(history, meta=Meta(fresh=True, alone=True))
