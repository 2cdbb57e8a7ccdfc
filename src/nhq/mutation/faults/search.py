"""Faults of search and filters."""

import re
from collections.abc import Callable

from nhq.mock.wire_records import Lead
from nhq.mutation.faults.fault import Fault, faults_of_family

plant = faults_of_family("search")

FIELDS = ("first_name", "last_name", "company", "job_title", "location", "email")


def _text(*fields: str) -> Callable[[Lead], str]:
    """The searched text made of these fields."""
    return lambda lead: "\n".join(str(getattr(lead, field)) for field in fields if getattr(lead, field)).casefold()


def _blind(field: str, ident: str) -> Fault:
    return plant(
        ident,
        f"{field.replace('_', ' ').capitalize()} is not searched.",
        "SEARCH-FIELDS",
        subtle="one field",
        on=("list_leads",),
        searched_text=_text(*(name for name in FIELDS if name != field)),
    )


def _nosy(field: str, ident: str) -> Fault:
    return plant(
        ident,
        f"The search looks at {field} too.",
        "SEARCH-OTHER-FIELDS",
        subtle="one field",
        on=("list_leads",),
        searched_text=_text(*FIELDS, field),
    )


def _ascii_folded(query: str) -> tuple[str, ...]:
    """Terms folded as far as ASCII goes."""
    return tuple("".join(letter.lower() if letter.isascii() else letter for letter in query).split())


def _like(signs: str, meaning: str) -> Callable[[str, tuple[str, ...]], bool]:
    """Terms are patterns, in which a sign stands for other letters."""

    def matches(text: str, wanted: tuple[str, ...]) -> bool:
        return all(re.search(re.escape(term).replace(re.escape(signs), meaning), text) for term in wanted)

    return matches


