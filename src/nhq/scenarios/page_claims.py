"""Crawls the eight lists in several page sizes and compares the crawls."""

from collections.abc import Callable, Iterator

from nhq.checks.crawls import Compared, CrawlReading, compare_crawls
from nhq.checks.pagination import DEFAULT, MOST, ORDERED_BY, time_of
from nhq.client.api import Api
from nhq.client.session import Session
from nhq.errors import PreconditionNotMet
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.page_crawl import End, ListReference, PageCrawl, crawl_pages, read_page, rows_of
from nhq.scenarios.payloads import real_path
from nhq.scenarios.recheck import Claim

FEW = range(2, 61)  # items that are cheap to crawl one by one
REFERENCE_PAGES = 4
SHOWN_PAGES = 4


# --- which lists are walked ---------------------------------------------------------------------------------


def lists_to_crawl(api: Api, world: Inventory, operation: str) -> list[ListReference]:
    """The longest list of an operation, and a short one if there is another.

    On a target that can't be put back they are searched for once per run.
    """
    if api.target.restorable:
        return _venues(api, world, operation)
    if operation not in world.venues:
        world.venues[operation] = _venues(api, world, operation)
    return list(world.venues[operation])


def _venues(api: Api, world: Inventory, operation: str) -> list[ListReference]:
    if operation == "list_campaign_leads":
        enrolled = [row for row in world.campaigns if row["status"] != "draft"]
        return _two(operation, "campaign_id", {str(row["id"]): int(row["totalLeads"]) for row in enrolled})
    if operation == "list_members":
        return _two(operation, "lead_list_id", {str(row["id"]): row.get("lead_count") or 0 for row in world.lists})
    if operation == "get_conversation":
        return _two(operation, "conversation_id", _message_counts(api, world))
    if operation == "list_leads":
        lists = {str(row["id"]): row.get("lead_count") or 0 for row in world.lists}
        few = [ListReference(operation, query={"list_ids": ident}) for ident in _few(lists)]
        return [ListReference(operation), *few[:1]]
    return [ListReference(operation, real_path(world, api.operation(operation).path))]


def _two(operation: str, parameter: str, sizes: dict[str, int]) -> list[ListReference]:
    if not any(sizes.values()):
        raise PreconditionNotMet(f"no items in any list of {operation}")
    most = max(sizes, key=lambda ident: sizes[ident])
    chosen = dict.fromkeys([most, *_few(sizes)[:1]])
    return [ListReference(operation, {parameter: ident}) for ident in chosen]


def _few(sizes: dict[str, int]) -> list[str]:
    """Ids of short lists, those with about twenty items first."""
    return sorted((ident for ident in sizes if sizes[ident] in FEW), key=lambda ident: abs(sizes[ident] - 20))


def _message_counts(api: Api, world: Inventory) -> dict[str, int]:
    """Numbers of messages of some conversations, as far as one page shows; a named long one comes first."""
    named = api.target.given.get("conversation_long")
    idents = dict.fromkeys([*([named] if named else []), *(str(row["id"]) for row in world.conversations[:8])])
    counts: dict[str, int] = {}
    for ident in idents:
        page = api.ok(
            "get_conversation",
            path={"conversation_id": ident},
            query={"limit": api.operation("get_conversation").limits[1]},
        )
        counts[ident] = len(rows_of(page)) + (1 if read_page(page).has_more else 0)
        if max(counts.values()) > DEFAULT and _few(counts):
            break
    return counts


