"""Mutants of the correct limiter, each with one decision changed, and the schedule that shows it.

Named after the lie. Loaded by conftest after `limiters`, under the name that the import below uses.
"""

import math
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ratelimit_limiters import (  # type: ignore[import-not-found]
    ORIGIN,
    Bucket,
    Fixed,
    MovedByHits,
    Network,
    Reply,
    SlidingCounter,
    SlidingLog,
    history,
    run,
)

from nhq.ratelimit import Name
from nhq.ratelimit.history.history import History
from nhq.ratelimit.workloads.schedules import SCHEDULES

LIMIT, WINDOW = 60, 60.0


class Header(Fixed):
    """Counts rightly, and lies in a header: `lie` changes the reply, given the limiter, the key and the time."""

    def __init__(self, lie: Callable[["Header", str, float, Reply], None], *rest: Any, **more: Any):
        super().__init__(*rest, **more)
        self.lie, self.rng = lie, random.Random(7)

    def decide(self, key: str, now: float) -> Reply:
        reply = super().decide(key, now)
        self.lie(self, key, now, reply)
        return reply


def lies(change: Callable[[Header, str, float, Reply], None]) -> Callable[..., Fixed]:
    return lambda anchor, rounding: Header(change, LIMIT, WINDOW, anchor, rounding)


def no_headers_on_429(server: Header, key: str, now: float, reply: Reply) -> None:
    if not reply.admitted:
        reply.limit = reply.remaining = reply.reset = None


def limit_one_too_high(server: Header, key: str, now: float, reply: Reply) -> None:
    reply.limit += 1


def reset_in_seconds_to_go(server: Header, key: str, now: float, reply: Reply) -> None:
    reply.reset = math.ceil(server.end[key] - now)


def reset_in_milliseconds(server: Header, key: str, now: float, reply: Reply) -> None:
    reply.reset = math.ceil(server.end[key] * 1000)


def reset_with_fraction(server: Header, key: str, now: float, reply: Reply) -> None:
    reply.reset = round(server.end[key] + 0.123, 3)


def reset_is_the_windows_start(server: Header, key: str, now: float, reply: Reply) -> None:
    reply.reset -= round(server.window)


def reset_one_window_too_far(server: Header, key: str, now: float, reply: Reply) -> None:
    reply.reset += round(server.window)


def reset_from_now(server: Header, key: str, now: float, reply: Reply) -> None:
    reply.reset = math.ceil(now + server.window)


def reset_of_two_nodes(server: Header, key: str, now: float, reply: Reply) -> None:
    reply.reset += server.rng.choice((0, 5))


def one_left_on_429(server: Header, key: str, now: float, reply: Reply) -> None:
    if not reply.admitted:
        reply.remaining = 1


def remaining_jumps(server: Header, key: str, now: float, reply: Reply) -> None:
    reply.remaining = max(0, reply.remaining - server.rng.choice((0, 3)))


def remaining_before_the_hit(server: Header, key: str, now: float, reply: Reply) -> None:
    reply.remaining += reply.admitted


class Counts(Fixed):
    """Adds `step(rng)` for each admitted hit."""

    def __init__(self, step: Callable[[random.Random], int], *rest: Any):
        super().__init__(*rest)
        self.step, self.rng = step, random.Random(11)

    def decide(self, key: str, now: float) -> Reply:
        self.open(key, now)
        admitted = self.count[key] < self.limit
        if admitted:
            self.count[key] += self.step(self.rng)
        return self.reply(key, admitted)


class Shared(Fixed):
    """One counter for all keys."""

    def decide(self, key: str, now: float) -> Reply:
        return super().decide("all", now)


class Racing(Fixed):
    """Reads and writes the counter in two steps: hits within `race` seconds of each other see the same count."""

    race = 0.02

    def __init__(self, *rest: Any):
        super().__init__(*rest)
        self.seen: dict[str, tuple[float, int]] = {}

    def decide(self, key: str, now: float) -> Reply:
        self.open(key, now)
        then, count = self.seen.get(key, (-math.inf, 0))
        if now - then >= self.race or count > self.count[key]:
            then, count = now, self.count[key]
            self.seen[key] = (then, count)
        admitted = count < self.limit
        self.count[key] = max(self.count[key], count + admitted)
        return self.reply(key, admitted)


class TooMany(Fixed):
    """Refuses one too late; headers never below zero."""

    def decide(self, key: str, now: float) -> Reply:
        self.open(key, now)
        admitted = self.count[key] <= self.limit
        self.count[key] += admitted
        return self.reply(key, admitted)


class TooFew(Fixed):
    """Refuses one too early."""

    def decide(self, key: str, now: float) -> Reply:
        self.open(key, now)
        admitted = self.count[key] < self.limit - 1
        self.count[key] += admitted
        return self.reply(key, admitted)


class ForEachAddress:
    """A counter for each key and address. Addresses are chosen by turns, as the schedule does."""

    def __init__(self, anchor: str, rounding: str):
        self.inner = Fixed(LIMIT, WINDOW, anchor, rounding)
        self.turn: dict[str, int] = defaultdict(int)

    def decide(self, key: str, now: float) -> Reply:
        self.turn[key] += 1
        return self.inner.decide(f"{key}/{self.turn[key] % 2}", now)


def timed(window: float) -> Callable[..., Fixed]:
    return lambda anchor, rounding: Fixed(LIMIT, window, anchor, rounding)


def of(kind: type, *first: Any) -> Callable[..., Any]:
    return lambda anchor, rounding: kind(*first, LIMIT, WINDOW, anchor, rounding)


@dataclass(frozen=True)
class Mutant:
    """How to build it (anchor, rounding), what shows it, which of these names must be found, and by what means."""

    build: Callable[..., Any]
    schedule: str
    names: frozenset[Name]
    skew: float | None = None
    bare: bool = False


