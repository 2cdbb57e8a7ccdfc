"""A server that looks, waits and then writes: what another wrote meanwhile is not seen."""

from nhq.mock.racing import write
from nhq.mock.store import Store

HERE = ("members", "l1")


def stores() -> tuple[Store, Store, Store]:
    """What two requests saw, and the store as both leave it."""
    seen = Store(1)
    seen.rows[HERE] = [(0.0, 0, "a")]
    seen.credits["alpha"] = 5
    return seen, seen.copy(), seen.copy()


def test_the_last_to_write_a_value_wins() -> None:
    """Two payments of one credit leave a balance that is lower by one."""
    seen, one, kept = stores()
    other = seen.copy()
    one.credits["alpha"], other.credits["alpha"] = 4, 4
    write(seen, one, kept, over=False)
    write(seen, other, kept, over=False)
    assert kept.credits == {"alpha": 4}


def test_rows_are_added_to_those_of_another() -> None:
    """Unless lists are written whole: then what another has put in is lost."""
    for over, left in ((False, ["c", "b", "a"]), (True, ["c", "a"])):
        seen, one, kept = stores()
        other = seen.copy()
        one.insert(*HERE, (-1.0, -1, "b"))
        other.insert(*HERE, (-2.0, -2, "c"))
        write(seen, one, kept, over=over)
        write(seen, other, kept, over=over)
        assert [row[2] for row in kept.rows[HERE]] == left


def test_what_was_not_written_stays() -> None:
    """A request that changed nothing undoes nobody's change."""
    seen, one, kept = stores()
    kept.credits["alpha"] = 3
    write(seen, one, kept, over=True)
    assert kept.credits == {"alpha": 3}
