"""The rounds of a run: pytest runs the contract's tests through a session, once or as often as is planned."""

import math
import sys
from contextlib import suppress
from dataclasses import replace

import pytest

from nhq import paths
from nhq.client.in_flight import InFlight
from nhq.client.redact import mask_of
from nhq.client.session import Session
from nhq.client.target import Target
from nhq.contract import Contract
from nhq.errors import ConfigError
from nhq.run import costs as kept
from nhq.run.background_reads import BackgroundReads
from nhq.run.case_plugin import CasePlugin
from nhq.run.collector import Collector
from nhq.run.early_end import Stop
from nhq.run.events import Head
from nhq.run.fault_tables import load_faults
from nhq.run.gate_options import GateOptions, effort_of, is_planned
from nhq.run.idle_allowance import OFTEN
from nhq.run.journal import RunJournal
from nhq.run.key_doubts import withdraw_doubtful_findings
from nhq.run.live_planner import SEED_STEP, Extent, Planner, extent_of
from nhq.run.pace import LATE
from nhq.run.plugin import ContractPlugin, RunProgress
from nhq.run.pytest_isolation import pytest_arguments, run_pytest
from nhq.run.revised_observations import collector_for
from nhq.run.schedule.cooperative import CooperativeClock
from nhq.run.schedule.waiting_tests import WaitingTests
from nhq.run.scope_inference import KeyAnswers
from nhq.run.selection import Selection, describe_missing_tests


def run_contract_tests(
    session: Session,
    selection: Selection,
    options: GateOptions,
    progress: RunProgress | None = None,
    stop: Stop | None = None,
    nonce: str = "",
    answers: KeyAnswers | None = None,
) -> tuple[Collector, int]:
    """Run the contract's tests until `stop` ends the run; returns the collector and pytest's exit code.

    `answers` are those to the requests sent before; later ones are added.
    """
    collector, answers = collector_for(session.target, session.contract), answers or KeyAnswers()
    collector.before(answers.requests)
    journal = journal_of(session, collector, options)
    planner = None
    if is_planned(options, session.target):
        with suppress(ConfigError):  # without costs nothing can be chosen, but the run goes on
            planner = planner_of(session.target, session.contract, selection, options, answers.usual_latency)
    code, number, rounds, course = int(pytest.ExitCode.OK), 1, 1, session.budget.course
    fine = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
    if planner is not None and planner.extent.strict:
        course.use((1 + LATE) * planner.extent.seconds)
    beside = background_of(session, collector, planner, options)
    used_up = planner.extent.seconds if planner is not None and planner.extent.strict else math.inf
    while number <= rounds and code in fine and not collector.ended and course.elapsed < used_up:
        seeded = replace(options, seed=options.seed + (number - 1) * SEED_STEP)
        collector.repeat(number > 1)
        now = plugins_of(session, collector, selection, seeded, nonce, progress, stop, journal, planner, number)
        now[0].read_beside(beside)
        began = course.elapsed
        code = max(code, played(seeded, *now))
        rounds = rounds_to_play(planner, number, options.minutes * 60 - course.elapsed, course.elapsed - began)
        number += 1
    code = max(code, ended_beside(beside, collector, more=code in fine and not collector.ended))
    withdraw_doubtful_findings(collector, session.target, session.contract, answers)
    fine.add(pytest.ExitCode.INTERRUPTED)
    if journal is not None and journal.done:
        fine.add(pytest.ExitCode.NO_TESTS_COLLECTED)  # everything had been done
    if code not in fine and code == pytest.ExitCode.NO_TESTS_COLLECTED:
        collector.trouble("selection", describe_missing_tests(selection))
    elif code not in fine:
        collector.trouble("pytest", f"ended with {pytest.ExitCode(code).name.lower().replace('_', ' ')}")
    return collector, code


def background_of(
    session: Session, collector: Collector, planner: Planner | None, options: GateOptions
) -> BackgroundReads | None:
    """The background reads of a run that fills its minutes; None if the number of its requests was set."""
    extent, clock = planner.extent if planner is not None else Extent(), session.clock
    bounded = math.isfinite(extent.requests) and not extent.latency
    if not extent.strict or bounded or not isinstance(clock, CooperativeClock):
        return None
    flight = InFlight(session.recorder.wire, clock)

    def needed() -> bool:
        left = extent.seconds - session.budget.course.elapsed
        return planner is not None and planner.needs_all(collector.planned_requests, left)

    reads = BackgroundReads(session, collector, extent.seconds, flight, options.every_key, needed)
    clock.turns.keep_up(reads.tick, OFTEN)
    return reads


