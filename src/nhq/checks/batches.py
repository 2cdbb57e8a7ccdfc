"""Read answers to batches: their parts, the indexes they name, the fields they blame. Never raises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nhq.checks.values import whole_number
from nhq.model import Exchange


def array_of(answer: Exchange, name: str) -> list[dict[str, Any]]:
    """The objects of an array of the answer; [] where there is none."""
    try:
        found = answer.json().get(name)
    except (ValueError, AttributeError):
        return []
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def index_of(item: Mapping[str, Any]) -> int:
    """The index that an item of the answer names; -1 for none."""
    index = whole_number(item.get("index"))
    return -1 if index is None else index


def index_base(answer: Exchange, sent: int) -> int:
    """The base of the indexes in the answer to a batch of `sent` entries: 1 if it can't be 0."""
    told = {index_of(item) for name in ("data", "malformed", "failed") for item in array_of(answer, name)}
    return 1 if 0 not in told and sent in told else 0


def by_place(answer: Exchange, name: str, sent: int) -> dict[int, Mapping[str, Any]]:
    """The items of a part, by the place of their entry in the request, which had `sent` of them."""
    first = index_base(answer, sent)
    return {index_of(item) - first: item for item in array_of(answer, name)}


def by_index(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Items in the order of their index."""
    return sorted(items, key=index_of)


def names_exactly(items: Sequence[Mapping[str, Any]], wanted: set[int]) -> bool:
    """Are these exactly the wanted entries? Indexes may count from 0 or from 1."""
    told = [index_of(item) for item in by_index(items)]
    return told in (sorted(wanted), sorted(index + 1 for index in wanted))


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """The outcome of each entry of a batch, by its place in the batch.

    Any entry may fail during processing; it is no member then, and shows nothing of what is promised of the others.
    """

    answer: Exchange
    data: Mapping[int, Mapping[str, Any]]
    failed: Mapping[int, Mapping[str, Any]]
    malformed: Mapping[int, Mapping[str, Any]]

    def result(self, place: int) -> str:
        """The result of an entry; "" where none is told."""
        return str(self.data[place].get("result")) if place in self.data else ""

    def ident(self, place: int) -> str:
        """The id of the lead under an entry; "" where none is told."""
        lead = self.data.get(place, {}).get("lead")
        return str(lead.get("id")) if isinstance(lead, dict) else ""

    @property
    def idents(self) -> list[str]:
        """The ids of all leads, in the order of the entries."""
        return [self.ident(place) for place in sorted(self.data)]

    def settled(self, places: set[int]) -> bool:
        """Does the answer name an outcome for each of these well-formed entries: imported, or failed?"""
        return set(self.data) | set(self.failed) == places

    @property
    def with_problems(self) -> bool:
        """Is the status right for a batch with malformed or failed entries? If nothing new was added, two are."""
        new = any(self.result(place) != "already_in_list" for place in self.data)
        return self.answer.status == 207 or (self.answer.status == 200 and not new)

    @property
    def shown(self) -> str:
        """The outcome in words for a finding."""
        results = ", ".join(self.result(place) for place in sorted(self.data)) or "no result"
        return f"{self.answer.status}, {len(self.malformed)} malformed, {len(self.failed)} failed, {results}"


def read_batch(answer: Exchange, sent: int) -> BatchOutcome:
    """The answer to a batch of `sent` entries. Never raises."""
    return BatchOutcome(answer, *(by_place(answer, name, sent) for name in ("data", "failed", "malformed")))


def names_field(told: Mapping[str, Any], field: str) -> bool:
    """Does one of an item's errors name the field, alone or as a step of a path? "" asks for any error at all."""
    errors = told.get("errors")
    named = (
        [str(error.get("field", "")) for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    )
    steps = {step for name in named for step in name.replace("]", "").replace("[", ".").replace("/", ".").split(".")}
    return bool(named) and (not field or field in steps)
