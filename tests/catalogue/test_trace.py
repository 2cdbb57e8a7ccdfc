"""Every word of the contract is accounted for."""

from known_contract import CONTRACT

from nhq import paths
from nhq.contract.sentences import document_sentences
from nhq.contract.trace import load_informative, rules_on_sentence, trace_problems, unquoted_pieces

INFORMATIVE = load_informative(paths.contracts_folder() / "informative.toml")


def test_every_word_of_the_prose_belongs_to_a_rule_or_is_informative() -> None:
    """New, changed and forgotten prose is named; so is an exception whose text is gone."""
    assert trace_problems(CONTRACT, INFORMATIVE) == []


def test_every_sentence_with_a_promise_has_rules() -> None:
    """A sentence without any rule is listed whole, with the reason why it promises nothing."""
    whole = {(piece.pointer, piece.text) for piece in unquoted_pieces(CONTRACT)}
    for sentence in document_sentences(CONTRACT.document):
        assert rules_on_sentence(CONTRACT, sentence) or (sentence.pointer, sentence.text.strip(" .")) in whole, sentence


def test_no_text_is_listed_twice() -> None:
    """One exception, one reason."""
    places_listed = [(row.text, pattern) for row in INFORMATIVE for pattern in row.at]
    assert len(set(places_listed)) == len(places_listed)
