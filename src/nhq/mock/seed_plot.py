"""Shared by the planting modules: ids, times with ties, and the handles by which files refer to records."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nhq.mock.store import Row, Store, newest_first

PRESENT = 1_760_000_000.0  # everything planted is older than this moment, at which a stopped clock starts
HOUR = 3600.0
DAY = 24 * HOUR


@dataclass(slots=True)
class Plot:
    """One workspace being planted. `handles` maps (kind, handle) to ids; `leads` holds ids, the oldest first."""

    store: Store
    workspace: str
    prefix: str
    spec: dict[str, Any]
    words: dict[str, Any]
    landmarks: dict[str, str]
    handles: dict[tuple[str, str], str] = field(default_factory=dict)
    leads: list[str] = field(default_factory=list)

    def grow(self, kind: str) -> tuple[str, int]:
        """A new id of this workspace, and its insertion number."""
        number = self.store.next_number()
        ident = self.store.new_id(kind, number)
        self.store.owner[ident] = self.workspace
        return ident, number

    def place(self, kind: str, parent: str, moment: float, number: int, ident: str) -> None:
        """List a record, newest first."""
        row: Row = newest_first(moment, number, ident)
        self.store.insert(kind, parent, row)

    def mark(self, entry: dict[str, Any], ident: str) -> None:
        """Remember the landmark (or several) and the flag that an entry of the file asks for."""
        names = entry.get("landmark", [])
        for name in [names] if isinstance(names, str) else names:
            self.landmarks[self.prefix + name] = ident
        if "flag" in entry:
            self.store.flags[ident] = entry["flag"]

    def word(self, name: str, number: int) -> Any:
        """One of the words of a list, by number."""
        choices: Sequence[Any] = self.words[name]
        return choices[number % len(choices)]


def tied_moments(count: int, group: int, step: float, end: float = PRESENT - HOUR) -> list[float]:
    """`count` moments, oldest first, `step` seconds apart, of which the newest `group` are equal, and so on.

    With groups of three, ties straddle the borders of pages of 1, 7, 100 and 500.
    """
    return [end - (position // group) * step for position in range(count - 1, -1, -1)]


def make_shuffle(seed: int, salt: str) -> Callable[[int, int], int]:
    """A cheap, repeatable shuffle: number and multiplier to a big number that differs by seed and salt."""
    base = sum(ord(letter) * 31**place for place, letter in enumerate(salt)) + seed * 7919

    def mixed(number: int, factor: int) -> int:
        return int(((number + base) * factor * 2_654_435_761 >> 7) & 0xFFFFFF)

    return mixed
