"""What went wrong on OUR side. A server never has errors; it has findings (`nhq.model.Finding`).

Arranged by the stage that fails. Each message is one line a person can act on; the command line
prints it and exits with 2 (could not judge).
"""

import traceback
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

from nhq.needs import of_message


class NhqError(Exception):
    """Root of everything the suite itself can fail with; never raised for what a server did."""


class ConfigError(NhqError):
    """A file, option or environment variable that we were given cannot be used."""


class ContractError(ConfigError):
    """The contract, an overlay, a rule or an operation row does not fit the others."""


class TargetError(NhqError):
    """The target gave no answer that could be judged: refused, timed out, cut off, not HTTP."""


class Away(TargetError):
    """No answer of the server's own came, and the same request may well be answered a moment later."""


class RunOver(NhqError):
    """Nothing more is sent in this run: its time is up, or the target refuses everything. The message says which."""

    def __init__(self, message: str = "", *, time_up: bool = False) -> None:
        super().__init__(message)
        self.time_up = time_up


class Lacks(NhqError):
    """A test can't go on for want of something; `needs` says of what, in the codes of `nhq.needs`, where that is known.

    Without codes, a message that begins with "no …" says what the target doesn't have.
    """

    def __init__(self, message: str = "", *needs: str) -> None:
        super().__init__(message)
        self.needs = needs or of_message(message)


class NotPermitted(Lacks):
    """The guard refused: this effect is not allowed on this target. Names what to write to permit it."""


class PreconditionNotMet(Lacks):
    """The target has nothing this scenario needs (no campaign in that state, say); the message names it."""


class Unread(PreconditionNotMet, ValueError):
    """An answer is no JSON object, so a test can't go on from it. What it breaks, the checks of every answer tell."""


class Absent(Unread, KeyError):
    """A test reads a member that an answer doesn't have; whoever promises it has a rule that says so."""

    __str__ = Exception.__str__  # a KeyError would show the line in quotes


class HistoryError(NhqError):
    """A recorded history cannot be judged: truncated, foreign, inconsistent, empty."""


def did_you_mean(name: str, known: Collection[str]) -> str:
    """What to add to a complaint about a name that nobody knows: up to four that look like it; "" where none does."""
    within = [candidate for candidate in known if name and name in candidate]
    near = list(dict.fromkeys([*get_close_matches(name, known, n=4, cutoff=0.6), *within]))[:4]
    return f"; near it: {', '.join(near)}" if near else ""


def crash_place(crash: BaseException) -> str:
    """Kind and place of a crash, without its message: that may quote what a server said."""
    frames = traceback.extract_tb(crash.__traceback__)
    ours = [frame for frame in frames if {"contracts", "nhq"} & set(Path(frame.filename).parts)] or frames
    last = ours[-1] if ours else None
    return f"{type(crash).__name__} at {Path(last.filename).name}:{last.lineno}" if last else type(crash).__name__


def crash_trace(crash: BaseException) -> str:
    """Where a crash came from, for --traceback; of its messages the length alone: they may quote what a server said.

    What we say ourselves (NhqError) is told whole.
    """
    return "Traceback (most recent call last):\n" + "while that was handled:\n".join(map(_traced, _causes(crash)))


def is_interrupt(crash: BaseException) -> bool:
    """Did somebody interrupt us, though another exception came of it? Hypothesis raises its own on the way out."""
    grouped = crash.exceptions if isinstance(crash, BaseExceptionGroup) else ()
    return any(isinstance(cause, KeyboardInterrupt) for cause in _causes(crash)) or any(map(is_interrupt, grouped))


def _causes(crash: BaseException) -> list[BaseException]:
    """An exception, and those that it was raised over, the last first."""
    causes = [crash]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None and cause not in causes:
        causes.append(cause)
    return causes


def _traced(crash: BaseException) -> str:
    said = str(crash) if isinstance(crash, NhqError) else f"‹text {len(str(crash))}›"
    return f"{''.join(traceback.format_tb(crash.__traceback__))}{type(crash).__name__}: {said}\n"
