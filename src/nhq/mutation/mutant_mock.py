"""One mock, used for fault after fault: put its state back, let it lie, run the gate, let it be honest again."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

import pytest

from nhq import paths
from nhq.client.control_plane import ControlPlane
from nhq.client.preflight import check_reachable
from nhq.client.session import Session, open_session
from nhq.client.target import Target
from nhq.client.transport import Limits
from nhq.clock import SystemClock
from nhq.contract import load_contract
from nhq.errors import NhqError
from nhq.model import Finding
from nhq.mutation.fault_sightings import ENOUGH, SightingCollector, SightingPlugin
from nhq.mutation.faults.catalogue import find_fault
from nhq.mutation.faults.fault import Fault
from nhq.mutation.live_bench import Live
from nhq.mutation.mutant_status import GOOD, MutantOutcome, mutant_status
from nhq.mutation.relevant_tests import Aim, selections_for_fault, tests_of_areas
from nhq.mutation.unjudged_rules import rules_not_judged
from nhq.mutation.variants.variant import Variant
from nhq.run.collector import Collector
from nhq.run.early_end import Stop
from nhq.run.plugin import ContractPlugin
from nhq.run.pytest_isolation import pytest_arguments, run_pytest
from nhq.run.selection import make_selection
from nhq.scenarios.effort import SPARING, USUAL

NOOP = find_fault("noop")
#: Seconds by which the clock of a mock of other choices is beside a whole one: what is rounded shows how.
ODD = 0.37
#: Seconds that an answer may take of which we know that it doesn't come.
PATIENCE = 1.0


#: What a test of a live run sends at least, and all variants of it.
LEAST = replace(SPARING, one_variant=False)


@dataclass(frozen=True, slots=True)
class Manner:
    """How faults are looked for. `whole`: by the whole gate to its end, so that every kill is told.

    Otherwise by the tests about the fault's rules, until a finding names one of them; only what these don't see is
    looked for further, at last by the whole gate. `every`: by the tests about its rules, the cheapest first, until some
    have shown it, so that it is told where it shows; `least`: with the fewest requests of each test, as live runs
    make it, but all its variants. `live`: by live runs.
    """

    seed: int = 1
    whole: bool = False
    every: bool = False
    least: bool = False
    live: Live | None = None


class MutantMock:
    """A mock to plant faults in, with a control plane. Raises TargetError when it is gone."""

    def __init__(self, target: Target, manner: Manner) -> None:
        self._target, self._manner = target, manner
        self._contract = load_contract()
        self._control = ControlPlane(target.control_url, target.control_token)
        self._pristine = self._control.snapshot()

    def close(self) -> None:
        """Give the connection back."""
        self._control.close()

    def look(self, fault: Fault, variants: Sequence[Variant] = ()) -> MutantOutcome:
        """Plant a fault, and see whether the gate sees it. Requests, tests and seconds are those of all looks.

        `variants` are choices that the mock takes meanwhile.
        """
        outcome = MutantOutcome(fault.id, mutant_status(fault, (), ()))
        for aim in selections_for_fault(fault, self._contract, self._manner.whole):
            seen = self._run(fault, aim, variants)
            outcome = replace(
                seen,
                requests=outcome.requests + seen.requests,
                tests=outcome.tests + seen.tests,
                seconds=round(outcome.seconds + seen.seconds, 2),
            )
            if outcome.status in GOOD or self._manner.every:
                break
        return outcome

    def near(self, variant: Variant) -> MutantOutcome:
        """Let the mock choose otherwise, and ask the tests about that area alone what they find."""
        return self._run(NOOP, tests_of_areas(variant.near, self._contract), [variant])

    def honest(self, fault: Fault) -> tuple[str, ...]:
        """The rules that the tests about a fault find broken while the mock doesn't lie: none, or we accuse falsely."""
        self._control.restore(self._pristine)
        collector, _ = self._examine(fault, next(selections_for_fault(fault, self._contract, whole=False)))
        return tuple(dict.fromkeys(finding[0] for finding in collector.findings))

    def findings(self, fault: Fault, file: str) -> list[Finding]:
        """What one file of tests alone finds, all others switched off."""
        aim = Aim((paths.contracts_folder() / file,), make_selection(self._contract, fault.rules, ()))
        with self._lying(fault):
            collector, _ = self._examine(fault, aim)
        return [proven.finding for proven in collector.findings.values()]

    def _run(self, fault: Fault, aim: Aim, variants: Sequence[Variant]) -> MutantOutcome:
        clock = SystemClock()
        started = clock.monotonic()
        with self._lying(fault, variants):
            collector, troubles = self._examine(fault, aim, any(variant.shared for variant in variants))
        warned = {rule for variant in variants for rule in variant.warns}
        named = dict.fromkeys(finding[0] for finding in collector.findings)
        found = [rule for rule in named if rule not in warned]
        return MutantOutcome(
            fault=fault.id,
            status=mutant_status(fault, found, troubles),
            kills=tuple(rule for rule in fault.rules if rule in found),
            others=tuple(rule for rule in found if rule not in fault.rules),
            requests=collector.requests,
            tests=len(collector.tests),
            seconds=round(clock.monotonic() - started, 2),
            whole=aim.whole,
            troubles=tuple(troubles),
            seed=self._manner.seed,
            variants=tuple(variant.id for variant in variants),
            warned=tuple(rule for rule in named if rule in warned),
            unjudged=tuple(rules_not_judged(collector, self._contract)) if aim.whole and variants else (),
            places=collector.places if isinstance(collector, SightingCollector) else (),
        )

    @contextmanager
    def _lying(self, fault: Fault, variants: Sequence[Variant] = ()) -> Iterator[None]:
        """The mock as it began, lying and choosing otherwise; as it was afterwards."""
        self._control.restore(self._pristine)
        if variants:
            self._control.advance(ODD)
        planted = [*(variant.id for variant in variants), fault.id]
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
                check_reachable(session)
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
        collector = SightingCollector(session.target, wanted=fault.rules, test=lambda: session.recorder.test)
        stop = _seen(collector, ENOUGH if self._manner.every else 1)
        effort = LEAST if self._manner.least else USUAL
        return self._ended(SightingPlugin(session, collector, aim.selection, seed, effort=effort, stop=stop), aim)

    def _ended(self, plugin: ContractPlugin, aim: Aim) -> Collector:
        """Run tests to their end."""
        collector, seed = plugin.collector, self._manner.seed
        ended = run_pytest(pytest_arguments(seed, aim.files), [plugin])
        if ended in {pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR}:
            collector.trouble("pytest", f"ended with {pytest.ExitCode(ended).name.lower().replace('_', ' ')}")
        return collector


def _seen(collector: SightingCollector, tests: int) -> Stop:
    """Enough was seen when findings of so many tests name rules that the fault breaks."""
    return lambda _: "seen" * (collector.tests_seen >= tests)
