"""What is listed is found: an id that one of the target's lists holds is known to every operation that takes it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from nhq.checks.context import decode_json, judges
from nhq.contract import Contract
from nhq.model import Exchange, Finding, Observation, holds, unknown, violated

RULE = "WS-LISTED-FOUND"
# Which lists show the things that a path parameter names.
LISTED_BY: Mapping[str, tuple[str, ...]] = {
    "campaign_id": ("list_campaigns",),
    "lead_list_id": ("list_lead_lists",),
    "lead_id": ("list_leads", "list_members"),
    "conversation_id": ("list_conversations",),
}


@judges("WS-LISTED-FOUND")
def listed_is_found(
    exchanges: Sequence[Exchange], before: Sequence[Exchange], contract: Contract, undisturbed: bool = False
) -> Iterator[Observation]:
    """«Returns 404 when the … does not exist in the workspace»: not for what a list of that workspace has shown.

    `exchanges` are one test's, oldest first; `before` are those that read what the target holds, which still exists.
    If others may delete things (not `undisturbed`), a 404 counts only if a list shows the thing again afterwards.
    """
    for answer in exchanges:
        row = contract.operations.get(answer.operation or "")
        if row is None or not row.path_parameters or answer.identity is None:
            continue
        if answer.ok:
            yield holds(RULE, row.id, answer.id)
        elif answer.status == 404:
            yield from _missed(answer, [*before, *exchanges], contract, undisturbed)


def _missed(answer: Exchange, log: Sequence[Exchange], contract: Contract, undisturbed: bool) -> Iterator[Observation]:
    """The observation of a 404: none, unless each id in its path was listed before, in the key's own workspace."""
    match = contract.match(answer.method, answer.path)
    asked = match[1] if match else {}
    proof = [_showing(name, ident, answer, log) for name, ident in asked.items()]
    shown = [exchange.id for exchange in proof if exchange is not None]
    if len(shown) < len(asked):
        return
    if not undisturbed and any(_showing(name, ident, answer, log, after=True) is None for name, ident in asked.items()):
        yield unknown(
            RULE, answer.operation, "a thing that a list had shown was answered 404; it may have been deleted"
        )
        return
    expected, where = "what a list of the workspace shows is found", "status"
    yield violated(Finding(RULE, answer.operation, expected, "404", where, (*shown, answer.id)))


def _showing(name: str, ident: str, answer: Exchange, log: Iterable[Exchange], after: bool = False) -> Exchange | None:
    """An earlier page that holds the id; or one that came `after`."""
    return next((page for page in log if page_lists_id(page, LISTED_BY.get(name, ()), ident, answer, after)), None)


def page_lists_id(page: Exchange, lists: Sequence[str], ident: str, answer: Exchange, after: bool = False) -> bool:
    """Is this a page of one of these lists, in the same workspace, that held the id before the answer came?

    With `after`: after it came.
    """
    beside = page.id > answer.id if after else page.id < answer.id
    earlier = page.ok and page.operation in lists and beside
    own = None not in (page.identity, answer.identity) and _workspace(page) == _workspace(answer)
    return earlier and own and ident.encode() in page.body and ident in _ids(decode_json(page.body))


def _workspace(exchange: Exchange) -> str:
    return exchange.identity.workspace if exchange.identity else ""


def ids_of(page: Exchange) -> list[str]:
    """The ids of a page's rows, in their order."""
    return list(_ids(decode_json(page.body)))


def _ids(page: Any) -> dict[str, None]:
    """The ids of a page's rows, as keys."""
    rows = page.get("data") if isinstance(page, dict) else None
    return {str(row.get("id")): None for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {}
