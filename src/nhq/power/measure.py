"""Run all faults and fold their outcomes into the one record of a run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nhq.clock import SystemClock
from nhq.contract import load_contract
from nhq.drive.budget import Spent
from nhq.drive.target import Target
from nhq.faults.fault import Fault
from nhq.model import Verdict
from nhq.power.bench import Manner
from nhq.power.crew import outcomes
from nhq.power.matrix import power_data
from nhq.power.outcome import GOOD, Fate, Outcome
from nhq.run.collect import Collector
from nhq.run.record import Header, make_record
from nhq.run.select import Selection

Tell = Callable[[int, int, Outcome], None]


def measure(faults: Sequence[Fault], manner: Manner, workers: int, command: str, tell: Tell) -> dict[str, Any]:
    """The run record of `nhq power`. Raises NhqError where a mock or a worker fails."""
    clock = SystemClock()
    started, began = clock.now(), clock.monotonic()
    found = {}
    for outcome in outcomes([fault.id for fault in faults], manner, workers):
        found[outcome.fault] = outcome
        tell(len(found), len(faults), outcome)
    contract = load_contract()
    header = Header("power", manner.seed, "gate", command, started, clock.monotonic() - began)
    nobody = Target(base_url="", keys=(), name="mock")
    record = make_record(header, contract, nobody, Collector(nobody), _NOTHING, Spent(), {})
    power = power_data(faults, found, contract)
    return record | {"power": power, "target": None} | judged(power)


# No rule is judged on a target here: that a fault breaks a rule says nothing of a server.
_NOTHING = Selection(rules=frozenset({"-"}))


def judged(power: Mapping[str, Any]) -> dict[str, Any]:
    """Holds when every fault ended as it should; unknown when the gate itself failed on one."""
    fates = {row["fate"] for row in power["faults"]}
    if fates <= GOOD:
        return {"verdict": Verdict.HOLDS.value, "exit_code": 0}
    if fates <= GOOD | {Fate.TROUBLE}:
        return {"verdict": Verdict.UNKNOWN.value, "exit_code": 2}
    return {"verdict": Verdict.VIOLATED.value, "exit_code": 1}
