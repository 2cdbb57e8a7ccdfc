"""Choices about text search and filters."""

import re
import unicodedata
from collections.abc import Sequence

from nhq.mock.policies.search import searched_text
from nhq.mock.store import Row, Store
from nhq.mutation.variants.variant import variants_of_area

take = variants_of_area("search", "search", "pagination")

_WORD = re.compile(r"\w+")


def _whole(text: str, wanted: tuple[str, ...]) -> bool:
    """Every word of every term stands in the text as a word."""
    return set(_WORD.findall(" ".join(wanted))) <= set(_WORD.findall(text))


def _beginnings(text: str, wanted: tuple[str, ...]) -> bool:
    """Every word of every term is the beginning of some word."""
    words = _WORD.findall(text)
    return all(any(word.startswith(part) for word in words) for part in _WORD.findall(" ".join(wanted)))


def _nearly(text: str, wanted: tuple[str, ...]) -> bool:
    """Every word of every term stands in the text as a word, or but for one letter where it has five or more."""
    words = _WORD.findall(text)
    return all(any(_near(part, word) for word in words) for part in _WORD.findall(" ".join(wanted)))


def _near(part: str, word: str) -> bool:
    if len(part) != len(word) or len(part) < 5:
        return part == word
    return sum(a != b for a, b in zip(part, word, strict=True)) <= 1


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _accents_aside(text: str, wanted: tuple[str, ...]) -> bool:
    """Every term stands in the text, accents aside."""
    text = _plain(text)
    return all(_plain(term) in text for term in wanted)


def _by_relevance(rows: Sequence[Row], wanted: tuple[str, ...], store: Store) -> Sequence[Row]:
    """Whoever has the terms most often comes first."""

    def hits(ident: str) -> int:
        text = searched_text(store.leads[ident])
        return sum(text.count(term) for term in wanted)

    return sorted((float(-hits(ident)), number, ident) for _, number, ident in rows)


VARIANTS = (
    take(
        "matches-whole-words",
        "A term matches whole words only.",
        "search-terms",
        "whole words",
        matches_query=_whole,
    ),
    take(
        "matches-beginnings",
        "A term matches the beginning of a word.",
        "search-terms",
        "beginnings",
        matches_query=_beginnings,
    ),
    take(
        "forgives-a-typo",
        "A term of five letters or more matches words that differ in one of them.",
        "search-terms",
        "words that differ in a letter",
        matches_query=_nearly,
    ),
    take(
        "ignores-accents",
        "`jose` finds José, and `josé` Jose.",
        "search-accents",
        "yes",
        matches_query=_accents_aside,
    ),
    take(
        "ranks-by-relevance",
        "What a text search finds comes by how often the terms stand in it.",
        "search-order",
        "by relevance",
        ranked=_by_relevance,
    ),
    take(
        "wants-all-of-several-lists",
        "With several list_ids a lead must belong to each of them.",
        "list-ids-several",
        "all",
        in_wanted_lists=lambda lists, wanted: wanted <= set(lists),
    ),
    take(
        "filters-by-empty-values",
        "An empty list_ids or linkedin_account_id leaves nothing.",
        "empty-filter",
        "nothing",
        empty_filter=lambda operation: True,
    ),
    take(
        "refuses-filters-by-unknown-ids",
        "list_ids or a linkedin_account_id that names nothing in the workspace is answered 400.",
        "unknown-filter",
        "400",
        filter_taken=lambda operation, ids, known: len(known) == len(ids),
    ),
    take(
        "shows-read-threads-for-unread-false",
        "unread_only=false shows read threads only.",
        "unread-false",
        "read threads only",
        warns=("SEARCH-UNREAD-FALSE",),
        hides_unread=lambda flag: not flag,
    ),
    take(
        "takes-odd-flags-for-false",
        "An unread_only that is neither true nor false counts as false.",
        "bad-flag",
        "taken as false",
        read_flag=lambda raw: raw == "true",
    ),
    take(
        "takes-odd-flags-for-true",
        "An unread_only that is not false counts as true.",
        "bad-flag",
        "taken as true",
        read_flag=lambda raw: raw != "false",
    ),
)
