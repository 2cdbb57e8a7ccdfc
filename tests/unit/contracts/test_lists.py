"""Lists: names, counts and malformed entries, on a mock whose answers are changed."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from scenario_play import Play

from nhq.errors import PreconditionNotMet
from nhq.scenarios.effort import find_effort

Of = Callable[[dict[str, Any]], dict[str, Any]]


def creations(play: Play, of: Of, status: int = 0, only: int = 0) -> None:
    """Answers to creations are as `of` makes them; all, or the one of that number."""
    made: list[str] = []

    def edit(asked: str, was: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("POST /lead_lists") or asked.endswith("/leads"):
            return None
        made.append(asked)
        return (status or was, of(body)) if only in (0, len(made)) else None

    play.edit(edit)


def same(body: dict[str, Any]) -> dict[str, Any]:
    return body


def row(place: int, **members: Any) -> Of:
    """One of the lists made, otherwise."""
    return lambda body: body | {"data": [r | (members if n == place else {}) for n, r in enumerate(body["data"])]}


@pytest.mark.parametrize(
    ("status", "verdict"),
    [*((s, "holds") for s in (207, 400, 422, 499)), *((s, "violated") for s in (200, 201, 206, 208, 399, 500))],
)
def test_nothing_but_malformed_entries_is_never_201(status: int, verdict: str, play: Play) -> None:
    """It is refused, or 207."""
    creations(play, same, status)
    seen = play("lists", "test_all_malformed")
    assert [told for told, _ in seen.of("LIST-ALL-MALFORMED")] == [verdict, verdict]
    assert seen.chosen == {"all-malformed-lists": str(status)}


@pytest.mark.parametrize(
    ("of", "found"),
    [
        (same, {}),
        (row(1, name="x"), {"LIST-NAME-KEPT": "1 others", "LIST-CREATES": "not so"}),
        (row(0, description="x"), {"LIST-DESCRIPTION-KEPT": "1 others"}),
        (row(2, description=None), {"LIST-DESCRIPTION-KEPT": "1 others"}),
        (row(3, description=""), {}),
        (
            lambda body: body | {"data": body["data"][:3]},
            {"LIST-DATA-COMPLETE": "201, 3 of 4 in data", "LIST-NAME-KEPT": "1 others", "LIST-CREATES": "not so"},
        ),
        (
            lambda body: body | {"data": []},
            {
                "LIST-DATA-COMPLETE": "201, 0 of 4 in data",
                "LIST-NAME-KEPT": "4 others",
                "LIST-CREATES": "201, no list created",
            },
        ),
    ],
)
def test_each_entry_becomes_a_list(of: Of, found: dict[str, str], play: Play) -> None:
    """With its name and its description."""
    creations(play, of)
    assert play("lists", "test_creation").found == found


@pytest.mark.parametrize(
    ("of", "alone", "found"),
    [
        (lambda rows: rows, True, False),
        (lambda rows: [rows[0] | {"id": "x"}, *rows], True, True),
        (lambda rows: [rows[0] | {"id": "x"}, *rows], False, False),
        (lambda rows: rows[1:], False, True),
    ],
)
def test_a_new_list_stands_first(
    of: Callable[[list[Any]], list[Any]], alone: bool, found: bool, played: type[Play]
) -> None:
    """Where somebody else may make some, too, it stands there."""
    play = played(alone=alone)
    play.edit(
        lambda asked, status, body: (
            (status, body | {"data": of(body["data"])}) if asked.partition("?")[0] == "GET /lead_lists" else None
        )
    )
    seen = play("lists", "test_creation")
    assert seen.found == ({"LIST-CREATES": "not so"} if found else {})


@pytest.mark.parametrize(
    ("of", "only", "rule", "actual"),
    [
        (row(0, name="nhq"), 0, "LIST-NAME-UNIQUE", "1 different names, 4 when read"),
        (row(0, name="x"), 4, "LIST-NAME-SUFFIX", "1 of 4 do not"),
        (lambda body: body | {"data": []}, 2, "LIST-NAME-UNIQUE", "3 different names, 3 when read"),
    ],
)
def test_a_name_is_made_unique(of: Of, only: int, rule: str, actual: str, play: Play) -> None:
    """As often as it is given, by a suffix."""
    creations(play, of, only=only)
    assert play("lists", "test_name_of_an_existing_list").found[rule] == actual


def test_a_name_is_read_as_it_was_told(play: Play) -> None:
    """Alone, each of them."""
    play.edit(lambda asked, status, body: (404, body) if asked.startswith("GET /lead_lists/") else None)
    found = play("lists", "test_name_of_an_existing_list").found
    assert found == {"LIST-NAME-UNIQUE": "4 different names, 1 when read"}


@pytest.mark.parametrize(
    ("name", "rule", "actual"),
    [
        ("test_equal_names_in_one_request", "LIST-NAME-UNIQUE-WITHIN", "201, 1 different names in 4 lists"),
        ("test_longest_name_twice", "LIST-NAME-UNIQUE", "201, 1 different names"),
    ],
)
def test_equal_names_are_told(name: str, rule: str, actual: str, play: Play) -> None:
    """Within one request, or of the longest names."""
    creations(play, lambda body: body | {"data": [row | {"name": "n"} for row in body["data"]]})
    assert play("lists", name).found == {rule: actual}


@pytest.mark.parametrize(
    ("of", "status", "only", "found"),
    [
        (same, 0, 0, {}),
        (same, 201, 1, {"LIST-STATUS-207": "201"}),
        (same, 201, 2, {"LIST-STATUS-207": "201"}),
        (
            lambda body: body | {"malformed": body["malformed"][1:]},
            0,
            1,
            {"LIST-MALFORMED": "207, 7 malformed, others than the 8 that break the schema"},
        ),
        (lambda body: body | {"data": body["data"][:1]}, 0, 1, {"LIST-DATA-COMPLETE": "207, 1 in data"}),
        (row(0, name="x"), 0, 1, {"LIST-DATA-COMPLETE": "207, 2 in data"}),
        (
            lambda body: (
                body | {"malformed": [m | {"errors": [{"field": "q", "path": "q"}]} for m in body["malformed"]]}
            ),
            0,
            1,
            {"LIST-MALFORMED-FIELD": "7 of 8 name another"},
        ),
    ],
)
def test_some_malformed_entries_are_told(of: Of, status: int, only: int, found: dict[str, str], play: Play) -> None:
    """By index and field, with 207; the others are made."""
    creations(play, of, status, only)
    assert play("lists", "test_some_malformed").found == found


def test_a_list_that_a_207_names_can_be_read(play: Play) -> None:
    """Some seconds later at the latest."""
    play.edit(lambda asked, status, body: (404, body) if asked.startswith("GET /lead_lists/") else None)
    assert play("lists", "test_some_malformed").found == {"LIST-CREATES": "404"}


# --- counts and rows ------------------------------------------------------------------------------------------


def lists(**counts: int | None) -> Any:
    return SimpleNamespace(lists=[{"id": ident, "lead_count": count} for ident, count in counts.items()])


@pytest.mark.parametrize(
    ("counts", "chosen"),
    [
        ({"a": 5, "b": 0, "c": 9, "d": 7, "e": 1}, ["b", "e", "d", "c"]),
        ({"a": 5, "b": 1501, "c": 1500}, ["a", "c"]),
        ({"a": None, "b": 3}, ["a", "b"]),
        ({"a": 0, "b": 0}, ["a"]),
    ],
)
def test_lists_of_all_sizes_are_counted(counts: dict[str, int | None], chosen: list[str], scenario: Any) -> None:
    """The empty one, the shortest, the two longest that can be read."""
    assert scenario("lists")._lists_of_all_sizes(lists(**counts)) == chosen
    with pytest.raises(PreconditionNotMet, match="no lead lists"):
        scenario("lists")._lists_of_all_sizes(lists(a=1501))


@pytest.mark.parametrize("operation", ["list_lead_lists", "get_lead_list"])
@pytest.mark.parametrize(("off", "verdict"), [(0, "holds"), (1, "violated"), (-1, "violated")])
def test_counts_are_held_to_members(operation: str, off: int, verdict: str, play: Play) -> None:
    """Of each list, by either reading."""
    play.world.warm()

    def counted(row: Any) -> Any:
        return row | {"lead_count": row["lead_count"] + off}

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if asked.startswith("GET /lead_lists?"):
            return status, body | {"data": [counted(row) for row in body["data"]]}
        if asked.startswith("GET /lead_lists/") and isinstance(body["data"], dict):
            return status, body | {"data": counted(body["data"])}
        return None

    play.edit(edit)
    seen = play("lists", "test_member_count", operation=operation)
    assert [told for told, _ in seen.of("LIST-COUNT-TRUE")] == [verdict] * 5


@pytest.mark.parametrize(
    ("profile", "alone", "sizes"),
    [("gate", True, [5]), ("live", True, [2]), ("nightly", True, [5]), ("gate", False, [5, 10])],
)
def test_rows_of_lists_are_held_to_lists(profile: str, alone: bool, sizes: list[int], played: type[Play]) -> None:
    """Five, live two; where others act they are listed again."""
    play = played(alone=alone)
    assert play("lists", "test_same_as_row", effort=find_effort(profile)).found == {}
    pages = [asked for asked, _, _ in play.wire.sent if asked.startswith("GET /lead_lists?")]
    assert [int(asked.partition("limit=")[2]) for asked in pages] == sizes


def test_what_changes_between_row_and_list_accuses_nobody(played: type[Play]) -> None:
    """Somebody may rename a list at that moment; a lasting difference is told."""
    for renamed, found in ((True, {}), (False, {"LIST-SAME-AS-ROW": "others: name"})):
        play = played(alone=False)

        def edit(asked: str, status: int, body: Any, renamed: bool = renamed) -> tuple[int, Any] | None:
            if asked.startswith("GET /lead_lists/"):
                return status, body | {"data": body["data"] | {"name": "new"}}
            if renamed and "limit=10" in asked:
                return status, body | {"data": [row | {"name": "new"} for row in body["data"]]}
            return None

        play.edit(edit)
        assert play("lists", "test_same_as_row").found == found
