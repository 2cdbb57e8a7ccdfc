"""The outcome of one fault: killed, survived, or something else."""

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

    `whole`: every test ran, not only those about the fault's rules. `troubles` are on our side. `seed` is that of the
    mock's data and of the gate's chance. `variants` are those that the mock took: `warned` are rules that the gate
    warned of as documented, `unjudged` those that it could not judge on every operation.
    `places`: where the fault's rules were found broken, by scenario and variant, if that was recorded.
    Of live runs: `at` is the number of requests of the smallest one that found the fault (0: none did), `judged` the
    same for each rule, `cpu` the processor time of all of them in seconds, without the mock.
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
    """The status of a mutant given the rules that findings name (`found`) and our own troubles."""
    if set(fault.rules).intersection(found):
        return MutantStatus.KILLED
    if found:
        return MutantStatus.ELSEWHERE
    if troubles:
        return MutantStatus.TOLD if fault.silent else MutantStatus.TROUBLE
    return MutantStatus.SURVIVED if fault.rules or fault.silent else MutantStatus.CLEAN
