"""Judge one target: open a session, run the contract's tests through it, fold what was seen into a record."""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from nhq import paths
from nhq.client.in_flight import InFlight
from nhq.client.key_check import target_without, usable_target
from nhq.client.learned_keys import LearnedKeys
from nhq.client.mock_process import mock_target
from nhq.client.nonce import checked_nonce, new_nonce
from nhq.client.preflight import check_reachable
from nhq.client.redact import mask_of
from nhq.client.run_deadline import Course
from nhq.client.session import Session, open_session
from nhq.client.target import Target, target_for_run
from nhq.client.traces import Traces
from nhq.client.transport import Limits
from nhq.clock import SystemClock
from nhq.contract import Contract
from nhq.contract.bindings import rule_bindings
from nhq.contract.change_approvals import present_approvals
from nhq.errors import ConfigError, RunOver
from nhq.generate import corpus
from nhq.model import Effect, Exchange, Finding, Level
from nhq.record.case_file import Case
from nhq.record.run_record import Record
from nhq.run import costs as kept
from nhq.run import run_plan
from nhq.run.background_reads import BackgroundReads
from nhq.run.case_plugin import CasePlugin
from nhq.run.choice_of_tests import LIVE_RUN, Depths
from nhq.run.collector import Collector
from nhq.run.early_end import EarlyEnd, Stop
from nhq.run.events import Head
from nhq.run.idle_allowance import OFTEN
from nhq.run.interrupt import Interrupts
from nhq.run.journal import RunJournal
from nhq.run.key_doubts import withdraw_doubtful_findings
from nhq.run.live_planner import SEED_STEP, Extent, Planner, extent_of
from nhq.run.pace import LATE
from nhq.run.plugin import ContractPlugin, RunProgress
from nhq.run.pytest_isolation import run_pytest
from nhq.run.record import Header, make_record
from nhq.run.required_rules import Required, read_required
from nhq.run.revised_observations import collector_for, contract_of, held_to
from nhq.run.rotation import ONLY, Turn
from nhq.run.schedule.cooperative import CooperativeClock, CooperativeScheduler
from nhq.run.schedule.waiting_tests import WaitingTests
from nhq.run.scope_inference import KeyAnswers
from nhq.run.selection import Selection, describe_missing_tests, make_selection
from nhq.run.worth_of_tests import load_faults
from nhq.scenarios.effort import SPARING, THOROUGH, USUAL, Effort, find_effort

#: How long a live run may last unless told otherwise, whichever is longer: the dearest waits for some fifteen windows.
LIVE_MINUTES, LIVE_WINDOWS = 60.0, 30


@dataclass(frozen=True, slots=True)
class GateOptions:
    """What `nhq gate` was asked for. Without a target file, a fresh mock is judged.

    Without a profile: `gate` where a control plane puts the target back, else `live`. `minutes` is the time that a
    live run uses, `requests` how many it sends; 0: three minutes. `max_minutes` is how
    long the run may last; 0: as long as it takes, and `LIVE_MINUTES` or `LIVE_WINDOWS` where it is live. The run
    ends with `max_findings` findings that fail it; 0: never. `turn` says which
    part it makes of what it can't afford. `unplanned`: each test of the live profile with its fewest
    requests, for measuring what those cost. `case`: nothing but that is played. `since`: by scenario, when
    it was last sent; where a run can't make all of its tests, those come first that weren't for longest. `depths`: how
    deep a plan's tests go. `every_key`: what is read beside the tests is asked for with keys, too, that must not
    see it. `learned`: what runs before this one were told of the keys of a target whose time is real. `time_limit`:
    what was asked for that bounds its time, where that is neither `minutes` nor `max_minutes`.
    """

    target: Path | None = None
    seed: int = 1
    rules: Sequence[str] = ()
    operations: Sequence[str] = ()
    profile: str = ""
    command: str = "nhq gate"
    traceback: bool = False
    mock: Sequence[str] = ()
    asked: frozenset[Effect] = frozenset()
    journal: Path | None = None
    resume: bool = False
    limits: Limits | None = None
    minutes: float = 0.0
    requests: int = 0
    max_minutes: float = 0.0
    contract: Path | None = None
    approvals: Path | None = None
    nonce: str = ""
    skip_bad_keys: bool = False
    require: Sequence[str] = ()
    read_only: bool = False
    max_findings: int = 0
    fail_on: Level = Level.MUST
    turn: Turn = ONLY
    unplanned: bool = False
    hear: Callable[[Exchange], None] | None = None
    case: Case | None = None
    since: Mapping[str, int] = field(default_factory=dict)
    depths: Depths = LIVE_RUN
    every_key: bool = False
    learned: LearnedKeys | None = None
    time_limit: str = ""