def page_sizes(reference: PageCrawl) -> list[tuple[int, int]]:
    """Page sizes to crawl with, and the most pages for each: small ones over the beginning, or a whole short list."""
    count = len(set(reference.ids))
    if count < 2:
        return []
    if count in FEW:
        plan = [(1, 10), (7, 10), (count, 3), (count - 1, 3)]
    else:
        plan = [(1, 4), (7, 6), (DEFAULT, 14)]
        edges = [count // parts for parts in range(1, 7) if count % parts == 0 and count // parts <= MOST]
        plan += [(edge, 8) for edge in edges[:1] if reference.complete]
    return [(limit, most) for limit, most in dict(plan).items() if limit > 0]


# --- what a walk shows --------------------------------------------------------------------------------------


def crawl_claims(reference: PageCrawl, read: PageCrawl, steady: set[str] | None) -> Iterator[Claim]:
    """Claims of one crawl, compared with the crawl with the largest pages."""
    proof = (*reference.pages[:SHOWN_PAGES], *read.pages[-SHOWN_PAGES:])
    size = f"in pages of {read.limit}"
    yield from _ending(read)
    told = compare_crawls(
        CrawlReading(reference.ids, reference.complete), CrawlReading(read.ids, read.complete), steady
    )
    if len(read.rows) < 2 and told == Compared():
        return
    yield Claim("PAGE-NO-DUPLICATES", not told.repeated, proof, "each item once", f"{told.repeated} again {size}")
    gaps = told.missing + told.extra
    yield Claim(
        "PAGE-NO-GAPS", not gaps, proof, "no item left out", f"{told.missing} left out {size}, {told.extra} of 500"
    )
    short = told.cut + told.beyond
    yield Claim(
        "PAGE-HAS-MORE-TRUE", not short, proof, "has_more while more follow", f"{short} items never came {size}"
    )
    same = told.astray is None
    yield Claim(
        "PAGE-SAME-SEQUENCE", same, proof, "one order for all page sizes", f"other from item {told.astray} {size}"
    )


def _ending(read: PageCrawl) -> Iterator[Claim]:
    """Claims about the end of a crawl, and about the cursors of its pages."""
    proof, several = read.pages[-SHOWN_PAGES:], len(read.pages) > 1
    actual = read.end.value
    if read.end is not End.CUT and read.end is not End.REFUSED:
        yield Claim("PAGE-TERMINATES", read.end is not End.CIRCLE, proof, "a crawl that ends", actual)
    if several or read.end is End.NO_CURSOR:
        yield Claim("PAGE-CURSOR", read.end in (End.LAST, End.CUT), proof, "each cursor fetches the next page", actual)
        ok = read.end not in (End.NO_CURSOR, End.CIRCLE)
        yield Claim(
            "PAGE-HAS-MORE-FALSE-AT-END", ok, proof, "has_more false on the last page", actual, "/pagination/has_more"
        )
    if read.complete and several:
        yield Claim("PAGE-LAST-NOT-EMPTY", bool(read.rows[-1]), proof, "items on the last page", "an empty last page")
    told = [read_page(page) for page in read.pages if page.status == 200]
    wrong = sum((one.next_cursor is None) != (not one.has_more) for one in told)
    where = "/pagination/next_cursor"
    yield Claim(
        "PAGE-CURSOR-NULL", not wrong, proof, "null exactly on the last page", f"not so on {wrong} pages", where
    )


def steady_ids(before: PageCrawl, after: PageCrawl) -> set[str]:
    """Items that are in both readings with the same time: nobody changed them in between."""
    first, second = _timed(before), _timed(after)
    return {ident for ident, moment in first.items() if ident in second and second[ident] == moment}


def _timed(read: PageCrawl) -> dict[str, object]:
    operation = read.venue.operation
    timed = operation in ORDERED_BY
    return {str(row.get("id")): time_of(operation, row) if timed else None for row in read.items}


def fewer_page_sizes(reference: PageCrawl) -> list[tuple[int, int]]:
    """Page sizes and the most pages for each: the whole list in two pages if possible, else its beginning.

    A third page comes only where the second says that more follows. One page is exactly full: the second, or, of an odd
    number, all there is.
    """
    count = len(set(reference.ids))
    if count < 2:
        return []
    if count > 2 * MOST:
        return [(DEFAULT, 2)]
    halves = (-(-count // 2), 3)
    return [halves, (count, 2)] if count % 2 and count <= MOST and reference.complete else [halves]


def look_at(
    api: Api, session: Session, venue: ListReference, plan: Callable[[PageCrawl], list[tuple[int, int]]] = page_sizes
) -> Iterator[Claim]:
    """Crawl one list in all page sizes. Items that others changed meanwhile are not judged."""
    before = crawl_pages(api, venue, MOST, REFERENCE_PAGES)
    reads = [before, *(crawl_pages(api, venue, limit, most) for limit, most in plan(before))]
    found = [claim for read in reads for claim in crawl_claims(before, read, None)]
    if not session.target.undisturbed and not all(claim.ok for claim in found):
        steady = steady_ids(before, crawl_pages(api, venue, MOST, REFERENCE_PAGES))
        found = [claim for read in reads for claim in crawl_claims(before, read, steady)]
    yield from found
