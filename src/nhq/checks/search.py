"""Filters of the lists, and an independent model of what a text search may and must find.

The contract leaves open whether a term matches whole words or parts of them, whether accents count, and how words are
stemmed. So there are two matchers: `must_match` (every term is a whole, plain word: any search finds it) and
`may_match` (no reading of the promise could find it otherwise).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from nhq.checks.context import CheckContext, judges, listed_rows
from nhq.checks.identity import same_id
from nhq.checks.pagination import is_page, query_value
from nhq.model import Observation

FIELDS = ("first_name", "last_name", "company", "job_title", "location", "email")
_STEM_LEAST = 3
_WORD = re.compile(r"[\w]+", re.UNICODE)
_TEXTS = 20_000  # a run matches the same words and fields again and again


@judges("SEARCH-UNREAD-ONLY")
def unread_only(seen: CheckContext) -> Iterator[Observation]:
    """«`unread_only=true` to return only unread threads»"""
    if seen.operation.id == "list_conversations" and is_page(seen) and query_value(seen, "unread_only") == "true":
        listed = listed_rows(seen)
        if listed:
            others = sum(row.get("is_unread") is not True for row in listed)
            yield seen.judged("SEARCH-UNREAD-ONLY", not others, "unread only", f"{others} others", "/data/*/is_unread")


@judges("SEARCH-ACCOUNT-ONLY")
def account_only(seen: CheckContext) -> Iterator[Observation]:
    """«`linkedin_account_id` to scope results to a single sender account»"""
    if seen.operation.id != "list_conversations" or not is_page(seen):
        return
    account, listed = query_value(seen, "linkedin_account_id"), listed_rows(seen)
    if account and listed:
        others = sum(not same_id(account_of(row), account) for row in listed)
        yield seen.judged(
            "SEARCH-ACCOUNT-ONLY", not others, "that sender's only", f"{others} others", "/data/*/linkedin_account/id"
        )


def account_of(conversation: Mapping[str, Any]) -> str | None:
    """The id of a conversation's sender account."""
    account = conversation.get("linkedin_account")
    return account.get("id") if isinstance(account, dict) else None


@lru_cache(_TEXTS)
def fold_text(text: str) -> str:
    """A text folded to lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def searched_texts(lead: Mapping[str, Any], but: str = "") -> list[str]:
    """The searched texts of a lead, folded; `but` omits one field. The company's details count as its name, too."""
    texts = [lead.get(name) for name in FIELDS if name != but]
    details = lead.get("company_details")
    texts += [details.get("name")] if isinstance(details, dict) and but != "company" else []
    return [fold_text(text) for text in texts if isinstance(text, str)]


def must_match(lead: Mapping[str, Any], query: str) -> bool:
    """Is every term a whole word of a searched field, ignoring case but not accents? Any reading finds such a lead."""
    words = {word.casefold() for name in FIELDS for word in str(lead.get(name) or "").split()}
    return all(term.casefold() in words for term in query.split())


def may_match(lead: Mapping[str, Any], query: str, but: str = "") -> bool:
    """Does every term occur in a searched field, as a part or as another form of a word (stemming)?"""
    texts = searched_texts(lead, but)
    return all(any(_akin(term, text) for text in texts) for term in fold_text(query).split())


@lru_cache(_TEXTS)
def _akin(term: str, text: str) -> bool:
    pieces = _WORD.findall(term) or [term]
    return term in text or all(
        piece in text or any(_one_stem(piece, word) for word in _WORD.findall(text)) for piece in pieces
    )


def _one_stem(one: str, other: str) -> bool:
    """Might a stemmer take two words for forms of one? They share all but their last letters."""
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared >= max(_STEM_LEAST, 0.6 * max(len(one), len(other)))


def plain_words(text: Any) -> list[str]:
    """Words of a field that any search takes as one word: five or more letters between blanks."""
    words = text.split() if isinstance(text, str) else []
    return [word for word in words if len(word) >= 5 and word.isalpha()]


def is_cased(word: str) -> bool:
    """Does each letter have an upper and a lower form that lead back to each other? (ß, ı and final ς do not.)"""
    return (
        word.upper() != word.lower()
        and all(
            c.upper().lower() == c.lower() and c.lower().upper() == c.upper() and len(c.upper()) == len(c.lower()) == 1
            for c in word
        )
        and "ς" not in word.lower()
        and "Σ" not in word
    )
