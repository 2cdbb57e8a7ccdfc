"""Bring the histories of workers on other machines to their master, through a folder that all of them can reach.

A worker copies its histories there when it has ended, and lists them last, in a separate file: so listed files are
complete.
The master waits until as many workers as it led have done so, and copies what they named into its own folder.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nhq.clock import Clock
from nhq.errors import ConfigError
from nhq.load.history_recorder import host_mark

HANDED = ".handed"
#: Seconds that a master waits for histories once all is sent, and between two looks.
PATIENCE, LOOK = 20.0, 0.2


@dataclass(frozen=True, slots=True)
class HandedHistories:
    """One worker's list: the names of its histories, and its troubles."""

    histories: tuple[str, ...]
    troubles: tuple[str, ...]


def refuse_used(folder: Path) -> None:
    """Make the folder. Raises ConfigError where it can't be made, or holds what another run handed over."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        used = any(file.suffix in (HANDED, ".arrows") for file in folder.iterdir())
    except OSError as problem:
        raise ConfigError(f"--gather {folder}: {problem.strerror}") from None
    if used:
        raise ConfigError(f"--gather {folder}: it holds another run's histories; give an empty folder")


def hand_over(histories: Path, folder: Path, troubles: list[str]) -> None:
    """Copy the histories in `histories` to `folder`, and name them. Raises ConfigError where that can't be done."""
    files = sorted(histories.glob("*.arrows"))
    told = json.dumps({"histories": [file.name for file in files], "troubles": troubles})
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copyfile(file, folder / file.name)
        half = folder / f"{host_mark()}-{os.getpid()}.half"
        half.write_text(told, "utf-8")
        os.replace(half, half.with_suffix(HANDED))
    except OSError as problem:
        raise ConfigError(f"--gather {folder}: {problem.strerror}; the histories stay in {histories}") from None


def gather_histories(
    folder: Path, histories: Path, workers: int, clock: Clock, patience: float = PATIENCE
) -> Iterator[str]:
    """Copy the workers' histories from `folder` into `histories`; yields troubles and missing workers."""
    deadline = clock.monotonic() + patience
    while len(list(folder.glob(f"*{HANDED}"))) < workers and clock.monotonic() < deadline:
        clock.sleep(LOOK)
    handed = [_read(file) for file in sorted(folder.glob(f"*{HANDED}"))]
    for one in handed:
        yield from one.troubles
        for name in one.histories:
            try:
                shutil.copyfile(folder / name, histories / name)
            except OSError as problem:
                yield f"{name} was handed over, but cannot be read: {problem.strerror}"
    if len(handed) < workers:
        yield f"{workers - len(handed)} of {workers} workers handed no history over, and are lost"


def _read(file: Path) -> HandedHistories:
    """A worker's list; only names of files are taken from it."""
    try:
        told: Any = json.loads(file.read_text("utf-8"))
        names = [Path(str(name)).name for name in told["histories"]]
        return HandedHistories(tuple(names), tuple(map(str, told["troubles"])))
    except (OSError, ValueError, KeyError, TypeError):
        return HandedHistories((), (f"{file.name} cannot be read",))
