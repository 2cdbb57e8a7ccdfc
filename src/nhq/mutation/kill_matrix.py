"""The kill matrix: which fault is found by which rule, as data, as text, and by rule."""

from collections import Counter
from collections.abc import Sequence

from nhq.contract import Contract
from nhq.model import Level
from nhq.mutation.control_runs import choices_table, describe_accusation, judge_honest_mock
from nhq.mutation.faults.fault import Fault
from nhq.mutation.mutant_status import GOOD, MEANING, MutantOutcome
from nhq.mutation.unkilled_rules import unkilled_rules
from nhq.record.mutation_rows import FaultRow, MutantStatus, MutationCounts, MutationRecord, PlantedRule


def mutation_data(faults: Sequence[Fault], outcomes: Sequence[MutantOutcome], contract: Contract) -> MutationRecord:
    """The mutation section of a run record: one row per fault, one row per rule, and the counts.

    `outcomes` are those of the faults in their order, then those of honest mocks of other seeds.
    """
    rows = tuple(_row(fault, outcome) for fault, outcome in zip(faults, outcomes, strict=False))
    return MutationRecord(
        summary=_counts(rows),
        clean=tuple(map(judge_honest_mock, outcomes[len(faults) :])),
        faults=rows,
        unseen=tuple(unkilled_rules(outcomes[: len(faults)])),
        rules=tuple(_rule(rule.id, rule.level, rows) for rule in contract.rules.values()),
    )


def _counts(rows: Sequence[FaultRow]) -> MutationCounts:
    statuses = Counter(row.status for row in rows)
    return MutationCounts(
        faults=len(rows),
        subtle=sum(bool(row.subtle) for row in rows),
        families=len({row.family for row in rows if row.rules}),
        killed=statuses[MutantStatus.KILLED],
        clean=statuses[MutantStatus.CLEAN],
        told=statuses[MutantStatus.TOLD],
        elsewhere=statuses[MutantStatus.ELSEWHERE],
        survived=statuses[MutantStatus.SURVIVED],
        trouble=statuses[MutantStatus.TROUBLE],
        requests=sum(row.requests for row in rows),
    )


def count_of_status(counts: MutationCounts, status: MutantStatus) -> int:
    """How many faults ended with a status."""
    number: int = getattr(counts, status.value)
    return number


def _row(fault: Fault, outcome: MutantOutcome) -> FaultRow:
    return FaultRow(
        id=fault.id,
        sentence=fault.sentence,
        family=fault.family,
        policy=fault.policy,
        subtle=fault.subtle,
        on=tuple(fault.on),
        rules=tuple(fault.rules),
        status=outcome.status,
        kills=outcome.kills,
        others=outcome.others,
        requests=outcome.requests,
        tests=outcome.tests,
        seconds=outcome.seconds,
        whole=outcome.whole,
        troubles=outcome.troubles,
    )


def _rule(ident: str, level: Level, rows: Sequence[FaultRow]) -> PlantedRule:
    """A rule with the faults planted against it, and all faults that it failed on."""
    return PlantedRule(
        id=ident,
        level=level,
        planted=tuple(row.id for row in rows if ident in row.rules),
        seen=tuple(row.id for row in rows if ident in row.kills or ident in row.others),
    )


def kill_matrix_text(mutation: MutationRecord) -> str:
    """The text for people: problems, fault by fault, then the counts by family."""
    rows, summary = mutation.faults, mutation.summary
    lines = []
    for status in MutantStatus:
        found = [row for row in rows if row.status == status]
        if found and status not in GOOD:
            lines += [f"{status.value}: {MEANING[status]}", *(_told(row) for row in found), ""]
    lines.append(f"{'family':<16} {'faults':>6} {'subtle':>6} {'killed':>6} {'requests':>8} {'seconds':>7}")
    for family in dict.fromkeys(row.family for row in rows):
        lines.append(_table_row(family, [row for row in rows if row.family == family]))
    lines.append(_table_row("all", rows))
    if mutation.clean:
        wrong = [row for row in mutation.clean if row.status != MutantStatus.CLEAN]
        lines += [
            "",
            f"{len(mutation.clean)} honest mocks of other seeds: {len(wrong)} with a false positive or trouble",
        ]
        lines += [f"  seed {row.seed}: {describe_accusation(row)}" for row in wrong]
    if choices := list(choices_table(mutation)):
        lines += ["", *choices]
    if mutation.unseen:
        lines += ["", f"planted against, and never seen to fail: {', '.join(mutation.unseen)}"]
    lines += [
        "",
        ", ".join(f"{count} {status}" for status in MutantStatus if (count := count_of_status(summary, status))),
    ]
    return "\n".join(lines) + "\n"


def _told(row: FaultRow) -> str:
    found = f"; found {', '.join(row.others)}" if row.others else ""
    trouble = f"; {row.troubles[0]}" if row.troubles else ""
    return f"  {row.id} [{', '.join(row.rules)}]: {row.sentence}{found}{trouble}"


def _table_row(name: str, rows: Sequence[FaultRow]) -> str:
    killed = sum(row.status == MutantStatus.KILLED for row in rows)
    subtle, requests = sum(bool(row.subtle) for row in rows), sum(row.requests for row in rows)
    seconds = sum(row.seconds for row in rows)
    return f"{name:<16} {len(rows):>6} {subtle:>6} {killed:>6} {requests:>8,} {seconds:>7.1f}"