def judge_target(
    options: GateOptions, progress: RunProgress | None = None, interrupts: Interrupts | None = None
) -> Record:
    """Run and return the record. Raises NhqError where nothing can be judged (bad file, server gone).

    What was seen until an interrupt comes is in the record; a second interrupt is raised.
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
        course = Course(seconds_of(options, effort, target), target.exclusive_keys, asked=options.time_limit)
        nonce = nonce_of(target, options)
        if effort.fuzzed is None:
            corpus.load_corpus(contract)  # a stale one is said before anything is sent
        answers = KeyAnswers(latency=options.learned.latency if options.learned is not None else [])
        session = open_target(target, options, stack, contract, course, answers)
        try:
            with suppress(RunOver):  # said of every test then
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
    """Ends a run at an interrupt, or with findings enough; the latter stands in the collector."""
    return lambda collector: "interrupted" if interrupts.count else collector.end(early.cause(collector))


def required_of(target: Target, options: GateOptions, contract: Contract, selection: Selection) -> Required | None:
    """How much must be judged: as asked for, else as the target file says of whole runs.

    Raises ConfigError for what this run can't come to.
    """
    narrowed = options.rules or options.operations
    return read_required(options.require or (() if narrowed else target.require), contract, selection)


def narrow_command(options: GateOptions, finding: Finding) -> str:
    """The command that judges one finding's rule and operation alone."""
    where = f" --operation {finding.operation}" if finding.operation else ""
    return f"{options.command} --rule {finding.rule}{where} --seed {options.seed}"


