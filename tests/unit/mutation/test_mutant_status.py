"""How the run of a fault is called."""

import pytest

from nhq.mutation.faults.catalogue import find_fault
from nhq.mutation.mutant_status import GOOD, Fate, mutant_status

BROKEN = "CAMP-PAUSE-ONLY-STARTED"


@pytest.mark.parametrize(
    ("found", "troubles", "expected"),
    [
        ((BROKEN,), (), Fate.KILLED),
        ((BROKEN, "RL-HEADERS"), ("a test crashed",), Fate.KILLED),
        (("RL-HEADERS",), (), Fate.ELSEWHERE),
        (("RL-HEADERS",), ("a test crashed",), Fate.ELSEWHERE),
        ((), ("a test crashed",), Fate.TROUBLE),
        ((), (), Fate.SURVIVED),
    ],
)
def test_only_its_own_rule_kills_a_fault(found: tuple[str, ...], troubles: tuple[str, ...], expected: Fate) -> None:
    """Another rule is another promise, our own trouble is no sight, and silence is survival."""
    assert mutant_status(find_fault("pauses-drafts"), found, troubles) is expected


def test_nothing_wrong_and_nothing_found_is_clean() -> None:
    """A fault that breaks nothing must yield nothing at all."""
    assert mutant_status(find_fault("noop"), (), ()) is Fate.CLEAN
    assert mutant_status(find_fault("noop"), ("RL-HEADERS",), ()) is Fate.ELSEWHERE
    assert mutant_status(find_fault("noop"), (), ("a test crashed",)) is Fate.TROUBLE
    assert {Fate.KILLED, Fate.CLEAN, Fate.TOLD} == GOOD


def test_silence_is_told_and_nobody_accused() -> None:
    """Where no whole answer comes, it may be the network's doing: a finding would be an accusation."""
    silent = find_fault("breaks-off-in-the-middle")
    assert mutant_status(silent, (), ("no answer",)) is Fate.TOLD
    assert mutant_status(silent, ("MEDIA-TYPE",), ("no answer",)) is Fate.ELSEWHERE
    assert mutant_status(silent, (), ()) is Fate.SURVIVED
