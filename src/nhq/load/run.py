"""`nhq load`: find the target, start Locust, wait, and hand over to the judges."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from nhq.clock import Clock, SystemClock
from nhq.contract import load_contract
from nhq.drive.mock import mock_target
from nhq.drive.preflight import preflight
from nhq.drive.session import open_session
from nhq.drive.target import Target, load_target, permit
from nhq.errors import ConfigError
from nhq.load.calls import ROWS, operations, permitted, write_operations
from nhq.load.handoff import enough_keys, write_target
from nhq.load.launch import WAIT, launch
from nhq.load.outcome import judged
from nhq.load.plan import make_plan
from nhq.load.processes import Fleet, clean_environ
from nhq.load.profile import load_profile
from nhq.load.request import Progress, Request, Role, Run
from nhq.load.salvage import salvage
from nhq.run.record import Header
from nhq.run.revised import contract_of, held_to

#: Seconds beyond the plan that Locust is given to start and end.
GRACE = 45.0


def run(request: Request, progress: Progress) -> dict[str, Any]:
    """Run and return the record. Raises NhqError where nothing can be judged."""
    clock = SystemClock()
    started, began = clock.now(), clock.monotonic()
    with ExitStack() as stack:
        contract = contract_of(request.contract)
        target = held_to(contract, _target(request, stack))
        private = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nhq-load-")))
        rows = write_operations(private, contract) if contract.former is not None else None
        work = _prepare(request, target, clock, started, progress, rows)
        _send(work, private, rows)
    work.troubles += salvage(work.folder)
    header = Header(
        kind="load",
        seed=request.seed,
        profile=request.profile,
        command=request.command,
        started=started,
        seconds=clock.monotonic() - began,
        interrupted=work.interrupted,
    )
    return judged(work, header)


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
    options += ["--contract", str(request.contract)] if request.contract is not None else []
    options += ["--limit", str(request.limit)] if request.limit else []
    options += ["--window", str(request.window)] if request.window else []
    return stack.enter_context(mock_target(seed=request.seed, options=options))


def _prepare(
    request: Request, target: Target, clock: Clock, started: float, progress: Progress, rows: Path | None
) -> Run:
    profile = load_profile(request.profile)
    mix, left_out = permitted(profile.mix, target.allow, rows)
    plan = make_plan(profile, target.limit, target.window, request.keys, request.duration)
    folder = (request.out / "histories" / f"{profile.name}-{int(started * 1000)}").resolve()
    try:
        folder.mkdir(parents=True)
    except OSError as problem:
        raise ConfigError(f"cannot write histories to {folder}: {problem.strerror}") from None
    return Run(request, plan, target, mix, left_out, folder, clock, progress)


def _send(work: Run, private: Path, rows: Path | None) -> None:
    """Start Locust's processes and wait until all is sent."""
    scopes = {operations(rows)[name].scope for name in work.mix}
    keys = enough_keys(work.target, scopes, work.plan.keys)
    if work.request.target is not None:
        _answers(work.target)
    path, secrets = write_target(private, work.target, keys)
    told = {**secrets, **({ROWS: str(rows)} if rows is not None else {})}
    running: list[float] = []

    def tell(heard: Mapping[str, Any]) -> None:
        now = work.clock.monotonic()
        if heard.get("state") in ("spawning", "running") and not running:
            running.append(now)
        work.progress.step(now - running[0] if running else 0.0, work.plan.longest, heard)

    with Fleet(work.folder, clean_environ(os.environ, told), work.clock) as fleet:
        try:
            launch(work, fleet, path)
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
