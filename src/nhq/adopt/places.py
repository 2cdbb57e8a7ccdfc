"""Where a quote stands after adoption: at its new pointer, in its new words, or no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nhq.adopt.requoting import requoted, same_meaning
from nhq.contract.alignment import Alignment
from nhq.contract.pointers import resolve, spoken
from nhq.contract.records import Place
from nhq.contract.standing import Gone, present_place


@dataclass(frozen=True, slots=True)
class Moved:
    """A place as it will be; `turned` says that its new words may promise something else."""

    place: Place
    turned: bool


def moved(aligned: Alignment, place: Place) -> Moved | None:
    """Where a quote of the former document stands in the present one; None where it has no successor."""
    found = present_place(aligned, place)
    if isinstance(found, Place):
        return _grown(aligned, found)
    return _reworded(aligned, found)


def _grown(aligned: Alignment, place: Place) -> Moved | None:
    """A schema that only grew is quoted anew, as it stands now."""
    value = resolve(aligned.after, place.pointer)
    if place.quote in spoken(value):
        return Moved(place, False)
    return Moved(Place(place.pointer, spoken(value)), False)


def _reworded(aligned: Alignment, gone: Gone) -> Moved | None:
    if gone.pointer is None:
        return None
    before, after = resolve(aligned.before, gone.place.pointer), resolve(aligned.after, gone.pointer)
    if isinstance(before, str) and isinstance(after, str):
        words = requoted(gone.place.quote, before, after)
        if words is None or words not in after:
            return None
        return Moved(Place(gone.pointer, words), not same_meaning(gone.place.quote, words))
    return _schema(gone.pointer, before, after)


def _schema(pointer: str, before: Any, after: Any) -> Moved | None:
    """A keyword or a schema that changed is quoted as it is now; of another kind, it promises something else."""
    if type(before) is not type(after):
        return None
    numeric = isinstance(before, int | float) and not isinstance(before, bool)
    shrunk = isinstance(before, Mapping) and isinstance(after, Mapping)
    return Moved(Place(pointer, spoken(after)), not (numeric or shrunk))