def open_target(
    target: Target, options: GateOptions, stack: ExitStack, contract: Contract, course: Course, answers: KeyAnswers
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
    session: Session, options: GateOptions, stack: ExitStack, course: Course, answers: KeyAnswers
) -> Session:
    """A session with the keys that the server knows. Of a mock of our own the address is asked alone."""
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
    """What a live run will cost, by the costs kept for each of its tests. Nothing is sent to the target.

    Raises ConfigError where no costs are kept for the present contract.
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


def planner_of(
    target: Target, contract: Contract, selection: Selection, options: GateOptions, latency: float = 0.0
) -> Planner:
    """Who chooses the tests of a live run, whose answers take `latency` seconds.

    Raises ConfigError where no costs are kept for the present contract.
    """
    costs = kept.load_costs((contract.former or contract).digest).on(target)
    extent = extent_of(
        target, options.minutes, options.requests, whole=selection == Selection(universal=selection.universal)
    )
    extent = replace(extent, asked=options.time_limit)
    since = {} if target.restorable else options.since
    return Planner(target, contract, costs, load_faults(), extent, options.turn, latency, since, options.depths)


def is_planned(options: GateOptions, target: Target) -> bool:
    """Does a run choose its tests by what they cost? A live one does, and a deep one that fills minutes."""
    deep = bool(options.minutes) and not target.restorable and effort_of(target, options) is THOROUGH
    return (deep or effort_of(target, options).planned) and not options.unplanned


def seconds_of(options: GateOptions, effort: Effort, target: Target) -> float:
    """How long a run may last: what was asked for; by itself only one that is planned has an end."""
    if options.max_minutes or not effort.planned:
        return options.max_minutes * 60 or math.inf
    return max(LIVE_MINUTES * 60, LIVE_WINDOWS * target.window, 2 * options.minutes * 60)


def target_of(options: GateOptions, contract: Contract, stack: ExitStack) -> Target:
    """Who is judged: what the target file says, or a fresh mock of the same contract, ended with the stack."""
    target = _whole_target(options, contract, stack)
    return replace(target, allow=frozenset({Effect.READ})) if options.read_only else target


def _whole_target(options: GateOptions, contract: Contract, stack: ExitStack) -> Target:
    if options.target is not None:
        return held_to(contract, target_for_run(options.target, options.asked, contract.scopes))
    words = ["--contract", str(options.contract)] if options.contract is not None else []
    return stack.enter_context(mock_target(seed=options.seed, options=[*words, *options.mock]))


def effort_of(target: Target, options: GateOptions) -> Effort:
    """How much is sent: as asked for, or as suits the target; of a case as it was found, where that is put back.

    Raises ConfigError for an unknown profile.
    """
    found = options.case.part.depth if options.case is not None and target.restorable else ""
    if options.profile or found:
        return find_effort(options.profile or found)
    return USUAL if target.restorable else SPARING


def nonce_of(target: Target, options: GateOptions) -> str:
    """What all that this run creates carries: as asked for, new on a target that keeps it, none on one put back.

    Raises ConfigError for one that names can't hold.
    """
    if options.nonce:
        return checked_nonce(options.nonce)
    return "" if target.restorable else new_nonce()


def run_contract_tests(
    session: Session,
    selection: Selection,
    options: GateOptions,
    progress: RunProgress | None = None,
    stop: Stop | None = None,
    nonce: str = "",
    answers: KeyAnswers | None = None,
) -> tuple[Collector, int]:
    """Run the contract's tests through a session, until `stop` says that enough was seen; pytest's exit code, too.

    `answers` are those to the requests that were sent before, and hear of all that follow.
    """
    collector, answers = collector_for(session.target, session.contract), answers or KeyAnswers()
    collector.before(answers.requests)
    journal = journal_of(session, collector, options)
    planner = None
    if is_planned(options, session.target):
        with suppress(ConfigError):  # without costs nothing can be chosen, and it is a run all the same
            planner = planner_of(session.target, session.contract, selection, options, answers.usual_latency)
    code, number, rounds, course = int(pytest.ExitCode.OK), 1, 1, session.budget.course
    fine = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
    if planner is not None and planner.extent.strict:
        course.use((1 + LATE) * planner.extent.seconds)
    beside = background_of(session, collector, planner, options.every_key)
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
    session: Session, collector: Collector, planner: Planner | None, every_key: bool = False
) -> BackgroundReads | None:
    """What is read beside the tests of a run that fills its minutes; nothing where it was told how much to send."""
    extent, clock = planner.extent if planner is not None else Extent(), session.clock
    bounded = math.isfinite(extent.requests) and not extent.latency
    if not extent.strict or bounded or not isinstance(clock, CooperativeClock):
        return None
    reads = BackgroundReads(session, collector, extent.seconds, InFlight(session.recorder.wire, clock), every_key)
    clock.turns.keep_up(reads.tick, OFTEN)
    return reads


def ended_beside(beside: BackgroundReads | None, collector: Collector, *, more: bool) -> int:
    """When all tests have ended: read on until the time is over, if `more` is to be seen; pytest's exit code."""
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
    """How many rounds a run has: as planned; where nothing is planned, as many as fit into its minutes.

    `left` seconds are left of those after so many rounds, the last of which took `took` seconds.
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
    """What pytest needs to run the contract's tests through a session; the scheduler where windows are waited for."""
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
    """Run the plugin's tests once; pytest's exit code."""
    try:
        code = run_pytest(pytest_arguments(options.seed, [paths.contracts_folder()]), [plugin, *others])
    except KeyboardInterrupt:  # outside of pytest's own care: while it began, or ended
        code = int(pytest.ExitCode.INTERRUPTED)
    if code == pytest.ExitCode.INTERRUPTED and plugin.uncollected:
        code = int(pytest.ExitCode.TESTS_FAILED)  # nobody stopped it: pytest did, at a file that it couldn't read
    elif code == pytest.ExitCode.INTERRUPTED:
        plugin.abandon(plugin.collector.ended or "the run was stopped before its turn")
        code = int(pytest.ExitCode.TESTS_FAILED if plugin.collector.ended else code)
    plugin.leave()
    if options.traceback:
        print("\n".join([*plugin.ends.tracebacks, *plugin.collector.tracebacks.values()]), file=sys.stderr)
    return code


def journal_of(session: Session, collector: Collector, options: GateOptions) -> RunJournal | None:
    """Where the run is written down test by test; with `resume`, what stands there is folded in first."""
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


def pytest_arguments(seed: int, files: Sequence[Path]) -> list[str]:
    """pytest's arguments: our tests only, nobody else's plugins or configuration, no output of its own."""
    names = ("terminal", "cacheprovider", "logging", "warnings", "locust", "recording", "anyio")
    quiet = [word for name in names for word in ("-p", f"no:{name}")]  # locust's plugin has a `session` fixture too
    # Scenarios don't assert about the target; rewriting their asserts would cost seconds wherever bytecode isn't kept.
    fixed = [
        "--import-mode=importlib",
        "--assert=plain",
        "-c",
        str(paths.contracts_folder() / "pytest.ini"),
        f"--rootdir={paths.contracts_folder()}",
    ]
    return [*quiet, *fixed, f"--hypothesis-seed={seed}", *map(str, files)]
