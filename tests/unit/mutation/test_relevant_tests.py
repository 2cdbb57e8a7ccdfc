"""Where a fault is looked for first."""

import pytest
from known_contract import CONTRACT

from nhq import paths
from nhq.mutation.faults.catalogue import FAULTS, find_fault
from nhq.mutation.relevant_tests import GENERATED, selections_for_fault


def test_from_the_narrowest_to_the_whole() -> None:
    """First the tests that name the rule, at last every test there is."""
    near, around, whole = selections_for_fault(find_fault("pauses-drafts"), CONTRACT, whole=False)
    assert near.selection.rules == {"CAMP-PAUSE-ONLY-STARTED"}
    assert set(near.files) < set(around.files)
    assert near.selection.rules < around.selection.rules
    assert (whole.files, whole.selection.rules, whole.whole) == ((paths.contracts_folder(),), frozenset(), True)
    assert not near.whole
    assert not around.whole


def test_the_whole_alone_when_asked_for() -> None:
    """With --all-kills every kill is told, so that every test has to run."""
    assert [aim.whole for aim in selections_for_fault(find_fault("pauses-drafts"), CONTRACT, whole=True)] == [True]


def test_nothing_is_looked_for_everywhere() -> None:
    """A fault that breaks nothing has no rules to look near."""
    assert [aim.whole for aim in selections_for_fault(find_fault("noop"), CONTRACT, whole=False)] == [True]


def test_what_every_answer_shows_is_looked_for_among_generated_requests() -> None:
    """A rule that no scenario names is seen on any answer."""
    near, *_ = selections_for_fault(find_fault("serves-text"), CONTRACT, whole=False)
    assert GENERATED in {path.name for path in near.files}


@pytest.mark.parametrize("family", sorted({fault.family for fault in FAULTS if fault.rules}))
def test_every_fault_has_somewhere_to_be_seen(family: str) -> None:
    """Some test file speaks of its rules, or shows them on every answer."""
    for fault in FAULTS:
        if fault.rules and fault.family == family:
            near, *_ = selections_for_fault(fault, CONTRACT, whole=False)
            assert not near.whole, fault.id
            assert near.files, fault.id
