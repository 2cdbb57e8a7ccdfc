"""What is known of faults: which tests were seen to find them, with how much, and in which variant."""

from nhq.run.fault_tables import CatalogueFault, Faults

ROWS = {name: CatalogueFault(frozenset({"R"})) for name in ("a", "b", "c")}


def few(*names: str) -> frozenset[str]:
    return frozenset(names)


def test_what_needs_all_of_a_test_is_not_expected_of_its_fewest_requests() -> None:
    """Where a fault was looked for with the fewest requests, only what showed there counts for them."""
    faults = Faults(ROWS, {"t": {"": few("a", "b")}}, {"t": {"": few("a")}}, few("b"))
    assert faults.by_variant("t") == {"": few("a")}
    assert faults.whole("t") == few("a", "b")


def test_what_was_not_looked_for_with_the_fewest_is_expected_as_with_all() -> None:
    """A fault that is new to the catalogue counts by what the whole test showed."""
    assert Faults(ROWS, {"t": {"": few("c")}}, {"t": {"": few("a")}}).by_variant("t") == {"": few("a", "c")}


def test_every_test_that_shows_a_fault_is_known() -> None:
    """At whichever depth."""
    faults = Faults(ROWS, {"t": {"": few("a")}}, {"u": {"1": few("a")}})
    assert faults.finders == {"a": {"t", "u"}}
