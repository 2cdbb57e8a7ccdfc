"""Imports: what answers to a lead or a batch show, on a mock whose answers are changed."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from scenario_play import Play

from nhq.errors import PreconditionNotMet

Batch = dict[str, Any]


def batches(play: Play, of: Callable[[Batch], Batch], status: int = 0, only: int = 0) -> None:
    """Answers to batches are as `of` makes them; all, or the one of that number."""
    seen: list[str] = []

    def edit(asked: str, was: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("POST /lead_lists/") or not isinstance(body.get("data"), list):
            return None
        seen.append(asked)
        return (status or was, of(body)) if only in (0, len(seen)) else None

    play.edit(edit)


def put(place: int, **members: Any) -> Callable[[Batch], Batch]:
    """The row at an index, otherwise."""
    return lambda body: body | {"data": [row | (members if row["index"] == place else {}) for row in body["data"]]}


def fail(*places: int) -> Callable[[Batch], Batch]:
    """Rows at these indexes failed in processing."""

    def of(body: Batch) -> Batch:
        failed = [{"index": place, "error": "x", "errors": [], "message": "x"} for place in places]
        rows = [row for row in body["data"] if row["index"] not in places]
        return body | {"data": rows, "failed": [*body["failed"], *failed]}

    return of


def lose(*places: int) -> Callable[[Batch], Batch]:
    """Nothing is said of these indexes."""
    return lambda body: body | {"data": [row for row in body["data"] if row["index"] not in places]}


def stranger(place: int) -> Callable[[Batch], Batch]:
    """The lead at an index has another id."""

    def of(body: Batch) -> Batch:
        rows = [row | ({"lead": row["lead"] | {"id": "x"}} if row["index"] == place else {}) for row in body["data"]]
        return body | {"data": rows}

    return of


def drop(kind: str) -> Callable[[Batch], Batch]:
    return lambda body: body | {kind: []}


@pytest.mark.parametrize(
    ("of", "found"),
    [
        (lambda body: body, {}),
        (put(0, result="already_in_list"), {"IMPORT-CREATED": "201, already_in_list"}),
        (put(1, result="created"), {"IMPORT-ALREADY": "201, created"}),
        (put(2, result="created"), {"IMPORT-EXISTING": "201, created"}),
        (put(3, result="added_existing"), {"IMPORT-CREATED": "201, added_existing"}),
    ],
)
def test_each_entry_has_its_own_result(of: Callable[[Batch], Batch], found: dict[str, str], play: Play) -> None:
    """Under its own index."""
    batches(play, of, only=1)
    assert play("import_batches", "test_batch").found == found


def test_entries_that_fail_accuse_nobody(play: Play) -> None:
    """Any entry may fail in processing: nothing is said of it, and it is no member."""
    batches(play, fail(0), status=207, only=1)
    seen = play("import_batches", "test_batch")
    assert set(seen.found) <= {"IMPORT-MEMBERSHIP"}
    assert [verdict for verdict, _ in seen.of("IMPORT-DEDUP")] == ["holds"]


@pytest.mark.parametrize(("places", "told"), [((1,), ["holds"]), ((2,), ["holds"]), ((1, 2), []), ((0, 3), ["holds"])])
def test_leads_that_were_known_stay_who_they_were(places: tuple[int, ...], told: list[str], play: Play) -> None:
    """Those of them that didn't fail."""
    batches(play, fail(*places), status=207, only=1)
    assert [verdict for verdict, _ in play("import_batches", "test_batch").of("IMPORT-DEDUP")] == told


@pytest.mark.parametrize("place", [1, 2])
def test_another_id_of_a_known_lead_is_told(place: int, play: Play) -> None:
    """It would be another lead."""
    batches(play, stranger(place), only=1)
    assert play("import_batches", "test_batch").found["IMPORT-DEDUP"] == "1 others"


# --- twins ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "within", "result"),
    [
        (lambda body: body, "holds", "holds"),
        (put(2, result="created"), "holds", "violated"),
        (put(0, result="already_in_list"), "holds", "violated"),
        (fail(0, 2), "unknown", "unknown"),
        (fail(2), "holds", "unknown"),
        (lose(0, 2), "violated", "unknown"),
        (lambda body: lose(0)(fail(2)(body)), "violated", "unknown"),
        (stranger(2), "violated", "holds"),
    ],
)
def test_twins_are_one_lead(of: Callable[[Batch], Batch], within: str, result: str, play: Play) -> None:
    """The second one is already in the list; where both failed nothing is known."""
    batches(play, of)
    seen = play("import_batches", "test_twins_in_a_batch")
    assert [verdict for verdict, _ in seen.of("IMPORT-DEDUP-WITHIN")] == [within]
    assert [verdict for verdict, _ in seen.of("IMPORT-TWIN-RESULT")] == [result]


