"""Faults of filters: one field more, one value of one parameter, a refusal of what is valid."""

from collections.abc import Callable
from typing import Any

from nhq.mock.call import Refused
from nhq.mutation.faults.fault import Around, Fault, faults_of_family
from nhq.mutation.faults.wire import changed_body

plant = faults_of_family("filters")

FIELDS = ("first_name", "last_name", "company", "job_title", "location", "email")


def _more_of_nothing(body: Any) -> Any:
    """A page that says that more follow where it is empty."""
    return body if body["data"] else body | {"pagination": body["pagination"] | {"has_more": True}}


def _refusing(ident: str, sentence: str, policy: str, wrong: Callable[[str], bool]) -> Fault:
    """A filter that is refused although it is as the contract says."""

    def make(true: Any) -> Any:
        def read(raw: str, *rest: Any) -> Any:
            if wrong(raw):
                raise Refused(400, "invalid_parameter", "this cannot be searched for")
            return true(raw, *rest)

        return read

    on = ("list_leads",) if policy in ("terms", "wanted_lists") else ("list_conversations",)
    lie: dict[str, Any] = {policy: Around(make)}
    near = ["SEARCH-FIELDS", "SEARCH-CASE", "SEARCH-AND", "SEARCH-LIST-IDS-SEVERAL", "SEARCH-UNREAD-FALSE"]
    return plant(ident, sentence, "REQUEST-VALID", subtle="one value", on=on, near=near, **lie)


def _nosy(field: str, ident: str) -> Fault:
    """A search that looks at one member more."""
    lie = Around(lambda true: lambda lead: f"{true(lead)}\n{str(getattr(lead, field) or '').casefold()}")
    sentence = f"The search looks at {field} too."
    return plant(ident, sentence, "SEARCH-OTHER-FIELDS", subtle="one field", on=("list_leads",), searched_text=lie)


