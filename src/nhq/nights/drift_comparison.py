"""How two targets differ, apart from their data. Pure."""

from collections import Counter
from dataclasses import dataclass

from nhq.model import Verdict
from nhq.nights.drift_features import Features, Trait
from nhq.nights.drift_showing import shown_subject, shown_value
from nhq.record.run_record import Record

#: A trait is compared if each target showed it this often: once may be chance.
FEWEST = 3
_WORDS = {Verdict.HOLDS.value: "holds", Verdict.VIOLATED.value: "is broken"}
#: Traits that a plan of equal requests shows by a single answer.
SURE = ("status", "error code", "headers", "JSON")


@dataclass(frozen=True, slots=True)
class TargetDifference:
    """A difference of two targets; `kind` is rule, question, or the trait's subject."""

    place: str
    kind: str
    here: str
    there: str


def compare_features(here: Features, there: Features) -> list[TargetDifference]:
    """Traits of which each target showed only values that the other never did."""
    both = [(trait, seen, there[trait]) for trait, seen in here.items() if trait in there]
    told = [_difference(*shown) for shown in both if _apart(*shown)]
    return [*told, *_members(here, there), *_members(there, here, turned=True)]


def _apart(trait: Trait, here: Counter[str], there: Counter[str]) -> bool:
    fewest = 1 if trait.subject in SURE else FEWEST
    if trait.subject.startswith("member "):
        return False
    return min(here.total(), there.total()) >= fewest and not set(here) & set(there)


def _difference(trait: Trait, here: Counter[str], there: Counter[str]) -> TargetDifference:
    subject = trait.subject
    sides = (", ".join(sorted({shown_value(subject, value) for value in seen})) for seen in (here, there))
    return TargetDifference(trait.place, shown_subject(subject), *sides)


def _members(here: Features, there: Features, turned: bool = False) -> list[TargetDifference]:
    """Members that are null here but always absent there: a value may be missing by chance, a null isn't."""
    places = {trait.place for trait in there if trait.subject == "headers"}
    told = []
    for trait, seen in here.items():
        if not trait.subject.startswith("member ") or trait in there or trait.place not in places:
            continue
        parent = trait.subject.rpartition("/")[0]
        if seen.total() >= FEWEST and _looked(there, trait.place, parent) >= FEWEST:
            words = ("is there", "is never there")
            sides = words[::-1] if turned else words
            told.append(TargetDifference(trait.place, shown_subject(trait.subject), *sides))
    return told


def _looked(features: Features, place: str, parent: str) -> int:
    """The number of objects that could have had a member."""
    path = parent.removeprefix("member ") or "/"
    subjects = (t for t in features if t.place == place and t.subject.startswith(f"order of members at {path} with"))
    return sum(features[trait].total() for trait in subjects)


def compare_records(here: Record, there: Record) -> list[TargetDifference]:
    """Rules that hold on only one of them, and open questions that they answer differently."""
    return [*_rules(here, there), *_questions(here, there)]


def _rules(here: Record, there: Record) -> list[TargetDifference]:
    told = []
    others = {rule.id: rule for rule in there.rules}
    for rule in here.rules:
        for operation, cell in rule.cells.items():
            other = others[rule.id].cells.get(operation) if rule.id in others else None
            if other is not None and {cell.verdict, other.verdict} == {Verdict.HOLDS, Verdict.VIOLATED}:
                words = _WORDS[cell.verdict], _WORDS[other.verdict]
                told.append(TargetDifference(operation, f"rule {rule.id}", *words))
    return told


def _questions(here: Record, there: Record) -> list[TargetDifference]:
    answers = {row.id: row.chosen for row in there.ambiguities}
    unseen = "not seen in this run"
    return [
        TargetDifference("", f"question {row.id}", row.chosen, answers[row.id])
        for row in here.ambiguities
        if unseen not in (row.chosen, answers.get(row.id, unseen)) and row.chosen != answers[row.id]
    ]
