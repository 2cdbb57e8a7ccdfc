"""What walks of one list show when they are held against each other."""

import json

import pytest

from nhq.model import Exchange
from nhq.scenarios.page_claims import crawl_claims, fewer_page_sizes, page_sizes, steady_ids
from nhq.scenarios.page_crawl import End, ListReference, PageCrawl

VENUE = ListReference("list_leads")


def walked(pages: str, end: End = End.LAST, limit: int = 2, moment: int = 1) -> PageCrawl:
    """A walk from words of one letter an item, one word a page."""
    words = pages.split(" ")
    rows = tuple(tuple({"id": ident, "created_at": f"2026-01-0{moment}T00:00:00Z"} for ident in word) for word in words)
    more = [*[True] * (len(words) - 1), end is not End.LAST]
    answers = tuple(_page(number, has_more) for number, has_more in enumerate(more))
    return PageCrawl(VENUE, limit, answers, rows, end)


def _page(number: int, more: bool) -> Exchange:
    body = json.dumps({"data": [], "pagination": {"limit": 2, "has_more": more, "next_cursor": "c" if more else None}})
    return Exchange(number, "list_leads", "GET", "/leads", {}, b"", None, 200, {}, body.encode(), 0.0, 0.0)


def broken(reference: PageCrawl, read: PageCrawl, steady: set[str] | None = None) -> set[str]:
    return {claim.rule for claim in crawl_claims(reference, read, steady) if not claim.ok}


def kept(reference: PageCrawl, read: PageCrawl) -> set[str]:
    return {claim.rule for claim in crawl_claims(reference, read, None) if claim.ok}


def test_a_true_list():
    """Whatever the page size, a true list breaks nothing, and several pages exercise every rule."""
    reference = walked("abcde", limit=500)
    read = walked("ab cd e")
    assert not broken(reference, read)
    assert kept(reference, read) >= {
        "PAGE-TERMINATES",
        "PAGE-HAS-MORE-FALSE-AT-END",
        "PAGE-HAS-MORE-TRUE",
        "PAGE-NO-GAPS",
        "PAGE-NO-DUPLICATES",
    }


@pytest.mark.parametrize("count", [*range(2, 12), 500, 501, 1000])
def test_the_fewest_pages_show_one_that_is_exactly_full(count):
    """A list whose last page is full must say there that it ends: of an even number it is the second half."""
    ids = tuple({"id": str(number)} for number in range(count))
    reference = PageCrawl(VENUE, 500, (), (ids,), End.LAST)
    plan = fewer_page_sizes(reference)
    pages = sum(-(-count // limit) for limit, _ in plan)
    assert pages <= 3
    assert any(count % limit == 0 and most > count // limit for limit, most in plan) or count == 501


def test_one_page_shows_little():
    """A list of one page shows neither gaps nor sequence: silence, not success."""
    assert "PAGE-NO-GAPS" not in kept(walked("abcde"), walked("abcde"))


@pytest.mark.parametrize(
    ("pages", "rule"),
    [
        ("ab de f", "PAGE-NO-GAPS"),
        ("ab bc de f", "PAGE-NO-DUPLICATES"),
        ("ab cd", "PAGE-HAS-MORE-TRUE"),
        ("ab", "PAGE-HAS-MORE-TRUE"),
        ("ab dc ef", "PAGE-SAME-SEQUENCE"),
        ("ab cd ef ", "PAGE-LAST-NOT-EMPTY"),
    ],
)
def test_each_fault(pages, rule):
    """Each way to page wrongly breaks its own rule and no other."""
    assert broken(walked("abcdef", limit=500), walked(pages)) == {rule}


def test_the_largest_pages_may_be_the_faulty_ones():
    """What the reference leaves out, and small pages show, is a gap too; its early end is no end."""
    assert broken(walked("abdef", limit=500), walked("ab cd ef")) == {"PAGE-NO-GAPS"}
    assert broken(walked("abc", limit=500), walked("ab cd ef")) == {"PAGE-HAS-MORE-TRUE"}


@pytest.mark.parametrize(
    ("end", "rules"),
    [
        (End.CIRCLE, {"PAGE-TERMINATES", "PAGE-HAS-MORE-FALSE-AT-END", "PAGE-CURSOR"}),
        (End.NO_CURSOR, {"PAGE-HAS-MORE-FALSE-AT-END", "PAGE-CURSOR", "PAGE-CURSOR-NULL"}),
        (End.REFUSED, {"PAGE-CURSOR"}),
        (End.CUT, set()),
    ],
)
def test_each_end(end, rules):
    """A circle, a missing cursor and a refused one break what they are; as many pages as wanted break nothing."""
    read = walked("ab cd", end)
    if end is End.NO_CURSOR:
        last = Exchange(1, "list_leads", "GET", "/", {}, b"", None, 200, {}, _null_cursor(), 0.0, 0.0)
        read = PageCrawl(VENUE, 2, (*read.pages[:-1], last), read.rows, end)
    assert broken(walked("abcd", limit=500), read) == rules


def _null_cursor() -> bytes:
    return json.dumps({"pagination": {"has_more": True, "next_cursor": None}}).encode()


def test_what_others_touched_accuses_nobody():
    """Items that came, went or moved between two readings are left out."""
    before, after = walked("abcdef"), walked("xabcdf")
    assert steady_ids(before, after) == set("abcdf")
    assert not broken(before, walked("xa bc df"), steady_ids(before, after))
    moved = walked("abcdef", moment=2)
    assert steady_ids(before, moved) == set()


@pytest.mark.parametrize("count", [0, 1, 2, 20, 60, 61, 101, 500, 620, 1300])
def test_page_sizes_are_affordable(count):
    """Small lists are walked whole in small pages, large ones in part; never over 40 requests a list."""
    reference = PageCrawl(VENUE, 500, (), (tuple({"id": str(number)} for number in range(count)),), End.LAST)
    plan = page_sizes(reference)
    assert all(1 <= limit <= 500 for limit, _ in plan)
    assert sum(min(most, -(-count // limit)) for limit, most in plan) <= 40
    assert bool(plan) is (count > 1)
