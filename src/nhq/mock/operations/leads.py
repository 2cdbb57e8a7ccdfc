"""Tag Leads: reading and searching. Import is in `imports`, enrichment in `enrichment`."""

from collections.abc import Callable
from typing import NamedTuple

from nhq.mock.call import MockCall, MockReply
from nhq.mock.listing import Ask, asked_for, paginate_rows, read_page_request, take_filter, workspace_rows


class LeadAsk(NamedTuple):
    """A page of leads, and the filters of the request."""

    page: Ask
    terms: tuple[str, ...]
    lists: frozenset[str]


def read_lead_ask(call: MockCall) -> None:
    """Stage `body` of GET /leads."""
    page, policies = read_page_request(call), call.policies
    call.take(LeadAsk(page, policies.terms(asked_for(call, page, "query")), _lists(call, page)))


def _lists(call: MockCall, page: Ask) -> frozenset[str]:
    """The lists to filter by; none for no filter. Refuses with 400 those that the policies don't take."""
    store, policies, raw = call.store, call.policies, asked_for(call, page, "list_ids")
    known = {ident: len(store.listed("members", ident)) for ident in store.lists} if raw else {}
    lists = policies.wanted_lists(call.own(raw, "list") if raw else "", known)
    if lists:
        take_filter(call, lists, store.lists)
    elif "list_ids" in page.query and policies.empty_filter(call.operation.id):
        return frozenset({""})  # no list's id
    return lists


def list_leads(call: MockCall) -> MockReply:
    """Leads of the workspace, newest first, that match `query` and belong to `list_ids`."""
    wanted: LeadAsk = call.args
    keep = _filter(call, wanted)
    filtered = [name for name, told in (("query", wanted.terms), ("list_ids", wanted.lists)) if told]
    rows = workspace_rows(call, "leads", filtered)
    if wanted.terms:
        rows = call.policies.ranked(rows, wanted.terms, call.store)
    page = paginate_rows(call, wanted.page, rows, keep)
    if wanted.lists:
        page = page._replace(rows=[row for row in page.rows for _ in range(_times(call, row[2], wanted.lists))])
    views, store, operation = call.engine.views, call.store, call.operation.id
    return MockReply(200, views.page(operation, page, lambda ident: views.lead_with_lists(operation, store, ident)))


def _times(call: MockCall, ident: str, lists: frozenset[str]) -> int:
    return call.policies.repeats(call.store.lists_of.get(ident, ()), lists)


def _filter(call: MockCall, wanted: LeadAsk) -> Callable[[str], bool] | None:
    """A predicate that selects leads; None if there is no filter."""
    if not wanted.terms and not wanted.lists:
        return None
    store, policies = call.store, call.policies

    def listed(ident: str) -> bool:
        return policies.in_wanted_lists(store.lists_of.get(ident, ()), wanted.lists)

    def matching(ident: str) -> bool:
        return policies.matches_query(policies.searched_text(store.leads[ident]), wanted.terms)

    if not wanted.terms:
        return listed
    if not wanted.lists:
        return matching
    return lambda ident: policies.both_filters(call.operation.id, listed(ident), matching(ident))


def get_lead(call: MockCall) -> MockReply:
    """One lead with the lists it belongs to."""
    view = call.engine.views.lead_with_lists(call.operation.id, call.store, call.ids[0])
    return MockReply(200, b'{"data":' + view + b"}")


def list_members(call: MockCall) -> MockReply:
    """Members of a lead list, newest membership first."""
    page = paginate_rows(call, call.args, call.store.listed("members", call.ids[0]))
    views, store, operation = call.engine.views, call.store, call.operation.id
    return MockReply(200, views.page(operation, page, lambda ident: views.lead(operation, store, ident)))
