"""Pseudonyms keep the format of what they stand for, lead back to it while recording, and tell nothing of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.cassettes.pseudonyms import Pseudonyms

KEY = b"a key of this test"
NAMES = [
    "Ada",
    "Xu",
    "Weiß",
    "O'Brien",
    "García-López",
    "Άννα",
    "Борис",
    "李娜",
    "さくら",
    "محمد",
    "नेहा",
    "McDonald",
    "JOÃO",
]
words = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=12)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_a_name(name: str) -> None:
    """Of words joined as before, beginning with a capital where it did, and no word of it is left."""
    made = Pseudonyms(KEY).of(name)
    assert made != name
    assert re.sub(r"\w|[\u0900-\u097f]", "", made) == re.sub(r"\w|[\u0900-\u097f]", "", name)
    assert made[0].isupper() == name[0].isupper()
    assert not {w.casefold() for w in re.findall(r"\w+", name)} & {w.casefold() for w in re.findall(r"\w+", made)}


@pytest.mark.parametrize("name", NAMES)
def test_the_same_word_has_the_same_pseudonym(name: str) -> None:
    """Alone, in a sentence and in an address; in another recording with the same key, too."""
    names = Pseudonyms(KEY)
    made = names.of(name)
    assert made in names.of(f"Dear {name}, welcome")
    assert Pseudonyms(KEY).of(name) == made
    assert Pseudonyms(b"another").of(name) != made


@given(words, words)
def test_two_words_never_share_one(first: str, second: str) -> None:
    """Words that differ by more than their case have different pseudonyms."""
    names = Pseudonyms(KEY)
    same = names.of(first).lower() == names.of(second).lower()
    assert not same or names.real(names.of(first)).lower() == names.real(names.of(second)).lower()


@given(st.lists(words, min_size=1, max_size=6).map(" ".join))
def test_the_way_back_is_known_while_recording(text: str) -> None:
    """What a request says in pseudonyms is put back before it is sent."""
    names = Pseudonyms(KEY)
    assert names.real(names.of(text)) == text


def test_case_can_be_changed_on_the_way_back() -> None:
    """A scenario that searches for a word in capitals searches for the real one in capitals."""
    names = Pseudonyms(KEY)
    made = names.of("Lovelace")
    assert [names.real(form) for form in (made.upper(), made.lower(), made.swapcase())] == [
        "LOVELACE",
        "lovelace",
        "lOVELACE",
    ]


def test_an_email_stays_an_email() -> None:
    """In a domain that can't exist, made of the pseudonyms of its words."""
    names = Pseudonyms(KEY)
    made = names.of("ada.lovelace7@engines.co")
    assert re.fullmatch(r"[a-z]+\.[a-z]+\d@[a-z]+\.example", made)
    assert made.startswith(names.of("ada") + "." + names.of("lovelace"))
    assert names.real(made) == "ada.lovelace7@engines.co"


def test_a_url_stays_a_url() -> None:
    """A profile stays a profile of LinkedIn, by another name; other hosts are replaced; variations lead back, too."""
    names = Pseudonyms(KEY)
    made = names.of("https://www.linkedin.com/in/ada-lovelace-42")
    assert re.fullmatch(r"https://www\.linkedin\.com/in/[a-z]+-[a-z]+-\d\d", made)
    assert names.real(made + "/?trk=x") == "https://www.linkedin.com/in/ada-lovelace-42/?trk=x"
    assert re.fullmatch(r"https://[a-z]+\.example/[a-z]+\.[a-z]+", names.of("https://engines.co/ada.jpg"))


def test_a_day_stays_a_day() -> None:
    """Another day in the same form, at the same time of it."""
    made = Pseudonyms(KEY).of("1815-12-10T06:30:00.000Z")
    assert re.fullmatch(r"(19[5-9]\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d)T06:30:00\.000Z", made)


def test_numbers_keep_their_length_and_differ() -> None:
    """A hundred people are told apart by number as before."""
    names = Pseudonyms(KEY)
    made = [names.of(f"contact {n:03d}").split()[1] for n in range(100)]
    assert len(set(made)) == 100
    assert {len(number) for number in made} == {3}


def test_a_number_of_a_request_is_its_own() -> None:
    """Limits and counts that a scenario sends are never mistaken for pseudonyms."""
    names = Pseudonyms(KEY)
    made = names.of("room 5").split()[1]
    assert names.real(f"limit {made}") == f"limit {made}"


def test_a_whole_text_leads_back_as_it_was() -> None:
    """Numbers in it, too, where the whole of it is sent again."""
    names = Pseudonyms(KEY)
    made = names.of("Founders (Copy 2)")
    names.remember(made, "Founders (Copy 2)")
    assert names.real(made) == "Founders (Copy 2)"


def test_what_is_opaque_leads_back_only_whole() -> None:
    """A cursor that was tampered with is no cursor."""
    names = Pseudonyms(KEY)
    made = names.opaque("aGVsbG8", "cursor")
    assert names.real(made) == "aGVsbG8"
    assert "aGVsbG8" not in names.real(made[:-1])
