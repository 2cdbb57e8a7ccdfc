"""Choices about message overrides."""

from collections.abc import Mapping, Sequence

from nhq.mock.policies.lifecycle import Slot
from nhq.mock.wire_records import Override
from nhq.mutation.variants.variant import variants_of_area

take = variants_of_area("overrides")

Entries = Sequence[Mapping[str, str]]


def _slot(entry: Mapping[str, str]) -> tuple[str, str]:
    return entry["node_type"], entry["message_stage"]


def _first(entries: Entries) -> Entries:
    """The first for each slot."""
    return list({_slot(entry): entry for entry in reversed(entries)}.values())[::-1]


def _agreeing(entries: Entries) -> Entries | None:
    """None where two for one slot differ."""
    return entries if all(entry["message"] == _of_slot(entries, entry) for entry in entries) else None


def _of_slot(entries: Entries, like: Mapping[str, str]) -> str:
    return next(entry["message"] for entry in entries if _slot(entry) == _slot(like))


def _single(entries: Entries) -> Entries | None:
    """None where two are for one slot."""
    return entries if len({_slot(entry) for entry in entries}) == len(entries) else None


def _all_of_them(merged: Mapping[Slot, Override], given: Sequence[Slot]) -> list[Override]:
    return list(merged.values())


def _turned(merged: Mapping[Slot, Override], given: Sequence[Slot]) -> list[Override]:
    return [merged[slot] for slot in dict.fromkeys(given)][::-1]


VARIANTS = (
    take(
        "saves-the-first-of-two-texts",
        "Of two overrides for one slot the first counts.",
        "override-slots",
        "the first",
        chosen_overrides=_first,
    ),
    take(
        "refuses-two-texts-for-a-slot",
        "Two overrides for one slot that differ are answered 400.",
        "override-slots",
        "400",
        chosen_overrides=_agreeing,
    ),
    take(
        "refuses-repeated-slots",
        "Two overrides for one slot are answered 400, even when they are equal.",
        "override-count",
        "400 for repeated slots",
        chosen_overrides=_single,
    ),
    take(
        "shows-all-overrides-of-a-lead",
        "data holds everything that the lead has in the campaign.",
        "override-data",
        "all of them",
        shown_overrides=_all_of_them,
    ),
    take(
        "shows-overrides-backwards",
        "data begins with the override that was sent last.",
        "inner-order",
        "any",
        shown_overrides=_turned,
    ),
    take(
        "takes-no-overrides-when-it-is-over",
        "Overrides for a completed campaign are answered 409.",
        "overrides-too-late",
        "409",
        takes_overrides=lambda status: status != "completed",
    ),
)
