"""Text search: who has the words is found, and nobody else. Words come from the target's data, and are never told.

Not convicted: parts of words, fuzzy hits, letters whose case does not lead back, relevance as order, and leads that
change between looks.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import pytest

from nhq.scenarios import (
    FIELDS,
    Api,
    Claim,
    Exchange,
    Few,
    Inventory,
    Judge,
    ListReference,
    PageCrawl,
    Row,
    Session,
    crawl_pages,
    first_row,
    is_cased,
    list_page,
    may_match,
    must_match,
    plain_words,
    report_after_recheck,
    rows_of,
    unique_word,
)

OTHERS = ("notes", "headline", "summary", "industry", "skills", "lead_heat_reason", "phone", "gender")
PAGES = 4
COMMON = 400  # a word that more leads have than this is too common to be read to the end


# --- reading ------------------------------------------------------------------------------------------------


def found(api: Api, **query: str) -> PageCrawl:
    """The leads that a search finds, up to 2,000."""
    return crawl_pages(api, ListReference("list_leads", query=query), 500, PAGES)


def lost(api: Api, session: Session, read: PageCrawl, expected: list[Row], still: Callable[[Row], bool]) -> int:
    """How many of the expected leads a search did not find, though they still are as they were."""
    shown = set(read.ids)
    missing = [lead for lead in expected if lead["id"] not in shown] if read.complete else []
    if session.target.undisturbed:
        return len(missing)
    fresh = (api.call("get_lead", path={"lead_id": lead["id"]}) for lead in missing[:3])
    return sum(answer.status == 200 and still(answer.json()["data"]) for answer in fresh)


def searching(
    api: Api, world: Inventory, session: Session, query: str, must: str, may: str = "", **more: str
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


def rare(world: Inventory, word: str) -> bool:
    """Do few enough leads have the word for all of them to be read?"""
    return sum(may_match(lead, word) for lead in world.leads) <= COMMON


def telling(world: Inventory, field: str, fits: Callable[[str], bool] = lambda word: True) -> str:
    """A word by which a lead can be found through one field alone. Raises PreconditionNotMet where no lead has one."""
    candidates = (word for lead in world.leads for word in words(lead, field) if fits(word))
    fresh = dict.fromkeys(candidates)
    alone_in = (
        word
        for word in list(fresh)[:200]
        if any(word in words(lead, field) and not may_match(lead, word, but=field) for lead in world.leads)
    )
    return str(
        first_row(({"word": word} for word in alone_in if rare(world, word)), f"lead found by its {field} alone")[
            "word"
        ]
    )


# --- text search --------------------------------------------------------------------------------------------


@pytest.mark.scenario("search/no-letter-stands-for-others")
@pytest.mark.rule("SEARCH-AND")
@pytest.mark.parametrize("sign", ["%", "_"], ids=["percent", "underscore"])
def test_no_letter_stands_for_others(sign: str, api: Api, world: Inventory, judge: Judge) -> None:
    """«space-separated terms are AND-matched»: a term is no pattern. Other signs in its place show fuzzy hits.

    Letters do, too: who forgives a wrong one may take an underscore for one.
    """
    word = telling(world, "last_name", lambda word: word.isalpha() and word.isascii() and len(word) > 4)
    lead = next(str(row["id"]) for row in world.leads if word in words(row, "last_name"))

    def finds(other: str) -> tuple[bool, Exchange]:
        page = api.ok("list_leads", query={"query": word[:2] + other + word[3:], "limit": 500})
        return lead in {str(row["id"]) for row in page.json()["data"]}, page

    found_by_it, proof = finds(sign)
    if found_by_it and any(finds(other)[0] for other in "!~7qx" if other != word[2].lower()):
        judge.unknown("SEARCH-AND", "words are found by others that are like them", "list_leads")
        return
    expected, actual = "no lead by a term that it doesn't have", "one whose word has another letter there"
    judge("SEARCH-AND", not found_by_it, proof, expected=expected, actual=actual, where="/data")


@pytest.mark.scenario("search/each-field")
@pytest.mark.rule("SEARCH-FIELDS", "SEARCH-OTHER-FIELDS")
@pytest.mark.parametrize("field", FIELDS)
def test_each_field(field: str, api: Api, world: Inventory, session: Session, judge: Judge) -> None:
    """A lead is found by a word of each of the six fields, and nobody is found who has the word in none of them."""
    word = telling(world, field)
    report_after_recheck(
        judge,
        lambda: searching(api, world, session, word, "SEARCH-FIELDS", "SEARCH-OTHER-FIELDS"),
        session,
        f"too many leads have the word of {field}",
        "list_leads",
    )


@pytest.mark.scenario("search/other-fields")
@pytest.mark.rule("SEARCH-OTHER-FIELDS")
def test_other_fields(api: Api, world: Inventory, session: Session, judge: Judge, few: Few) -> None:
    """Words that stand in notes, headline, summary, industry, skills, phone or gender alone find nobody."""
    chosen = [word for field in OTHERS for word in _words_elsewhere(world, field)[:1]]

    def look() -> Iterator[Claim]:
        for word in few(chosen):
            read = found(api, query=word)
            strangers = sum(not may_match(row, word) for row in read.items)
            actual = f"{strangers} leads that have it elsewhere"
            yield Claim("SEARCH-OTHER-FIELDS", not strangers, read.pages, "nobody by another field", actual)

    report_after_recheck(judge, look, session, "no lead has a word in another field alone", "list_leads")


def _words_elsewhere(world: Inventory, field: str) -> list[str]:
    """Words of another field of leads that cannot match by the searched ones."""
    return [word for lead in world.leads for word in words(lead, field) if not may_match(lead, word)][:20]


@pytest.mark.scenario("search/every-term")
@pytest.mark.rule("SEARCH-AND")
def test_every_term(api: Api, world: Inventory, session: Session, judge: Judge, rng: random.Random) -> None:
    """With two or three terms only leads that have all are found, in whatever order the terms stand."""
    first, second = _pair(world, apart=False)
    nobody = unique_word(rng).replace("-", "")
    queries = (f"{first} {second}", f"{second} {first}", f"{first} {second} {nobody}")

    def look() -> Iterator[Claim]:
        for query in queries:
            yield from searching(api, world, session, query, "SEARCH-AND", "SEARCH-AND")

    report_after_recheck(judge, look, session, "too many leads have both words", "list_leads")


@pytest.mark.scenario("search/terms-in-different-fields")
@pytest.mark.rule("SEARCH-ACROSS")
def test_terms_in_different_fields(api: Api, world: Inventory, session: Session, judge: Judge) -> None:
    """A lead is found by one term of one field and another term of another."""
    query = " ".join(_pair(world, apart=True))
    report_after_recheck(
        judge,
        lambda: searching(api, world, session, query, "SEARCH-ACROSS"),
        session,
        "too many leads have both words",
        "list_leads",
    )


def _pair(world: Inventory, apart: bool) -> tuple[str, str]:
    """Two words of one lead, each of which other leads have without the other; `apart`: no field holds both."""
    for lead in world.leads:
        for first in words(lead, "last_name")[:1] + words(lead, "first_name")[:1]:
            for second in words(lead, "company") + words(lead, "location") + words(lead, "job_title"):
                if _separate(world, first, second) and not (apart and _in_one_field(lead, first, second)):
                    return first, second
    first_row([], "lead with two words that others have one of")
    raise AssertionError


def _separate(world: Inventory, first: str, second: str) -> bool:
    """Has each word a lead that cannot match the other?"""
    having_first = [lead for lead in world.leads if must_match(lead, first)]
    having_second = [lead for lead in world.leads if must_match(lead, second)]
    return any(not may_match(lead, second) for lead in having_first) and any(
        not may_match(lead, first) for lead in having_second
    )


def _in_one_field(lead: Row, first: str, second: str) -> bool:
    texts = [str(lead.get(field) or "").casefold() for field in FIELDS]
    return any(first.casefold() in text and second.casefold() in text for text in texts)


@pytest.mark.scenario("search/case")
@pytest.mark.rule("SEARCH-CASE")
def test_case(api: Api, world: Inventory, session: Session, judge: Judge, few: Few) -> None:
    """A word is found in capitals, in small letters and with its case swapped, letters beyond ASCII included."""
    plain = telling(world, "last_name", lambda word: word.isascii())
    chosen = [plain, *_beyond_ascii(world)]
    forms = {form for word in chosen for form in (word.upper(), word.lower(), word.swapcase())}

    def look() -> Iterator[Claim]:
        for form in few(sorted(forms)):
            yield from searching(api, world, session, form, "SEARCH-CASE")

    report_after_recheck(judge, look, session, "too many leads have the words", "list_leads")
    partly = any(must_match(row, plain) for row in found(api, query=plain[:-1]).items)
    judge.chose("search-terms", "parts of words" if partly else "whole words")


def _beyond_ascii(world: Inventory) -> Iterator[str]:
    """A word that is written with a capital beyond ASCII, and one with a small letter: either may be left unfolded."""
    fields = ("last_name", "first_name", "company", "location", "job_title")
    candidates = dict.fromkeys(word for field in fields for lead in world.leads for word in words(lead, field))
    for written in (str.isupper, str.islower):
        fit = (w for w in candidates if is_cased(w) and any(not c.isascii() and is_cased(c) and written(c) for c in w))
        yield from islice((word for word in fit if rare(world, word)), 1)


@pytest.mark.scenario("search/nothing-found")
@pytest.mark.rule("SEARCH-NONE")
def test_nothing_found(api: Api, judge: Judge, rng: random.Random) -> None:
    """A word that nobody has gives an empty page with nothing after it."""
    page = api.ok("list_leads", query={"query": unique_word(rng).replace("-", "")})
    count, more = len(rows_of(page)), list_page(page).has_more
    judge("SEARCH-NONE", not count and not more, page, expected="no leads", actual=f"{count} leads", where="/data")


@pytest.mark.scenario("search/blank-query")
@pytest.mark.rule("SEARCH-BLANK")
def test_blank_query(api: Api, session: Session, judge: Judge) -> None:
    """An empty or blank query is no filter."""

    def look() -> Iterator[Claim]:
        before = crawl_pages(api, ListReference("list_leads"), 50, 1)
        reads = [crawl_pages(api, ListReference("list_leads", query={"query": query}), 50, 1) for query in ("", "   ")]
        after = before if session.target.undisturbed else crawl_pages(api, ListReference("list_leads"), 50, 1)
        newest = [ident for ident in before.ids if ident in after.ids][:25]
        for read in reads:
            shown = [ident for ident in read.ids if ident in newest]
            proof, actual = (*before.pages, *read.pages), f"{len(shown)} of them in order"
            if newest:
                yield Claim("SEARCH-BLANK", shown == newest, proof, f"the newest {len(newest)} leads", actual)

    report_after_recheck(judge, look, session, "no leads on the target", "list_leads")


@pytest.mark.scenario("search/query-within-a-list")
@pytest.mark.rule("SEARCH-COMBINED")
def test_query_within_a_list(api: Api, world: Inventory, session: Session, judge: Judge) -> None:
    """query and list_ids apply together."""
    lead_list, word = _within(world)

    def look() -> Iterator[Claim]:
        read = found(api, query=word, list_ids=lead_list)
        inside = [lead for lead in world.leads if lead_list in lead["lead_list_ids"] and must_match(lead, word)]
        gone = lost(
            api, session, read, inside, lambda lead: lead_list in lead["lead_list_ids"] and must_match(lead, word)
        )
        wrong = sum(lead_list not in row["lead_list_ids"] or not may_match(row, word) for row in read.items)
        actual = f"{gone} not found, {wrong} others"
        yield Claim("SEARCH-COMBINED", not gone and not wrong, read.pages, f"{len(inside)} leads", actual, "/data")

    report_after_recheck(judge, look, session, "no lead in a list has a word", "list_leads")


def _within(world: Inventory) -> tuple[str, str]:
    """A list and a word that one of its members has and another hasn't, and somebody outside has too."""
    for lead_list in [str(row["id"]) for row in world.lists]:
        members = [lead for lead in world.leads if lead_list in lead["lead_list_ids"]]
        others = [lead for lead in world.leads if lead_list not in lead["lead_list_ids"]]
        for word in dict.fromkeys(
            word for lead in members for word in words(lead, "job_title") + words(lead, "company")
        ):
            if any(must_match(lead, word) for lead in others) and not all(may_match(lead, word) for lead in members):
                return lead_list, word
    first_row([], "list with a word that members and others have")
    raise AssertionError
