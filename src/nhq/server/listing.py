"""The eight lists: read `limit` and `cursor`, walk the rows, and join the page from encoded records."""

from collections.abc import Callable, Collection, Mapping, Sequence
from heapq import merge
from itertools import islice
from typing import NamedTuple

from nhq.server.call import Call, Refused
from nhq.server.cursors import encode_cursor
from nhq.server.store import Row
from nhq.server.views import Page, encode


class Ask(NamedTuple):
    """What the caller asks of a list: page size, and the row after which the page starts."""

    limit: int
    cursor: tuple[str, Row] | None
    query: Mapping[str, str]


def read_ask(call: Call) -> None:
    """Stage `body` of a list: `limit` and `cursor`. Refuses with 400."""
    call.args = ask(call)


def ask(call: Call) -> Ask:
    """`limit` and `cursor` of a request. Refuses with 400 what is out of bounds or was never issued."""
    policies, operation, query = call.policies, call.operation.id, call.query()
    raw = query.get("limit")
    limit = policies.default_limit(operation) if raw is None else policies.read_limit(operation, raw)
    if limit is None or not policies.limit_ok(operation, limit):
        raise Refused(400, "invalid_parameter", "limit must be an integer from 1 to 500")
    if "cursor" not in query or not policies.minds_cursor(operation, query.keys()):
        return Ask(limit, None, query)
    cursor = policies.read_cursor(operation, query["cursor"])
    if cursor is not None:
        call.workspace = policies.cursor_workspace(operation, call.workspace, cursor[0])
    if cursor is None or not policies.cursor_fits(operation, cursor[0], place_of(call)):
        raise Refused(400, "invalid_parameter", "cursor is not one that was issued for this list")
    return Ask(limit, cursor, query)


def asked_for(call: Call, ask: Ask, name: str) -> str:
    """The value of a filter of the request; "" where there is none."""
    holds = call.policies.filters_hold(call.operation.id, name, ask.cursor is not None)
    return ask.query.get(name, "") if holds else ""


def place_of(call: Call) -> str:
    """The list that a cursor belongs to: operation, workspace and the ids in the path."""
    return " ".join((call.operation.id, call.workspace, *call.ids))


def workspace_rows(call: Call, kind: str, filtered: Collection[str] = ()) -> Sequence[Row]:
    """The rows of a list of the whole workspace, before any filter; `filtered` names those that come."""
    shown = call.policies.listed_workspaces(call.operation.id, call.workspace, call.store.workspaces, filtered)
    if len(shown) == 1:
        return call.store.listed(kind, shown[0])
    return list(merge(*(call.store.listed(kind, workspace) for workspace in shown)))


def paginate(call: Call, ask: Ask, rows: Sequence[Row], keep: Callable[[str], bool] | None = None) -> Page:
    """One page of `rows`, of those whose id `keep` accepts."""
    policies, operation = call.policies, call.operation.id
    later = ask.cursor is not None
    arranged = policies.arrange(operation, rows, call.store)
    start = policies.resume(operation, arranged, ask.cursor[1] if ask.cursor else None)
    if keep is None:
        found = arranged[start : start + ask.limit + 1]
    else:
        remaining = (row for row in islice(arranged, start, None) if keep(row[2]))
        found = list(islice(remaining, ask.limit + 1))
    page = policies.page_slice(operation, found, ask.limit, later)
    more = policies.has_more(operation, found, ask.limit)
    following = policies.next_position(operation, page, found, more)
    cursor = encode_cursor(place_of(call), following) if following else None
    shown = policies.shown_page_limit(operation, ask.limit)
    return Page(page, b'],"pagination":' + encode(policies.page_fields(operation, shown, more, cursor)) + b"}")
