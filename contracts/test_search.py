"""Search and filters: what is asked for is found, and nothing else. Words come from the target's data, never told."""

import random
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import pytest

from nhq.checks.search import FIELDS, account_of, cased, may_match, must_match, plain_words
from nhq.drive.api import Api
from nhq.drive.calls import absent_id, token
from nhq.drive.discover import Row, World, one
from nhq.drive.session import Session
from nhq.drive.walk import Venue, Walk, rows_of, walk
from nhq.run.confirm import Claim, alone, settle
from nhq.run.judge import Judge

OTHERS = ("notes", "headline", "summary", "industry", "skills", "lead_heat_reason", "phone")
PAGES = 4
COMMON = 400  # a word that more leads have than this is too common to be read to the end
ENOUGH = range(2, 1001)


# --- reading ------------------------------------------------------------------------------------------------


def found(api: Api, **query: str) -> Walk:
    """The leads that a search finds, up to 2,000."""
    return walk(api, Venue("list_leads", query=query), 500, PAGES)


def lost(api: Api, session: Session, read: Walk, expected: list[Row], still: Callable[[Row], bool]) -> int:
    """How many of the expected leads a search did not find, though they still are as they were."""
    shown = set(read.ids)
    missing = [lead for lead in expected if lead["id"] not in shown] if read.complete else []
    if alone(session):
        return len(missing)
    fresh = (api.call("get_lead", path={"lead_id": lead["id"]}) for lead in missing[:3])
    return sum(answer.status == 200 and still(answer.json()["data"]) for answer in fresh)


def searching(
    api: Api, world: World, session: Session, query: str, must: str, may: str = "", **more: str
) -> Iterator[Claim]:
    """Search for terms: who has them all as words must be found (`must`), and nobody who cannot match (`may`)."""
    read = found(api, query=query, **more)
    expected = [lead for lead in world.leads if must_match(lead, query)]
    gone = lost(api, session, read, expected, lambda lead: must_match(lead, query))
    if expected and read.complete:
        yield Claim(must, not gone, read.pages, f"{len(expected)} leads that have every term", f"{gone} not found")
    strangers = sum(not may_match(row, query) for row in read.items)
    if may:
        yield Claim(may, not strangers, read.pages, "leads that have every term", f"{strangers} others")


# --- choosing words -----------------------------------------------------------------------------------------


def words(lead: Mapping[str, Any], field: str) -> list[str]:
    """What to search a field by: its plain words, or an address whole."""
    value = lead.get(field)
    if field == "email":
        return [value] if isinstance(value, str) and value.isascii() and "@" in value and " " not in value else []
    if field == "phone":
        return [w for w in value.split() if w.isdigit() and len(w) >= 4] if isinstance(value, str) else []
    texts = value if isinstance(value, list) else [value]
    return [word for text in texts for word in plain_words(text)]


def rare(world: World, word: str) -> bool:
    """Do few enough leads have the word for all of them to be read?"""
    return sum(may_match(lead, word) for lead in world.leads) <= COMMON


def telling(world: World, field: str, fits: Callable[[str], bool] = lambda word: True) -> str:
    """A word by which a lead can be found through one field alone. Raises Unmet where no lead has one."""
    candidates = (word for lead in world.leads for word in words(lead, field) if fits(word))
    fresh = dict.fromkeys(candidates)
    alone_in = (
        word
        for word in list(fresh)[:200]
        if any(word in words(lead, field) and not may_match(lead, word, but=field) for lead in world.leads)
    )
    return str(
        one(({"word": word} for word in alone_in if rare(world, word)), f"lead found by its {field} alone")["word"]
    )


# --- text search --------------------------------------------------------------------------------------------


@pytest.mark.rule("SEARCH-FIELDS", "SEARCH-OTHER-FIELDS")
@pytest.mark.parametrize("field", FIELDS)
def test_each_field(field: str, api: Api, world: World, session: Session, judge: Judge) -> None:
    """A lead is found by a word of each of the six fields, and nobody is found who has the word in none of them."""
    word = telling(world, field)
    settle(
        judge,
        lambda: searching(api, world, session, word, "SEARCH-FIELDS", "SEARCH-OTHER-FIELDS"),
        session,
        f"too many leads have the word of {field}",
        "list_leads",
    )