def ended_beside(beside: BackgroundReads | None, collector: Collector, *, more: bool) -> int:
    """After all tests, read on until the time is over, if there is `more` to see; returns pytest's exit code."""
    if beside is None:
        return int(pytest.ExitCode.OK)
    try:
        if more:
            beside.fill_up()
    except KeyboardInterrupt:
        return int(pytest.ExitCode.INTERRUPTED)
    finally:
        beside.finish()
    return int(pytest.ExitCode.TESTS_FAILED if collector.findings else pytest.ExitCode.OK)


def rounds_to_play(planner: Planner | None, played: int, left: float, took: float) -> int:
    """The number of rounds of a run: as planned; without a plan, as many as fit into its minutes.

    `left` seconds are left after so many rounds, the last of which took `took` seconds.
    """
    if planner is not None and planner.choice is not None:
        return planner.choice.rounds
    return played + (took <= left)


def plugins_of(
    session: Session,
    collector: Collector,
    selection: Selection,
    options: GateOptions,
    nonce: str,
    progress: RunProgress | None = None,
    stop: Stop | None = None,
    journal: RunJournal | None = None,
    planner: Planner | None = None,
    number: int = 1,
) -> tuple[ContractPlugin, *tuple[WaitingTests, ...]]:
    """The pytest plugins for the contract's tests; with the scheduler if tests wait for windows."""
    effort, costs = effort_of(session.target, options), None
    if effort.planned or planner is not None:
        with suppress(ConfigError):  # costs are optional: without them we only lose the estimate
            costs = kept.load_costs((session.contract.former or session.contract).digest)
            costs = costs.on(session.target)
    told = progress, effort, stop, journal, costs, nonce
    if (case := options.case) is not None:
        plays = CasePlugin(
            *(session, collector, selection, options.seed, *told),
            case=case.part,
            rule=case.rule,
            fingerprint=case.fingerprint,
        )
        return (plays,)
    since = {} if session.target.restorable else options.since
    plugin = ContractPlugin(
        session, collector, selection, options.seed, *told, planner=planner, number=number, since=since
    )
    clock = session.clock
    return (plugin, WaitingTests(plugin, session, clock.turns)) if isinstance(clock, CooperativeClock) else (plugin,)


def played(options: GateOptions, plugin: ContractPlugin, *others: object) -> int:
    """Run the plugin's tests once; returns pytest's exit code."""
    try:
        code = run_pytest(pytest_arguments(options.seed, [paths.contracts_folder()]), [plugin, *others])
    except KeyboardInterrupt:  # outside of pytest's handling: while it started, or ended
        code = int(pytest.ExitCode.INTERRUPTED)
    if code == pytest.ExitCode.INTERRUPTED and plugin.uncollected:
        code = int(pytest.ExitCode.TESTS_FAILED)  # pytest itself stopped, at a file that it couldn't read
    elif code == pytest.ExitCode.INTERRUPTED:
        plugin.abandon(plugin.collector.ended or "the run was stopped before its turn")
        code = int(pytest.ExitCode.TESTS_FAILED if plugin.collector.ended else code)
    plugin.leave()
    if options.traceback:
        print("\n".join([*plugin.ends.tracebacks, *plugin.collector.tracebacks.values()]), file=sys.stderr)
    return code


def planner_of(
    target: Target, contract: Contract, selection: Selection, options: GateOptions, latency: float = 0.0
) -> Planner:
    """The planner of a live run whose answers take `latency` seconds.

    Raises ConfigError if no costs are stored for the present contract.
    """
    costs = kept.load_costs((contract.former or contract).digest).on(target)
    extent = extent_of(
        target, options.minutes, options.requests, whole=selection == Selection(universal=selection.universal)
    )
    extent = replace(extent, asked=options.time_limit)
    since = {} if target.restorable else options.since
    return Planner(target, contract, costs, load_faults(), extent, options.turn, latency, since, options.depths)


def journal_of(session: Session, collector: Collector, options: GateOptions) -> RunJournal | None:
    """The journal of the run, written test by test; with `resume`, its contents are folded in first."""
    if options.journal is None:
        return None
    target, allow = session.target, tuple(sorted(session.target.allow))
    where = target.base_url if options.target is not None else target.name
    profile, rules = effort_of(target, options).name, (*options.rules, *options.mock)
    head = Head(where, options.seed, session.contract.digest, profile, tuple(rules), tuple(options.operations), allow)
    journal = RunJournal(options.journal, head, mask_of(target))
    if options.resume:
        state = journal.resume()
        collector.take_up(state)
        session.recorder.count_on(state.last)
    else:
        journal.begin()
    if not target.restorable:
        collector.listeners.append(journal.hear)
    return journal
