"""Store a night: the state of its findings, what changed around it, and its exit code."""

from dataclasses import dataclass

from nhq.nights.finding_states import finding_standings, lost_rules, night_marks
from nhq.nights.night import FindingStanding, Night
from nhq.nights.night_outcome import NightOutcome, night_outcome
from nhq.nights.night_store import NightStore
from nhq.nights.stanzas import count_unused, stale_stanzas


@dataclass(frozen=True, slots=True)
class Remembered:
    """A stored night."""

    number: int
    night: Night
    standings: tuple[FindingStanding, ...]
    marks: tuple[str, ...]
    lost: tuple[str, ...]
    outcome: NightOutcome


def remember_night(
    store: NightStore,
    number: int,
    night: Night,
    watch_lost: bool = True,
    lacking: str = "",
) -> Remembered:
    """End the night that was begun under `number`. Raises ConfigError where the store can't be written.

    `watch_lost` False: --require says what must be judged, so rules no longer judged are no reason to fail; `lacking`
    is what is missing of it. An interrupted night judged less than it should, so unseen rules are no reason either.
    """
    stand = finding_standings(store.last_standings(night.target, number), night, number)
    steady = store.last_night(night.target, number, untroubled=True)
    lost = lost_rules(steady, night) if watch_lost and not night.interrupted else ()
    changed = night_marks(store.last_night(night.target, number), night)
    unused = count_unused(store.unused_stanzas(night.target, number), night.stanzas)
    ended = night_outcome(night, stand, lost, stale_stanzas(unused, night.stanzas), lacking)
    store.end(number, night, stand, ended.exit_code, changed, ended.reasons, unused)
    return Remembered(number, night, stand, changed, lost, ended)
