"""Filters of GET /leads and GET /conversations."""

from collections.abc import Collection, Mapping, Sequence

from nhq.mock.store import Row, Store
from nhq.mock.wire_records import Conversation, Lead


def terms(query: str) -> tuple[str, ...]:
    """The space-separated terms of a query, folded; none for a blank one."""
    return tuple(query.casefold().split())


def searched_text(lead: Lead) -> str:
    """What is searched: first name, last name, company, job title, location, email; one to a line, folded."""
    fields = (lead.first_name, lead.last_name, lead.company, lead.job_title, lead.location, lead.email)
    return "\n".join(field for field in fields if field).casefold()


def matches_query(text: str, wanted: tuple[str, ...]) -> bool:
    """Every term must occur."""
    return all(term in text for term in wanted)


def wanted_lists(raw: str, known: Mapping[str, int]) -> frozenset[str]:
    """The ids in a comma-separated `list_ids`, known or not, with members or without; none means no filter."""
    return frozenset(part.strip() for part in raw.split(",") if part.strip())


def empty_filter(operation: str) -> bool:
    """Whether an empty list_ids or linkedin_account_id filters, and leaves nothing: it is no filter."""
    return False


def filter_taken(operation: str, ids: Collection[str], known: Collection[str]) -> bool:
    """Whether a filter by these ids is taken, whatever the workspace knows; where not, 400. Every one is."""
    return True


def ranked(rows: Sequence[Row], wanted: tuple[str, ...], store: Store) -> Sequence[Row]:
    """The order of what a text search finds: that of the list."""
    return rows


def in_wanted_lists(lists: tuple[str, ...], wanted: frozenset[str]) -> bool:
    """A lead is shown when any of the wanted lists holds it."""
    return not wanted.isdisjoint(lists)


def wanted_account(raw: str, known: Collection[str]) -> str:
    """The id in `linkedin_account_id`, known or not; an empty one means no filter."""
    return raw


def repeats(lists: Collection[str], wanted: frozenset[str]) -> int:
    """How often a lead is shown that is in some of the wanted lists: once, in however many it is."""
    return 1


def both_filters(operation: str, first: bool, second: bool) -> bool:
    """Two filters apply together."""
    return first and second


def read_flag(raw: str) -> bool | None:
    """`true` or `false`; None for anything else."""
    return {"true": True, "false": False}.get(raw)


def hides_unread(flag: bool) -> bool:
    """Whether `unread_only`, given as this, keeps read threads only: it never does."""
    return False


def passes_unread(conversation: Conversation, unread_only: bool) -> bool:
    """`unread_only=true` keeps unread threads; false keeps all."""
    return conversation.is_unread or not unread_only


def passes_account(conversation: Conversation, account: str) -> bool:
    """`linkedin_account_id` keeps one sender's threads; an empty one keeps all."""
    return not account or conversation.linkedin_account.id == account