FAULTS = (
    _blind("first_name", "does-not-search-first-names"),
    _blind("last_name", "does-not-search-last-names"),
    _blind("company", "does-not-search-companies"),
    _blind("job_title", "does-not-search-job-titles"),
    _blind("location", "does-not-search-locations"),
    _blind("email", "does-not-search-emails"),
    _nosy("notes", "searches-notes-too"),
    _nosy("headline", "searches-headlines-too"),
    _nosy("summary", "searches-summaries-too"),
    plant(
        "matches-any-term",
        "A lead that matches one term of the query is found: OR for AND.",
        "SEARCH-AND",
        on=("list_leads",),
        matches_query=lambda text, wanted: any(term in text for term in wanted),
    ),
    plant(
        "matches-two-terms-at-most",
        "From the third term on a query is ignored.",
        "SEARCH-AND",
        subtle="one value",
        on=("list_leads",),
        matches_query=lambda text, wanted: all(term in text for term in wanted[:2]),
    ),
    plant(
        "matches-all-terms-in-one-field",
        "All terms have to stand in the same field.",
        "SEARCH-ACROSS",
        subtle="one value",
        on=("list_leads",),
        matches_query=lambda text, wanted: any(all(term in line for term in wanted) for line in text.split("\n")),
    ),
    plant(
        "matches-terms-as-a-phrase",
        "The terms have to follow each other as they were given.",
        "SEARCH-ACROSS",
        "SEARCH-AND",
        on=("list_leads",),
        matches_query=lambda text, wanted: " ".join(wanted) in text.replace("\n", " "),
    ),
    plant(
        "minds-the-case-of-queries",
        "A query in capital letters finds nothing.",
        "SEARCH-CASE",
        on=("list_leads",),
        terms=lambda query: tuple(query.split()),
    ),
    plant(
        "folds-ascii-only",
        "Case is ignored for ASCII letters only.",
        "SEARCH-CASE",
        subtle="non-ASCII",
        on=("list_leads",),
        terms=_ascii_folded,
    ),
    plant(
        "ignores-long-terms",
        "Terms of more than twelve letters are passed over.",
        "SEARCH-NONE",
        "SEARCH-AND",
        subtle="one value",
        on=("list_leads",),
        matches_query=lambda text, wanted: all(term in text for term in wanted if len(term) <= 12),
    ),
    plant(
        "finds-nothing-for-blanks",
        "A query of blanks finds nothing.",
        "SEARCH-BLANK",
        subtle="one value",
        on=("list_leads",),
        terms=lambda query: tuple(query.casefold().split()) or (("\0",) if query else ()),
    ),
    plant(
        "ignores-list-ids",
        "list_ids filters nothing.",
        "SEARCH-LIST-IDS-ONLY",
        on=("list_leads",),
        in_wanted_lists=lambda lists, wanted: True,
    ),
    plant(
        "ignores-unknown-list-ids",
        "list_ids that don't exist are dropped; when none is left, nothing is filtered.",
        "SEARCH-LIST-IDS-UNKNOWN",
        subtle="one state",
        on=("list_leads",),
        wanted_lists=lambda raw, known: frozenset(part for part in raw.split(",") if part in known),
    ),
    plant(
        "looks-at-the-first-list-of-a-lead",
        "list_ids knows only the list that a lead joined first.",
        "SEARCH-LIST-IDS-ALL",
        subtle="one state",
        on=("list_leads",),
        in_wanted_lists=lambda lists, wanted: not wanted.isdisjoint(lists[:1]),
    ),
    plant(
        "wants-a-lead-to-have-one-list-only",
        "list_ids leaves leads out that are in other lists as well.",
        "SEARCH-LIST-IDS-ALL",
        subtle="one state",
        on=("list_leads",),
        in_wanted_lists=lambda lists, wanted: bool(lists) and wanted.issuperset(lists),
    ),
    plant(
        "takes-the-first-list-id-only",
        "Of several list_ids only the first counts.",
        "SEARCH-LIST-IDS-SEVERAL",
        subtle="one value",
        on=("list_leads",),
        wanted_lists=lambda raw, known: frozenset(part for part in raw.split(",")[:1] if part),
    ),
    plant(
        "takes-either-filter-of-leads",
        "With query and list_ids, a lead that passes one of them is shown.",
        "SEARCH-COMBINED",
        subtle="one state",
        on=("list_leads",),
        both_filters=lambda operation, first, second: (
            (first or second) if operation == "list_leads" else (first and second)
        ),
    ),
    plant(
        "forgets-the-query-beside-list-ids",
        "With list_ids, query is ignored.",
        "SEARCH-COMBINED",
        subtle="one state",
        on=("list_leads",),
        both_filters=lambda operation, first, second: first and (second or operation == "list_leads"),
    ),
    plant(
        "forgets-the-account-beside-unread-only",
        "With unread_only, linkedin_account_id is ignored.",
        "SEARCH-CONVERSATION-COMBINED",
        "SEARCH-ACCOUNT-ONLY",
        subtle="one state",
        on=("list_conversations",),
        passes_account=lambda conversation, account: (
            not account or conversation.linkedin_account.id == account or conversation.is_unread
        ),
    ),
    plant(
        "takes-either-filter-of-conversations",
        "With both filters, a conversation that passes one of them is shown.",
        "SEARCH-CONVERSATION-COMBINED",
        "SEARCH-ACCOUNT-ONLY",
        "SEARCH-UNREAD-ONLY",
        on=("list_conversations",),
        both_filters=lambda operation, first, second: (
            (first or second) if operation == "list_conversations" else (first and second)
        ),
    ),
    plant(
        "ignores-unread-only",
        "unread_only=true filters nothing.",
        "SEARCH-UNREAD-ONLY",
        on=("list_conversations",),
        passes_unread=lambda conversation, unread_only: True,
    ),
    plant(
        "hides-unread-threads-without-intent",
        "unread_only=true leaves out threads whose intent is not known yet.",
        "SEARCH-UNREAD-ALL",
        subtle="one state",
        on=("list_conversations",),
        passes_unread=lambda conversation, unread_only: (
            not unread_only or (conversation.is_unread and conversation.intent is not None)
        ),
    ),
    plant(
        "takes-false-for-true",
        "unread_only=false filters as true does: any text is true.",
        "SEARCH-UNREAD-FALSE",
        subtle="one value",
        on=("list_conversations",),
        read_flag=lambda raw: bool(raw),
    ),
    plant(
        "ignores-the-account",
        "linkedin_account_id filters nothing.",
        "SEARCH-ACCOUNT-ONLY",
        on=("list_conversations",),
        passes_account=lambda conversation, account: True,
    ),
    plant(
        "hides-silent-threads-of-an-account",
        "linkedin_account_id leaves out threads without any message.",
        "SEARCH-ACCOUNT-ALL",
        subtle="one state",
        on=("list_conversations",),
        passes_account=lambda conversation, account: (
            not account or (conversation.linkedin_account.id == account and conversation.last_message is not None)
        ),
    ),
    plant(
        "takes-percent-for-anything",
        "A percent sign in a search stands for any letters.",
        "SEARCH-AND",
        subtle="one value",
        matches_query=_like("%", ".*"),
    ),
    plant(
        "takes-underscore-for-any-letter",
        "An underscore in a search stands for any letter.",
        "SEARCH-AND",
        subtle="one value",
        matches_query=_like("_", "."),
    ),
)
