"""One reading of a page, for crawls and scenarios alike."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from nhq.checks.list_page import ListPage, list_page
from nhq.errors import Absent, Unread
from nhq.model import Exchange


def page_of(make: Callable[..., Exchange], body: Any) -> ListPage:
    return list_page(make(body=json.dumps(body).encode()))


@pytest.mark.parametrize("data", [["a", "b"], {"messages": ["a", "b"]}])
def test_rows_are_those_of_a_list_or_a_conversation(exchange, data: Any) -> None:
    """Whichever the operation lists."""
    page = page_of(exchange, {"data": data, "pagination": {"has_more": True, "next_cursor": "c", "limit": 2}})
    assert (page.rows, page.has_more, page.next_cursor, page.limit) == (["a", "b"], True, "c", 2)


@pytest.mark.parametrize(("more", "cursor", "leads_on"), [(True, "c", True), (True, None, False), (False, "c", False)])
def test_a_page_leads_on_by_its_word_and_a_cursor(exchange, more: bool, cursor: str | None, leads_on: bool) -> None:
    """One without the other leads nowhere."""
    assert page_of(exchange, {"pagination": {"has_more": more, "next_cursor": cursor}}).leads_on is leads_on


def test_what_a_page_lacks_is_named(exchange) -> None:
    """No JSON object, or one without what pages have."""
    with pytest.raises(Absent):
        _ = page_of(exchange, {"data": []}).has_more
    with pytest.raises(Unread):
        page_of(exchange, [])
