"""Puts a night into the store: how its findings stand, what changed around it, and what it ends with."""

from dataclasses import dataclass

from nhq.nights.night import Night, Standing
from nhq.nights.outcome import Outcome, outcome
from nhq.nights.stanzas import count_unused, stale_stanzas
from nhq.nights.states import lost_rules, marks, standings
from nhq.nights.store import NightStore


@dataclass(frozen=True, slots=True)
class Remembered:
    """A night that stands in the store."""

    number: int
    night: Night
    standings: tuple[Standing, ...]
    marks: tuple[str, ...]
    lost: tuple[str, ...]
    outcome: Outcome


def remember(
    store: NightStore,
    number: int,
    night: Night,
    watch_lost: bool = True,
    lacking: str = "",
) -> Remembered:
    """End the night that was begun under `number`. Raises ConfigError where the store can't be written.

    `watch_lost` False: somebody says by --require what must be judged, so that what isn't judged any more is no reason;
    `lacking` says what came of it, where it wasn't.
    An interrupted night judged less than it should: it says nothing of what it didn't see.
    """
    stand = standings(store.last_standings(night.target, number), night, number)
    steady = store.last_night(night.target, number, untroubled=True)
    lost = lost_rules(steady, night) if watch_lost and not night.interrupted else ()
    changed = marks(store.last_night(night.target, number), night)
    unused = count_unused(store.unused_stanzas(night.target, number), night.stanzas)
    ended = outcome(night, stand, lost, stale_stanzas(unused, night.stanzas), lacking)
    store.end(number, night, stand, ended.exit_code, changed, ended.reasons, unused)
    return Remembered(number, night, stand, changed, lost, ended)
