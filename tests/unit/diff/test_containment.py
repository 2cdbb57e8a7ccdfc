"""Containment and witnesses of schemas."""

from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhq.diff import witness_search
from nhq.diff.compare_schemas import EditAnswer
from nhq.diff.containment import schema_covers
from nhq.diff.schema_comparer import Comparer
from nhq.diff.text_values import AS_TEXT
from nhq.diff.value_guesses import ValueGuesser

_NAMES = st.sampled_from(["a", "b"])
_NUMBERS = st.integers(-3, 3)
_STRINGS = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={
        "minLength": st.integers(0, 3),
        "maxLength": st.integers(0, 3),
        "enum": st.lists(st.text("ab", max_size=2)),
    },
)
_INTEGERS = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number"])},
    optional={"minimum": _NUMBERS, "maximum": _NUMBERS, "multipleOf": st.integers(1, 3)},
)
_LEAVES = st.one_of(_STRINGS, _INTEGERS, st.just({"type": "null"}), st.just({"type": "boolean"}), st.just({}))


def _around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    objects = st.fixed_dictionaries(
        {"type": st.just("object")},
        optional={
            "properties": st.dictionaries(_NAMES, inner, max_size=2),
            "required": st.lists(_NAMES, unique=True),
            "additionalProperties": st.booleans(),
        },
    )
    arrays = st.fixed_dictionaries(
        {"type": st.just("array")},
        optional={"items": inner, "minItems": st.integers(0, 2), "maxItems": st.integers(0, 2)},
    )
    several = st.lists(inner, min_size=1, max_size=2)
    combined = st.one_of(*(st.fixed_dictionaries({key: several}) for key in ("anyOf", "oneOf", "allOf")))
    return st.one_of(objects, arrays, combined, st.fixed_dictionaries({"not": inner}))


SCHEMAS = st.recursive(_LEAVES, _around, max_leaves=5)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(big=SCHEMAS, small=SCHEMAS)
def test_what_is_said_to_be_covered_refuses_no_sample(big: Any, small: Any) -> None:
    """`covers` is never yes where a value that the smaller accepts is refused by the bigger."""
    if schema_covers(big, small) is not True:
        return
    one, other = (jsonschema.Draft202012Validator(schema) for schema in (small, big))
    for _, value in zip(range(60), ValueGuesser(small).values(), strict=False):
        assert not one.is_valid(value) or other.is_valid(value)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(big=SCHEMAS, small=SCHEMAS)
def test_a_witness_is_accepted_by_the_one_and_refused_by_the_other(big: Any, small: Any) -> None:
    """Whatever is found is so, by a validator that was not asked while looking."""
    found = witness_search.find_witness(small, big)
    if found is not None:
        assert jsonschema.Draft202012Validator(small).is_valid(found[0])
        assert not jsonschema.Draft202012Validator(big).is_valid(found[0])
        assert schema_covers(big, small) is not True


def _node(value: dict[str, Any], **more: Any) -> dict[str, Any]:
    properties = {"v": value, "next": {"$ref": "#/$defs/n"}, **more}
    return {"$ref": "#/$defs/n", "$defs": {"n": {"type": "object", "properties": properties}}}


def test_a_schema_that_names_itself_is_covered_by_a_wider_one() -> None:
    """Step by step; and not the other way round."""
    assert schema_covers(_node({"type": "number"}), _node({"type": "integer"})) is True
    assert schema_covers(_node({"type": "integer"}), _node({"type": "number"})) is not True


@pytest.mark.parametrize(
    ("small", "big", "broken"),
    [
        ({"type": "integer"}, {"type": "string"}, False),
        ({"type": "string"}, {"type": "integer"}, True),
        ({"type": "integer"}, {"type": "string", "maxLength": 1}, True),
        ({"type": "integer", "maximum": 9, "minimum": 0}, {"type": "string", "maxLength": 1}, False),
    ],
)
def test_what_travels_as_text_is_read_as_text(small: Any, big: Any, broken: bool) -> None:
    """A number fits where any text does; a witness is one however it is read."""
    assert (witness_search.find_witness(small, big, AS_TEXT) is not None) is broken


def test_edits_that_break_only_together_are_found() -> None:
    """Each of `if`, `then` and `else` alone asks for nothing."""
    head = {"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}}
    judged = Comparer().compare({"type": "object"}, head)
    assert [one.answer for one in judged if one.value] == [EditAnswer.BROKEN]


def test_a_comparison_that_takes_too_long_is_undecided() -> None:
    """It is ended, and never green in silence."""
    comparer = Comparer(one=0.05, total=0.05)
    branches = [{"anyOf": [{"required": [f"a{n}"]}, {"required": [f"b{n}"]}]} for n in range(16)]
    others = [{"anyOf": [{"required": [f"a{n}"]}, {"required": [f"c{n}"]}]} for n in range(16)]
    judged = comparer.compare({"allOf": branches}, {"allOf": others})
    comparer.close()
    assert [one.answer for one in judged] == [EditAnswer.UNDECIDED]