# --- the largest batch ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "status", "verdict"),
    [
        (lambda body: body, 201, "holds"),
        (lambda body: body, 207, "violated"),
        (lambda body: body, 200, "violated"),
        (fail(*range(100)), 207, "unknown"),
        (lambda body: body | {"data": body["data"][:-1]}, 201, "violated"),
    ],
)
def test_a_hundred_leads_are_imported_whole(
    of: Callable[[Batch], Batch], status: int, verdict: str, play: Play
) -> None:
    """With 201; where every entry failed nothing is known."""
    batches(play, of, status)
    assert [told for told, _ in play("import_batches", "test_largest_batch").of("IMPORT-MAX-ACCEPTED")] == [verdict]
    sent = [body.count('"first_name"') for asked, body, _ in play.wire.sent if asked.endswith("/leads")]
    assert sent == [100, 101]


def test_where_one_of_a_hundred_failed_it_is_207(play: Play) -> None:
    """And it is no member."""
    batches(play, fail(7), 207)
    play.edit(
        lambda asked, status, body: (
            (status, body | {"data": body["data"][1:]})
            if asked.startswith("GET /lead_lists/") and len(body["data"]) == 100
            else None
        )
    )
    assert [told for told, _ in play("import_batches", "test_largest_batch").of("IMPORT-MAX-ACCEPTED")] == ["holds"]


@pytest.mark.parametrize(("status", "verdict"), [(400, "holds"), (413, "violated"), (201, "violated")])
def test_a_hundred_and_one_are_refused(status: int, verdict: str, play: Play) -> None:
    """By 400."""
    play.edit(lambda asked, was, body: (status, body) if was == 400 else None)
    assert [told for told, _ in play("import_batches", "test_largest_batch").of("IMPORT-OVER-MAX-400")] == [verdict]


# --- failures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "only", "verdicts"),
    [
        (lambda body: body, 0, ["holds", "holds", "holds"]),
        (drop("failed"), 1, ["violated", "holds", "holds"]),
        (drop("malformed"), 1, ["violated", "holds", "holds"]),
        (put(0, result="already_in_list"), 1, ["violated", "holds", "holds"]),
        (drop("failed"), 2, ["holds", "holds", "violated"]),
        (lambda body: body | {"data": body["data"][:-1]}, 1, ["violated", "violated", "holds"]),
    ],
)
def test_an_entry_that_fails_is_told_by_its_index(
    of: Callable[[Batch], Batch], only: int, verdicts: list[str], play: Play
) -> None:
    """The others are imported, and the malformed one is malformed."""
    batches(play, of, only=only)
    assert [verdict for verdict, _ in play("import_batches", "test_failed").of("IMPORT-FAILED")] == verdicts


@pytest.mark.parametrize(("status", "verdict"), [(201, "violated"), (200, "violated"), (207, "holds")])
def test_a_batch_with_problems_is_207(status: int, verdict: str, play: Play) -> None:
    """Where something was added beside what failed."""
    batches(play, lambda body: body, status, only=2)
    told = [verdict for verdict, _ in play("import_batches", "test_failed").of("IMPORT-FAILED")]
    assert told == ["holds", "holds", verdict]


def test_what_was_named_to_fail_may_be_mended(played: type[Play]) -> None:
    """On a target that isn't ours."""
    play = played(alone=False)

    def of(body: Batch) -> Batch:
        came = body["data"][0] | {"index": 1, "result": "created"}
        return body | {"data": [*body["data"], came], "failed": []}

    batches(play, of)
    with pytest.raises(PreconditionNotMet, match="behaves differently"):
        play("import_batches", "test_failed")


# --- malformed entries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "status", "verdicts"),
    [
        (lambda body: body, 207, ["holds", "holds"]),
        (lambda body: body, 201, ["violated", "holds"]),
        (drop("malformed"), 207, ["violated", "holds"]),
        (lambda body: body | {"malformed": body["malformed"][1:]}, 207, ["violated", "holds"]),
        (put(0, result="already_in_list"), 207, ["violated", "holds"]),
        (put(0, result="renewed"), 207, ["violated", "holds"]),
        (lambda body: body | {"data": body["data"][:1]}, 207, ["violated", "violated"]),
    ],
)
def test_malformed_entries_are_told_by_their_indexes(
    of: Callable[[Batch], Batch], status: int, verdicts: list[str], play: Play
) -> None:
    """The others are imported: 207."""
    batches(play, of, status)
    seen = play("import_malformed", "test_some_malformed")
    assert [verdict for verdict, _ in seen.of("IMPORT-MALFORMED")] == verdicts


@pytest.mark.parametrize(
    ("of", "status", "verdict"),
    [
        (lambda body: body, 207, "holds"),
        (lambda body: body, 200, "holds"),
        (lambda body: body, 201, "violated"),
        (drop("malformed"), 207, "violated"),
        (put(1, result="created"), 207, "violated"),
        (fail(1), 207, "holds"),
        (drop("data"), 207, "violated"),
    ],
)
def test_a_member_beside_a_malformed_entry_is_200_or_207(
    of: Callable[[Batch], Batch], status: int, verdict: str, play: Play
) -> None:
    """Since nothing new was added."""
    batches(play, of, status)
    seen = play("import_malformed", "test_members_and_malformed")
    assert [told for told, _ in seen.of("IMPORT-MALFORMED")] == [verdict]
    assert seen.chosen == {"malformed-and-members": str(status)}