def _mutant(build: Callable[..., Any], schedule: str, *names: Name, **more: Any) -> Mutant:
    return Mutant(build, schedule, frozenset(names), **more)


MUTANTS: dict[str, Mutant] = {
    "no_headers_on_429": _mutant(lies(no_headers_on_429), "drain_and_wait", Name.HEADER_MISSING),
    "limit_one_too_high": _mutant(lies(limit_one_too_high), "drain_and_wait", Name.LIMIT_WRONG),
    "reset_in_seconds_to_go": _mutant(lies(reset_in_seconds_to_go), "slow_drip", Name.RESET_NOT_EPOCH),
    "reset_in_milliseconds": _mutant(lies(reset_in_milliseconds), "slow_drip", Name.RESET_NOT_EPOCH),
    "reset_with_fraction": _mutant(lies(reset_with_fraction), "slow_drip", Name.RESET_NOT_INTEGER),
    "reset_is_the_windows_start": _mutant(lies(reset_is_the_windows_start), "slow_drip", Name.RESET_IN_PAST, skew=0.5),
    "reset_one_window_too_far": _mutant(lies(reset_one_window_too_far), "slow_drip", Name.RESET_TOO_FAR, skew=0.5),
    "reset_from_now": _mutant(lies(reset_from_now), "slow_drip", Name.RESET_DRIFTING),
    "reset_of_two_nodes": _mutant(lies(reset_of_two_nodes), "slow_drip", Name.RESET_INCONSISTENT),
    "one_left_on_429": _mutant(lies(one_left_on_429), "drain_and_wait", Name.REMAINING_ON_429),
    "remaining_jumps": _mutant(lies(remaining_jumps), "slow_drip", Name.ORDER),
    "remaining_before_the_hit": _mutant(lies(remaining_before_the_hit), "drain_and_wait", Name.LOST_UPDATE),
    "counts_some_hits_twice": _mutant(
        of(Counts, lambda rng: rng.choice((1, 1, 1, 2))), "drain_and_wait", Name.PHANTOM_COUNT
    ),
    "forgets_some_hits": _mutant(of(Counts, lambda rng: rng.choice((0, 1, 1, 1))), "slow_drip", Name.LOST_UPDATE),
    "one_counter_for_all_keys": _mutant(of(Shared), "isolation", Name.KEYS_SHARING),
    "one_counter_for_all_keys_bare": _mutant(of(Shared), "isolation", Name.KEYS_SHARING, bare=True),
    "reads_then_writes": _mutant(of(Racing), "stampede", Name.LOST_UPDATE),
    "reads_then_writes_bare": _mutant(of(Racing), "stampede", Name.OVER_ADMISSION, bare=True),
    "admits_one_more": _mutant(of(TooMany), "late_overflow", Name.OVER_ADMISSION),
    "admits_one_more_bare": _mutant(of(TooMany), "late_overflow", Name.OVER_ADMISSION, bare=True),
    "admits_one_less": _mutant(of(TooFew), "drain_and_wait", Name.PREMATURE_429),
    "admits_one_less_bare": _mutant(of(TooFew), "drain_and_wait", Name.PREMATURE_429, bare=True),
    "counts_by_address": _mutant(ForEachAddress, "isolation_of_addresses", Name.OVER_ADMISSION),
    "window_too_long": _mutant(timed(WINDOW + 1.5), "dense_poll", Name.WINDOW_TOO_LONG),
    "window_too_long_bare": _mutant(timed(WINDOW + 1.5), "dense_poll", Name.WINDOW_TOO_LONG, bare=True),
    "window_too_short": _mutant(timed(WINDOW - 1.5), "dense_poll", Name.WINDOW_TOO_SHORT),
    "window_too_short_bare": _mutant(timed(WINDOW - 1.5), "dense_poll", Name.WINDOW_TOO_SHORT, bare=True),
    "sliding_log": _mutant(lambda *_: SlidingLog(LIMIT, WINDOW), "late_overflow", Name.NOT_FIXED_WINDOW, bare=True),
    "sliding_counter": _mutant(
        lambda *_: SlidingCounter(LIMIT, WINDOW), "late_overflow", Name.NOT_FIXED_WINDOW, bare=True
    ),
    "token_bucket": _mutant(lambda *_: Bucket(LIMIT, WINDOW), "late_overflow", Name.NOT_FIXED_WINDOW, bare=True),
    "bucket_without_burst": _mutant(lambda *_: Bucket(LIMIT, WINDOW, 1), "slow_drip", Name.NOT_FIXED_WINDOW, bare=True),
    "moved_by_hits": _mutant(of(MovedByHits), "dense_poll", Name.PREMATURE_429, bare=True),
}


def recorded(build: Callable[..., Any], schedule: str, seed: int, latency: float = 0.1, bare: bool = False) -> History:
    """What a run of the schedule leaves behind: anchors, roundings and delays are drawn from the seed."""
    rng = random.Random(f"{schedule} {seed}")
    server = build(rng.choice(("first", "whole", "clock")), rng.choice(("floor", "ceil", "nearest")))
    net = Network(up=latency / 2, down=latency / 2, floor=0.001, skew=rng.uniform(-0.3, 0.3), answers=(200, 201))
    own = getattr(server, "window", WINDOW)
    opening = math.ceil(ORIGIN / own) * own - ORIGIN + rng.uniform(0, 1.2)
    plan = SCHEDULES[schedule](LIMIT, WINDOW)
    rows = run(server, [(opening - net.skew + shot.at, f"key{shot.key}") for shot in plan.expanded()], net, seed)
    if bare:
        for row in rows:
            row.limit = row.remaining = row.reset = None
    return history(rows)
