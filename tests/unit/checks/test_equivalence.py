"""When two views show the same thing."""

from typing import Any

import pytest

from nhq.checks.equivalence import differing_members, documented_members, equivalent, join_names

KNOWN = {"id", "name", "inner"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T04:04:05.000+01:00"),
        ({"id": "a", "extra": 1}, {"id": "a", "extra": 2}),
        ({"id": "a", "name": None}, {"id": "a"}),
        ([{"inner": {"id": 1}}], [{"inner": {"id": 1, "more": 2}}]),
    ],
)
def test_the_same_thing_in_other_words(one: Any, other: Any) -> None:
    """Spelling of instants, members of the server's own and members left out make no difference."""
    assert equivalent(one, other, KNOWN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"),
        ("a", None),
        ({"inner": {"name": "a"}}, {"inner": {"name": "b"}}),
        ([1], [1, 2]),
        ([1, 2], [2, 1]),
        ([], ""),
        ([], None),
    ],
)
def test_other_things(one: Any, other: Any) -> None:
    """Other instants, values, inner members, lengths and orders do."""
    assert not equivalent(one, other, KNOWN)


def test_a_member_left_out_is_null() -> None:
    """At the top, where the members are named, null and absent are the same, and a value is not."""
    assert differing_members({"id": "a", "name": None}, {"id": "a"}, ("id", "name"), KNOWN) == []
    assert differing_members({"id": "a", "name": "b"}, {"id": "a"}, ("name", "id"), KNOWN) == ["name"]
    assert join_names({"name", "id"}) == "differs in id, name"


def test_documented_members_are_found_wherever_they_stand() -> None:
    """Names come from every schema of a document, however deep."""
    document = {"a": [{"properties": {"x": {"properties": {"y": {}}}}}], "properties": {"z": {}}, "other": {"n": 1}}
    assert documented_members(document) == {"x", "y", "z"}
