"""Rules that nothing made fail, and the second looks for them."""

from dataclasses import replace

from nhq.mutation.faults.catalogue import find_fault
from nhq.mutation.mutant_status import MutantOutcome, MutantStatus
from nhq.mutation.unkilled_rules import join_outcomes, retry_faults, unkilled_rules

ONE = replace(find_fault("pauses-drafts"), id="one-thing", rules=("A", "B"))
OTHER = replace(ONE, id="another-thing", rules=("B", "C"))
CATALOGUE = [ONE, OTHER]
SEEN_ONE = MutantOutcome("one-thing", MutantStatus.KILLED, ("A",), (), 20, 2, 0.5)
SEEN_OTHER = MutantOutcome("another-thing", MutantStatus.KILLED, ("C",), (), 30, 3, 1.0)


def test_a_rule_is_unseen_when_all_its_faults_were_planted() -> None:
    """B stands behind A and C; as long as a fault against it wasn't planted, nothing is said of it."""
    assert unkilled_rules([SEEN_ONE, SEEN_OTHER], CATALOGUE) == {"B": CATALOGUE}
    assert unkilled_rules([SEEN_ONE], CATALOGUE) == {}
    assert unkilled_rules([replace(SEEN_ONE, kills=("A", "B")), SEEN_OTHER], CATALOGUE) == {}
    assert unkilled_rules([SEEN_ONE, replace(SEEN_OTHER, others=("B",))], CATALOGUE) == {}


def test_each_of_its_faults_is_looked_at_once_more() -> None:
    """One after the other, until none is left."""
    rules = unkilled_rules([SEEN_ONE, SEEN_OTHER], CATALOGUE)
    assert list(retry_faults(rules, set())) == [(ONE, "B")]
    assert list(retry_faults(rules, {("one-thing", "B")})) == [(OTHER, "B")]
    assert list(retry_faults(rules, {("one-thing", "B"), ("another-thing", "B")})) == []


def test_two_looks_are_one_outcome() -> None:
    """The end is that of the first; what both named counts, by whether the fault breaks it; so does the cost."""
    second = MutantOutcome("one-thing", MutantStatus.SURVIVED, (), ("A", "X"), 5, 1, 0.25)
    assert join_outcomes(ONE, SEEN_ONE, second) == MutantOutcome(
        "one-thing", MutantStatus.KILLED, ("A",), ("X",), 25, 3, 0.75
    )
    found = replace(second, status=MutantStatus.KILLED, kills=("B",), others=())
    assert join_outcomes(ONE, SEEN_ONE, found).kills == ("A", "B")
