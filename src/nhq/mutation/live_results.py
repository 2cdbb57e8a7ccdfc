"""The outcomes of live runs, stored one per line as they come: an interrupted measurement can be continued."""

from dataclasses import asdict
from pathlib import Path

import msgspec

from nhq.errors import ConfigError
from nhq.mutation.live_bench import Live
from nhq.mutation.mutant_status import MutantOutcome


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One outcome, and how its runs were made."""

    live: Live
    outcome: MutantOutcome


def kept_outcomes(file: Path | None, live: Live, seed: int) -> dict[str, MutantOutcome]:
    """The outcomes in a file, by fault, of runs with these options; empty without a file.

    A last line that was cut off counts for nothing. Raises ConfigError for a file that can't be read, or holds
    something else.
    """
    if file is None or not file.exists():
        return {}
    try:
        lines = [line for line in file.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")]
        told = [msgspec.json.decode(line, type=_Line) for line in lines]
    except OSError as problem:
        raise ConfigError(f"--results {file.name}: cannot be read ({problem.strerror})") from None
    except (ValueError, msgspec.MsgspecError):
        raise ConfigError(f"--results {file.name}: does not hold outcomes of live runs; name another file") from None
    return {one.outcome.fault: one.outcome for one in told if one.live == live and one.outcome.seed == seed}


def keep_outcome(file: Path | None, live: Live, outcome: MutantOutcome) -> None:
    """Add an outcome to the file. Raises ConfigError if it can't be written."""
    if file is None:
        return
    line = msgspec.json.encode({"live": asdict(live), "outcome": asdict(outcome)})
    try:
        with file.open("ab") as kept:
            kept.write(line + b"\n")
    except OSError as problem:
        raise ConfigError(f"--results {file.name}: cannot be written ({problem.strerror})") from None
