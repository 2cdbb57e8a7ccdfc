"""Pagination of the eight lists: all page sizes show one sequence, each item once, and say whether more follow.

Not convicted: short pages, cursors that last one request, items of one instant in any lasting order, and what others
insert or delete meanwhile.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from nhq.scenarios import (
    FEW,
    MOST,
    ORDERED_BY,
    Api,
    Claim,
    CrawlReading,
    Effect,
    Effort,
    Exchange,
    Few,
    Inventory,
    Judge,
    ListReference,
    PageCrawl,
    Session,
    account_of,
    compare_crawls,
    crawl_pages,
    fewer_page_sizes,
    import_into,
    lists_to_crawl,
    look_at,
    may_match,
    new_lead,
    new_list,
    page_sizes,
    plain_words,
    read_members,
    read_page,
    report_after_recheck,
    rows_of,
    steady_ids,
    time_of,
    unique_word,
)

GONE = "the thing whose list it is was answered 404; somebody may have deleted it"
APART = 1.5  # seconds: two moments that differ even where they are kept in whole seconds


@pytest.mark.scenario("pagination/one-sequence")
@pytest.mark.rule(
    "PAGE-TERMINATES",
    "PAGE-HAS-MORE-FALSE-AT-END",
    "PAGE-HAS-MORE-TRUE",
    "PAGE-LAST-NOT-EMPTY",
    "PAGE-CURSOR",
    "PAGE-CURSOR-NULL",
    "PAGE-NO-DUPLICATES",
    "PAGE-NO-GAPS",
    "PAGE-SAME-SEQUENCE",
)
@pytest.mark.derived
def test_one_sequence(
    operation: str, api: Api, world: Inventory, session: Session, judge: Judge, effort: Effort
) -> None:
    """Pages of 1, 7, 100, 500 and of exactly what there is show one sequence: no item twice, none left out; filtered
    lists, too."""
    walked, plan = lists_to_crawl(api, world, operation), effort.pick(fewer_page_sizes, page_sizes)
    if effort.no_repeats:
        walked = walked[-1:]
    else:
        walked += [ListReference(operation, query=query) for query, _ in _filters(world, operation)]

    def look() -> Iterator[Claim]:
        for venue in walked:
            yield from look_at(api, session, venue, plan)

    report_after_recheck(judge, look, session, f"no list of {operation} is longer than a page of one", operation)


# --- limit --------------------------------------------------------------------------------------------------


def asked(api: Api, venue: ListReference, **query: object) -> Exchange:
    """The first page of a list with other parameters."""
    return api.call(venue.operation, path=venue.path, query={**venue.query, **query})


def gone(api: Api, venue: ListReference, page: Exchange) -> bool:
    """May somebody have deleted the thing whose list this is?"""
    return page.status == 404 and bool(venue.path) and not api.target.undisturbed


@pytest.mark.scenario("pagination/limits-accepted")
@pytest.mark.elsewhere("test_queries")
@pytest.mark.rule("PAGE-LIMIT-ACCEPTED")
@pytest.mark.derived
def test_limits_accepted(operation: str, api: Api, world: Inventory, judge: Judge, rng: random.Random) -> None:
    """Every limit from 1 to 500 is accepted."""
    venue, (least, most, usual) = lists_to_crawl(api, world, operation)[0], api.operation(operation).limits
    between = rng.randrange(usual + 2, max(usual + 3, most - 1))
    tried = (1, 2, 7, usual - 1, usual, usual + 1, between, most - 1, most)
    for limit in dict.fromkeys(limit for limit in tried if least <= limit <= most):
        page = asked(api, venue, limit=limit)
        if gone(api, venue, page):
            judge.unknown("PAGE-LIMIT-ACCEPTED", GONE, operation)
            continue
        judge("PAGE-LIMIT-ACCEPTED", page.status == 200, page, expected="200", actual=str(page.status), where="limit")


@pytest.mark.scenario("pagination/default-limit")
@pytest.mark.rule("PAGE-DEFAULT-100")
@pytest.mark.derived
def test_default_limit(
    operation: str, api: Api, world: Inventory, session: Session, judge: Judge, effort: Effort
) -> None:
    """Without a limit a page holds at most 100 items, and 100 where there are more."""
    venue, usual = lists_to_crawl(api, world, operation)[0], api.operation(operation).limits[2]

    def look() -> Iterator[Claim]:
        page = asked(api, venue)
        full = read_page(page).has_more and len(rows_of(page)) == usual
        told = effort.no_repeats and (full or not read_page(page).has_more)  # the page itself says enough
        wide = page if told else asked(api, venue, limit=usual + 1)
        again = wide if session.target.undisturbed or wide is page else asked(api, venue, limit=usual + 1)
        sizes, count = [len(rows_of(one)) for one in (wide, again)], len(rows_of(page))
        if wide is not page and read_page(wide).has_more and sizes[0] <= usual >= count:
            yield from _like_100(asked(api, venue, limit=usual), page)
        elif full or max(*sizes, count) > usual or count < min(sizes) or read_page(page).limit == usual:
            least, most = (min(usual, size) for size in sorted(sizes))
            proof, ok = (wide, page), least <= count <= most
            yield Claim("PAGE-DEFAULT-100", ok, proof, f"{most} items", f"{count}", "/data")

    report_after_recheck(judge, look, session, f"no list of {operation} has more than 100 items", operation)


def _like_100(explicit: Exchange, page: Exchange) -> Iterator[Claim]:
    """On a target whose pages may be short although more follow: a page without a limit is as one of 100."""
    count = len(rows_of(page))
    if count == len(rows_of(explicit)):
        yield Claim("PAGE-DEFAULT-100", True, (explicit, page), f"{count} items, as with a limit of 100")


def bad_limits(api: Api, operation: str) -> tuple[str, ...]:
    """Page sizes that no list allows, the first above the most among them."""
    return ("0", "-1", str(api.operation(operation).limits[1] + 1), "1000000", "abc", "1.5")


@pytest.mark.scenario("pagination/bad-limit-refused")
@pytest.mark.elsewhere("test_queries")
@pytest.mark.rule("PAGE-LIMIT-400")
@pytest.mark.derived
def test_bad_limit_refused(operation: str, api: Api, world: Inventory, judge: Judge) -> None:
    """Where 400 is documented, a limit below 1, above 500 or that is no number is answered 400."""
    venue = lists_to_crawl(api, world, operation)[0]
    for limit in bad_limits(api, operation):
        page = asked(api, venue, limit=limit)
        if gone(api, venue, page):
            judge.unknown("PAGE-LIMIT-400", GONE, operation)
            continue
        judge("PAGE-LIMIT-400", page.status == 400, page, expected="400", actual=str(page.status), where="limit")


@pytest.mark.scenario("pagination/bad-limit-breaks-nothing")
@pytest.mark.elsewhere("test_queries")
@pytest.mark.rule("PAGE-LIMIT-SAFE")
@pytest.mark.derived
def test_bad_limit_breaks_nothing(operation: str, api: Api, world: Inventory, judge: Judge) -> None:
    """Where 400 is not documented, a bad limit is refused or clamped: no 5xx, no more than 500 items."""
    venue = lists_to_crawl(api, world, operation)[0]
    for limit in bad_limits(api, operation):
        page = asked(api, venue, limit=limit)
        count = len(rows_of(page)) if page.status == 200 else 0
        ok = safe(page) and count <= api.operation(operation).limits[1]
        actual = f"{page.status}, {count} items"
        judge("PAGE-LIMIT-SAFE", ok, page, expected="refused, or at most 500 items", actual=actual, where="limit")
        if limit == str(api.operation(operation).limits[1] + 1):
            judge.chose("bad-limit", "clamped or defaulted" if page.status == 200 else str(page.status))


def safe(page: Exchange) -> bool:
    """Refused as a bad request is, or answered."""
    return page.status == 200 or (
        page.status is not None and 400 <= page.status < 500 and page.status not in (401, 403)
    )


@pytest.mark.scenario("pagination/unknown-cursor-breaks-nothing")
@pytest.mark.rule("PAGE-CURSOR-SAFE")
@pytest.mark.derived
def test_unknown_cursor_breaks_nothing(
    operation: str, api: Api, world: Inventory, judge: Judge, few: Few, rng: random.Random, effort: Effort
) -> None:
    """A cursor nobody issued is refused, or shows the first page or nothing; never a 5xx."""
    venue = lists_to_crawl(api, world, operation)[0]
    real = None if effort.no_repeats else read_page(asked(api, venue, limit=1)).next_cursor
    for cursor in few(_unknown_cursors(real, rng)):
        page = asked(api, venue, limit=2, cursor=cursor)
        actual = str(page.status)
        judge("PAGE-CURSOR-SAFE", safe(page), page, expected="refused or answered", actual=actual, where="cursor")
        judge.chose("unknown-cursor", "answered" if page.status == 200 else actual)


def _unknown_cursors(real: str | None, rng: random.Random) -> list[str]:
    """Cursors that nobody issued: words, numbers, base64, and a real one cut short or with a letter swapped."""
    made = ["nhq", "0", "-1", "bnVsbA==", "eyJpZCI6MX0", "W10", "%00", "é" * 40, "A" * 600]
    if real and len(real) > 2:
        place = rng.randrange(len(real))
        made += [real[: len(real) // 2], real[:place] + ("A" if real[place] != "A" else "B") + real[place + 1 :]]
    return made


# --- ties, writes, filters ----------------------------------------------------------------------------------


@pytest.mark.scenario("pagination/ties")
@pytest.mark.rule("PAGE-TIES")
def test_ties(operation: str, api: Api, session: Session, judge: Judge, rng: random.Random, effort: Effort) -> None:
    """Items of one instant keep one order on every crawl, whatever the page size."""
    venue = _with_ties(api, operation, rng)

    def look() -> Iterator[Claim]:
        reference = crawl_pages(api, venue, MOST, 1)
        tied = _tied(reference)
        for limit, most in effort.pick(((2, 4),), ((1, 8), (2, 8), (7, 4))):
            read = crawl_pages(api, venue, limit, most)
            told = compare_crawls(CrawlReading(reference.ids, False), CrawlReading(read.ids, read.complete), tied)
            shown = tied & set(read.ids)
            if len(shown) > 1:
                proof, actual = (
                    (*reference.pages, *read.pages),
                    f"another order from item {told.astray}, pages of {limit}",
                )
                yield Claim("PAGE-TIES", told.astray is None, proof, "the same order of ties", actual)

    report_after_recheck(judge, look, session, "no two items of the same instant where the lists begin", operation)


def _with_ties(api: Api, operation: str, rng: random.Random) -> ListReference:
    """A list that begins with items made at one instant, as far as making them in one request does it."""
    if Effect.WRITE not in api.target.allow and operation != "list_members":
        return ListReference(operation)
    if operation == "list_lead_lists":
        api.ok("create_lead_lists", json={"lead_lists": [{"name": unique_word(rng)} for _ in range(5)]})
        return ListReference(operation)
    lead_list = new_list(api, rng)
    tied = [new_lead(rng) for _ in range(6)]
    api.ok("import_leads", path={"lead_list_id": lead_list}, json={"leads": tied})
    read_members(api, lead_list, least=len(tied))
    return (
        ListReference(operation, {"lead_list_id": lead_list})
        if operation == "list_members"
        else ListReference(operation)
    )


def _tied(reference: PageCrawl) -> set[str]:
    """Items that share their instant with another; all members of a list that was filled by one request."""
    operation = reference.venue.operation
    if operation not in ORDERED_BY:
        return set(reference.ids)
    moments = [time_of(operation, row) for row in reference.items]
    return {i for i, moment in zip(reference.ids, moments, strict=True) if moment and moments.count(moment) > 1}


@pytest.mark.scenario("pagination/writes-during-a-crawl")
@pytest.mark.rule("PAGE-UNDER-WRITES")
def test_writes_during_a_crawl(
    operation: str, api: Api, world: Inventory, session: Session, judge: Judge, rng: random.Random, effort: Effort
) -> None:
    """What existed before a crawl appears exactly once, whatever is created between its pages."""
    venue, write = _written(api, world, operation, rng)

    def look() -> Iterator[Claim]:
        before = crawl_pages(api, venue, MOST, 1)
        read = crawl_pages(api, venue, 3, effort.pick(2, 6), between=lambda _: write())
        steady = set(before.ids) if session.target.undisturbed else steady_ids(before, crawl_pages(api, venue, MOST, 1))
        told = compare_crawls(CrawlReading(before.ids, False), CrawlReading(read.ids, read.complete), steady)
        if len(read.rows) > 1:
            wrong = told.repeated + told.missing
            actual = f"{told.repeated} again, {told.missing} left out"
            yield Claim("PAGE-UNDER-WRITES", not wrong, read.pages, "each of them once", actual)

    report_after_recheck(judge, look, session, f"no list of {operation} is longer than a page of three", operation)


def _written(
    api: Api, world: Inventory, operation: str, rng: random.Random
) -> tuple[ListReference, Callable[[], object]]:
    """A list with more than a page of three, and how something is added to it."""
    if operation == "get_conversation":
        path = {"conversation_id": world.given("conversation")}
        return ListReference(operation, path), lambda: api.ok(
            "send_message", path=path, json={"content": unique_word(rng)}
        )
    if operation == "list_lead_lists":
        api.ok("create_lead_lists", json={"lead_lists": [{"name": unique_word(rng)} for _ in range(9)]})
        return ListReference(operation), lambda: new_list(api, rng)
    lead_list = new_list(api, rng)
    members = [new_lead(rng) for _ in range(12)]
    api.ok("import_leads", path={"lead_list_id": lead_list}, json={"leads": members})
    read_members(api, lead_list, least=len(members))
    venue = (
        ListReference(operation, {"lead_list_id": lead_list})
        if operation == "list_members"
        else ListReference(operation)
    )
    return venue, lambda: import_into(api, lead_list, new_lead(rng))


@pytest.mark.scenario("pagination/filters-kept")
@pytest.mark.rule("PAGE-FILTERS-KEPT")
def test_filters_kept(
    operation: str, api: Api, world: Inventory, session: Session, judge: Judge, few: Few, effort: Effort
) -> None:
    """Filters hold on every page of a crawl, not on the first alone."""
    chosen = few(_filters(world, operation))

    def look() -> Iterator[Claim]:
        for query, fits in chosen:
            read = crawl_pages(api, ListReference(operation, query=query), 2, effort.pick(2, 4))
            later = [row for page in read.rows[1:] for row in page]
            if later:
                wrong = sum(not fits(row) for row in later)
                actual = f"{wrong} of {len(later)} items after the first page do not fit"
                yield Claim("PAGE-FILTERS-KEPT", not wrong, read.pages, f"{', '.join(query)} on every page", actual)

    report_after_recheck(judge, look, session, f"no filter of {operation} leaves more than a page of two", operation)


Filter = tuple[dict[str, str], Callable[[Mapping[str, Any]], bool]]


def _filters(world: Inventory, operation: str) -> list[Filter]:
    """Filters of a list, each with what fits it; none where it has none."""
    kinds = {"list_leads": _lead_filters, "list_conversations": _conversation_filters}
    return kinds[operation](world) if operation in kinds else []


def _lead_filters(world: Inventory) -> list[Filter]:
    """The shortest list with more than a page of members, and the most common word of a job title."""

    def member(lead_list: str) -> Filter:
        return {"list_ids": lead_list}, lambda lead: lead_list in lead["lead_list_ids"]

    def found(word: str) -> Filter:
        return {"query": word}, lambda lead: may_match(lead, word)

    counts = {str(row["id"]): row.get("lead_count") or 0 for row in world.lists}
    lists = sorted((ident for ident in counts if counts[ident] in FEW[1:]), key=lambda ident: counts[ident])
    words = Counter(word for lead in world.leads for word in plain_words(lead.get("job_title")))
    return [*map(member, lists[:1]), *(found(word) for word, _ in words.most_common(1))]


def _conversation_filters(world: Inventory) -> list[Filter]:
    """Unread threads, and the sender with the most threads."""

    def sent_by(account: str) -> Filter:
        return {"linkedin_account_id": account}, lambda row: account_of(row) == account

    senders = Counter(account_of(row) for row in world.conversations)
    unread: Filter = ({"unread_only": "true"}, lambda row: row["is_unread"] is True)
    return [unread, *(sent_by(str(account)) for account, _ in senders.most_common(1))]


@pytest.mark.scenario("pagination/newest-membership-first")
@pytest.mark.rule("ORDER-MEMBERSHIP")
def test_newest_membership_first(api: Api, session: Session, judge: Judge, rng: random.Random) -> None:
    """Members stand by when they joined the list, not by when they came to be: who joined last stands first."""
    elder, younger, youngest = new_lead(rng), new_lead(rng), new_lead(rng)
    import_into(api, new_list(api, rng), elder)
    lead_list = new_list(api, rng)
    joined: list[str] = []
    for lead in (younger, elder, youngest):
        session.clock.sleep(APART)
        joined.append(import_into(api, lead_list, lead))
    inside = read_members(api, lead_list, least=len(joined))
    page, shown = inside.last, inside.ids
    places = [shown.index(ident) + 1 if ident in shown else 0 for ident in reversed(joined)]
    actual = f"they stand at {places}"
    judge("ORDER-MEMBERSHIP", places == [1, 2, 3], page, expected="the last to join stands first", actual=actual)
