"""The ten faults that nights are held to: the gate's own run sees none of them, the first rounds of a night see all."""

import pytest

from nhq.mutation.faults.catalogue import FAULTS, OF_NIGHTS
from nhq.mutation.faults.fault import Fault
from nhq.run.gate import judge_target
from nhq.run.gate_options import GateOptions
from nhq.run.live_planner import SEED_STEP

pytestmark = pytest.mark.proof  # seconds for most nights, a minute or two for what comes once in thousands

ROUNDS = 3


def planted(*faults: Fault) -> list[str]:
    """The mock's options that plant faults."""
    return [word for fault in faults for word in ("--fault", fault.id)]


def test_they_are_two_of_each_kind() -> None:
    """Data-dependent, seldom, late, after many writes, between two writers; none stands in the gate's catalogue."""
    kinds = [fault.subtle for fault in OF_NIGHTS]
    assert {kind: kinds.count(kind) for kind in kinds} == dict.fromkeys(
        ("non-ASCII", "now and then", "after a while", "repeated call", "concurrent"), 2
    )
    assert not {fault.id for fault in FAULTS} & {fault.id for fault in OF_NIGHTS}


def test_the_gates_own_run_sees_none() -> None:
    """All ten planted at once: everything passes."""
    record = judge_target(GateOptions(mock=planted(*OF_NIGHTS)))
    assert (record.exit_code, record.findings) == (0, ())


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("fault", OF_NIGHTS, ids=lambda fault: fault.id)
def test_a_night_sees_it(fault: Fault, seed: int) -> None:
    """Within its first rounds, as `nhq nightly --minutes` plays them one after the other.

    A test is a function of snapshot and seed: those about the fault's operation alone send what they send in a whole
    round, which takes twenty times as long.
    """
    for number in range(ROUNDS):
        options = GateOptions(
            seed=seed + number * SEED_STEP,
            mock=planted(fault),
            profile="nightly",
            rules=fault.rules,
            operations=fault.on,
            max_findings=1,
        )
        found = {finding.rule for finding in judge_target(options).findings}
        if found & set(fault.rules):
            return
    pytest.fail(f"{fault.id} not seen in {ROUNDS} rounds")
