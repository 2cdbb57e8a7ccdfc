"""Plays a night: begins it in the store, judges in rounds, and remembers what they saw."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nhq import __version__
from nhq.clock import Clock
from nhq.nights.from_record import read_night
from nhq.nights.remembering import NOTHING_ACCEPTED, Accepted, Remembered, remember
from nhq.nights.rounds import merge_rounds, run_rounds
from nhq.nights.store import NightStore

Judge = Callable[[int, float], Mapping[str, Any]]


def play_night(
    store: NightStore,
    judge: Judge,
    target: str,
    contract: str,
    scopes: Mapping[str, tuple[str, ...]],
    seed: int,
    seconds: float,
    clock: Clock,
    accepted: Accepted = NOTHING_ACCEPTED,
    watch_lost: bool = True,
) -> Remembered:
    """A whole night against one target. `judge(seed, seconds)` makes one round's record.

    A night that dies on the way stands in the store as cut short. Raises what `judge` raises (NhqError), and
    ConfigError where the store can't be written.
    """
    number = store.begin(target, clock.now(), contract, __version__, seed)
    rounds = list(run_rounds(lambda s, left: read_night(judge(s, left), scopes), seed, seconds, clock))
    night = replace(merge_rounds(rounds), target=target, seed=seed)
    return remember(store, number, night, accepted, watch_lost)
