"""A finding is known again: by its fingerprint, at another seed and in other data, and not taken for another."""

import pytest

from nhq.client.mock_process import mock_target
from nhq.mutation.faults.catalogue import find_fault
from nhq.mutation.mutant_mock import Manner, MutantMock

SEEDS = (1, 2)
SEEN = {
    "answers-201-for-207": "test_import_malformed.py",
    "pauses-drafts": "test_lifecycle_refused.py",
    "matches-any-term": "test_search.py",
    "admits-a-61st": "test_ratelimit.py",
}


@pytest.fixture(scope="module")
def prints() -> dict[str, list[set[str]]]:
    """The fingerprints of each fault's own rules, at each seed; the mock's data are of that seed too."""
    found: dict[str, list[set[str]]] = {ident: [] for ident in SEEN}
    for seed in SEEDS:
        with mock_target(seed=seed) as target:
            bench = MutantMock(target, Manner(seed=seed))
            for ident, file in SEEN.items():
                found[ident].append({one.fingerprint for one in bench.findings(find_fault(ident), file)})
            bench.close()
    return found


@pytest.mark.parametrize("ident", SEEN)
def test_one_fault_has_the_same_fingerprints_at_every_seed(prints: dict[str, list[set[str]]], ident: str) -> None:
    """Chance and data decide what is drawn and what is said, not what a finding is."""
    first, other = prints[ident]
    assert first
    assert other == first


def test_two_faults_have_two_fingerprints(prints: dict[str, list[set[str]]]) -> None:
    """No finding of one fault is taken for that of another."""
    every = [one for found in prints.values() for one in found[0]]
    assert len(every) == len(set(every))
