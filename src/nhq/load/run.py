"""`nhq load`: start Locust, wait, judge what its workers wrote, and fold it into a run record."""

import os
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from nhq.clock import Clock, SystemClock
from nhq.contract import load_contract
from nhq.drive.budget import Spent
from nhq.drive.mock import mock_target
from nhq.drive.preflight import preflight
from nhq.drive.session import open_session
from nhq.drive.target import Target, load_target, permit
from nhq.errors import ConfigError, TargetError
from nhq.load.budget import judge
from nhq.load.calls import operations, permitted
from nhq.load.handoff import enough_keys, write_target
from nhq.load.plan import Plan, make_plan
from nhq.load.processes import Fleet, clean_environ
from nhq.load.profile import load_profile
from nhq.load.promises import observations, selected
from nhq.load.salvage import salvage
from nhq.load.told import told
from nhq.model import Effect, Verdict
from nhq.ratelimit.check import check
from nhq.ratelimit.history import NO_REPLY, History
from nhq.ratelimit.reading import read_histories
from nhq.run.collect import Collector
from nhq.run.record import Header, make_record
from nhq.run.select import Selection

#: Seconds beyond the plan that Locust is given to start and end.
GRACE = 45.0
#: Seconds that a master waits for workers of other machines, and a worker for its master.
WAIT = 600.0


class Progress(Protocol):
    """Told how far a run is."""

    def step(self, seconds: float, total: float, heard: Mapping[str, Any]) -> None:
        """`seconds` of about `total` are over; `heard` holds requests and failures so far."""

    def say(self, line: str) -> None:
        """Something that whoever started the run needs to know now."""


class Role(StrEnum):
    """What this machine does in a run."""

    ALL = "all"
    MASTER = "master"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Request:
    """What `nhq load` was asked for. Zeros: as the profile and the target say. Without `target` a mock is started.

    `at` is where a master listens, or a worker finds it; port 0: a free one.
    """

    profile: str
    out: Path
    target: Path | None = None
    keys: int = 0
    duration: float = 0.0
    limit: int = 0
    window: float = 0.0
    anchor: str = ""
    workers: int = 0
    role: Role = Role.ALL
    at: tuple[str, int] = ("127.0.0.1", 0)
    asked: frozenset[Effect] = frozenset()
    seed: int = 1
    command: str = "nhq load"


@dataclass(slots=True)
class Run:
    """One load run on its way to a record."""

    request: Request
    plan: Plan
    target: Target
    mix: dict[str, int]
    left_out: list[str]
    folder: Path
    clock: Clock
    progress: Progress
    troubles: list[str] = field(default_factory=list)
    interrupted: bool = False


def run(request: Request, progress: Progress) -> dict[str, Any]:
    """Run and return the record. Raises NhqError where nothing can be judged."""
    clock = SystemClock()
    started, began = clock.now(), clock.monotonic()
    with ExitStack() as stack:
        target = _target(request, stack)
        work = _prepare(request, target, clock, started, progress)
        private = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nhq-load-")))
        _send(work, private)
    work.troubles += salvage(work.folder)
    history = _read(work)
    return _record(work, history, Header(
        kind="load",
        seed=request.seed,
        profile=request.profile,
        command=request.command,
        started=started,
        seconds=clock.monotonic() - began,
        interrupted=work.interrupted,
    ))  # fmt: skip


def _read(work: Run) -> History | None:
    """All histories of the run as one, if there are any."""
    paths = sorted(work.folder.glob("*.arrows"))
    return read_histories(paths) if paths else None


def _target(request: Request, stack: ExitStack) -> Target:
    """The target asked for, or a mock of our own in real time."""
    if request.target is None and request.role is not Role.ALL:
        raise ConfigError(f"--{request.role} needs a --target: the mock is known to this machine alone")
    if request.role is Role.MASTER and not request.workers:
        raise ConfigError("--master needs --workers: how many it is to wait for")
    if request.role is Role.WORKER and not request.at[1]:
        raise ConfigError("--worker needs --at HOST:PORT, where its master listens")
    if request.target is not None:
        if request.anchor:
            raise ConfigError("--anchor is for the mock; a target has the anchor it has")
        target = permit(load_target(request.target), request.asked)
        return replace(target, limit=request.limit or target.limit, window=request.window or target.window)
    options = ["--real-time", "--anchor", request.anchor or "first"]
    options += ["--limit", str(request.limit)] if request.limit else []
    options += ["--window", str(request.window)] if request.window else []
    return stack.enter_context(mock_target(seed=request.seed, options=options))


def _prepare(request: Request, target: Target, clock: Clock, started: float, progress: Progress) -> Run:
    profile = load_profile(request.profile)
    mix, left_out = permitted(profile.mix, target.allow)
    plan = make_plan(profile, target.limit, target.window, request.keys, request.duration)
    folder = (request.out / "histories" / f"{profile.name}-{int(started * 1000)}").resolve()
    try:
        folder.mkdir(parents=True)
    except OSError as problem:
        raise ConfigError(f"cannot write histories to {folder}: {problem.strerror}") from None
    return Run(request, plan, target, mix, left_out, folder, clock, progress)


