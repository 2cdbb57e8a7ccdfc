"""Where a quote stands after adoption: at its new pointer, in its new words, or no more."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from nhq.adopt.requoting import requote, same_meaning
from nhq.contract.alignment import Alignment
from nhq.contract.contract import Contract
from nhq.contract.definitions import Place
from nhq.contract.pointers import quotable_text, resolve_pointer
from nhq.contract.quote_survival import GoneQuote, owner_of, present_place


@dataclass(frozen=True, slots=True)
class Moved:
    """A place as it will be; `turned` says that its new words may promise something else."""

    place: Place
    turned: bool


def moved_quote(aligned: Alignment, place: Place) -> Moved | None:
    """Where a quote of the former document stands in the present one; None where it has no successor."""
    found = present_place(aligned, place)
    if isinstance(found, Place):
        return _grown(aligned, found)
    return _reworded(aligned, found)


def _grown(aligned: Alignment, place: Place) -> Moved | None:
    """A schema that only grew is quoted anew, as it stands now."""
    value = resolve_pointer(aligned.after, place.pointer)
    if place.quote in quotable_text(value):
        return Moved(place, False)
    return Moved(Place(place.pointer, quotable_text(value)), False)


def _reworded(aligned: Alignment, gone: GoneQuote) -> Moved | None:
    if gone.pointer is None:
        return None
    before, after = resolve_pointer(aligned.before, gone.place.pointer), resolve_pointer(aligned.after, gone.pointer)
    if isinstance(before, str) and isinstance(after, str):
        words = requote(gone.place.quote, before, after)
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
    return Moved(Place(pointer, quotable_text(after)), not (numeric or shrunk))


def quote_elsewhere(
    aligned: Alignment, place: Place, named: Iterable[str], former: Contract, contract: Contract
) -> Moved | None:
    """The same words at the same place of another operation, where those that were quoted went with theirs."""
    owner = former.operations.get(owner_of(place.pointer, former.operations) or "")
    if owner is None or owner.id in contract.operations:
        return None
    for name in named:
        other = contract.operations.get(name)
        pointer = other.pointer + place.pointer.removeprefix(owner.pointer) if other is not None else ""
        with suppress(LookupError):
            if pointer and place.quote in quotable_text(resolve_pointer(aligned.after, pointer)):
                return Moved(Place(pointer, place.quote), False)
    return None
