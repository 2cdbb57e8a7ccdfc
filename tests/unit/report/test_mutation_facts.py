"""A power run in one sentence."""

import pytest

from nhq.model import Level
from nhq.record.mutation_rows import FaultRow, HonestRow, MutantStatus, MutationCounts, MutationRecord, PlantedRule
from nhq.report import mutation_facts


def fault(name: str, status: str, *rules: str) -> FaultRow:
    return FaultRow(
        id=name,
        sentence="It lies.",
        family="lists",
        policy="page",
        subtle="",
        on=(),
        rules=rules,
        status=MutantStatus(status),
        kills=(),
        others=(),
        requests=1,
        tests=1,
        seconds=0.1,
        whole=False,
        troubles=(),
    )


def power(*statuses: str, honest: str = "clean", unseen: tuple[str, ...] = ()) -> MutationRecord:
    """A run with faults of these statuses, the one that does nothing, and one mock of another seed."""
    faults = tuple(fault(f"fault-{number}", status, "A") for number, status in enumerate(statuses))
    other = HonestRow(seed=2, variants=(), status=MutantStatus(honest), found=(), unjudged=(), requests=1, troubles=())
    planted = PlantedRule(id="A", level=Level.MUST, planted=("fault-0",), seen=("fault-0",))
    rules = (planted, PlantedRule(id="B", level=Level.MUST, planted=(), seen=()))
    summary = MutationCounts(**dict.fromkeys(MutationCounts.__struct_fields__, 0))
    faults = (*faults, fault("noop", "clean"))
    return MutationRecord(summary=summary, clean=(other,), faults=faults, unseen=unseen, rules=rules)


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (power("killed", "told"), "2 faults seen, 2 honest mocks not accused"),
        (power("killed", "survived", "elsewhere"), "2 of 3 faults not seen"),
        (power("killed", honest="elsewhere"), "1 honest mock with a false positive or trouble"),
        (power("killed", unseen=("A",)), "1 rule never seen to fail"),
        (
            power("survived", honest="trouble", unseen=("A",)),
            "1 of 1 fault not seen, 1 honest mock with a false positive or trouble, 1 rule never seen to fail",
        ),
    ],
)
def test_the_headline_says_what_is_wrong(run: MutationRecord, said: str) -> None:
    """What was missed, who was accused, what never failed; and where nothing is wrong, how much was looked at."""
    assert mutation_facts.mutation_verdict(run) == said


def test_the_counts_are_of_faults_rules_and_honest_mocks() -> None:
    """The fault that does nothing is an honest mock; rules that nothing was planted against don't count."""
    told = [str(tally) for tally in mutation_facts.mutation_counts(power("killed", "survived"))]
    assert told == ["1 of 2 faults seen", "1 of 1 rules seen to fail", "2 of 2 honest mocks not accused"]