def _send(work: Run, private: Path) -> None:
    """Start Locust's processes and wait until all is sent."""
    scopes = {operations()[name].scope for name in work.mix}
    keys = enough_keys(work.target, scopes, work.plan.keys)
    if work.request.target is not None:
        _answers(work.target)
    path, secrets = write_target(private, work.target, keys)
    running: list[float] = []

    def tell(heard: Mapping[str, Any]) -> None:
        now = work.clock.monotonic()
        if heard.get("state") in ("spawning", "running") and not running:
            running.append(now)
        work.progress.step(now - running[0] if running else 0.0, work.plan.longest, heard)

    with Fleet(work.folder, clean_environ(os.environ, secrets), work.clock) as fleet:
        try:
            _launch(work, fleet, path)
            alone = work.request.role is Role.ALL
            for trouble in fleet.watch(work.plan.longest + GRACE + (0.0 if alone else WAIT), tell):
                work.troubles.append(trouble)
        except KeyboardInterrupt:
            work.interrupted = True


def _answers(target: Target) -> None:
    """Raises TargetError unless an HTTP server answers, ConfigError for a mock whose clock stands still.

    Costs the first key one request, before the recording.
    """
    session = open_session(target, load_contract())
    try:
        if session.control is not None and session.control.still():
            raise ConfigError(f"{target.name}: the mock's clock stands still; start it with --real-time")
        preflight(session)
    finally:
        session.close()


def _launch(work: Run, fleet: Fleet, target_file: Path) -> None:
    """Start what this machine contributes: everything, a master, or a worker."""
    request = work.request
    arguments = _arguments(work, target_file)
    if request.role is Role.WORKER:
        fleet.lead("worker", [*arguments, *_there(*request.at)])
        return
    users = max(1, request.workers) * -(-work.plan.keys // max(1, request.workers))  # as many on each worker
    crowd = ["--headless", "--only-summary", "--exit-code-on-error", "0", "-u", str(users), "-r", str(users)]
    if not request.workers:
        fleet.lead("locust", [*arguments, *crowd])
        return
    host, port = request.at
    here = ["--master", "--master-bind-host", host, "--master-bind-port", str(port)]
    here += ["--expect-workers", str(request.workers), "--expect-workers-max-wait", str(int(WAIT))]
    fleet.lead("master", [*arguments, *crowd, *here])
    bound = int(fleet.await_word("port"))
    if request.role is Role.MASTER:
        work.progress.say(f"the master listens on {host}:{bound}; it waits for {request.workers} workers")
        return
    for number in range(request.workers):
        fleet.follow(f"worker-{number}", [*arguments, *_there(host, bound)])


def _there(host: str, port: int) -> list[str]:
    return ["--worker", "--master-host", host, "--master-port", str(port)]


def _arguments(work: Run, target_file: Path) -> list[str]:
    """Our own arguments for Locust."""
    request = work.request
    said = {
        "profile": request.profile,
        "target": target_file,
        "keys": request.keys,
        "duration": request.duration,
        "seed": request.seed,
        "out": work.folder.parent,
        "run": work.folder.name,
    }
    fresh = ["--nhq-fresh"] if request.target is None else []
    allowed = [f"--nhq-allow-{effect}" for effect in request.asked]
    return [*(word for name, value in said.items() for word in (f"--nhq-{name}", str(value))), *fresh, *allowed]


def _record(work: Run, history: History | None, header: Header) -> dict[str, Any]:
    """Judge and fold. Raises TargetError when nothing came back at all."""
    if history is None and work.request.role is Role.MASTER and not work.troubles:
        raise TargetError(
            "the histories are with the workers, which have judged them; `nhq check` judges them together"
        )
    if history is None and work.interrupted:
        raise KeyboardInterrupt
    if history is None or not (history.status != NO_REPLY).any():
        raise TargetError(f"nothing was recorded: {'; '.join(work.troubles) or 'no request was answered'}")
    plan = work.plan
    verdicts = check(history, plan.limit, plan.window)
    kept = judge(history, plan.profile.budget)
    contract, collector = load_contract(), Collector(work.target)
    _fold(collector, history)
    called = [name for name in contract.operations if name in collector.statuses]
    collector.observe(observations(history, verdicts, called))
    for line in work.troubles:
        collector.trouble("locust", line)
    for name in work.left_out:
        collector.unsatisfied[f"permission for {name}, which the profile's mix has"] = None
    selection = Selection(selected(plan.profile.judges, verdicts), frozenset(called))
    record = make_record(header, contract, work.target, collector, selection, Spent(), {})
    record["load"] = told(history, verdicts, kept, plan) | {
        "workers": max(1, work.request.workers),
        "histories": [path.name for path in sorted(work.folder.glob("*.arrows"))],
    }
    return _with_budget(record)


def _with_budget(record: dict[str, Any]) -> dict[str, Any]:
    """A budget exceeded fails a run that nothing else fails."""
    if record["load"]["exceeded"] and record["exit_code"] == 0:
        record |= {"exit_code": 1, "verdict": Verdict.VIOLATED.value}
    return record


def _fold(collector: Collector, history: History) -> None:
    """Count the requests of a history as if they had been exchanges."""
    collector.requests = len(history)
    for number, name in enumerate(history.keys):
        collector.by_key[name] = int((history.key == number).sum())
    for number, name in enumerate(history.operations):
        seen: Sequence[int] = history.status[history.operation == number].tolist()
        if name:
            collector.statuses[name] = Counter(status for status in seen if status != NO_REPLY)
