import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.contract.pointers import make_pointer, pointer_tokens, quotable_text, resolve_pointer


@given(st.lists(st.text(min_size=0, max_size=8), max_size=5))
def test_pointers_are_read_as_they_were_written(keys: list[str]) -> None:
    """Whatever the keys are, slashes and tildes included, tokens undoes pointer."""
    assert pointer_tokens(make_pointer(keys)) == keys


def test_a_pointer_leads_through_objects_and_arrays() -> None:
    """Indexes lead into arrays and escaped keys into objects."""
    assert resolve_pointer({"a/b": [{"c~d": 1}]}, "/a~1b/0/c~0d") == 1


@pytest.mark.parametrize("text", ["/b", "/a/1", "/a/x", "/a/-1", "/a/0/x", "/s/0"])
def test_a_pointer_to_nothing_is_a_lookup_error(text: str) -> None:
    """Missing keys, indexes out of range, negative or no indexes, and children of scalars are all LookupErrors."""
    with pytest.raises(LookupError):
        resolve_pointer({"a": [1], "s": "text"}, text)


def test_text_that_is_no_pointer_is_refused() -> None:
    """A pointer is empty or begins with a slash."""
    with pytest.raises(ValueError, match="no JSON pointer"):
        resolve_pointer({}, "a/b")


def test_quotes_see_text_as_it_is_and_values_as_compact_json() -> None:
    """A string is quoted bare; anything else as JSON without blanks and without escaping."""
    assert quotable_text("a – b") == "a – b"
    assert quotable_text({"a": [None, False, "–"]}) == '{"a":[null,false,"–"]}'
