from hypothesis import given
from hypothesis import strategies as st

from nhq.contract.sentences import Sentence, document_sentences, split_sentences


def test_a_sentence_ends_where_the_next_begins() -> None:
    """Capitals and markup begin a sentence; abbreviations, ranges and dots inside brackets don't."""
    text = "One (for example `F (Copy ...)`). `start` is two, e.g. at 1.5. Three?\n\n**Four** — has no stop"
    assert split_sentences(text) == [
        "One (for example `F (Copy ...)`).",
        "`start` is two, e.g. at 1.5.",
        "Three?",
        "**Four** — has no stop",
    ]


def test_bullets_are_sentences_of_their_own() -> None:
    """A list hides no promise behind its neighbour."""
    assert split_sentences("Kinds:\n- one kind\n- another") == ["Kinds:", "- one kind", "- another"]


@given(st.text(alphabet="aB.? `\n-", max_size=60))
def test_no_word_is_lost_between_sentences(text: str) -> None:
    """Put together again, the sentences are the text."""
    assert " ".join(split_sentences(text)).split() == text.split()


def test_prose_is_found_wherever_it_stands_and_data_is_not() -> None:
    """Descriptions and summaries are prose anywhere; values of examples, and properties so named, are data."""
    document = {
        "info": {"description": "A. B."},
        "properties": {"summary": {"type": "string", "description": "C."}},
        "example": {"description": "data"},
        "examples": {"one": {"summary": "D.", "value": {"description": "data"}}},
        "list": [{"summary": "E."}],
    }
    assert document_sentences(document) == [
        Sentence("/info/description", "A."),
        Sentence("/info/description", "B."),
        Sentence("/properties/summary/description", "C."),
        Sentence("/examples/one/summary", "D."),
        Sentence("/list/0/summary", "E."),
    ]
