"""Everything that is shown of a target's nights: entries, cells, and the state of findings after the last."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from nhq.nights.night import DEEP, FindingStanding, FindingState, RuleCell
from nhq.nights.night_store import NightEntry, NightStore


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The nights of one target, oldest first; `cells` and `standings` by the night's number.

    `sent`: by scenario and place of its variant (-1: it has none; -2: as deep as a night goes), the last night that
    sent it.
    """

    target: str
    entries: tuple[NightEntry, ...]
    cells: Mapping[int, tuple[RuleCell, ...]]
    standings: Mapping[int, tuple[FindingStanding, ...]]
    sent: Mapping[tuple[str, int], int]


def chronicle_of(store: NightStore, target: str, most: int) -> Chronicle:
    """The last nights of a target. Raises ConfigError where the store can't be read."""
    entries = tuple(store.entries(target, most))
    numbers = [entry.number for entry in entries]
    cells = {number: store.cells(number) for number in numbers}
    standings = {number: store.standings(number) for number in numbers}
    return Chronicle(target, entries, cells, standings, store.last_sent(target))


def open_standings(chronicle: Chronicle) -> list[FindingStanding]:
    """The findings that aren't gone after the last complete night."""
    last = next((e.number for e in reversed(chronicle.entries) if not e.cut_short), None)
    return (
        [s for s in chronicle.standings.get(last, ()) if s.state is not FindingState.GONE] if last is not None else []
    )


def to_json(chronicle: Chronicle) -> str:
    """The chronicle as JSON values; `version` is raised when a field is renamed or dropped."""
    told = {
        "version": 1,
        "target": chronicle.target,
        "nights": chronicle.entries,
        "standings": {str(number): rows for number, rows in chronicle.standings.items()},
        "last_sent": [
            {"scenario": scenario, "variant": place if place >= 0 else None, "deep": place == DEEP, "night": night}
            for (scenario, place), night in sorted(chronicle.sent.items())
        ],
    }
    return msgspec.json.format(msgspec.json.encode(told)).decode() + "\n"
