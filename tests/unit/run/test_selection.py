"""What a run is about: the rules and operations that its command names."""

import pytest

from nhq.run.selection import Selection

FOUND = [("PAGE-FULL", "list_leads", "", ""), ("PAGE-FULL", None, "", ""), ("AUTH-ABSENT", "get_lead", "", "")]


@pytest.mark.parametrize(
    ("rules", "operations", "count"),
    [((), (), 3), (("PAGE-FULL",), (), 2), ((), ("get_lead",), 2), (("PAGE-FULL",), ("get_lead",), 1), (("X",), (), 0)],
)
def test_progress_counts_what_the_verdict_depends_on(
    rules: tuple[str, ...], operations: tuple[str, ...], count: int
) -> None:
    """A finding of a rule or an operation that nobody asked for shows in no report, and isn't counted before it."""
    assert Selection(frozenset(rules), frozenset(operations)).count_judged(FOUND) == count
