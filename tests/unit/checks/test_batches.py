"""Reading the answers of batches."""

import json

import pytest

from nhq.checks.batches import array_of, index_of, names_exactly, names_field, read_batch
from nhq.model import Exchange


def answer(body: bytes) -> Exchange:
    return Exchange(1, "import_leads", "POST", "/", {}, b"", None, 207, {}, body, 0.0, 0.0)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"{}", b'{"failed": {}}', b'{"failed": [1, null]}'])
def test_what_is_not_there_is_empty(body):
    """A part that is missing, or of another shape, is an empty one."""
    assert array_of(answer(body), "failed") == []


def test_parts():
    """The objects of an array of the answer."""
    assert array_of(answer(json.dumps({"failed": [{"index": 1}]}).encode()), "failed") == [{"index": 1}]


@pytest.mark.parametrize(
    ("indexes", "found"),
    [
        ([1, 3], True),
        ([3, 1], True),
        ([2, 4], True),
        ([1, 4], False),
        ([1], False),
        ([1, 3, 3], False),
        ([None, 3], False),
    ],
)
def test_exactly_these_entries(indexes, found):
    """Indexes may come in any order, counted from 0 or from 1, each once."""
    assert names_exactly([{"index": index} for index in indexes], {1, 3}) is found


@pytest.mark.parametrize(
    "field", ["name", "/name", "lead_lists.1.name", "lead_lists[1].name", "/lead_lists/1/name", "skills.name.1"]
)
def test_a_field_by_its_path(field):
    """A field is named alone or as a step of a path, in any notation."""
    assert names_field({"errors": [{"field": "other"}, {"field": field}]}, "name")


@pytest.mark.parametrize(
    "told", [{}, {"errors": []}, {"errors": None}, {"errors": [3]}, {"errors": [{"field": "names"}]}]
)
def test_a_field_that_is_not_named(told):
    """No errors, or errors of other fields, name it not."""
    assert not names_field(told, "name")


@pytest.mark.parametrize("first", [0, 1])
def test_a_batch_by_places(first):
    """What became of each entry is told by its place, whether indexes count from zero or from one."""
    body = {
        "data": [{"index": 2 + first, "result": "created", "lead": {"id": "x"}}, {"index": first, "result": "created"}],
        "failed": [{"index": 1 + first}],
        "malformed": [{"index": 3 + first}],
    }
    batch = read_batch(answer(json.dumps(body).encode()), 4)
    assert (batch.result(2), batch.ident(2), batch.ident(0), batch.result(1)) == ("created", "x", "", "")
    assert batch.idents == ["", "x"]
    assert (set(batch.failed), set(batch.malformed)) == ({1}, {3})
    assert batch.settled({0, 1, 2})
    assert not batch.settled({0, 1, 2, 3})


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"error": {}}', b'{"data": {}}'])
def test_what_is_no_answer_to_a_batch_settles_nothing(body):
    """A refusal, or a body of another shape, tells of no entry."""
    batch = read_batch(answer(body), 2)
    assert not batch.data
    assert not batch.settled({0})
    assert batch.result(0) == batch.ident(0) == ""


def batch(status, **parts):
    body = json.dumps(parts).encode()
    return read_batch(Exchange(1, "import_leads", "POST", "/", {}, b"", None, status, {}, body, 0.0, 0.0), 3)


@pytest.mark.parametrize(
    ("status", "results", "right"),
    [
        (207, ["created"], True),
        (207, [], True),
        (200, ["already_in_list"], True),
        (200, [], True),
        (200, ["already_in_list", "created"], False),
        (201, ["already_in_list"], False),
    ],
)
def test_the_status_of_a_batch_with_problems(status, results, right):
    """207 always will do, 200 where nothing new was added, anything else never."""
    rows = [{"index": place, "result": result} for place, result in enumerate(results)]
    assert batch(status, data=rows, failed=[{"index": 2}]).with_problems is right


def test_what_became_of_entries_is_told_by_their_places():
    """Results, ids and parts of a batch, in the order of its entries; "" where nothing is told."""
    made = batch(
        207,
        data=[{"index": 2, "result": "created", "lead": {"id": "b"}}, {"index": 0, "result": "already_in_list"}],
        malformed=[{"index": 1}],
    )
    assert [made.result(place) for place in range(4)] == ["already_in_list", "", "created", ""]
    assert made.idents == ["", "b"]
    assert made.ident(1) == ""
    assert made.shown == "207, 1 malformed, 0 failed, already_in_list, created"
    assert batch(400).shown == "400, 0 malformed, 0 failed, no result"


def test_a_batch_is_settled_when_each_entry_was_imported_or_failed():
    """Exactly these entries: none is missing, and there is none beside."""
    made = batch(207, data=[{"index": 0}], failed=[{"index": 2}], malformed=[{"index": 1}])
    assert made.settled({0, 2})
    for places in {0}, {2}, {0, 1, 2}:
        assert not made.settled(places)


@pytest.mark.parametrize(
    ("indexes", "first"), [([0, 1], 0), ([1, 2], 0), ([1, 3], 1), ([0, 3], 0), ([3], 1), ([], 0), ([-1], 0)]
)
def test_indexes_count_from_one_where_they_cannot_count_from_zero(indexes, first):
    """Only the number of entries itself, without a 0, shows that the first is 1."""
    made = batch(207, failed=[{"index": index} for index in indexes])
    assert set(made.failed) == {index - first for index in indexes}


@pytest.mark.parametrize("index", [None, "1", 1.5, True, [], {}, float("nan")])
def test_an_item_without_an_index_is_nobodys(index):
    """It is neither the first entry nor any other."""
    assert index_of({"index": index}) == -1
    assert index_of({}) == -1
    assert index_of({"index": 2.0}) == 2
    assert not names_exactly([{"index": index}], {0})
