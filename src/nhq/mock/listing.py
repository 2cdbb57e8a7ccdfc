"""The eight lists: read `limit` and `cursor`, select the rows, and join the page from encoded records."""

from collections.abc import Callable, Collection, Mapping, Sequence
from heapq import merge
from itertools import islice
from math import inf
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from nhq.mock.call import MockCall, Refused
from nhq.mock.cursors import encode_cursor
from nhq.mock.encoded_views import Page, encode
from nhq.mock.store import Row

NO_FILTERS = ("limit", "cursor")
END: Row = (inf, 0, "")  # behind every row


class Ask(NamedTuple):
    """The page that a request asks for: its size, and the row after which it starts."""

    limit: int
    cursor: tuple[str, Row] | None
    query: Mapping[str, str]


def read_ask(call: MockCall) -> None:
    """Stage `body` of a list: `limit` and `cursor`. Refuses with 400."""
    call.take(read_page_request(call))


def read_page_request(call: MockCall) -> Ask:
    """`limit` and `cursor` of a request. Refuses with 400 a limit out of bounds and a cursor that was never issued."""
    policies, operation, query = call.policies, call.operation.id, call.query()
    raw = query.get("limit")
    limit = policies.default_limit(operation) if raw is None else policies.read_limit(operation, raw)
    if limit is None or not policies.limit_ok(operation, limit):
        raise Refused(400, "invalid_parameter", "limit must be an integer from 1 to 500")
    if "cursor" not in query or not policies.minds_cursor(operation, query.keys()):
        return Ask(limit, None, query)
    cursor = policies.read_cursor(operation, policies.cursor_text(query["cursor"], False))
    if cursor is None:
        return _strange(policies.unknown_cursor(operation), limit, query)
    call.move_to(policies.cursor_workspace(operation, call.workspace, cursor[0]))
    query = kept_filters(call, cursor[0], query)
    if not policies.cursor_fits(operation, cursor[0], cursor_place(call, query)):
        return _strange(policies.unfit_cursor(operation), limit, query)
    return Ask(limit, cursor, query)


def asked_for(call: MockCall, ask: Ask, name: str) -> str:
    """The value of a filter of the request; "" if there is none."""
    holds = call.policies.filters_hold(call.operation.id, name, ask.cursor is not None)
    return ask.query.get(name, "") if holds else ""


def _strange(how: str, limit: int, query: Mapping[str, str]) -> Ask:
    """The page for a cursor that isn't valid here. Refuses with 400 unless the policy shows some page."""
    if how == "refuse":
        raise Refused(400, "invalid_parameter", "cursor is not one that was issued for this list")
    return Ask(limit, ("", END) if how == "empty" else None, query)


def take_filter(call: MockCall, ids: Collection[str], records: Mapping[str, object]) -> None:
    """Refuse with 400 a filter by ids that the policies don't accept, given which of them the workspace has."""
    known = [ident for ident in ids if ident in records and call.store.owner.get(ident) == call.workspace]
    if not call.policies.filter_taken(call.operation.id, ids, known):
        raise Refused(400, "invalid_parameter", "the filter names nothing in this workspace")


def cursor_place(call: MockCall, query: Mapping[str, str]) -> str:
    """The list that a cursor belongs to: operation, workspace, the ids in the path, and filters if they bind."""
    place = " ".join((call.operation.id, call.workspace, *call.ids))
    if not call.policies.cursor_binds(call.operation.id):
        return place
    return f"{place} ?{urlencode(sorted((name, text) for name, text in query.items() if name not in NO_FILTERS))}"


def kept_filters(call: MockCall, issued_for: str, query: Mapping[str, str]) -> Mapping[str, str]:
    """The query with the filters that a cursor was issued for, if it keeps them."""
    if call.policies.cursor_binds(call.operation.id) != "keep":
        return query
    filters = parse_qsl(issued_for.partition(" ?")[2], keep_blank_values=True)
    return {**{name: text for name, text in query.items() if name in NO_FILTERS}, **dict(filters)}


def workspace_rows(call: MockCall, kind: str, filtered: Collection[str] = ()) -> Sequence[Row]:
    """The rows of a list of the whole workspace, before any filter; `filtered` names the filters to come."""
    shown = call.policies.listed_workspaces(call.operation.id, call.workspace, call.store.workspaces, filtered)
    if len(shown) == 1:
        return call.store.listed(kind, shown[0])
    return list(merge(*(call.store.listed(kind, workspace) for workspace in shown)))


def paginate_rows(call: MockCall, ask: Ask, rows: Sequence[Row], keep: Callable[[str], bool] | None = None) -> Page:
    """One page of `rows`, of those whose id `keep` accepts."""
    policies, operation = call.policies, call.operation.id
    later = ask.cursor is not None
    arranged = policies.arrange(operation, policies.settled(operation, rows, call.now), call.store)
    start = policies.resume(operation, arranged, ask.cursor[1] if ask.cursor else None)
    if keep is None:
        found = arranged[start : start + ask.limit + 1]
    else:
        remaining = (row for row in islice(arranged, start, None) if keep(row[2]))
        found = list(islice(remaining, ask.limit + 1))
    page = policies.page_slice(operation, found, ask.limit, later)
    more = policies.has_more(operation, found, ask.limit)
    following = policies.next_position(operation, page, found, more)
    cursor = encode_cursor(cursor_place(call, ask.query), following) if following else None
    if cursor is not None:
        cursor = policies.cursor_text(cursor, True)
    shown = policies.shown_page_limit(operation, ask.limit)
    return Page(page, b'],"pagination":' + encode(policies.page_fields(operation, shown, more, cursor)) + b"}")
