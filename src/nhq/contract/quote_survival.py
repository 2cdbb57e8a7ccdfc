"""Does what a rule quotes still stand in a changed document? Words verbatim; schemas also where they only grew."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from nhq.contract.alignment import Alignment
from nhq.contract.definitions import Operation, Place, Rule
from nhq.contract.document_comparison import only_added
from nhq.contract.pointers import quotable_text, resolve_pointer
from nhq.contract.sentences import split_sentences

CHANGED = "its sentence was changed"
REMOVED = "its operation was removed"
SCOPELESS = "the contract names no scope there any more"


@dataclass(frozen=True, slots=True)
class GoneQuote:
    """A quote that stands no more: the place as it was, where that is now (None: nowhere), and what is said there."""

    place: Place
    pointer: str | None
    now: str


def present_place(aligned: Alignment, place: Place) -> Place | GoneQuote:
    """The place in the changed document, or what became of it."""
    pointer = aligned.place(place.pointer)
    if pointer is None:
        return GoneQuote(place, None, "")
    former, value = resolve_pointer(aligned.before, place.pointer), resolve_pointer(aligned.after, pointer)
    if place.quote in quotable_text(value) or (not isinstance(value, str) and only_added(former, value)):
        return Place(pointer, place.quote)
    return GoneQuote(place, pointer, closest_sentence(place.quote, value))


def closest_sentence(quote: str, value: Any) -> str:
    """The sentence that comes closest to a quote, or the value itself where it is no text."""
    if not isinstance(value, str):
        return quotable_text(value)
    found = split_sentences(value)
    return max(found, key=lambda text: difflib.SequenceMatcher(None, quote, text).ratio(), default="")


@dataclass(frozen=True, slots=True)
class RuleSurvival:
    """A rule in the changed document: as far as its places stand, what has gone, and why it isn't judged where.

    `causes` are by operation; "" where the whole rule isn't judged.
    """

    rule: Rule
    places: tuple[Place, ...]
    gone: tuple[GoneQuote, ...]
    causes: Mapping[str, str]


def rule_survival(
    aligned: Alignment, rule: Rule, operations: Mapping[str, Operation], former: Mapping[str, Operation]
) -> RuleSurvival:
    """How a rule stands. `operations` are the present ones by id, `former` those that the rules were written for.

    A sentence that an operation says of itself counts for that operation; any other for the whole rule.
    """
    if rule.unjudged:
        return RuleSurvival(rule, (), (), {"": rule.unjudged})
    found = [present_place(aligned, place) for place in rule.places]
    gone = tuple(one for one in found if isinstance(one, GoneQuote))
    removed = [name for name in rule.operations if name not in operations]
    causes = dict.fromkeys(removed, REMOVED)
    for one in gone:
        owner = owner_of(one.place.pointer, former)
        if owner is None or owner not in rule.operations:
            causes |= {} if owner in former and owner not in operations else {"": CHANGED}
        elif owner in operations:
            causes[owner] = CHANGED
    kept = tuple(name for name in rule.operations if name in operations)
    if not kept:
        causes[""] = REMOVED
    places = tuple(one for one in found if isinstance(one, Place))
    main, *also = _spelt(rule, found)
    shown = replace(rule, pointer=main.pointer, quote=main.quote, also=tuple(also), operations=kept)
    return RuleSurvival(shown, places, gone, causes)


def _spelt(rule: Rule, found: list[Place | GoneQuote]) -> list[Place]:
    """The places of a rule for its reader: where they stand now, or as they were."""
    return [one if isinstance(one, Place) else one.place for one in found]


def owner_of(pointer: str, operations: Mapping[str, Operation]) -> str | None:
    """The operation below which a place stands."""
    return next((row.id for row in operations.values() if f"{pointer}/".startswith(f"{row.pointer}/")), None)
