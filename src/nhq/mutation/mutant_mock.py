"""One mock, used for fault after fault: restore its state, plant the fault, run the gate, remove the fault."""

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
#: Fraction of a second on the clock of a mock with variants, so that the kind of rounding shows.
ODD = 0.37
#: Timeout in seconds for an answer that is known never to come.
PATIENCE = 1.0


#: The fewest requests of a live test, but all its variants.
LEAST = replace(SPARING, one_variant=False)


@dataclass(frozen=True, slots=True)
class Manner:
    """How faults are searched for. `whole`: by the whole gate to its end, so that every kill is recorded.

    By default, by the tests about the fault's rules until a finding names one of them; if these don't find it, by more
    tests and finally by the whole gate. `every`: by the tests about its rules, the cheapest first, until some have
    shown it, to record where it shows; `least`: with the fewest requests of each test, as in live runs, but all its
    variants. `live`: by live runs.
    """

    seed: int = 1
    whole: bool = False
    every: bool = False
    least: bool = False
    live: Live | None = None


class MutantMock:
    """A mock with a control plane to plant faults in. Raises TargetError when it is gone."""

    def __init__(self, target: Target, manner: Manner) -> None:
        self._target, self._manner = target, manner
        self._contract = load_contract()
        self._control = ControlPlane(target.control_url, target.control_token)
        self._pristine = self._control.snapshot()

    def close(self) -> None:
        """Close the connection."""
        self._control.close()

    def look(self, fault: Fault, variants: Sequence[Variant] = ()) -> MutantOutcome:
        """Plant a fault and search for it with the gate. Requests, tests and seconds are those of all attempts.

        `variants` are permitted choices that the mock takes meanwhile.
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
        """Let the mock take a variant, and run the tests about its area alone."""
        return self._run(NOOP, tests_of_areas(variant.near, self._contract), [variant])

    def honest(self, fault: Fault) -> tuple[str, ...]:
        """The rules that the tests about a fault find broken on the mock without it: each is a false finding."""
        self._control.restore(self._pristine)
        collector, _ = self._examine(fault, next(selections_for_fault(fault, self._contract, whole=False)))
        return tuple(dict.fromkeys(finding[0] for finding in collector.findings))

    def findings(self, fault: Fault, file: str) -> list[Finding]:
        """The findings of one file of tests alone on a mock with the fault."""
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
        """The mock in its first state, with fault and variants; they are removed afterwards."""
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
        """The gate's findings, and what kept it from judging. `shared`: others act on the mock."""
        limits = Limits.of(PATIENCE) if fault.silent else None
        target = replace(
            self._target, given=self._control.landmarks(), shared=shared
        )  # ids may be spelt differently by now
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
        """Run the gate as users do; for a single fault, cheap tests first, until enough have shown it."""
        seed = self._manner.seed
        if self._manner.whole or not fault.rules:
            return self._ended(ContractPlugin(session, Collector(session.target), aim.selection, seed), aim)
        collector = SightingCollector(session.target, wanted=fault.rules, test=lambda: session.recorder.test)
        stop = _seen(collector, ENOUGH if self._manner.every else 1)
        effort = LEAST if self._manner.least else USUAL
        return self._ended(SightingPlugin(session, collector, aim.selection, seed, effort=effort, stop=stop), aim)

    def _ended(self, plugin: ContractPlugin, aim: Aim) -> Collector:
        """Run pytest; a failure of its own is a trouble in the collector."""
        collector, seed = plugin.collector, self._manner.seed
        ended = run_pytest(pytest_arguments(seed, aim.files), [plugin])
        if ended in {pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR}:
            collector.trouble("pytest", f"ended with {pytest.ExitCode(ended).name.lower().replace('_', ' ')}")
        return collector


def _seen(collector: SightingCollector, tests: int) -> Stop:
    """Have findings of enough tests named rules that the fault breaks?"""
    return lambda _: "seen" * (collector.tests_seen >= tests)
