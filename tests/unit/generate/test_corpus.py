"""The live corpus: as few requests as possible, which show as much of the contract as all generated ones."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.contract import Contract
from nhq.errors import ConfigError
from nhq.generate.corpus import (
    corpus_path,
    coverage_requests,
    dump_corpus,
    fill_placeholders,
    greedy_cover,
    load_corpus,
    with_placeholders,
)
from nhq.generate.generated_cases import Generator, Sending
from nhq.generate.schema_coverage import request_marks

MOST = 200


def test_it_is_made_for_the_present_contract(contract: Contract) -> None:
    """A changed contract makes the corpus stale, and this test fails: run `nhq live-corpus --write`."""
    assert load_corpus(contract).digest == contract.digest


def test_it_stays_within_its_allowance(contract: Contract) -> None:
    """At most 200 requests, at least one for each operation."""
    requests = load_corpus(contract).requests
    assert sum(map(len, requests.values())) <= MOST
    assert [name for name in contract.operations if not requests.get(name)] == []


def test_it_shows_every_keyword_that_all_generated_requests_show(contract: Contract) -> None:
    """Nothing that the coverage phase keeps or breaks is lost; only requests that show nothing new are."""
    generator, corpus = Generator(contract), load_corpus(contract)
    for row in contract.operations.values():
        every = {
            mark for sending in coverage_requests(generator, row) for mark in request_marks(contract, row, sending)
        }
        kept = {mark for sending in corpus.requests[row.id] for mark in request_marks(contract, row, sending)}
        assert every <= kept, f"{row.id}: {sorted(every - kept)[:5]}"


def test_a_stale_corpus_is_one_line(contract: Contract, tmp_path: Path) -> None:
    """Another digest: the file is named, and what makes it anew."""
    other = tmp_path / "corpus.json"
    other.write_text(corpus_path().read_text("utf-8").replace(contract.digest, "0" * 64), "utf-8")
    with pytest.raises(ConfigError, match="another contract; rebuild it with `nhq live-corpus --write`"):
        load_corpus(contract, other)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"contract": 1, "requests": [1]}'])
def test_a_file_that_is_no_corpus_is_one_line(contract: Contract, tmp_path: Path, text: str) -> None:
    """Whatever stands in it."""
    (tmp_path / "corpus.json").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="not a corpus"):
        load_corpus(contract, tmp_path / "corpus.json")


def test_what_is_written_is_read_back(contract: Contract, tmp_path: Path) -> None:
    """Bodies, kinds and lone surrogates survive the file."""
    corpus = load_corpus(contract)
    odd = Sending("POST", "/lead_lists", (("a", "é"),), b'"\xed\xa0\x80"', "application/json", negative=True)
    requests = {**corpus.requests, "create_lead_lists": (odd,)}
    (tmp_path / "corpus.json").write_text(dump_corpus(contract, requests, 1, 1), "utf-8")
    assert load_corpus(contract, tmp_path / "corpus.json").requests == requests


def test_placeholders_are_filled() -> None:
    """Ids are percent-encoded; a filter without a value leaves its request out."""
    sending = Sending("GET", "/lead_lists/{lead_list_id}", (("list_ids", "{list_ids}"),))
    assert fill_placeholders(sending, {"lead_list_id": "a/b"}, {"list_ids": "x"}) == Sending(
        "GET", "/lead_lists/a%2Fb", (("list_ids", "x"),)
    )
    assert fill_placeholders(sending, {"lead_list_id": "a"}, {}) is None


SETS = st.lists(st.frozensets(st.tuples(st.just("op"), st.just(200), st.sampled_from("abcdefgh"), st.booleans())))


@given(SETS)
def test_a_cover_shows_everything(shown) -> None:
    """The union stays whole, and no kept set is there twice."""
    kept = greedy_cover(shown, [1] * len(shown))
    assert frozenset().union(*(shown[n] for n in kept)) == frozenset().union(*shown)
    assert len(kept) == len(set(kept))


def test_the_lighter_of_two_equals_is_kept() -> None:
    """Of two requests that show the same, the shorter is sent."""
    one = frozenset({("op", 200, "a", True)})
    assert greedy_cover([one, one], [9, 3]) == [1]


BODY = {"lead_lists": [{"name": "x"}]}


def shown(contract: Contract, body: object) -> dict[str, set[bool]]:
    sending = Sending("POST", "/lead_lists", (), json.dumps(body).encode(), "application/json")
    found: dict[str, set[bool]] = {}
    for place, kept in request_marks(contract, contract.operations["create_lead_lists"], sending):
        found.setdefault(place, set()).add(kept)
    return found


def test_a_valid_body_keeps_all_keywords_it_meets(contract: Contract) -> None:
    """Nothing is broken by what is valid."""
    assert set.union(*shown(contract, BODY).values()) == {True}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "body/required/lead_lists"),
        ({"lead_lists": []}, "body/properties/lead_lists/minItems"),
        ({"lead_lists": 1}, "body/properties/lead_lists/type"),
        ({**BODY, "more": 1}, "body/additionalProperties"),
        ({"lead_lists": [{}]}, "body/properties/lead_lists/items/required/name"),
        ({"lead_lists": [{"name": 1}]}, "body/properties/lead_lists/items/properties/name/type"),
    ],
)
def test_a_broken_keyword_is_named_by_its_place(contract: Contract, body: object, place: str) -> None:
    """One keyword is broken, and that one only."""
    assert {name for name, kept in shown(contract, body).items() if False in kept} == {place}


def test_a_number_in_a_query_is_read_as_one(contract: Contract) -> None:
    """Texts in a query stand for numbers where the schema wants numbers."""
    row = contract.operations["list_leads"]
    kept = request_marks(contract, row, Sending("GET", "/leads", (("limit", "501"),)))
    assert ("?limit/maximum", False) in kept
    assert ("?limit/type", True) in kept
    assert ("?limit/type", False) in request_marks(contract, row, Sending("GET", "/leads", (("limit", "abc"),)))


def test_ids_become_placeholders_however_they_are_quoted() -> None:
    """What a case holds names nothing of the target, whether its ids were quoted or not."""
    ident = "list.somebody@example.test.1"
    for spelt in (ident, "list.somebody%40example.test.1"):
        sending = Sending("GET", f"/lead_lists/{spelt}/leads", ())
        assert with_placeholders(sending, {"lead_list_id": ident}, {}).path == "/lead_lists/{lead_list_id}/leads"
