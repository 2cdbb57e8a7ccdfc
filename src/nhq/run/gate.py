"""Judge one target: open a session, run the contract's tests through it, fold what was seen into a record."""

from contextlib import ExitStack, suppress
from dataclasses import replace

import pytest

from nhq import paths
from nhq.client.key_check import target_without, usable_target
from nhq.client.preflight import check_reachable
from nhq.client.run_deadline import RunDeadline
from nhq.client.session import Session, open_session
from nhq.client.target import Target
from nhq.client.traces import Traces
from nhq.clock import SystemClock
from nhq.contract import Contract
from nhq.contract.bindings import rule_bindings
from nhq.contract.change_approvals import present_approvals
from nhq.errors import RunOver
from nhq.generate import corpus
from nhq.record.run_record import Record
from nhq.run import run_plan
from nhq.run.collector import Collector
from nhq.run.contract_rounds import planner_of, run_contract_tests
from nhq.run.early_end import EarlyEnd, Stop
from nhq.run.gate_options import GateOptions, effort_of, narrow_command, nonce_of, required_of, seconds_of, target_of
from nhq.run.interrupt import Interrupts
from nhq.run.plugin import ContractPlugin, RunProgress
from nhq.run.pytest_isolation import pytest_arguments, run_pytest
from nhq.run.record import Header, make_record
from nhq.run.revised_observations import collector_for, contract_of
from nhq.run.schedule.cooperative import CooperativeClock, CooperativeScheduler
from nhq.run.scope_inference import KeyAnswers
from nhq.run.selection import make_selection
from nhq.scenarios.effort import SPARING


def judge_target(
    options: GateOptions, progress: RunProgress | None = None, interrupts: Interrupts | None = None
) -> Record:
    """Run and return the record. Raises NhqError where nothing can be judged (bad file, server gone).

    After an interrupt the record holds what was seen by then; a second interrupt is raised.
    """
    interrupts = interrupts or Interrupts()
    contract = contract_of(options.contract)
    selection = make_selection(contract, options.rules, options.operations)
    clock = SystemClock()
    accepted = present_approvals(options.approvals, clock)
    accepted = replace(accepted, judges_changes=options.contract is not None)
    started, began = clock.now(), clock.monotonic()
    with ExitStack() as stack:
        target = target_of(options, contract, stack)
        required = required_of(target, options, contract, selection)
        effort = effort_of(target, options)
        course = RunDeadline(seconds_of(options, effort, target), target.exclusive_keys, asked=options.time_limit)
        nonce = nonce_of(target, options)
        if effort.fuzzed is None:
            corpus.load_corpus(contract)  # a stale one is reported before anything is sent
        answers = KeyAnswers(latency=options.learned.latency if options.learned is not None else [])
        session = open_target(target, options, stack, contract, course, answers)
        try:
            with suppress(RunOver):  # every test reports it then
                session = with_usable_keys(session, options, stack, course, answers)
            early = EarlyEnd(options.max_findings, contract, target, selection, accepted, answers, options.fail_on)
            collector, code = run_contract_tests(
                session, selection, options, progress, stop_of(interrupts, early), nonce, answers
            )
        except KeyboardInterrupt:
            collector, code = collector_for(target, contract), int(pytest.ExitCode.INTERRUPTED)
        for key in target.keys:
            if key not in session.target.keys:
                collector.unmet(f"key {key.label} ({key.env}) was refused and left out")
        interrupts.finish()
        header = Header(
            kind="gate",
            seed=options.seed,
            profile=effort.name,
            command=options.command,
            again=lambda finding: narrow_command(options, finding),
            started=started,
            seconds=clock.monotonic() - began,
            interrupted=code == pytest.ExitCode.INTERRUPTED,
            nonce=nonce,
            required=required,
            fail_on=options.fail_on,
        )
        collector.paced(session.budget.spent)
        return make_record(header, contract, target, collector, selection, rule_bindings(), accepted)


def stop_of(interrupts: Interrupts, early: EarlyEnd) -> Stop:
    """Ends a run at an interrupt, or after enough findings; notes the latter in the collector."""
    return lambda collector: "interrupted" if interrupts.count else collector.end(early.cause(collector))


def open_target(
    target: Target, options: GateOptions, stack: ExitStack, contract: Contract, course: RunDeadline, answers: KeyAnswers
) -> Session:
    """A session with the target, closed with the stack; `answers` hear all of it. Live, its waits let others go on."""
    turns = CooperativeScheduler()
    waiting = None if target.restorable else CooperativeClock(turns, course=course)
    traces = Traces(str(options.seed) if target.restorable else "")
    known = None if target.restorable or options.learned is None else options.learned.allowance
    session = open_session(
        *(target, contract, None, waiting, options.limits, course, turns.serve, traces), allowance=known
    )
    stack.callback(session.close)
    session.recorder.listeners.extend([answers.hear, *([options.hear] if options.hear is not None else [])])
    return session


def with_usable_keys(
    session: Session, options: GateOptions, stack: ExitStack, course: RunDeadline, answers: KeyAnswers
) -> Session:
    """A session with the keys that the server accepts. Of our own mock only the address is checked."""
    if options.target is None:
        check_reachable(session)
        return session
    target = checked_target(session, options, answers)
    if session.target.restorable:
        session.budget.forget()  # a test is a function of its snapshot
    return (
        session if target is session.target else open_target(target, options, stack, session.contract, course, answers)
    )


def checked_target(session: Session, options: GateOptions, answers: KeyAnswers) -> Target:
    """The target with the keys that the server knows. Who plays a case takes the word of the run that found it."""
    learned = options.learned
    if learned is not None and learned.refused is not None and options.case is not None:
        bad = [key for key in session.target.keys if key.label in learned.refused]
        return target_without(session.target, bad) if bad else session.target
    target = usable_target(session, options.skip_bad_keys)
    if learned is not None:
        learned.learn((key.label for key in target.refused), answers.latency)
    return target


def plan_run(options: GateOptions) -> run_plan.RunPlan:
    """The cost of a live run, by the stored costs of its tests. Sends nothing to the target.

    Raises ConfigError if no costs are stored for the present contract.
    """
    contract = contract_of(options.contract)
    selection = make_selection(contract, options.rules, options.operations)
    with ExitStack() as stack:
        target = target_of(options, contract, stack)
        required_of(target, options, contract, selection)
        session = open_session(target, contract)
        stack.callback(session.close)
        planner = planner_of(target, contract, selection, options)
        plugin = ContractPlugin(
            session,
            Collector(target),
            selection,
            options.seed,
            effort=SPARING,
            costs=planner.costs,
            planning=True,
            planner=planner,
        )
        run_pytest([*pytest_arguments(options.seed, [paths.contracts_folder()]), "--collect-only"], [plugin])
        made = plugin.ahead.plan(plugin.rest(), begun=False)
        assert made is not None
        return replace(made, planner=planner)
