"""Rules that no fault made fail: faults against them are planted again, until one is found to break each.

A fault's first run ends with the first of its rules that a finding names; its other rules may not have been reached.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from nhq.mutation.faults.catalogue import FAULTS
from nhq.mutation.faults.fault import Fault
from nhq.mutation.mutant_status import MutantOutcome


def unkilled_rules(outcomes: Iterable[MutantOutcome], catalogue: Sequence[Fault] = FAULTS) -> dict[str, list[Fault]]:
    """Rules that no outcome names, with the faults against them; only those of which every fault was planted."""
    looks = list(outcomes)
    planted, seen = {look.fault for look in looks}, {rule for look in looks for rule in (*look.kills, *look.others)}
    against: dict[str, list[Fault]] = {}
    for fault in catalogue:
        for rule in fault.rules:
            against.setdefault(rule, []).append(fault)
    return {
        rule: faults
        for rule, faults in against.items()
        if rule not in seen and all(fault.id in planted for fault in faults)
    }


def retry_faults(rules: dict[str, list[Fault]], tried: Collection[tuple[str, str]]) -> Iterator[tuple[Fault, str]]:
    """For each rule the next of its faults that was not tried for it (`tried`: pairs of fault and rule)."""
    for rule, faults in rules.items():
        yield from [(fault, rule) for fault in faults if (fault.id, rule) not in tried][:1]


def join_outcomes(fault: Fault, first: MutantOutcome, second: MutantOutcome) -> MutantOutcome:
    """The outcomes of two runs of one fault joined: the status of the first, all rules named, the cost of both."""
    named = {*first.kills, *first.others, *second.kills, *second.others}
    return replace(
        first,
        kills=tuple(rule for rule in fault.rules if rule in named),
        others=tuple(dict.fromkeys(rule for rule in (*first.others, *second.others) if rule not in fault.rules)),
        requests=first.requests + second.requests,
        tests=first.tests + second.tests,
        seconds=round(first.seconds + second.seconds, 2),
    )
