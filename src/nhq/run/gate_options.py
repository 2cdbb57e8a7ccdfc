"""The options of a gate run, and what follows from them: target, effort, time, what must be judged."""

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from nhq.client.learned_keys import LearnedKeys
from nhq.client.mock_process import mock_target
from nhq.client.nonce import checked_nonce, new_nonce
from nhq.client.target import Target, target_for_run
from nhq.client.transport import Limits
from nhq.contract import Contract
from nhq.model import Effect, Exchange, Finding, Level
from nhq.record.case_file import Case
from nhq.run.choice_of_tests import LIVE_RUN, Depths
from nhq.run.required_rules import Required, read_required
from nhq.run.revised_observations import held_to
from nhq.run.rotation import ONLY, Turn
from nhq.run.selection import Selection
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


def required_of(target: Target, options: GateOptions, contract: Contract, selection: Selection) -> Required | None:
    """The rules that must be judged: by --require, else by the target file for whole runs.

    Raises ConfigError for a demand that this run can't meet.
    """
    narrowed = options.rules or options.operations
    return read_required(options.require or (() if narrowed else target.require), contract, selection)


def narrow_command(options: GateOptions, finding: Finding) -> str:
    """The command that judges one finding's rule and operation alone."""
    where = f" --operation {finding.operation}" if finding.operation else ""
    return f"{options.command} --rule {finding.rule}{where} --seed {options.seed}"


def is_planned(options: GateOptions, target: Target) -> bool:
    """Does a run choose its tests by their costs? A live one does, and a deep one that fills minutes."""
    deep = bool(options.minutes) and not target.restorable and effort_of(target, options) is THOROUGH
    return (deep or effort_of(target, options).planned) and not options.unplanned


def seconds_of(options: GateOptions, effort: Effort, target: Target) -> float:
    """The longest time of a run in seconds: the option's; without one only planned runs are limited."""
    if options.max_minutes or not effort.planned:
        return options.max_minutes * 60 or math.inf
    return max(LIVE_MINUTES * 60, LIVE_WINDOWS * target.window, 2 * options.minutes * 60)


def target_of(options: GateOptions, contract: Contract, stack: ExitStack) -> Target:
    """The target: that of the target file, or a fresh mock of the same contract, ended with the stack."""
    target = _whole_target(options, contract, stack)
    return replace(target, allow=frozenset({Effect.READ})) if options.read_only else target


def _whole_target(options: GateOptions, contract: Contract, stack: ExitStack) -> Target:
    if options.target is not None:
        return held_to(contract, target_for_run(options.target, options.asked, contract.scopes))
    words = ["--contract", str(options.contract)] if options.contract is not None else []
    return stack.enter_context(mock_target(seed=options.seed, options=[*words, *options.mock]))


def effort_of(target: Target, options: GateOptions) -> Effort:
    """How much is sent: by the option, or as suits the target; for a case as much as showed it, on any target.

    Raises ConfigError for an unknown profile.
    """
    found = options.case.part.depth if options.case is not None else ""
    if options.profile or found:
        return find_effort(options.profile or found)
    return USUAL if target.restorable else SPARING


def nonce_of(target: Target, options: GateOptions) -> str:
    """The nonce in everything that this run creates: the option's, a new one on a live target, none on a restored one.

    Raises ConfigError for one that names can't hold.
    """
    if options.nonce:
        return checked_nonce(options.nonce)
    return "" if target.restorable else new_nonce()
