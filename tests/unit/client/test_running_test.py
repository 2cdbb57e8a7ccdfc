"""Which test is running, and what belongs to it while it waits."""

from nhq.client.running_test import Running
from nhq.model import Identity

KEYS = [Identity(name, "alpha", frozenset(), name) for name in ("one", "two")]


def test_a_test_that_waits_keeps_its_keys_and_its_pace() -> None:
    """Put aside within `unpaced`, it is unpaced when it goes on; others are paced, and use other keys meanwhile."""
    running = Running()
    running.begin("a")
    with running.present.unpaced():
        running.present.claimed.add("one")
        running.put_aside()
        running.begin("b")
        assert running.present.paced
        assert running.waits("a")
        assert running.free(KEYS) == [KEYS[1]]
        with running.resumed("a"):
            assert (running.present.name, running.present.paced, running.waits("a")) == ("a", False, False)
            assert running.free(KEYS) == KEYS
        assert running.present.name == "b"


def test_all_keys_are_free_where_none_would_be_left() -> None:
    """To wait for each other for ever would help nobody."""
    running = Running()
    running.begin("a")
    running.present.claimed.update(("one", "two"))
    running.put_aside()
    running.begin("b")
    assert running.free(KEYS) == KEYS