@pytest.mark.rule("SEARCH-OTHER-FIELDS")
def test_other_fields(api: Api, world: World, session: Session, judge: Judge) -> None:
    """Words that stand in notes, headline, summary, industry, skills or phone alone find nobody."""
    chosen = [word for field in OTHERS for word in _words_elsewhere(world, field)[:1]]

    def look() -> Iterator[Claim]:
        for word in chosen:
            read = found(api, query=word)
            strangers = sum(not may_match(row, word) for row in read.items)
            actual = f"{strangers} leads that have it elsewhere"
            yield Claim("SEARCH-OTHER-FIELDS", not strangers, read.pages, "nobody by another field", actual)

    settle(judge, look, session, "no lead has a word in another field alone", "list_leads")


def _words_elsewhere(world: World, field: str) -> list[str]:
    """Words of another field of leads that cannot match by the searched ones."""
    return [word for lead in world.leads for word in words(lead, field) if not may_match(lead, word)][:20]


@pytest.mark.rule("SEARCH-AND")
def test_every_term(api: Api, world: World, session: Session, judge: Judge) -> None:
    """With two terms only leads that have both are found, in whatever order the terms stand."""
    first, second = _pair(world, apart=False)
    queries = (f"{first} {second}", f"{second} {first}")

    def look() -> Iterator[Claim]:
        for query in queries:
            yield from searching(api, world, session, query, "SEARCH-AND", "SEARCH-AND")

    settle(judge, look, session, "too many leads have both words", "list_leads")


@pytest.mark.rule("SEARCH-ACROSS")
def test_terms_in_different_fields(api: Api, world: World, session: Session, judge: Judge) -> None:
    """A lead is found by one term of one field and another term of another."""
    query = " ".join(_pair(world, apart=True))
    settle(
        judge,
        lambda: searching(api, world, session, query, "SEARCH-ACROSS"),
        session,
        "too many leads have both words",
        "list_leads",
    )


def _pair(world: World, apart: bool) -> tuple[str, str]:
    """Two words of one lead, each of which other leads have without the other; `apart`: no field holds both."""
    for lead in world.leads:
        for first in words(lead, "last_name")[:1] + words(lead, "first_name")[:1]:
            for second in words(lead, "company") + words(lead, "location") + words(lead, "job_title"):
                if _separate(world, first, second) and not (apart and _in_one_field(lead, first, second)):
                    return first, second
    one([], "lead with two words that others have one of")
    raise AssertionError


def _separate(world: World, first: str, second: str) -> bool:
    """Has each word a lead that cannot match the other?"""
    having_first = [lead for lead in world.leads if must_match(lead, first)]
    having_second = [lead for lead in world.leads if must_match(lead, second)]
    return any(not may_match(lead, second) for lead in having_first) and any(
        not may_match(lead, first) for lead in having_second
    )


def _in_one_field(lead: Row, first: str, second: str) -> bool:
    texts = [str(lead.get(field) or "").casefold() for field in FIELDS]
    return any(first.casefold() in text and second.casefold() in text for text in texts)


@pytest.mark.rule("SEARCH-CASE")
def test_case(api: Api, world: World, session: Session, judge: Judge) -> None:
    """A word is found in capitals, in small letters and with its case swapped, letters beyond ASCII included."""
    plain = telling(world, "last_name", lambda word: word.isascii())
    chosen = [plain, *islice(_beyond_ascii(world), 2)]
    forms = {form for word in chosen for form in (word.upper(), word.lower(), word.swapcase())}

    def look() -> Iterator[Claim]:
        for form in sorted(forms):
            yield from searching(api, world, session, form, "SEARCH-CASE")

    settle(judge, look, session, "too many leads have the words", "list_leads")
    partly = any(must_match(row, plain) for row in found(api, query=plain[:-1]).items)
    judge.chose("search-terms", "parts of words" if partly else "whole words")


def _beyond_ascii(world: World) -> Iterator[str]:
    """Words with letters beyond ASCII that have two cases, of different fields."""
    for field in ("last_name", "first_name", "company", "location", "job_title"):
        candidates = dict.fromkeys(word for lead in world.leads for word in words(lead, field))
        fit = (word for word in candidates if cased(word) and any(not c.isascii() and cased(c) for c in word))
        yield from islice((word for word in fit if rare(world, word)), 1)


@pytest.mark.rule("SEARCH-NONE")
def test_nothing_found(api: Api, judge: Judge, rng: random.Random) -> None:
    """A word that nobody has gives an empty page with nothing after it."""
    page = api.ok("list_leads", query={"query": token(rng).replace("-", "")})
    count, more = len(rows_of(page)), page.json()["pagination"]["has_more"]
    judge("SEARCH-NONE", not count and not more, page, expected="no leads", actual=f"{count} leads", where="/data")