@pytest.mark.parametrize(
    ("status", "verdict"),
    [*((s, "holds") for s in (200, 207, 400, 422, 499)), *((s, "violated") for s in (201, 202, 206, 399, 500))],
)
def test_nothing_but_malformed_entries_is_never_201(status: int, verdict: str, play: Play) -> None:
    """Whatever else it is, short of a crash."""
    play.edit(lambda asked, was, body: (status, body) if asked.startswith("POST /lead_lists/") else None)
    seen = play("import_malformed", "test_all_malformed")
    assert [told for told, _ in seen.of("IMPORT-ALL-MALFORMED")] == [verdict, verdict, "holds"]
    assert seen.chosen == {"all-malformed-leads": str(status)}


@pytest.mark.parametrize(
    ("of", "verdict"),
    [
        (lambda body: body, "holds"),
        (drop("data"), "violated"),
        (
            lambda body: body | {"malformed": [{"index": 0, "errors": []}], "data": body["data"][1:]},
            "violated",
        ),
    ],
)
def test_a_date_that_is_none_is_malformed_or_taken(of: Callable[[Batch], Batch], verdict: str, play: Play) -> None:
    """The other entry is imported in any case."""
    batches(play, of)
    seen = play("import_malformed", "test_date_that_is_none")
    assert [told for told, _ in seen.of("IMPORT-MALFORMED")] == [verdict]


def test_entries_break_the_schema_in_one_way_each(scenario: Any) -> None:
    """Three lack a member, two have an empty one, seven another type, and one a member too many."""
    bad = scenario("import_malformed").malformed(random.Random(1))
    rules = [rule for _, _, rule in bad]
    broken = ("REQUEST-REQUIRED", "REQUEST-EMPTY-TEXT", "REQUEST-TYPE", "REQUEST-UNKNOWN-MEMBER-400")
    assert [rules.count(rule) for rule in broken] == [3, 2, 7, 1]
    assert all(field in lead or rule == "REQUEST-REQUIRED" for lead, field, rule in bad if field)


# --- one lead -------------------------------------------------------------------------------------------------


def test_a_lead_stays_one_lead(play: Play) -> None:
    """Another id at the fourth import would be a second one."""
    seen: list[str] = []

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("POST /lead_lists/"):
            return None
        seen.append(asked)
        return (status, body | {"data": body["data"] | {"id": "x"}}) if len(seen) == 4 else None

    play.edit(edit)
    assert play("import", "test_one_lead").found == {"IMPORT-DEDUP": "2 different ids"}


@pytest.mark.parametrize(
    ("path", "of", "rule", "actual"),
    [
        ("GET /lead_lists/", lambda rows: [*rows, *rows], "IMPORT-MEMBERSHIP", "2 times, of 2 members"),
        ("GET /lead_lists/", lambda rows: [*rows, rows[0] | {"id": "x"}], "IMPORT-MEMBERSHIP", "1 times, of 2 members"),
        ("GET /leads?", lambda rows: [*rows, *rows], "IMPORT-DEDUP", "2 rows"),
        ("GET /leads?", lambda rows: [], "IMPORT-DEDUP", "0 rows"),
    ],
)
def test_a_lead_is_a_member_once(
    path: str, of: Callable[[list[Any]], list[Any]], rule: str, actual: str, play: Play
) -> None:
    """Of each list it joined, and the workspace has it once."""
    play.edit(
        lambda asked, status, body: (
            (status, body | {"data": of(body["data"])}) if asked.startswith(path) and body["data"] else None
        )
    )
    assert play("import", "test_one_lead").found[rule] == actual


@pytest.mark.parametrize(
    ("status", "result", "same", "found"),
    [
        (201, "created", False, {}),
        (201, "added_existing", False, {"IMPORT-DEDUP-OWN": "201, added_existing, another id"}),
        (201, "created", True, {"IMPORT-DEDUP-OWN": "201, created, the same id", "IMPORT-DEDUP": "another"}),
    ],
)
def test_a_lead_of_another_workspace_is_made_anew(
    status: int, result: str, same: bool, found: dict[str, str], play: Play
) -> None:
    """As another lead."""
    made: list[Any] = []

    def edit(asked: str, was: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("POST /lead_lists/"):
            return None
        made.append(body["data"]["id"])
        data = body["data"] | ({"id": made[0]} if same else {})
        return (status, {"data": data, "result": result}) if len(made) == 2 else None

    play.edit(edit)
    assert play("import", "test_lead_of_another_workspace").found == found


@pytest.mark.parametrize("ident", ["0", "zzz"])
def test_another_id_is_called_another(ident: str, play: Play) -> None:
    """Whether it comes before the one of the other workspace or after it."""
    made: list[str] = []

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("POST /lead_lists/"):
            return None
        made.append(asked)
        data = body["data"] | {"id": ident}
        return (status, {"data": data, "result": "added_existing"}) if len(made) == 2 else None

    play.edit(edit)
    found = play("import", "test_lead_of_another_workspace").found
    assert found["IMPORT-DEDUP-OWN"] == "201, added_existing, another id"
