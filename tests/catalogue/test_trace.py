"""Every word of the contract is accounted for."""

from nhq import places
from nhq.contract import load_contract
from nhq.contract.sentences import sentences
from nhq.contract.trace import load_informative, pieces, rules_of, trace

CONTRACT = load_contract()
INFORMATIVE = load_informative(places.contracts() / "informative.toml")


def test_every_word_of_the_prose_belongs_to_a_rule_or_is_informative() -> None:
    """New, changed and forgotten prose is named; so is an exception whose text is gone."""
    assert trace(CONTRACT, INFORMATIVE) == []


def test_every_sentence_with_a_promise_has_rules() -> None:
    """A sentence without any rule is listed whole, with the reason why it promises nothing."""
    whole = {(piece.pointer, piece.text) for piece in pieces(CONTRACT)}
    for sentence in sentences(CONTRACT.document):
        assert rules_of(CONTRACT, sentence) or (sentence.pointer, sentence.text.strip(" .")) in whole, sentence


def test_no_text_is_listed_twice() -> None:
    """One exception, one reason."""
    places_listed = [(row.text, pattern) for row in INFORMATIVE for pattern in row.at]
    assert len(set(places_listed)) == len(places_listed)