@pytest.mark.rule("SEARCH-BLANK")
def test_blank_query(api: Api, session: Session, judge: Judge) -> None:
    """An empty or blank query is no filter."""

    def look() -> Iterator[Claim]:
        all_of_them = walk(api, Venue("list_leads"), 50, 1)
        for query in ("", "   "):
            read = walk(api, Venue("list_leads", query={"query": query}), 50, 1)
            if all_of_them.ids:
                actual = f"{len(read.ids)} leads, not the same ones"
                proof = (*all_of_them.pages, *read.pages)
                yield Claim("SEARCH-BLANK", read.ids == all_of_them.ids, proof, f"{len(all_of_them.ids)} leads", actual)

    settle(judge, look, session, "no leads on the target", "list_leads")


# --- list_ids -----------------------------------------------------------------------------------------------


def peopled(world: World, least: int = 1) -> list[str]:
    """Ids of lists with members that can be read to the end, the longest last."""
    lists = [row for row in world.lists if (row.get("lead_count") or 0) in ENOUGH]
    if len(lists) < least:
        one([], f"{least} lead lists with members")
    return [str(row["id"]) for row in sorted(lists, key=lambda row: int(row["lead_count"]))]


def outside(row: Mapping[str, Any], lists: list[str]) -> bool:
    """Is a lead in none of the lists?"""
    return not set(lists) & set(row.get("lead_list_ids") or ())


@pytest.mark.rule("SEARCH-LIST-IDS-ONLY")
def test_only_members(api: Api, world: World, session: Session, judge: Judge, rng: random.Random) -> None:
    """list_ids with one list, with two, and with one that does not exist beside it shows members only."""
    lists = peopled(world)
    small, large = lists[0], lists[-1]
    queries = [[small], [large], [large, absent_id(lists, rng)], *([[small, large]] if small != large else [])]

    def look() -> Iterator[Claim]:
        for asked in queries:
            read = found(api, list_ids=",".join(asked))
            wrong = sum(outside(row, asked) for row in read.items)
            if read.items:
                actual = f"{wrong} of {len(read.items)} leads are in none of {len(asked)}"
                yield Claim(
                    "SEARCH-LIST-IDS-ONLY", not wrong, read.pages, "members only", actual, "/data/*/lead_list_ids"
                )

    settle(judge, look, session, "no member was shown", "list_leads")


@pytest.mark.rule("SEARCH-LIST-IDS-ALL")
def test_every_member(api: Api, world: World, session: Session, judge: Judge) -> None:
    """list_ids with one list shows every member of it."""
    lists = peopled(world)

    def look() -> Iterator[Claim]:
        for lead_list in dict.fromkeys([lists[0], lists[-1]]):
            venue = Venue("list_members", {"lead_list_id": lead_list})
            members = walk(api, venue, 500, PAGES)
            read = found(api, list_ids=lead_list)
            lasting = set(members.ids) if alone(session) else set(members.ids) & set(walk(api, venue, 500, PAGES).ids)
            missing = len(lasting - set(read.ids))
            if members.complete and read.complete and lasting:
                actual = f"{missing} not shown"
                proof = (*members.pages, *read.pages)
                yield Claim("SEARCH-LIST-IDS-ALL", not missing, proof, f"{len(lasting)} members", actual, "/data")

    settle(judge, look, session, "no member was shown", "list_leads")


@pytest.mark.rule("SEARCH-LIST-IDS-UNKNOWN")
def test_unknown_list(api: Api, world: World, judge: Judge, rng: random.Random) -> None:
    """list_ids of a list that does not exist shows nothing, or is refused."""
    known = [str(row["id"]) for row in world.lists]
    for ident in (absent_id(known, rng), f"{absent_id(known, rng)},{absent_id(known, rng)}"):
        page = api.call("list_leads", query={"list_ids": ident})
        count = len(rows_of(page)) if page.status == 200 else 0
        ok = not count and (page.status == 200 or page.status in (400, 404, 422))
        judge("SEARCH-LIST-IDS-UNKNOWN", ok, page, expected="no leads", actual=f"{page.status}, {count} leads")


@pytest.mark.rule("SEARCH-COMBINED")
def test_query_within_a_list(api: Api, world: World, session: Session, judge: Judge) -> None:
    """query and list_ids apply together."""
    lead_list, word = _within(world)

    def look() -> Iterator[Claim]:
        read = found(api, query=word, list_ids=lead_list)
        inside = [lead for lead in world.leads if lead_list in lead["lead_list_ids"] and must_match(lead, word)]
        gone = lost(
            api, session, read, inside, lambda lead: lead_list in lead["lead_list_ids"] and must_match(lead, word)
        )
        wrong = sum(outside(row, [lead_list]) or not may_match(row, word) for row in read.items)
        actual = f"{gone} not found, {wrong} others"
        yield Claim("SEARCH-COMBINED", not gone and not wrong, read.pages, f"{len(inside)} leads", actual, "/data")

    settle(judge, look, session, "no lead in a list has a word", "list_leads")


