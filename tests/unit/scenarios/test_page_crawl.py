"""Walking a list to its end, whatever it does on the way."""

import json
from collections.abc import Sequence
from typing import Any, cast

import pytest
from known_contract import CONTRACT

from nhq.client.api import Api
from nhq.contract import Operation
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange, Identity
from nhq.scenarios.page_crawl import End, ListReference, PageCrawl, crawl_pages

KEY = Identity("full", "alpha", frozenset(), "secret")


class Pages:
    """An api that answers with the pages it was given, the last one again and again, and keeps what it was asked."""

    def __init__(self, answers: Sequence[tuple[int, Any]]) -> None:
        self.answers, self.queries = answers, list[dict[str, Any]]()

    def key(self, operation: str, need: int = 1) -> Identity:
        return KEY

    def operation(self, operation: str) -> Operation:
        return CONTRACT.operations[operation]

    def call(self, operation: str, **parts: Any) -> Exchange:
        status, body = self.answers[min(len(self.queries), len(self.answers) - 1)]
        self.queries.append(parts["query"])
        raw = json.dumps(body).encode()
        return Exchange(len(self.queries), operation, "GET", "/", {}, b"", KEY, status, {}, raw, 0.0, 0.0)


def page(ids: str, cursor: str | None, more: bool | None = None) -> tuple[int, Any]:
    told = {"limit": 2, "has_more": cursor is not None if more is None else more, "next_cursor": cursor}
    return 200, {"data": [{"id": ident} for ident in ids], "pagination": told}


def walked(pages: Pages, most: int = 9, **options: Any) -> PageCrawl:
    return crawl_pages(cast(Api, pages), ListReference("list_leads", query={"query": "x"}), 2, most, **options)


def test_to_the_last_page():
    """Cursors are followed with limit and filters until has_more is false."""
    pages = Pages([page("ab", "1"), page("cd", "2"), page("e", None)])
    read = walked(pages)
    assert (read.ids, read.end, read.complete) == (list("abcde"), End.LAST, True)
    assert pages.queries == [{"query": "x", "limit": 2} | ({"cursor": c} if c else {}) for c in ("", "1", "2")]


def test_the_default_is_not_said():
    """In pages of the default size no limit is sent, on later pages neither: a cursor is enough."""
    pages = Pages([page("ab", "1"), page("cd", None)])
    crawl_pages(cast(Api, pages), ListReference("list_leads"), 100, 9)
    assert pages.queries == [{}, {"cursor": "1"}]


def test_cut_short():
    """No more pages are read than wanted."""
    pages = Pages([page("ab", "1"), page("cd", "2"), page("e", None)])
    assert (walked(pages, 2).end, len(pages.queries)) == (End.CUT, 2)


@pytest.mark.parametrize("again", [page("ab", "1"), page("", "1"), page("ba", "2")])
def test_a_circle_does_not_hang(again):
    """Page after page with nothing new is a circle, not a hang."""
    assert walked(Pages([page("ab", "1"), again]), 1000).end is End.CIRCLE


def test_one_page_without_news_is_no_circle():
    """A page that brings nothing new may be followed by one that does."""
    assert walked(Pages([page("ab", "1"), page("", "2"), page("c", None)])).end is End.LAST


@pytest.mark.parametrize("cursor", [None, ""])
def test_more_without_a_cursor(cursor):
    """has_more without a cursor is an end of its own."""
    assert walked(Pages([page("ab", cursor, more=True)])).end is End.NO_CURSOR


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_cursor_refused(status):
    """A later page that is no 200 is a result, and its answer the last page."""
    read = walked(Pages([page("ab", "1"), (status, {})]))
    assert (read.end, read.pages[-1].status, read.ids) == (End.REFUSED, status, ["a", "b"])


@pytest.mark.parametrize(
    "first", [(404, {}), (200, {}), (200, []), (200, {"data": []}), (200, {"data": 3, "pagination": {}})]
)
def test_nothing_to_walk(first):
    """A first page that cannot be read is no matter of pagination."""
    with pytest.raises(PreconditionNotMet):
        walked(Pages([first]))


def test_between_pages():
    """Between two pages the caller may do something; not after the last."""
    counts: list[int] = []
    walked(Pages([page("ab", "1"), page("cd", "2"), page("e", None)]), between=counts.append)
    assert counts == [1, 2]


def test_messages_are_rows():
    """The rows of a conversation are its messages."""
    body = {
        "data": {"id": "c", "messages": [{"id": "m"}]},
        "pagination": {"limit": 2, "has_more": False, "next_cursor": None},
    }
    assert walked(Pages([(200, body)])).ids == ["m"]
