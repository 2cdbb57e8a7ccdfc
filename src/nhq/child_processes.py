"""Processes that we start end with us, however we end; and SIGTERM is heard as Ctrl-C is.

A child inherits the reading end of a pipe whose writing end this process alone holds, and never writes to. The kernel
closes that end when this process is gone, after `kill -9` too; the child then reads the pipe's end and ends itself.
"""

import os
import signal
import stat
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import TypedDict

#: The environment variable that tells a child which descriptor it is.
VARIABLE = "NHQ_PARENT_FD"


class Tied(TypedDict):
    """Arguments of subprocess.Popen for a child that shall end with us."""

    env: dict[str, str]
    pass_fds: tuple[int, ...]


def tie_to_parent(environ: Mapping[str, str], *passed: int) -> Tied:
    """What makes a child of ours end with us: `environ` is its environment, `passed` what it inherits besides."""
    reading, _ = _pipe()
    return Tied(env={**environ, VARIABLE: str(reading)}, pass_fds=(reading, *passed))


@cache
def _pipe() -> tuple[int, int]:
    """One for all children of this process. Neither end is inherited but by who is told so."""
    return os.pipe()


def parent_descriptor() -> int | None:
    """The descriptor that ends when our parent does; None where nobody tied us."""
    told = os.environ.get(VARIABLE, "")
    try:
        return int(told) if told and stat.S_ISFIFO(os.fstat(int(told)).st_mode) else None
    except (ValueError, OSError):
        return None


def end_with_parent() -> None:
    """End this process at once when the one that started it has ended, if that asked for it by `tied`."""
    descriptor = parent_descriptor()
    if descriptor is not None:
        threading.Thread(target=_wait, args=(descriptor,), daemon=True).start()


def _wait(descriptor: int) -> None:
    os.read(descriptor, 1)
    leave_at_once()


def leave_at_once() -> None:
    """End on the spot: whom anything could still be told is gone."""
    os._exit(1)


@contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Within, SIGTERM raises KeyboardInterrupt as SIGINT does. Does nothing outside of the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
