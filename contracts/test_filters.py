"""Filters: list_ids, unread_only and linkedin_account_id show what fits, all of it and nothing else.

Not convicted: what changes between two looks, a refused filter by an unknown id, and lists taken together or apart.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from nhq.scenarios import (
    Api,
    Claim,
    Effort,
    Few,
    Inventory,
    Judge,
    ListReference,
    PageCrawl,
    PreconditionNotMet,
    Session,
    absent_id,
    account_of,
    crawl_pages,
    first_row,
    report_after_recheck,
    rows_of,
)

PAGES = 4
SENDERS = 5  # whose conversations are asked for
ENOUGH = range(1, 1001)  # members that can be read to the end


def found(api: Api, lists: str) -> PageCrawl:
    """The leads that list_ids shows, up to 2,000."""
    return crawl_pages(api, ListReference("list_leads", query={"list_ids": lists}), 500, PAGES)


# --- list_ids -----------------------------------------------------------------------------------------------


def peopled(world: Inventory) -> list[str]:
    """Ids of lists with members that can be read to the end, the longest last.

    Raises PreconditionNotMet when there is none.
    """
    lists = [row for row in world.lists if (row.get("lead_count") or 0) in ENOUGH]
    first_row(lists, "lead list with members")
    return [str(row["id"]) for row in sorted(lists, key=lambda row: int(row["lead_count"]))]


def taken(api: Api, asked: list[str], known: list[str]) -> list[str]:
    """The lists to ask for: without one that does not exist where that is refused."""
    refused = set(asked) - set(known) and api.call("list_leads", query={"list_ids": ",".join(asked)}).status != 200
    return [ident for ident in asked if ident in known] if refused else asked


def outside(row: Mapping[str, Any], lists: list[str]) -> bool:
    """Is a lead in none of the lists?"""
    return not set(lists) & set(row.get("lead_list_ids") or ())


@pytest.mark.scenario("filters/only-members")
@pytest.mark.rule("SEARCH-LIST-IDS-ONLY")
def test_only_members(
    api: Api, world: Inventory, session: Session, judge: Judge, few: Few, rng: random.Random, effort: Effort
) -> None:
    """list_ids with one list, with two, with one of nobody, and with one that does not exist beside it, which may be
    refused, shows members only."""
    lists = peopled(world)
    small, large = lists[0], lists[-1]
    nobodys = [[str(row["id"])] for row in world.lists if row.get("lead_count") == 0][:1]
    every = [[small], [large], [large, absent_id(lists, rng)], *([[small, large]] if small != large else [])]
    queries = [*few(every), *([] if effort.one_variant else nobodys)]

    def look() -> Iterator[Claim]:
        for query in queries:
            asked = taken(api, query, lists)
            read = found(api, ",".join(asked))
            wrong = sum(outside(row, asked) for row in read.items)
            if read.items:
                actual = f"{wrong} of {len(read.items)} leads are in none of {len(asked)}"
                yield Claim(
                    "SEARCH-LIST-IDS-ONLY", not wrong, read.pages, "members only", actual, "/data/*/lead_list_ids"
                )

    report_after_recheck(judge, look, session, "no member was shown", "list_leads")
    both = found(api, f"{small},{large}")
    judge.chose(
        "list-ids-several", "any of them" if any(outside(row, [large]) for row in both.items) else "all of them"
    )


@pytest.mark.scenario("filters/every-member")
@pytest.mark.rule("SEARCH-LIST-IDS-ALL")
def test_every_member(api: Api, world: Inventory, session: Session, judge: Judge, few: Few) -> None:
    """list_ids with one list shows every member of it, those included who are in other lists too."""
    lists = peopled(world)
    chosen = few(list(dict.fromkeys([lists[0], lists[-1], *_shared(world, lists)])))

    def look() -> Iterator[Claim]:
        for lead_list in chosen:
            venue = ListReference("list_members", {"lead_list_id": lead_list})
            members = crawl_pages(api, venue, 500, PAGES)
            read = found(api, lead_list)
            lasting = (
                set(members.ids)
                if session.target.undisturbed
                else set(members.ids) & set(crawl_pages(api, venue, 500, PAGES).ids)
            )
            missing = len(lasting - set(read.ids))
            if members.complete and read.complete and lasting:
                actual = f"{missing} not shown"
                proof = (*members.pages, *read.pages)
                yield Claim("SEARCH-LIST-IDS-ALL", not missing, proof, f"{len(lasting)} members", actual, "/data")

    report_after_recheck(judge, look, session, "no member was shown", "list_leads")


@pytest.mark.scenario("filters/two-lists")
@pytest.mark.rule("SEARCH-LIST-IDS-SEVERAL")
def test_two_lists(api: Api, world: Inventory, session: Session, judge: Judge) -> None:
    """list_ids with two lists, in either order, shows who is in one of them, or who is in both: nothing in between."""
    first, second = _apart(world, peopled(world))

    def look() -> Iterator[Claim]:
        alike = [found(api, lists) for lists in (first, second)]
        reads = [found(api, f"{first},{second}"), found(api, f"{second},{first}")]
        again = alike if session.target.undisturbed else [found(api, lists) for lists in (first, second)]
        one_list, other = (set(a.ids) & set(b.ids) for a, b in zip(alike, again, strict=True))
        changed = set().union(*(set(a.ids) ^ set(b.ids) for a, b in zip(alike, again, strict=True)))
        for read in reads:
            shown = set(read.ids) - changed
            ok = shown in (one_list | other, one_list & other)
            actual = (
                f"{len(shown)} leads; {len(one_list)} and {len(other)} are members, {len(one_list & other)} of both"
            )
            if all(walked.complete for walked in (*alike, read)):
                proof = (*(page for walked in alike for page in walked.pages), *read.pages)
                yield Claim("SEARCH-LIST-IDS-SEVERAL", ok, proof, "the leads of either list, or of both", actual)

    report_after_recheck(judge, look, session, "the lists are too long to be read to their end", "list_leads")


def _apart(world: Inventory, lists: list[str]) -> tuple[str, str]:
    """Two lists each of which has a member that the other hasn't, one that shares members before others."""
    members = {i: {lead["id"] for lead in world.leads if i in (lead["lead_list_ids"] or ())} for i in lists}
    pairs = [(a, b) for a in lists for b in lists if a < b and members[a] - members[b] and members[b] - members[a]]
    ranked = sorted(pairs, key=lambda pair: not members[pair[0]] & members[pair[1]])
    if not ranked:
        raise PreconditionNotMet("no two lead lists with different members on the target")
    return ranked[0]


