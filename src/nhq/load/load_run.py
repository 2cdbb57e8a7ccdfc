"""`nhq load`: find the target, start Locust, wait, and judge."""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from nhq.client.key_check import usable_target
from nhq.client.mock_process import mock_target
from nhq.client.session import open_session
from nhq.client.target import Target
from nhq.clock import Clock, SystemClock
from nhq.contract import load_contract
from nhq.contract.change_approvals import present_approvals
from nhq.errors import ConfigError
from nhq.files import keep_inside
from nhq.load.abort_conditions import SHARE, STOPPED, must_watch
from nhq.load.excess_load import refuse_unasked, send_rate_words
from nhq.load.gather_histories import gather_histories, hand_over, refuse_used
from nhq.load.launch import WAIT, launch_processes, make_room
from nhq.load.load_outcome import load_record
from nhq.load.load_reproduction import history_command
from nhq.load.load_request import LoadListener, Request, Role, Run
from nhq.load.locust_env import enough_keys, write_target_for_locust
from nhq.load.machine_limits import LACKS, enough_files, open_files
from nhq.load.ports import enough_ports, ports_of
from nhq.load.prepare import given_target, prepare_run
from nhq.load.processes import Fleet, clean_environ
from nhq.load.recovery import recover_histories
from nhq.load.traffic_mix import ROWS, mix_operations, scopes_of, to_learn, write_operations
from nhq.record.run_record import Record
from nhq.run.interrupt import Interrupts
from nhq.run.record import Header
from nhq.run.revised_observations import contract_of, held_to

#: Seconds beyond the plan for Locust to start and end.
GRACE = 45.0
#: So many keys are asked beforehand; each one's own first request tells of the others.
CHECKED = 20


def run_load(request: Request, progress: LoadListener, interrupts: Interrupts | None = None) -> Record:
    """Run and return the record. Raises NhqError where nothing can be judged.

    After an interrupt, the requests recorded so far are judged; a second interrupt is raised.
    """
    clock, accepted = SystemClock(), present_approvals(request.approvals)
    started, began = clock.now(), clock.monotonic()
    with ExitStack() as stack:
        contract = contract_of(request.contract)
        target = held_to(contract, _target(request, stack))
        private = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nhq-load-")))
        rows = write_operations(private, contract) if contract.former is not None else None
        work = _prepare(request, target, clock, started, progress, rows)
        _send(work, private, rows)
    if interrupts is not None:
        interrupts.finish()
    work.troubles.extend(recover_histories(work.folder))
    _gather(work)
    _why_stopped(work)
    header = Header(
        kind="load",
        seed=request.seed,
        profile=work.plan.profile.name,
        command=request.command,
        started=started,
        seconds=clock.monotonic() - began,
        interrupted=work.interrupted,
        settles=True,
        again=history_command(work),
    )
    return load_record(work, header, accepted)


def _target(request: Request, stack: ExitStack) -> Target:
    """The target asked for, or a mock of our own in real time."""
    if request.target is None and request.role is not Role.ALL:
        raise ConfigError(f"--{request.role} needs --target: only this machine can reach the mock")
    if request.role is Role.MASTER and not request.workers:
        raise ConfigError("--master needs --workers, the number of workers to wait for")
    if request.role is Role.WORKER and not request.at[1]:
        raise ConfigError("--worker needs --at HOST:PORT, where its master listens")
    if request.gather is not None and request.role is Role.ALL:
        raise ConfigError("--gather works with --master or --worker only; here the histories are local already")
    if request.target is not None:
        if request.anchor:
            raise ConfigError("--anchor works with the mock only; drop it or drop --target")
        return given_target(request, request.target)
    options = ["--real-time", "--anchor", request.anchor or "first"]
    options += ["--contract", str(request.contract)] if request.contract is not None else []
    options += ["--limit", str(request.limit)] if request.limit else []
    options += ["--window", str(request.window)] if request.window else []
    return stack.enter_context(mock_target(seed=request.seed, options=options))


