"""A power run in one sentence."""

from typing import Any

import pytest

from nhq.report import power_facts


def power(*fates: str, honest: str = "clean", unseen: tuple[str, ...] = ()) -> dict[str, Any]:
    """A run with faults of these fates, the one that does nothing, and one mock of another seed."""
    faults = [{"id": f"fault-{number}", "rules": ["A"], "fate": fate} for number, fate in enumerate(fates)]
    return {
        "faults": [*faults, {"id": "noop", "rules": [], "fate": "clean"}],
        "clean": [{"fate": honest}],
        "unseen": list(unseen),
        "rules": [{"planted": ["fault-0"], "seen": ["fault-0"]}, {"planted": [], "seen": []}],
    }


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (power("killed", "told"), "2 faults seen, 2 honest mocks not accused"),
        (power("killed", "survived", "elsewhere"), "2 of 3 faults not seen"),
        (power("killed", honest="elsewhere"), "1 honest mock with a finding or trouble"),
        (power("killed", unseen=("A",)), "1 rule never seen to fail"),
        (
            power("survived", honest="trouble", unseen=("A",)),
            "1 of 1 fault not seen, 1 honest mock with a finding or trouble, 1 rule never seen to fail",
        ),
    ],
)
def test_the_headline_says_what_is_wrong(run: dict[str, Any], said: str) -> None:
    """What was missed, who was accused, what never failed; and where nothing is wrong, how much was looked at."""
    assert power_facts.sentence(run) == said


def test_the_counts_are_of_faults_rules_and_honest_mocks() -> None:
    """The fault that does nothing is an honest mock; rules that nothing was planted against don't count."""
    told = [str(tally) for tally in power_facts.tallies(power("killed", "survived"))]
    assert told == ["1 of 2 faults seen", "1 of 1 rules seen to fail", "2 of 2 honest mocks not accused"]