def _within(world: World) -> tuple[str, str]:
    """A list and a word that one of its members has and another hasn't, and somebody outside has too."""
    for lead_list in peopled(world):
        members = [lead for lead in world.leads if lead_list in lead["lead_list_ids"]]
        others = [lead for lead in world.leads if lead_list not in lead["lead_list_ids"]]
        for word in dict.fromkeys(
            word for lead in members for word in words(lead, "job_title") + words(lead, "company")
        ):
            if any(must_match(lead, word) for lead in others) and not all(may_match(lead, word) for lead in members):
                return lead_list, word
    one([], "list with a word that members and others have")
    raise AssertionError


# --- conversations ------------------------------------------------------------------------------------------

Threads = dict[str, Mapping[str, Any]]


def threads(api: Api, **query: str) -> Walk:
    """Conversations, up to 2,000."""
    return walk(api, Venue("list_conversations", query=query), 500, PAGES)


def filtered(
    api: Api, session: Session, rule: str, fits: Callable[[Mapping[str, Any]], bool], query: dict[str, str]
) -> Iterator[Claim]:
    """Every conversation that fits is shown; where others write, those that fit before and after."""
    before = threads(api)
    read = threads(api, **query)
    expected = {str(row["id"]) for row in before.items if fits(row)}
    if not alone(session):
        expected &= {str(row["id"]) for row in threads(api).items if fits(row)}
    missing = len(expected - set(read.ids))
    strangers = sum(not fits(row) for row in read.items)
    if expected and before.complete and read.complete:
        actual = f"{missing} not shown, {strangers} others"
        proof = (*before.pages, *read.pages)
        yield Claim(rule, not missing and not strangers, proof, f"{len(expected)} conversations", actual, "/data")


@pytest.mark.rule("SEARCH-UNREAD-ALL")
def test_every_unread(api: Api, session: Session, judge: Judge) -> None:
    """unread_only=true shows every unread conversation."""
    settle(
        judge,
        lambda: filtered(api, session, "SEARCH-UNREAD-ALL", _unread, {"unread_only": "true"}),
        session,
        "no unread conversation on the target",
        "list_conversations",
    )


@pytest.mark.rule("SEARCH-UNREAD-FALSE")
def test_unread_false(api: Api, session: Session, judge: Judge) -> None:
    """unread_only=false hides nothing."""
    settle(
        judge,
        lambda: filtered(api, session, "SEARCH-UNREAD-FALSE", lambda row: True, {"unread_only": "false"}),
        session,
        "no conversation on the target",
        "list_conversations",
    )


@pytest.mark.rule("SEARCH-ACCOUNT-ALL")
def test_every_thread_of_a_sender(api: Api, world: World, session: Session, judge: Judge, rng: random.Random) -> None:
    """linkedin_account_id shows every conversation of that sender; of a sender that does not exist, none."""
    senders = _senders(world, lambda row: True)

    def look() -> Iterator[Claim]:
        for sender in dict.fromkeys([senders[0], senders[-1]]):
            query = {"linkedin_account_id": sender}
            yield from filtered(api, session, "SEARCH-ACCOUNT-ALL", _sent_by(sender), query)
        api.call("list_conversations", query={"linkedin_account_id": absent_id(senders, rng)})

    settle(judge, look, session, "no conversation on the target", "list_conversations")


@pytest.mark.rule("SEARCH-CONVERSATION-COMBINED")
def test_unread_of_a_sender(api: Api, world: World, session: Session, judge: Judge) -> None:
    """unread_only and linkedin_account_id apply together."""
    sender = _senders(world, _unread)[0]

    def fits(row: Mapping[str, Any]) -> bool:
        return _unread(row) and account_of(row) == sender

    query = {"unread_only": "true", "linkedin_account_id": sender}
    settle(
        judge,
        lambda: filtered(api, session, "SEARCH-CONVERSATION-COMBINED", fits, query),
        session,
        "no unread conversation of one sender",
        "list_conversations",
    )


def _sent_by(sender: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda row: account_of(row) == sender


def _unread(row: Mapping[str, Any]) -> bool:
    return row.get("is_unread") is True


def _senders(world: World, fits: Callable[[Mapping[str, Any]], bool]) -> list[str]:
    """Senders of conversations that fit. Raises Unmet when there are none."""
    one((row for row in world.conversations if fits(row)), "conversation of that kind")
    return list(dict.fromkeys(str(account_of(row)) for row in world.conversations if fits(row)))
