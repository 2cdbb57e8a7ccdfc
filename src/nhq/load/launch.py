"""The Locust processes that a run starts on this machine, and their arguments."""

import tempfile
from pathlib import Path

from nhq.errors import ConfigError
from nhq.load.load_request import Role, Run
from nhq.load.processes import Fleet
from nhq.load.profile_tables import SUFFIX

#: Seconds that a master waits for workers of other machines, and a worker for its master.
WAIT = 600.0


def make_room(prefix: Path) -> None:
    """Make the folder of Locust's CSV files. Raises ConfigError where they can't be written."""
    try:
        prefix.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=prefix.parent):
            pass
    except OSError as problem:
        raise ConfigError(f"--csv {prefix}: {problem.strerror}") from None


def launch_processes(work: Run, fleet: Fleet, target_file: Path) -> None:
    """Start this machine's processes: all of them, a master, or a worker."""
    request = work.request
    arguments = _arguments(work, target_file)
    if request.role is Role.WORKER:
        work.progress.say(f"sends for the master at {request.at[0]}:{request.at[1]}, which it waits for")
        fleet.lead("worker", [*arguments, *_there(*request.at)])
        return
    users = max(1, request.workers) * -(-work.plan.keys // max(1, request.workers))  # as many on each worker
    statistics = ["--csv", str(request.csv.resolve())] if request.csv else []
    crowd = [
        *statistics,
        "--headless",
        "--only-summary",
        "--exit-code-on-error",
        "0",
        "-u",
        str(users),
        "-r",
        str(users),
    ]
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
        "profile": Path(request.profile).resolve() if request.profile.endswith(SUFFIX) else request.profile,
        "target": target_file,
        "keys": work.plan.keys,
        "duration": request.duration,
        "seed": request.seed,
        "out": work.folder.parent,
        "run": work.folder.name,
    }
    said_of_keys = ["--nhq-fresh"] * (request.target is None) + ["--nhq-exclusive-keys"] * work.exclusive_keys
    allowed = [f"--nhq-allow-{effect}" for effect in request.asked]
    allowed += ["--nhq-allow-load"] * request.allow_load
    return [*(word for name, value in said.items() for word in (f"--nhq-{name}", str(value))), *said_of_keys, *allowed]