def _shared(world: Inventory, lists: list[str]) -> list[str]:
    """The lists, three at most, with the most members who are in other lists too."""
    several = Counter(
        ident for lead in world.leads if len(lead["lead_list_ids"]) > 1 for ident in lead["lead_list_ids"]
    )
    return [ident for ident, _ in several.most_common() if ident in lists][:3]


@pytest.mark.scenario("filters/unknown-list")
@pytest.mark.rule("SEARCH-LIST-IDS-UNKNOWN")
def test_unknown_list(api: Api, world: Inventory, judge: Judge, rng: random.Random) -> None:
    """list_ids of a list that does not exist shows nothing, or is refused."""
    known = [str(row["id"]) for row in world.lists]
    for ident in (absent_id(known, rng), f"{absent_id(known, rng)},{absent_id(known, rng)}"):
        page = api.call("list_leads", query={"list_ids": ident})
        count = len(rows_of(page)) if page.status == 200 else 0
        ok = not count and (page.status == 200 or page.status in (400, 404, 422))
        judge("SEARCH-LIST-IDS-UNKNOWN", ok, page, expected="no leads", actual=f"{page.status}, {count} leads")


# --- conversations ------------------------------------------------------------------------------------------


def threads(api: Api, **query: str) -> PageCrawl:
    """Conversations, up to 2,000."""
    return crawl_pages(api, ListReference("list_conversations", query=query), 500, PAGES)


