"""Filters on one page, and the two matchers that scenarios search by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.checks.search import FIELDS, is_cased, may_match, must_match, plain_words, searched_texts
from nhq.model import Verdict

HOLDS, VIOLATED = Verdict.HOLDS, Verdict.VIOLATED
LEAD = {
    "first_name": "Zoë", "last_name": "Müller-Lüdenscheidt", "company": "Söhne & Weiß", "job_title": "Senior Managers",
    "location": "São Paulo", "email": "zoe@example.com", "notes": "Secret", "skills": ["Chess"],
    "company_details": {"name": "Holding"},
}  # fmt: skip


def threads(*rows):
    return {"data": list(rows), "pagination": {"limit": 100, "has_more": False, "next_cursor": None}}


@pytest.mark.parametrize(
    ("query", "unread", "verdict"),
    [
        ("true", True, HOLDS),
        ("true", False, VIOLATED),
        ("false", False, None),
        ("TRUE", False, None),
        ("true&unread_only=false", False, None),
    ],
)
def test_unread_only(judged, query, unread, verdict):
    """unread_only=true, sent once and plainly, shows unread threads only."""
    assert (
        judged(f"/conversations?unread_only={query}", threads({"is_unread": unread})).get("SEARCH-UNREAD-ONLY")
        is verdict
    )


def test_one_sender_only(judged):
    """linkedin_account_id shows threads of that sender only; an empty one asks for nothing."""
    page = threads({"linkedin_account": {"id": "a1"}})
    assert judged("/conversations?linkedin_account_id=a1", page)["SEARCH-ACCOUNT-ONLY"] is HOLDS
    assert judged("/conversations?linkedin_account_id=a2", page)["SEARCH-ACCOUNT-ONLY"] is VIOLATED
    assert judged("/conversations?linkedin_account_id=%20A1", page)["SEARCH-ACCOUNT-ONLY"] is HOLDS  # spelt otherwise
    assert "SEARCH-ACCOUNT-ONLY" not in judged("/conversations?linkedin_account_id=", page)
    assert "SEARCH-ACCOUNT-ONLY" not in judged("/conversations?linkedin_account_id=a2", threads())


@pytest.mark.parametrize("query", ["zoë", "ZOË", "paulo senior", "zoe@example.com", "weiß"])
def test_whole_words_must_match(query):
    """Whole words of searched fields must be found, in any case and across fields."""
    assert must_match(LEAD, query)
    assert may_match(LEAD, query)


@pytest.mark.parametrize(
    "query", ["zo", "zoe", "muller", "SAO", "manager", "managing", "lüdenscheidt", "holding", "sohne weiss", "example"]
)
def test_other_readings_may_match(query):
    """Parts of words, words without their accents, other forms and the company's own name may be found, or not."""
    assert not must_match(LEAD, query)
    assert may_match(LEAD, query)


@pytest.mark.parametrize("query", ["secret", "chess", "zoë secret", "xyzzy", "mailer"])
def test_what_stands_elsewhere_may_not_match(query):
    """Words of other fields, or of none, cannot be found; nor can a lead that lacks one of two terms."""
    assert not may_match(LEAD, query)


def test_found_by_one_field_alone():
    """A field can be left out, to see whether a lead could be found without it."""
    assert may_match(LEAD, "paulo")
    assert not may_match(LEAD, "paulo", but="location")
    assert not may_match(LEAD, "holding", but="company")


WORDS = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1, max_size=8)


@given(st.lists(WORDS, min_size=1, max_size=4), st.data())
def test_what_must_match_may_match(words, data):
    """Whatever must be found may be found, whichever words are asked for and in whatever case."""
    lead = dict(zip(("first_name", "last_name", "company", "location"), words, strict=False))
    query = " ".join(data.draw(st.lists(st.sampled_from(words), min_size=1)))
    assert must_match(lead, query)
    assert may_match(lead, query)


