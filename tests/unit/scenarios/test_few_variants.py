"""Which variant of a test is under way."""

from nhq.scenarios.few_variants import Variants


def test_each_variant_is_told_by_its_place_among_all() -> None:
    """While it is sent, and no more when they are through; what a test adds of its own has no place."""
    told: list[int | None] = []
    variants = Variants("abcd", [3, 1], told.append)
    variants.append("own")
    assert [(letter, told[-1]) for letter in variants] == [("d", 3), ("b", 1), ("own", None)]
    assert told[-1] is None
