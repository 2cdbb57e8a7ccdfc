"""Choices about lead lists and their names."""

from collections.abc import Callable, Collection, Mapping
from hashlib import blake2b
from itertools import chain, count
from typing import Any

from nhq.mock.name_index import Names
from nhq.mutation.faults.fault import Around
from nhq.mutation.variants.pagination import show_later
from nhq.mutation.variants.variant import variants_of_area

take = variants_of_area("lists")

LONGEST = 120


def _free(name: str, taken: Collection[str], variant: Callable[[int], str]) -> str:
    """The name, or the first of its variants that nobody has."""
    return next(candidate for candidate in chain([name], map(variant, count(1))) if candidate not in taken)


def _numbered(name: str, taken: Collection[str]) -> str:
    """The name, or with the first free number behind it."""
    return _free(name, taken, lambda number: f"{name} {number + 1}")


def _marked(name: str, taken: Collection[str]) -> str:
    """The name, or with a mark behind it that tells nothing."""
    return _free(
        name, taken, lambda tries: f"{name} (Copy {blake2b(f'{name}{tries}'.encode(), digest_size=4).hexdigest()})"
    )


def _shortened(name: str, taken: Collection[str]) -> str:
    """The name, or its beginning with a number, never longer than a name may be."""
    return _free(name, taken, lambda number: name[: LONGEST - len(f" ({number + 1})")] + f" ({number + 1})")


def _whatever_the_case(true: Any) -> Any:
    """Names that differ in case alone collide."""

    def unique(name: str, taken: Collection[str]) -> str:
        folded = {one.casefold() for one in taken}
        number, candidate = 1, name
        while candidate.casefold() in folded:
            number += 1
            candidate = f"{name} (Copy {number})"
        return candidate

    return unique


def _everywhere(existing: Mapping[str, Collection[str]], workspace: str, made: Collection[str]) -> Names:
    """Names in all workspaces."""
    return Names(*existing.values(), made)


def _trimmed(given: dict[str, Any]) -> dict[str, Any]:
    return {name: text.strip() if isinstance(text, str) else text for name, text in given.items()}


def _uncounted(true: Any) -> Any:
    """A list just created without its member count."""

    def show(operation: str, row: Any) -> Any:
        if operation != "create_lead_lists":
            return true(operation, row)
        return {name: getattr(row, name) for name in row.__struct_fields__ if name != "lead_count"}

    return show


VARIANTS = (
    take(
        "numbers-colliding-names",
        "A name that collides gets a number behind it.",
        "suffix-form",
        "any, with the given name as its beginning",
        unique_name=_numbered,
    ),
    take(
        "marks-colliding-names",
        "A name that collides gets a mark behind it that tells nothing.",
        "suffix-form",
        "any, with the given name as its beginning",
        unique_name=_marked,
    ),
    take(
        "shortens-colliding-names",
        "A name that collides is shortened, so that with its suffix it has 120 characters at most.",
        "suffix-form",
        "the given name cut, where 120 characters are not enough",
        unique_name=_shortened,
    ),
    take(
        "ignores-case-of-names",
        "Names that differ in case alone collide.",
        "name-collision-case",
        "yes",
        unique_name=Around(_whatever_the_case),
    ),
    take(
        "has-names-unique-everywhere",
        "A name collides with one of another workspace, too.",
        "same-name-in-other-workspace",
        "yes",
        taken_names=_everywhere,
    ),
    take(
        "trims-names-of-lists",
        "Blanks at the ends of a list's name and description are cut off.",
        "trimmed-text",
        "trimmed",
        list_fields=_trimmed,
    ),
    take(
        "creates-lists-without-a-count",
        "A list just created comes without lead_count.",
        "lead-count-on-create",
        "without",
        show_list=Around(_uncounted),
    ),
    take(
        "lists-lists-within-seconds",
        "A new list stands in the list of lists a second later.",
        "slow-effects",
        "within seconds",
        settled=show_later("list_lead_lists", 1.0),
    ),
    take(
        "lists-nothing-but-malformed-as-207",
        "A creation whose entries are all malformed is answered 207.",
        "all-malformed-lists",
        "207",
        lists_status=lambda created, malformed: 207 if malformed else 201,
    ),
)
