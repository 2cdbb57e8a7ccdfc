"""How the run of a fault is called."""

import pytest

from nhq.mutation.faults.catalogue import find_fault
from nhq.mutation.mutant_status import GOOD, MutantStatus, mutant_status

BROKEN = "CAMP-PAUSE-ONLY-STARTED"


@pytest.mark.parametrize(
    ("found", "troubles", "expected"),
    [
        ((BROKEN,), (), MutantStatus.KILLED),
        ((BROKEN, "RL-HEADERS"), ("a test crashed",), MutantStatus.KILLED),
        (("RL-HEADERS",), (), MutantStatus.ELSEWHERE),
        (("RL-HEADERS",), ("a test crashed",), MutantStatus.ELSEWHERE),
        ((), ("a test crashed",), MutantStatus.TROUBLE),
        ((), (), MutantStatus.SURVIVED),
    ],
)
def test_only_its_own_rule_kills_a_fault(
    found: tuple[str, ...], troubles: tuple[str, ...], expected: MutantStatus
) -> None:
    """Another rule is another promise, our own trouble is no sight, and silence is survival."""
    assert mutant_status(find_fault("pauses-drafts"), found, troubles) is expected


def test_nothing_wrong_and_nothing_found_is_clean() -> None:
    """A fault that breaks nothing must yield nothing at all."""
    assert mutant_status(find_fault("noop"), (), ()) is MutantStatus.CLEAN
    assert mutant_status(find_fault("noop"), ("RL-HEADERS",), ()) is MutantStatus.ELSEWHERE
    assert mutant_status(find_fault("noop"), (), ("a test crashed",)) is MutantStatus.TROUBLE
    assert {MutantStatus.KILLED, MutantStatus.CLEAN, MutantStatus.TOLD} == GOOD


def test_silence_is_told_and_nobody_accused() -> None:
    """Where no whole answer comes, it may be the network's doing: a finding would be an accusation."""
    silent = find_fault("breaks-off-in-the-middle")
    assert mutant_status(silent, (), ("no answer",)) is MutantStatus.TOLD
    assert mutant_status(silent, ("MEDIA-TYPE",), ("no answer",)) is MutantStatus.ELSEWHERE
    assert mutant_status(silent, (), ()) is MutantStatus.SURVIVED
