"""Work in a forked child of a warm interpreter: imports are paid for once, and what a mutant breaks ends with it."""

import json
import os
import resource
import select
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from time import monotonic
from types import CodeType
from typing import Any

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: what it returned, or why it returned nothing ("" when it did), and its CPU seconds."""

    value: Any
    why: str
    seconds: float


def forked(work: Callable[[], Any], most: float) -> Ended:
    """What `work` returns (plain JSON), done in a child that is given `most` CPU seconds and thrice as many of time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(work, writing, most)
    os.close(writing)
    told = _heard(reading, child, 3 * most)
    _, status, used = os.wait4(child, 0)
    spent = used.ru_utime + used.ru_stime
    if not told:
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        late = number in (signal.SIGXCPU, signal.SIGKILL)
        return Ended(None, "it doesn't end" if late else f"its process ended with {status}", spent)
    said = json.loads(told)
    return Ended(said.get("value"), said.get("why", ""), spent)


def _child(work: Callable[[], Any], writing: int, most: float) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(most), int(most) + 2))
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in ((0, "r"), (1, "w"), (2, "w")))
    try:
        said = json.dumps({"value": work()})
    except BaseException:
        said = json.dumps({"why": traceback.format_exc()[-1500:]})
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(said.encode())
    os._exit(0)


def _heard(reading: int, child: int, most: float) -> bytes:
    """All that the child says; it is killed when it takes too long."""
    heard, late = bytearray(), monotonic() + most
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        while True:
            ready, _, _ = select.select([pipe], [], [], max(0.0, late - monotonic()))
            if not ready:
                os.kill(child, signal.SIGKILL)
                return b""
            part = pipe.read(_CHUNK)
            if not part:
                return bytes(heard)
            heard += part


def put_in(file: Path, source: str) -> None:
    """Whoever imports that file from now on, in this process, gets this source."""
    true = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, fullname: str) -> CodeType | None:
        if Path(loader.path) == file:
            return compile(source, str(file), "exec", dont_inherit=True)
        return true(loader, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]