FAULTS = (
    _nosy("industry", "searches-industries-too"),
    _nosy("skills", "searches-skills-too"),
    _nosy("lead_heat_reason", "searches-heat-too"),
    _nosy("phone", "searches-phones-too"),
    _nosy("gender", "searches-genders-too"),
    _nosy("linkedin_url", "searches-profile-urls-too"),
    plant(
        "matches-the-last-term-only",
        "Of several terms only the last counts.",
        "SEARCH-AND",
        subtle="one value",
        on=("list_leads",),
        matches_query=lambda text, wanted: wanted[-1] in text,
    ),
    plant(
        "matches-the-first-term-only",
        "Of several terms only the first counts.",
        "SEARCH-AND",
        subtle="one value",
        on=("list_leads",),
        matches_query=lambda text, wanted: wanted[0] in text,
    ),
    plant(
        "joins-terms",
        "A query of several terms is looked for as one text.",
        "SEARCH-AND",
        "SEARCH-ACROSS",
        subtle="one value",
        on=("list_leads",),
        terms=lambda query: (query.casefold().strip(),) if query.strip() else (),
    ),
    plant(
        "minds-the-case-of-names",
        "Leads are found by small letters only where they are written so.",
        "SEARCH-CASE",
        "SEARCH-FIELDS",
        on=("list_leads",),
        searched_text=lambda lead: "\n".join(str(getattr(lead, name)) for name in FIELDS if getattr(lead, name)),
    ),
    plant(
        "folds-names-as-far-as-ascii-goes",
        "Letters beyond ASCII are found only in the case in which they are written.",
        "SEARCH-CASE",
        subtle="non-ASCII",
        on=("list_leads",),
        searched_text=lambda lead: "".join(
            letter.lower() if letter.isascii() else letter
            for letter in "\n".join(str(getattr(lead, name)) for name in FIELDS if getattr(lead, name))
        ),
    ),
    plant(
        "promises-more-after-an-empty-page",
        "An empty page says that more follow.",
        "SEARCH-NONE",
        subtle="one state",
        on=("list_leads",),
        sent_body=changed_body(_more_of_nothing, "list_leads"),
    ),
    plant(
        "drops-list-ids-for-an-unknown-one",
        "With an unknown id among them list_ids filters nothing.",
        "SEARCH-LIST-IDS-ONLY",
        subtle="one value",
        on=("list_leads",),
        wanted_lists=lambda raw, known: (
            frozenset(part for part in raw.split(",") if part)
            if all(part in known for part in raw.split(","))
            else frozenset()
        ),
    ),
    plant(
        "looks-at-the-last-list-of-a-lead",
        "list_ids knows only the list that a lead joined last.",
        "SEARCH-LIST-IDS-ALL",
        subtle="one state",
        on=("list_leads",),
        in_wanted_lists=lambda lists, wanted: not wanted.isdisjoint(lists[-1:]),
    ),
    plant(
        "takes-the-last-list-id-only",
        "Of several list_ids only the last counts.",
        "SEARCH-LIST-IDS-SEVERAL",
        subtle="one value",
        on=("list_leads",),
        wanted_lists=lambda raw, known: frozenset(part for part in raw.split(",")[-1:] if part),
    ),
    plant(
        "takes-several-list-ids-for-one",
        "list_ids is not split at its commas.",
        "SEARCH-LIST-IDS-SEVERAL",
        subtle="one value",
        on=("list_leads",),
        wanted_lists=lambda raw, known: frozenset((raw,) if raw else ()),
    ),
    plant(
        "leaves-out-who-is-in-both-lists",
        "With two list_ids those who are members of both are left out.",
        "SEARCH-LIST-IDS-SEVERAL",
        subtle="one state",
        on=("list_leads",),
        in_wanted_lists=lambda lists, wanted: len(wanted.intersection(lists)) == 1,
    ),
    plant(
        "forgets-list-ids-beside-the-query",
        "With a query, list_ids is ignored.",
        "SEARCH-COMBINED",
        subtle="one state",
        on=("list_leads",),
        both_filters=lambda operation, first, second: second and (first or operation == "list_leads"),
    ),
    plant(
        "shows-read-threads-for-unread",
        "unread_only=true shows what was read.",
        "SEARCH-UNREAD-ONLY",
        subtle="one value",
        on=("list_conversations",),
        passes_unread=lambda conversation, unread_only: not unread_only or not conversation.is_unread,
    ),
    plant(
        "hides-unread-threads-that-we-wrote-in-last",
        "unread_only=true leaves out threads whose latest message was sent.",
        "SEARCH-UNREAD-ALL",
        subtle="one state",
        on=("list_conversations",),
        passes_unread=lambda conversation, unread_only: (
            not unread_only
            or (
                conversation.is_unread
                and not (conversation.last_message and conversation.last_message.direction == "sent")
            )
        ),
    ),
    plant(
        "forgets-unread-only-beside-the-account",
        "With linkedin_account_id, unread_only is ignored.",
        "SEARCH-CONVERSATION-COMBINED",
        subtle="one state",
        on=("list_conversations",),
        both_filters=lambda operation, first, second: second and (first or operation == "list_conversations"),
    ),
    plant(
        "ignores-unknown-accounts",
        "A linkedin_account_id that doesn't exist filters nothing.",
        "SEARCH-ACCOUNT-ONLY",
        subtle="one value",
        on=("list_conversations",),
        near=["SEARCH-ACCOUNT-ALL"],
        wanted_account=lambda raw, known: raw if raw in known else "",
    ),
    plant(
        "finds-accounts-by-the-beginning-of-their-id",
        "linkedin_account_id is compared by its first letters.",
        "SEARCH-ACCOUNT-ONLY",
        subtle="near miss",
        on=("list_conversations",),
        passes_account=lambda conversation, account: conversation.linkedin_account.id[:4] == account[:4] or not account,
    ),
    plant(
        "drops-list-ids-of-empty-lists",
        "list_ids of a list without members filters nothing.",
        "SEARCH-LIST-IDS-ONLY",
        subtle="one state",
        on=("list_leads",),
        wanted_lists=lambda raw, known: frozenset(part for part in raw.split(",") if part and known.get(part, 1)),
    ),
    plant(
        "hides-read-threads-of-an-account",
        "linkedin_account_id leaves out what was read.",
        "SEARCH-ACCOUNT-ALL",
        subtle="one state",
        on=("list_conversations",),
        passes_account=lambda conversation, account: (
            not account or (conversation.linkedin_account.id == account and conversation.is_unread)
        ),
    ),
    _refusing(
        "refuses-queries-beyond-ascii",
        "A query with letters beyond ASCII is answered 400.",
        "terms",
        lambda query: not query.isascii(),
    ),
    _refusing(
        "refuses-queries-with-a-sign", "A query with an at sign is answered 400.", "terms", lambda query: "@" in query
    ),
    _refusing(
        "refuses-queries-of-three-terms",
        "A query of three terms is answered 400.",
        "terms",
        lambda query: len(query.split()) > 2,
    ),
    _refusing("refuses-two-list-ids", "list_ids with two ids is answered 400.", "wanted_lists", lambda raw: "," in raw),
    _refusing(
        "refuses-unread-only-that-is-false",
        "unread_only=false is answered 400.",
        "read_flag",
        lambda raw: raw == "false",
    ),
    _refusing("refuses-accounts-as-a-filter", "linkedin_account_id is answered 400.", "wanted_account", bool),
    plant(
        "shows-who-is-in-two-lists-twice",
        "With two list_ids those who are members of both are shown twice.",
        "PAGE-NO-DUPLICATES",
        subtle="one state",
        on=("list_leads",),
        near=["SEARCH-LIST-IDS-SEVERAL"],
        repeats=lambda lists, wanted: len(wanted.intersection(lists)),
    ),
)
