"""Run all faults and fold their outcomes into the one record of a run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nhq.clock import SystemClock
from nhq.contract import load_contract
from nhq.drive.budget import Spent
from nhq.drive.target import Target
from nhq.faults.fault import Fault
from nhq.model import Verdict
from nhq.power.bench import Manner
from nhq.power.crew import Task, outcomes
from nhq.power.matrix import power_data
from nhq.power.outcome import GOOD, Fate, Outcome
from nhq.run.collect import Collector
from nhq.run.record import Header, make_record
from nhq.run.select import Selection

NOOP = "noop"
Tell = Callable[[int, int, Outcome], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What `nhq power` was asked for: faults, and how many seeds of an honest mock besides."""

    faults: Sequence[Fault]
    manner: Manner
    clean_seeds: int = 0
    workers: int = 2
    command: str = "nhq power"

    @property
    def tasks(self) -> list[Task]:
        """Each fault in the one mock, and a fault that does nothing in mocks of other seeds."""
        first = self.manner.seed
        seeds = range(first + 1, first + 1 + self.clean_seeds)
        return [*(Task(fault.id, first) for fault in self.faults), *(Task(NOOP, seed) for seed in seeds)]


def measure(wish: Wish, tell: Tell) -> dict[str, Any]:
    """The run record of `nhq power`. Raises NhqError where a mock or a worker fails."""
    clock = SystemClock()
    started, began = clock.now(), clock.monotonic()
    tasks, found = wish.tasks, dict[Task, Outcome]()
    for outcome in outcomes(tasks, wish.manner, wish.workers):
        found[Task(outcome.fault, outcome.seed)] = outcome
        tell(len(found), len(tasks), outcome)
    contract = load_contract()
    header = Header("power", wish.manner.seed, "gate", wish.command, started, clock.monotonic() - began)
    nobody = Target(base_url="", keys=(), name="mock")
    record = make_record(header, contract, nobody, Collector(nobody), _NOTHING, Spent(), {})
    power = power_data(wish.faults, [found[task] for task in tasks], contract)
    return record | {"power": power, "target": None} | judged(power)


# No rule is judged on a target here: that a fault breaks a rule says nothing of a server.
_NOTHING = Selection(rules=frozenset({"-"}))


def judged(power: Mapping[str, Any]) -> dict[str, Any]:
    """Holds when every fault ended as it should; unknown when the gate itself failed on one."""
    fates = {row["fate"] for row in (*power["faults"], *power["clean"])}
    if fates <= GOOD:
        return {"verdict": Verdict.HOLDS.value, "exit_code": 0}
    if fates <= GOOD | {Fate.TROUBLE}:
        return {"verdict": Verdict.UNKNOWN.value, "exit_code": 2}
    return {"verdict": Verdict.VIOLATED.value, "exit_code": 1}
