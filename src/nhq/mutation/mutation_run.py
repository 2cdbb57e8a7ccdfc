"""Run all faults and fold their outcomes into the one record of a run."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from nhq.client.target import Target
from nhq.clock import SystemClock
from nhq.contract import load_contract
from nhq.model import Verdict
from nhq.mutation.control_runs import with_choices
from nhq.mutation.faults.fault import Fault
from nhq.mutation.kill_matrix import mutation_data
from nhq.mutation.mutant_mock import Manner
from nhq.mutation.mutant_status import GOOD, MutantOutcome
from nhq.mutation.unkilled_rules import join_outcomes, retry_faults, unkilled_rules
from nhq.mutation.variants.catalogue import combine_variants
from nhq.mutation.variants.variant import Variant
from nhq.mutation.worker_pool import Task, run_tasks
from nhq.record.mutation_rows import FaultRow, HonestRow, MutantStatus, MutationRecord, VariantRow
from nhq.record.run_record import ExitCode, Record
from nhq.run.collector import Collector
from nhq.run.record import Header, make_record
from nhq.run.selection import Selection

NOOP = "noop"
Tell = Callable[[int, int, MutantOutcome], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of `nhq mutation`: faults, variants and combinations of them, and seeds of control runs."""

    faults: Sequence[Fault]
    manner: Manner
    clean_seeds: int = 0
    workers: int = 2
    command: str = "nhq mutation"
    variants: Sequence[Variant] = ()
    combinations: int = 0
    beside: Sequence[Variant] = ()  # variants that the mock takes while a fault is planted

    def task(self, fault: Fault, rule: str = "") -> Task:
        """The task to plant a fault and look for a rule."""
        return Task(fault.id, self.manner.seed, tuple(variant.id for variant in self.beside), rule)

    @property
    def planted(self) -> list[Task]:
        """The tasks of all faults, then those of control runs with other seeds and variants chosen by seed."""
        first = self.manner.seed + 1
        honest = [_honest(seed, combine_variants(seed)) for seed in range(first, first + self.clean_seeds)]
        return [*map(self.task, self.faults), *honest]

    def looked_at(self, found: Collection[Task]) -> "Wish":
        """The part that an interrupted run finished: faults and variants with an outcome."""
        seed = self.manner.seed
        faults = [fault for fault in self.faults if self.task(fault) in found]
        free = [variant for variant in self.variants if _honest(seed, [variant]) in found]
        return replace(self, faults=faults, variants=free)

    @property
    def free(self) -> list[Task]:
        """The control runs with each variant alone; then with many together."""
        seed = self.manner.seed
        alone = [_honest(seed, [variant]) for variant in self.variants]
        return alone + [_honest(seed, combine_variants(seed + number)) for number in range(self.combinations)]


def _honest(seed: int, variants: Sequence[Variant]) -> Task:
    """A control run: the fault that does nothing, in a mock of that seed with these variants."""
    return Task(NOOP, seed, tuple(variant.id for variant in variants))


def measure_mutation(wish: Wish, tell: Tell) -> Record:
    """The run record of `nhq mutation`. Raises NhqError if a mock or a worker fails.

    When interrupted, it covers the tasks that were finished by then.
    """
    clock = SystemClock()
    started, began = clock.now(), clock.monotonic()
    found = dict[Task, MutantOutcome]()
    interrupted = not _looked(wish, found, tell)
    contract = load_contract()
    seconds = clock.monotonic() - began
    header = Header("mutation", wish.manner.seed, "gate", wish.command, started, seconds, interrupted)
    nobody = Target(base_url="", keys=(), name="mock")
    record = make_record(header, contract, nobody, Collector(nobody), _NOTHING, {})
    done = wish.looked_at(found)
    mutation = mutation_data(done.faults, [found[task] for task in done.planted if task in found], contract)
    mutation = with_choices(mutation, done.variants, [found[task] for task in done.free if task in found])
    total = sum(found[task].requests for task in [*wish.planted, *wish.free] if task in found)
    verdict, code = mutation_judgement(mutation)
    return structs.replace(
        record,
        mutation=mutation,
        target=None,
        requests=structs.replace(record.requests, total=total),
        verdict=verdict,
        exit_code=130 if interrupted else code,
    )


def _looked(wish: Wish, found: dict[Task, MutantOutcome], tell: Tell) -> bool:
    """Run all tasks. Returns False if interrupted."""
    try:
        _look(wish, [*wish.planted, *wish.free], found, tell)
        _look_again(wish, found, tell)
    except KeyboardInterrupt:
        return False
    return True


def _look(wish: Wish, tasks: Sequence[Task], found: dict[Task, MutantOutcome], tell: Tell) -> None:
    """Add the outcome of each task to `found`."""
    total = len(found) + len(tasks)
    for task, outcome in run_tasks(tasks, wish.manner, wish.workers):
        found[task] = outcome
        tell(len(found), total, outcome)


def _look_again(wish: Wish, found: dict[Task, MutantOutcome], tell: Tell) -> None:
    """Plant more faults against rules that no fault was seen to break, until one is, or none is left."""
    faults = {fault.id: fault for fault in wish.faults}
    planted = list(map(wish.task, wish.faults))
    while rules := unkilled_rules(found[task] for task in planted):
        tried = {(task.fault, task.rule) for task in found}
        tasks = [wish.task(fault, rule) for fault, rule in retry_faults(rules, tried)]
        if not tasks:
            return
        _look(wish, tasks, found, tell)
        for task in tasks:
            first = wish.task(faults[task.fault])
            found[first] = join_outcomes(faults[task.fault], found[first], found[task])


# No rule is judged on a target here: that a fault breaks a rule shows nothing about a server.
_NOTHING = Selection(rules=frozenset({"-"}))


def mutation_judgement(mutation: MutationRecord) -> tuple[Verdict, ExitCode]:
    """Holds when every fault ended as it should and every rule was seen; unknown when the gate itself failed on one."""
    rows: list[FaultRow | HonestRow | VariantRow] = [
        *mutation.faults,
        *mutation.clean,
        *mutation.variants,
        *mutation.combined,
    ]
    statuses = {row.status for row in rows}
    missed = statuses - GOOD
    if not missed and not mutation.unseen:
        return Verdict.HOLDS, 0
    if missed == {MutantStatus.TROUBLE}:
        return Verdict.UNKNOWN, 2
    return Verdict.VIOLATED, 1
