"""A sample of the kill matrix: one fault of each family, the subtler ones, by the gate's own tests."""

import pytest

from nhq.mutation.faults.catalogue import find_fault
from nhq.mutation.mutant_mock import MutantMock
from nhq.mutation.mutant_status import MutantStatus

SAMPLE = (
    "accepts-revoked-keys-for-one-lead",
    "read-scope-enriches",
    "believes-the-workspace-in-a-cursor",
    "shows-the-lead-asked-for-before",
    "repeats-ties-between-pages",
    "orders-members-by-creation",
    "folds-ascii-only",
    "suffixes-once-only",
    "makes-twins-of-one-batch",
    "pauses-completed-campaigns",
    "keeps-the-first-override",
    "charges-again",
    "previews-the-end-of-a-message",
    "tells-409-with-a-number",
    "tells-scores-as-text",
    "no-headers-on-502",
    "renews-late",
    "cuts-long-answers",
)


@pytest.mark.parametrize("ident", SAMPLE)
def test_a_planted_fault_is_seen(ident: str, bench: MutantMock) -> None:
    """A finding names a rule that the fault breaks, and the tests about its rules are enough for it."""
    outcome = bench.look(find_fault(ident))
    assert outcome.status is MutantStatus.KILLED
    assert not outcome.whole


def test_a_mock_that_lied_is_honest_again(bench: MutantMock) -> None:
    """After a fault, the same tests find nothing: faults leave nothing behind."""
    assert bench.look(find_fault("pauses-drafts")).status is MutantStatus.KILLED
    assert bench.honest(find_fault("pauses-drafts")) == ()
