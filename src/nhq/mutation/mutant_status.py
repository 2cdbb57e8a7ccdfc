"""What became of one fault under the gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nhq.mutation.faults.fault import Fault
from nhq.record.mutation_rows import MutantStatus

GOOD = frozenset({MutantStatus.KILLED, MutantStatus.CLEAN, MutantStatus.TOLD})
MEANING = {
    MutantStatus.KILLED: "a finding names a rule that the fault breaks",
    MutantStatus.CLEAN: "nothing is wrong, and nothing was found",
    MutantStatus.TOLD: "no whole answer came, and the gate says that it could not judge",
    MutantStatus.ELSEWHERE: "there are findings, but they name other rules only",
    MutantStatus.SURVIVED: "the gate saw nothing",
    MutantStatus.TROUBLE: "the gate could not judge, and found nothing",
}


@dataclass(frozen=True, slots=True)
class MutantOutcome:
    """One fault's run of the gate. `kills` are its own rules that findings name, `others` the rest.

    `whole` says that every test ran, not only those about the fault's rules. `troubles` are ours. `seed` is that of the
    mock's data and of the gate's chance. `variants` are those that the mock took: `warned` are rules that the gate
    warned of as it says it would, `unjudged` those that it could not judge on every operation.
    `places`: where the fault's rules were seen broken, by scenario and variant, if that was asked for.
    Of live runs: `at` is of how many requests the smallest is that saw the fault (0: none did), `judged` the same for
    each rule, `cpu` what all of them took of a processor, in seconds, without the mock.
    """

    fault: str
    status: MutantStatus
    kills: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    requests: int = 0
    tests: int = 0
    seconds: float = 0.0
    whole: bool = False
    troubles: tuple[str, ...] = ()
    seed: int = 1
    variants: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    at: int = 0
    cpu: float = 0.0
    judged: Mapping[str, int] = field(default_factory=dict)


def mutant_status(fault: Fault, found: Sequence[str], troubles: Sequence[str]) -> MutantStatus:
    """How a run ended whose findings name the rules `found`."""
    if set(fault.rules).intersection(found):
        return MutantStatus.KILLED
    if found:
        return MutantStatus.ELSEWHERE
    if troubles:
        return MutantStatus.TOLD if fault.silent else MutantStatus.TROUBLE
    return MutantStatus.SURVIVED if fault.rules or fault.silent else MutantStatus.CLEAN