Fits = Callable[[Mapping[str, Any]], bool]


def filtered(
    api: Api, session: Session, judge: Judge, rule: str, filters: Sequence[tuple[dict[str, str], Fits]], what: str
) -> None:
    """Every conversation that fits a filter is shown, and no other; where others write, those that fit throughout."""

    def look() -> Iterator[Claim]:
        before = threads(api)
        reads = [(threads(api, **query), fits) for query, fits in filters]
        after = before if session.target.undisturbed else threads(api)
        for read, fits in reads:
            expected = {str(r["id"]) for r in before.items if fits(r)} & {str(r["id"]) for r in after.items if fits(r)}
            missing = len(expected - set(read.ids))
            strangers = sum(not fits(row) for row in read.items)
            if expected and before.complete and read.complete:
                actual = f"{missing} not shown, {strangers} others"
                proof = (*before.pages, *read.pages)
                yield Claim(
                    rule, not missing and not strangers, proof, f"{len(expected)} conversations", actual, "/data"
                )

    report_after_recheck(judge, look, session, f"no {what} on the target", "list_conversations")


@pytest.mark.scenario("filters/every-unread")
@pytest.mark.rule("SEARCH-UNREAD-ALL")
def test_every_unread(api: Api, session: Session, judge: Judge) -> None:
    """unread_only=true shows every unread conversation."""
    filtered(api, session, judge, "SEARCH-UNREAD-ALL", [({"unread_only": "true"}, _unread)], "unread conversation")


@pytest.mark.scenario("filters/unread-false")
@pytest.mark.rule("SEARCH-UNREAD-FALSE")
def test_unread_false(api: Api, session: Session, judge: Judge) -> None:
    """unread_only=false hides nothing."""
    filtered(api, session, judge, "SEARCH-UNREAD-FALSE", [({"unread_only": "false"}, lambda row: True)], "conversation")


@pytest.mark.scenario("filters/every-thread-of-a-sender")
@pytest.mark.rule("SEARCH-ACCOUNT-ALL")
def test_every_thread_of_a_sender(
    api: Api, world: Inventory, session: Session, judge: Judge, few: Few, rng: random.Random
) -> None:
    """linkedin_account_id shows every conversation of that sender; of a sender that does not exist, none."""
    senders = _senders(world, lambda row: True)
    queries = [({"linkedin_account_id": sender}, _sent_by(sender)) for sender in few(senders[:SENDERS])]
    filtered(api, session, judge, "SEARCH-ACCOUNT-ALL", queries, "conversation")
    api.call("list_conversations", query={"linkedin_account_id": absent_id(senders, rng)})


@pytest.mark.scenario("filters/unread-of-a-sender")
@pytest.mark.rule("SEARCH-CONVERSATION-COMBINED")
def test_unread_of_a_sender(api: Api, world: Inventory, session: Session, judge: Judge, few: Few) -> None:
    """unread_only and linkedin_account_id apply together."""
    queries = [
        ({"unread_only": "true", "linkedin_account_id": sender}, _unread_by(sender))
        for sender in few(_senders(world, _unread)[:SENDERS])
    ]
    filtered(api, session, judge, "SEARCH-CONVERSATION-COMBINED", queries, "unread conversation of a sender")


def _sent_by(sender: str) -> Fits:
    return lambda row: account_of(row) == sender


def _unread_by(sender: str) -> Fits:
    return lambda row: _unread(row) and account_of(row) == sender


def _unread(row: Mapping[str, Any]) -> bool:
    return row.get("is_unread") is True


def _senders(world: Inventory, fits: Fits) -> list[str]:
    """Senders of conversations that fit. Raises PreconditionNotMet when there are none."""
    first_row((row for row in world.conversations if fits(row)), "conversation of that kind")
    return list(dict.fromkeys(str(account_of(row)) for row in world.conversations if fits(row)))
