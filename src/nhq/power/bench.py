"""One mock, used for fault after fault: put its state back, let it lie, run the gate, let it be honest again."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

import pytest

from nhq import places
from nhq.clock import SystemClock
from nhq.contract import load_contract
from nhq.drive.control import Control
from nhq.drive.preflight import preflight
from nhq.drive.session import Session, open_session
from nhq.drive.target import Target
from nhq.drive.wire import Limits
from nhq.errors import NhqError
from nhq.faults.catalogue import find
from nhq.faults.fault import Fault
from nhq.liberties.liberty import Liberty
from nhq.model import Finding
from nhq.power.aim import Aim, about, aims
from nhq.power.live_bench import Live
from nhq.power.outcome import GOOD, Outcome, fate
from nhq.power.sightings import ENOUGH, SightingPlugin, Sightings
from nhq.power.unjudged import unjudged
from nhq.run.collect import Collector
from nhq.run.early_end import Stop
from nhq.run.gate import arguments
from nhq.run.plugin import ContractPlugin
from nhq.run.select import select
from nhq.run.surroundings import run_pytest

NOOP = find("noop")
#: Seconds by which the clock of a mock of other choices is beside a whole one: what is rounded shows how.
ODD = 0.37
#: Seconds that an answer may take of which we know that it doesn't come.
PATIENCE = 1.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How faults are looked for. `whole`: by the whole gate to its end, so that every kill is told.

    Otherwise by the tests about the fault's rules, until a finding names one of them; only what these don't see is
    looked for further, at last by the whole gate. `every`: by the tests about its rules, the cheapest first, until some
    have shown it, so that it is told where it shows. `live`: by live runs.
    """

    seed: int = 1
    whole: bool = False
    every: bool = False
    live: Live | None = None


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

    def look(self, fault: Fault, liberties: Sequence[Liberty] = ()) -> Outcome:
        """Plant a fault, and see whether the gate sees it. Requests, tests and seconds are those of all looks.

        `liberties` are choices that the mock takes meanwhile.
        """
        outcome = Outcome(fault.id, fate(fault, (), ()))
        for aim in aims(fault, self._contract, self._manner.whole):
            seen = self._run(fault, aim, liberties)
            outcome = replace(
                seen,
                requests=outcome.requests + seen.requests,
                tests=outcome.tests + seen.tests,
                seconds=round(outcome.seconds + seen.seconds, 2),
            )
            if outcome.fate in GOOD or self._manner.every:
                break
        return outcome

    def near(self, liberty: Liberty) -> Outcome:
        """Let the mock choose otherwise, and ask the tests about that area alone what they find."""
        return self._run(NOOP, about(liberty.near, self._contract), [liberty])

    def honest(self, fault: Fault) -> tuple[str, ...]:
        """The rules that the tests about a fault find broken while the mock doesn't lie: none, or we accuse falsely."""
        self._control.restore(self._pristine)
        collector, _ = self._examine(fault, next(aims(fault, self._contract, whole=False)))
        return tuple(dict.fromkeys(finding[0] for finding in collector.findings))

    def findings(self, fault: Fault, file: str) -> list[Finding]:
        """What one file of tests alone finds, all others switched off."""
        aim = Aim((places.contracts() / file,), select(self._contract, fault.rules, ()))
        with self._lying(fault):
            collector, _ = self._examine(fault, aim)
        return [proven.finding for proven in collector.findings.values()]

    def _run(self, fault: Fault, aim: Aim, liberties: Sequence[Liberty]) -> Outcome:
        clock = SystemClock()
        started = clock.monotonic()
        with self._lying(fault, liberties):
            collector, troubles = self._examine(fault, aim, any(liberty.shared for liberty in liberties))
        warned = {rule for liberty in liberties for rule in liberty.warns}
        named = dict.fromkeys(finding[0] for finding in collector.findings)
        found = [rule for rule in named if rule not in warned]
        return Outcome(
            fault=fault.id,
            fate=fate(fault, found, troubles),
            kills=tuple(rule for rule in fault.rules if rule in found),
            others=tuple(rule for rule in found if rule not in fault.rules),
            requests=collector.requests,
            tests=len(collector.tests),
            seconds=round(clock.monotonic() - started, 2),
            whole=aim.whole,
            troubles=tuple(troubles),
            seed=self._manner.seed,
            liberties=tuple(liberty.id for liberty in liberties),
            warned=tuple(rule for rule in named if rule in warned),
            unjudged=tuple(unjudged(collector, self._contract)) if aim.whole and liberties else (),
            places=collector.places if isinstance(collector, Sightings) else (),
        )

    @contextmanager
    def _lying(self, fault: Fault, liberties: Sequence[Liberty] = ()) -> Iterator[None]:
        """The mock as it began, lying and choosing otherwise; as it was afterwards."""
        self._control.restore(self._pristine)
        if liberties:
            self._control.advance(ODD)
        planted = [*(liberty.id for liberty in liberties), fault.id]
        try:
            for ident in planted:
                self._control.fault(ident, on=True)
            yield
        finally:
            for ident in planted:
                self._control.fault(ident, on=False)

    def _examine(self, fault: Fault, aim: Aim, shared: bool = False) -> tuple[Collector, list[str]]:
        """What the gate saw, and what kept it from seeing. `shared`: others act at the mock."""
        limits = Limits.of(PATIENCE) if fault.silent else None
        target = replace(
            self._target, given=self._control.landmarks(), shared=shared
        )  # ids may be spelt otherwise by now
        with closing(open_session(target, self._contract, limits=limits)) as session:
            try:
                preflight(session)
                collector = self._test(session, fault, aim)
            except NhqError as problem:
                return Collector(target), [str(problem)]
        troubles = [f"{trouble.where}: {trouble.cause}" for trouble in collector.troubles]
        surprises = session.budget.spent.unplanned_429
        if surprises and not fault.rules:
            troubles.append(f"{surprises} times 429 that no test asked for")
        return collector, troubles

    def _test(self, session: Session, fault: Fault, aim: Aim) -> Collector:
        """The gate as users run it; for a fault that is looked for, cheap tests first, until enough have shown it."""
        seed = self._manner.seed
        if self._manner.whole or not fault.rules:
            return self._ended(ContractPlugin(session, Collector(session.target), aim.selection, seed), aim)
        collector = Sightings(session.target, wanted=fault.rules, test=lambda: session.recorder.test)
        stop = _seen(collector, ENOUGH if self._manner.every else 1)
        return self._ended(SightingPlugin(session, collector, aim.selection, seed, stop=stop), aim)

    def _ended(self, plugin: ContractPlugin, aim: Aim) -> Collector:
        """Run tests to their end."""
        collector, seed = plugin.collector, self._manner.seed
        ended = run_pytest(arguments(seed, aim.files), [plugin])
        if ended in {pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR}:
            collector.trouble("pytest", f"ended with {pytest.ExitCode(ended).name.lower().replace('_', ' ')}")
        return collector


def _seen(collector: Sightings, tests: int) -> Stop:
    """Enough was seen when findings of so many tests name rules that the fault breaks."""
    return lambda _: "seen" * (collector.tests_seen >= tests)
