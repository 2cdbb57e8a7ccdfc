"""One mock, used for fault after fault: put its state back, let it lie, run the gate, let it be honest again."""

from contextlib import closing
from dataclasses import dataclass

from nhq.clock import SystemClock
from nhq.contract import load_contract
from nhq.drive.control import Control
from nhq.drive.preflight import preflight
from nhq.drive.session import open_session
from nhq.drive.target import Target
from nhq.errors import NhqError
from nhq.faults.fault import Fault
from nhq.power.outcome import GOOD, Outcome, fate
from nhq.run.collect import Collector
from nhq.run.gate import Options, examine
from nhq.run.plugin import Stop
from nhq.run.select import select


@dataclass(frozen=True, slots=True)
class Manner:
    """How faults are looked for. `whole`: by the whole gate to its end, so that every kill is told.

    Otherwise by the tests about the fault's rules, until a finding names one of them; only what these don't see is
    looked for by the whole gate.
    """

    seed: int = 1
    whole: bool = False


class Bench:
    """A mock to plant faults in, with a control plane. Raises TargetError when it is gone."""

    def __init__(self, target: Target, manner: Manner) -> None:
        self._target, self._manner = target, manner
        self._contract = load_contract()
        self._control = Control(target.control_url, target.control_token)
        self._pristine = self._control.snapshot()

    def close(self) -> None:
        """Give the connection back."""
        self._control.close()

    def look(self, fault: Fault) -> Outcome:
        """Plant a fault, and see whether the gate sees it."""
        if fault.rules and not self._manner.whole:
            outcome = self._run(fault, whole=False)
            if outcome.fate in GOOD:
                return outcome
        return self._run(fault, whole=True)

    def _run(self, fault: Fault, *, whole: bool) -> Outcome:
        clock = SystemClock()
        started = clock.monotonic()
        self._control.restore(self._pristine)
        self._control.fault(fault.id, on=True)
        try:
            collector, troubles = self._examine(fault, whole)
        finally:
            self._control.fault(fault.id, on=False)
        found = dict.fromkeys(finding[0] for finding in collector.findings)
        return Outcome(
            fault=fault.id,
            fate=fate(fault, list(found), troubles),
            kills=tuple(rule for rule in fault.rules if rule in found),
            others=tuple(rule for rule in found if rule not in fault.rules),
            requests=collector.requests,
            tests=len(collector.tests),
            seconds=round(clock.monotonic() - started, 2),
            whole=whole,
            troubles=tuple(troubles),
        )

    def _examine(self, fault: Fault, whole: bool) -> tuple[Collector, list[str]]:
        """What the gate saw, and what kept it from seeing."""
        selection = select(self._contract, () if whole else fault.rules, () if whole else fault.on)
        stop = None if self._manner.whole or not fault.rules else _seen(fault)
        with closing(open_session(self._target, self._contract)) as session:
            try:
                preflight(session)
                collector, _ = examine(session, selection, Options(seed=self._manner.seed), stop=stop)
            except NhqError as problem:
                return Collector(self._target), [str(problem)]
        return collector, [f"{trouble.where}: {trouble.cause}" for trouble in collector.troubles]


def _seen(fault: Fault) -> Stop:
    """Enough was seen when a finding names a rule that the fault breaks."""
    return lambda collector: any(finding[0] in fault.rules for finding in collector.findings)
