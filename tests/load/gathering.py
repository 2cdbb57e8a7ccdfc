"""A run of `nhq load` by a master and two workers, each a process in a folder of its own; one folder is shared.

The commands are those of docs/load-on-kubernetes.yaml; only paths, addresses and the duration are others.
"""

import re
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kubernetes import load_words

#: Seconds that a run may take at most.
PATIENCE = 110
WORKERS = 2
#: Seconds to send for: two windows of 3 s.
DURATION = "6.1"
LISTENS = re.compile(r"the master listens on \S+:(\d+)")
SECONDS = re.compile(r" *(\d+) s of (\d+)")


@dataclass(frozen=True)
class Place:
    """How a process is started where it belongs (words before its command), and how it reaches the master."""

    enter: tuple[str, ...] = ()
    master: str = "127.0.0.1"


@dataclass(frozen=True)
class Member:
    """One `nhq load` of a run that is over: exit code, what it said, its own folder."""

    code: int
    stdout: str
    stderr: str
    folder: Path


def spread_run(
    target: Path,
    folder: Path,
    environ: Mapping[str, str],
    *,
    kill: bool = False,
    places: Sequence[Place] = (Place(),) * (WORKERS + 1),
) -> list[Member]:
    """Run `nhq load` against a target as a master and workers, to the end of all; the master comes first.

    `kill`: the last worker is killed well within the run. `folder` gets a folder for each member, and `shared`.
    """
    paths = {"/target/target.toml": str(target), "/histories/run-1": str(folder / "shared")}
    with ExitStack() as stack:

        def start(place: Place, name: str, job: str, addresses: Mapping[str, str]) -> "subprocess.Popen[str]":
            (folder / name).mkdir()
            words = [(paths | addresses).get(word, word) for word in load_words(job)]
            command = [*place.enter, sys.executable, "-m", "nhq", "load", *words, "--duration", DURATION]
            process = subprocess.Popen(
                command, cwd=folder / name, env=dict(environ), text=True, start_new_session=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            patience = threading.Timer(PATIENCE, process.terminate)
            patience.start()
            stack.callback(patience.cancel)
            return process

        here = places[0].master
        master = start(places[0], "master", "nhq-master", {"0.0.0.0:5557": f"{here}:0"})
        said = [*_until_it_listens(_errors(master))]
        port = LISTENS.search(said[-1]) if said else None
        assert port is not None, said
        workers = [
            start(place, f"worker-{number}", "nhq-worker", {"nhq-master:5557": f"{place.master}:{port[1]}"})
            for number, place in enumerate(places[1:])
        ]
        for line in _errors(master):
            said.append(line)
            at = SECONDS.match(line)
            if kill and at is not None and int(at[1]) > 0.5 * int(at[2]):
                workers[-1].kill()
        ended = [_member(process, folder / f"worker-{number}") for number, process in enumerate(workers)]
        lead = _member(master, folder / "master")
    return [Member(lead.code, lead.stdout, "".join(said), lead.folder), *ended]


def _errors(process: "subprocess.Popen[str]") -> IO[str]:
    assert process.stderr is not None
    return process.stderr


def _until_it_listens(lines: IO[str]) -> list[str]:
    """What a master says until it listens."""
    said = []
    for line in lines:
        said.append(line)
        if LISTENS.search(line):
            break
    return said


def _member(process: "subprocess.Popen[str]", folder: Path) -> Member:
    """What became of a process; waits for its end."""
    assert process.stdout is not None
    stdout = process.stdout.read()
    stderr = "" if process.stderr is None or process.stderr.closed else process.stderr.read()
    return Member(process.wait(), stdout, stderr, folder)
