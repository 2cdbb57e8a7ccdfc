"""Creating lead lists, and their counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.mock.name_index import Names
from nhq.mock.policies import Policies
from nhq.mock.policies.lists import unique_name


def create(mock, *entries):
    """POST /lead_lists."""
    return mock.post("/lead_lists", {"lead_lists": list(entries)})


def test_all_created(mock, contracted) -> None:
    """201 with the lists in order, nothing malformed, and a summary that adds up."""
    answer = create(mock, {"name": "One", "description": "First"}, {"name": "Zwei 🙂", "description": None})
    contracted("/lead_lists", "post", answer)
    assert answer.status == 201
    assert [(item["name"], item["description"], item["lead_count"]) for item in answer.data] == [
        ("One", "First", 0),
        ("Zwei 🙂", None, 0),
    ]
    assert answer.json["malformed"] == []
    assert answer.json["summary"] == {"attempted": 2, "created": 2, "malformed": 0}
    listed = [item["id"] for item in mock.get("/lead_lists?limit=2").data]
    assert listed == [item["id"] for item in reversed(answer.data)]


def test_some_malformed(mock) -> None:
    """207 with each rejected entry by its index, and the others created."""
    answer = create(mock, {"name": ""}, {"name": "Good"}, 3, {"name": "x" * 121}, {"title": "no"})
    assert answer.status == 207
    assert [item["name"] for item in answer.data] == ["Good"]
    assert [item["index"] for item in answer.json["malformed"]] == [0, 2, 3, 4]
    assert all(item["errors"] for item in answer.json["malformed"])
    assert answer.json["summary"] == {"attempted": 5, "created": 1, "malformed": 4}


def test_nothing_well_formed(mock) -> None:
    """All entries malformed is 400, and nothing is created."""
    before = len(mock.crawl("/lead_lists", 500))
    assert create(mock, {"name": ""}, {}).status == 400
    assert len(mock.crawl("/lead_lists", 500)) == before


@pytest.mark.parametrize("body", [{}, {"lead_lists": []}, {"lead_lists": {}}, [], "x", {"lead_lists": [], "more": 1}])
def test_bad_body(mock, body) -> None:
    """A body that is no batch is 400."""
    assert mock.post("/lead_lists", body).status == 400


@pytest.mark.parametrize(("length", "status"), [(120, 201), (121, 400)])
def test_name_length_in_code_points(mock, length: int, status: int) -> None:
    """A name may have 120 code points, whatever they take in bytes, and not one more."""
    assert create(mock, {"name": "🙂" * length}).status == status


@pytest.mark.parametrize(("length", "status"), [(500, 201), (501, 400)])
def test_description_length(mock, length: int, status: int) -> None:
    """A description may have 500 code points."""
    assert create(mock, {"name": "n", "description": "ü" * length}).status == status


def test_names_become_unique(mock) -> None:
    """A colliding name is suffixed, also within one request and for a name that looks like a suffixed one."""
    answer = create(mock, {"name": "Founders"}, {"name": "Founders"}, {"name": "Founders (Copy)"})
    names = [item["name"] for item in answer.data]
    assert all(name.startswith("Founders (Copy") for name in names)
    every = [item["name"] for item in mock.crawl("/lead_lists", 500)]
    assert len(set(every)) == len(every)


def test_next_door_is_no_collision(mock) -> None:
    """A name is free when only another workspace uses it."""
    only_here = create(mock, {"name": "Only here"}).data[0]["name"]
    there = mock.post("/lead_lists", {"lead_lists": [{"name": only_here}]}, key="beta_full")
    assert there.data[0]["name"] == only_here


@given(st.text(max_size=5), st.sets(st.text(max_size=5)))
def test_unique_name(name: str, taken: set[str]) -> None:
    """The name made is free, begins with the one asked for, and is that one whenever it is free."""
    made = unique_name(name, taken)
    assert made not in taken
    assert made.startswith(name)
    assert name in taken or made == name


def test_lead_count_follows_imports(mock) -> None:
    """`lead_count` is the current number of members, in the list of lists and in the single one."""
    ident = create(mock, {"name": "Counted"}).data[0]["id"]
    for number in range(3):
        new = {"first_name": "A", "last_name": "B", "linkedin_url": f"https://www.linkedin.com/in/counted-{number}"}
        mock.post(f"/lead_lists/{ident}/leads", new)
        assert mock.get(f"/lead_lists/{ident}").data["lead_count"] == number + 1
        assert mock.get("/lead_lists?limit=1").data[0]["lead_count"] == number + 1
    for item in mock.crawl("/lead_lists", 500):
        assert item["lead_count"] == len(mock.crawl(f"/lead_lists/{item['id']}/leads", 500))


class Counted(Names):
    """Names that count how often one is looked for."""

    looks = 0

    def __contains__(self, name: object) -> bool:
        Counted.looks += 1
        return super().__contains__(name)


@pytest.mark.parametrize("name", ["n", "n{}"])
def test_a_long_batch_costs_as_much_as_its_entries(make, name: str) -> None:
    """Each entry looks for a free name a few times, however many came before it, of its own name or of others."""
    asked: list[int] = []

    def taken(existing, workspace, made):
        asked.append(len(made))
        return Counted(existing[workspace], made)

    Counted.looks = 0
    answer = create(make(Policies(taken_names=taken)), *[{"name": name.format(i)} for i in range(2000)])
    assert (answer.status, len({row["name"] for row in answer.data})) == (201, 2000)
    assert asked == [0]
    assert Counted.looks < 4 * 2000


def test_twenty_thousand_names(mock) -> None:
    """A batch of 20,000 names, half of them one, is created in its order, newest first in the list."""
    entries = [{"name": "same" if i % 2 else f"n{i}"} for i in range(20_000)]
    made = create(mock, *entries).data
    assert len({row["name"] for row in made}) == 20_000
    assert [row["id"] for row in mock.get("/lead_lists?limit=500").data] == [row["id"] for row in made[:-501:-1]]