def _prepare(
    request: Request, target: Target, clock: Clock, started: float, progress: LoadListener, rows: Path | None
) -> Run:
    ready = prepare_run(request, target, rows)
    plan = ready.plan
    refuse_unasked(plan, target, request.allow_load)
    if request.gather is not None and request.role is Role.MASTER:
        refuse_used(request.gather)
    if request.csv is not None:
        make_room(request.csv)
    folder = request.out / "histories" / f"{plan.profile.name}-{int(started * 1000)}"
    keep_inside(request.out, folder)
    folder = folder.resolve()
    try:
        folder.mkdir(parents=True)
    except OSError as problem:
        raise ConfigError(f"cannot write histories to {folder}: {problem.strerror}") from None
    return Run(request, plan, target, ready.mix, ready.left_out, folder, clock, progress, unshown=ready.unshown)


def _send(work: Run, private: Path, rows: Path | None) -> None:
    """Start Locust's processes and wait until all is sent."""
    enough_files(work.plan, work.request.workers, open_files())
    enough_ports(work.plan, ports_of(work.target.base_url))
    keys = enough_keys(work.target, scopes_of(work.mix, mix_operations(rows)), work.plan.keys)
    if work.request.target is not None:
        _answers(replace(work.target, keys=tuple(keys[:CHECKED])), to_learn(work.mix, mix_operations(rows)))
    work.name_keys(key.label for key in keys)
    path, secrets = write_target_for_locust(private, work.target, keys)
    told = {**secrets, **({ROWS: str(rows)} if rows is not None else {})}
    running: list[float] = []

    def tell(heard: Mapping[str, Any]) -> None:
        now = work.clock.monotonic()
        if heard.get("state") in ("spawning", "running") and not running:
            running.append(now)
        work.progress.step(now - running[0] if running else 0.0, work.plan.longest, heard)

    for line in _forewords(work):
        work.progress.say(line)
    with Fleet(work.folder, clean_environ(os.environ, told), work.clock) as fleet:
        try:
            launch_processes(work, fleet, path)
            alone = work.request.role is Role.ALL
            for trouble in fleet.watch(work.plan.longest + GRACE + (0.0 if alone else WAIT), tell):
                work.troubles.append(trouble)
        except KeyboardInterrupt:
            work.interrupt()
            fleet.end_at_once()
    if lack := next((trouble for trouble in work.troubles if LACKS in trouble), ""):
        raise ConfigError(f"{lack}; nothing was judged")


def _forewords(work: Run) -> Iterator[str]:
    """Messages for the user before anything is sent."""
    yield from work.unshown
    if must_watch(work.target, work.plan):
        told = f"{work.target.base_url} will be sent {send_rate_words(work.plan)}"
        yield f"{told}; the run stops by itself when more than {SHARE:.0%} of the answers are 5xx"


def _why_stopped(work: Run) -> None:
    """Where the run has stopped by itself, each of its processes says so: keep one line of them."""
    told = [trouble for trouble in work.troubles if STOPPED in trouble]
    if told:
        work.stop(STOPPED + told[0].partition(STOPPED)[2], told)


def _gather(work: Run) -> None:
    """Bring the workers' histories to their master."""
    request = work.request
    if request.gather is not None and request.role is Role.WORKER:
        hand_over(work.folder, request.gather, work.troubles)
    if request.gather is not None and request.role is Role.MASTER:
        work.troubles.extend(gather_histories(request.gather, work.folder, request.workers, work.clock))


def _answers(target: Target, lists: Sequence[str]) -> None:
    """Raises TargetError unless the API answers, ConfigError for a wrong key and a mock whose clock stands still.

    Costs each key one request before the recording, of what the profile sends.
    """
    session = open_session(target, load_contract())
    try:
        if session.moves_clock:
            raise ConfigError(f"{target.name}: the mock's clock stands still; start it with --real-time")
        usable_target(session, first=lists)
    finally:
        session.close()
