"""A crawl to judge: a failed page, a missing cursor and pages without new rows are results, not errors."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nhq.checks.list_page import ListPage, list_page
from nhq.client.api import Api
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange, Identity

_STALLED_MOST = 2


class End(StrEnum):
    """How a crawl ended."""

    LAST = "has_more was false"
    CUT = "as many pages as wanted"
    REFUSED = "its own cursor was refused"
    NO_CURSOR = "has_more was true without a next_cursor"
    CIRCLE = "page after page brought nothing new"


@dataclass(frozen=True, slots=True)
class ListReference:
    """One list that can be crawled: an operation with its ids and filters."""

    operation: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageCrawl:
    """The pages of a list at one page size, in order; the last one is the refused answer if `end` says so."""

    venue: ListReference
    limit: int
    pages: tuple[Exchange, ...]
    rows: tuple[tuple[Mapping[str, Any], ...], ...]
    end: End

    @property
    def items(self) -> list[Mapping[str, Any]]:
        """All rows in order."""
        return [row for page in self.rows for row in page]

    @property
    def ids(self) -> list[str]:
        """The rows' ids in order."""
        return [str(row.get("id")) for row in self.items]

    @property
    def complete(self) -> bool:
        """The server said that nothing follows."""
        return self.end is End.LAST


def crawl_pages(
    api: Api,
    venue: ListReference,
    limit: int,
    most: int,
    *,
    between: Callable[[int], object] | None = None,
    key: Any = "",
) -> PageCrawl:
    """Follow next_cursor for at most `most` pages. `between` is called with the number of pages read, before each next.

    Raises PreconditionNotMet when the first answer is no 200, or a page can't be read.
    """
    pages: list[Exchange] = []
    found: list[tuple[Mapping[str, Any], ...]] = []
    for page in _pages(api, venue, limit, key or api.key(venue.operation, need=most)):
        pages.append(page)
        if page.status != 200:
            return PageCrawl(venue, limit, tuple(pages), tuple(found), End.REFUSED)
        found.append(rows_of(page))
        end = _end(page, found) or (End.CUT if len(pages) >= most else None)
        if end is not None:
            break
        if between is not None:
            between(len(pages))
    return PageCrawl(venue, limit, tuple(pages), tuple(found), end or End.CUT)


def _pages(api: Api, venue: ListReference, limit: int, key: Identity) -> Iterator[Exchange]:
    cursor: dict[str, str] = {}
    _, most, usual = api.operation(venue.operation).limits
    while True:
        # The default is not sent: so the default is tested on later pages, and that a cursor alone is enough.
        asked = min(limit, most)
        query = {**venue.query, **({} if asked == usual else {"limit": asked}), **cursor}
        page = api.call(venue.operation, path=venue.path, query=query, key=key)
        if page.status != 200 and not cursor:
            raise PreconditionNotMet(f"{venue.operation} answered {page.status} to its first page")
        yield page
        cursor = {"cursor": str(read_page(page).next_cursor)}


def _end(page: Exchange, found: list[tuple[Mapping[str, Any], ...]]) -> End | None:
    told = read_page(page)
    if not told.has_more:
        return End.LAST
    if not told.next_cursor:
        return End.NO_CURSOR
    return End.CIRCLE if count_stalled_pages(found) >= _STALLED_MOST else None


def count_stalled_pages(found: list[tuple[Mapping[str, Any], ...]]) -> int:
    """The number of last pages without a new row."""
    count = 0
    for number in range(len(found) - 1, 0, -1):
        before = {str(row.get("id")) for page in found[:number] for row in page}
        if any(str(row.get("id")) not in before for row in found[number]):
            break
        count += 1
    return count


def read_page(answer: Exchange) -> ListPage:
    """The pagination of a page. Raises PreconditionNotMet if it can't be followed."""
    try:
        page = list_page(answer)
        _ = page.has_more, page.next_cursor
        return page
    except (ValueError, LookupError, TypeError):
        raise PreconditionNotMet(f"{answer.operation} answered a page without pagination") from None


def rows_of(page: Exchange) -> tuple[Mapping[str, Any], ...]:
    """The rows of a page (a conversation's messages). Raises PreconditionNotMet if there is no such array."""
    try:
        return tuple(row for row in list_page(page).rows if isinstance(row, dict))
    except (ValueError, LookupError, TypeError):
        raise PreconditionNotMet(f"{page.operation} answered a page without rows") from None
