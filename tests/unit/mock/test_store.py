"""The store: rows stay sorted, copies are independent."""

from hypothesis import given
from hypothesis import strategies as st

from nhq.mock.store import Store, newest_first

MOMENTS = st.lists(st.integers(0, 5).map(float), max_size=30)


@given(MOMENTS)
def test_newest_first_with_ties(moments: list[float]) -> None:
    """Later moments come first, and of equal ones the one inserted last."""
    store = Store(1)
    for number, moment in enumerate(moments):
        store.insert("leads", "w", newest_first(moment, number, str(number)))
    expected = sorted(range(len(moments)), key=lambda number: (moments[number], number), reverse=True)
    assert [row[2] for row in store.listed("leads", "w")] == [str(number) for number in expected]


@given(MOMENTS, st.data())
def test_remove(moments: list[float], data: st.DataObject) -> None:
    """A row that is taken out is gone, and only it."""
    store = Store(1)
    rows = [newest_first(moment, number, str(number)) for number, moment in enumerate(moments)]
    for row in rows:
        store.insert("leads", "w", row)
    if rows:
        gone = data.draw(st.sampled_from(rows))
        store.remove("leads", "w", gone)
        assert store.listed("leads", "w") == sorted(row for row in rows if row != gone)


def test_copy_is_independent() -> None:
    """What happens to a copy does not happen to the original, nor the other way round."""
    store = Store(1)
    store.insert("leads", "w", newest_first(1.0, 1, "a"))
    twin = store.copy()
    twin.insert("leads", "w", newest_first(2.0, 2, "b"))
    twin.owner["b"] = "w"
    store.credits["w"] = 5
    assert [row[2] for row in store.listed("leads", "w")] == ["a"]
    assert "b" not in store.owner
    assert twin.credits == {}


def test_ids_follow_from_the_seed() -> None:
    """The same seed and number give the same id; another seed, kind or number another."""
    ids = {Store(seed).new_id(kind, number) for seed in (1, 2) for kind in ("lead", "list") for number in (1, 2)}
    assert len(ids) == 8
    assert Store(1).new_id("lead", 1) == Store(1).new_id("lead", 1)