@pytest.mark.parametrize(
    ("word", "fit"),
    [("Müller", True), ("Straße", False), ("ΟΔΟΣ", False), ("ışık", False), ("北京", False), ("Жук", True)],
)
def test_words_with_two_cases(word, fit):
    """Only words whose letters lead back and forth between cases tell whether case is ignored."""
    assert is_cased(word) is fit


def test_plain_words():
    """Words are set off by blanks, of letters alone and long enough to be no stop word."""
    assert plain_words("VP of Operations, Senior-Level Zürich 12345") == ["Zürich"]
    assert plain_words(None) == []


@pytest.mark.parametrize(
    ("one", "other", "akin"),
    [
        ("abcx", "abcy", True),
        ("abx", "aby", False),
        ("abcdefghij", "abcdefwxyz", True),
        ("abcdefghij", "abcdevwxyz", False),
        ("abcdefghi", "abcdefwxyz", True),
        ("abcde", "vwxyz", False),
    ],
)
def test_words_of_one_stem_share_all_but_their_last_letters(one, other, akin):
    """Three letters at least, and six of ten of the longer word: a stemmer may take these for one, and no others."""
    assert may_match({"notes": "", "company": other}, one) is akin
    assert may_match({"company": one}, other) is akin


@pytest.mark.parametrize(("words", "found"), [("alpha", ["alpha"]), ("four fives", ["fives"]), ("al-pha al2pha", [])])
def test_plain_words_have_five_letters(words, found):
    """Four are too few, a hyphen or a digit makes a word one that searches may split."""
    assert plain_words(words) == found


@pytest.mark.parametrize("order", [(True, False), (False, True)])
def test_each_row_of_a_filtered_page_counts(judged, order):
    """One thread that the filter doesn't ask for is enough, wherever it stands."""
    rows = [{"is_unread": unread, "linkedin_account": {"id": "a1" if unread else "a2"}} for unread in order]
    assert judged("/conversations?unread_only=true", threads(*rows))["SEARCH-UNREAD-ONLY"] is VIOLATED
    assert judged("/conversations?linkedin_account_id=a1", threads(*rows))["SEARCH-ACCOUNT-ONLY"] is VIOLATED
    assert judged("/conversations?unread_only=true", threads(rows[order.index(True)]))["SEARCH-UNREAD-ONLY"] is HOLDS


@pytest.mark.parametrize("account", [None, "a1", {}, {"id": None}])
def test_a_thread_without_its_sender_is_none_of_the_senders(judged, account):
    """What doesn't name the account isn't in its scope, whatever shape it has."""
    page = threads({"linkedin_account": account})
    assert judged("/conversations?linkedin_account_id=a1", page)["SEARCH-ACCOUNT-ONLY"] is VIOLATED


@pytest.mark.parametrize("but", ["", *FIELDS])
def test_one_field_is_left_out_and_no_other(but):
    """The company goes with the name in its details; every other field goes alone."""
    lead = {name: f"{name} text" for name in FIELDS} | {"company_details": {"name": "holding"}, "notes": "secret"}
    left = {f"{name} text" for name in FIELDS if name != but} | ({"holding"} if but != "company" else set())
    assert set(searched_texts(lead, but)) == left


@pytest.mark.parametrize("odd", [None, 7, [], {}, {"name": None}, {"name": 5}, "holding"])
def test_a_field_that_is_no_text_is_searched_by_nobody(odd):
    """Neither in the fields nor in the company's details."""
    assert searched_texts({"first_name": odd if not isinstance(odd, str) else None, "company_details": odd}) == []


@pytest.mark.parametrize("path", ["/leads?", "/campaigns?", "/linkedin_accounts?", "/conversations/c1?"])
def test_filters_of_conversations_mean_nothing_elsewhere(judged, path):
    """A parameter that another operation doesn't take is open there."""
    page = threads({"is_unread": False, "linkedin_account": {"id": "a1"}})
    told = judged(f"{path}unread_only=true&linkedin_account_id=a2", page)
    assert not {"SEARCH-UNREAD-ONLY", "SEARCH-ACCOUNT-ONLY"} & set(told)
