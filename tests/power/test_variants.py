"""Honest mocks of other choices: those that were accused once, by the tests about their areas; many together.

`make proofs` tries those that take long. All others, each alone and in six combinations, are proven by
`nhq mutation --variants` (reports/POWER.md, which tests/catalogue/test_power_page.py holds to today's catalogue).
"""

import pytest

from nhq.mutation.faults.catalogue import find_fault as fault
from nhq.mutation.mutant_mock import MutantMock
from nhq.mutation.mutant_status import MutantStatus
from nhq.mutation.variants.catalogue import combine_variants, find_variant

#: Those of at most two seconds are tried by each `make test`, the others by `make proofs`.
QUICK = (
    "cannot-ask-a-session-at-first",
    "enrolls-within-seconds",
    "limits-last-of-all",
    "reckons-reset-from-the-seconds-left",
    "writes-whole-numbers-with-a-fraction",
)
SLOW = (
    "lets-others-do-all-they-may",
    "lets-others-delete",
    "cannot-ask-a-session-always",
    "never-enriches",
    "shows-silent-conversations-first",
    "keeps-new-leads-in-a-default-list",
    "has-short-pages",
    "lists-members-within-seconds",
    "lists-leads-within-seconds",
    "lists-lists-within-seconds",
    "refuses-long-texts-of-leads",
    "has-a-provider-that-errs-at-first",
    "cannot-send-at-first",
)


@pytest.mark.parametrize("ident", [*QUICK, *(pytest.param(ident, marks=pytest.mark.proof) for ident in SLOW)])
def test_a_choice_that_is_permitted_is_no_finding(ident: str, bench: MutantMock) -> None:
    """The tests about its areas find nothing, and none of them breaks; a broken assumption warns as announced."""
    variant = find_variant(ident)
    outcome = bench.near(variant)
    assert outcome.warned == variant.warns
    assert (outcome.others, outcome.troubles) == ((), ())
    assert outcome.status is MutantStatus.CLEAN
    assert outcome.tests > 0


@pytest.mark.proof
def test_many_choices_together_are_no_finding(bench: MutantMock) -> None:
    """The whole gate finds nothing on a server that chooses otherwise wherever it may."""
    together = combine_variants(1)
    outcome = bench.look(fault("noop"), together)
    assert (outcome.others, outcome.troubles) == ((), ())
    assert outcome.variants == tuple(variant.id for variant in together)


def test_a_fault_is_seen_among_other_choices(bench: MutantMock) -> None:
    """What is permitted doesn't hide what isn't."""
    assert bench.look(fault("pauses-drafts"), combine_variants(1)).status is MutantStatus.KILLED


@pytest.mark.parametrize("ident", ["pauses-drafts", "restarts-although-it-refuses"])
def test_a_fault_is_seen_beside_others_who_act(ident: str, bench: MutantMock) -> None:
    """What somebody else may have done doesn't hide what the server does each time."""
    assert bench.look(fault(ident), [find_variant("lets-others-do-all-they-may")]).status is MutantStatus.KILLED


def test_a_mock_of_other_choices_is_as_it_was_again(bench: MutantMock) -> None:
    """Variants leave nothing behind: the ids, say, are the mock's own again."""
    bench.near(find_variant("has-uuids-for-ids"))
    assert bench.honest(fault("pauses-drafts")) == ()
