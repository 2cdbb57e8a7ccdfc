"""The options of a load run, and its state on the way to a record."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from nhq.client.target import Target
from nhq.clock import Clock
from nhq.load.send_plan import SendPlan
from nhq.model import Effect

#: Seconds between two clocks of one machine, at most.
SAME_CLOCK = 0.5


class LoadListener(Protocol):
    """Receives the progress of a run."""

    def step(self, seconds: float, total: float, heard: Mapping[str, Any]) -> None:
        """`seconds` of about `total` have passed; `heard` holds requests and failures so far."""

    def say(self, line: str) -> None:
        """A message for the user now."""


class Role(StrEnum):
    """The role of this machine in a run."""

    ALL = "all"
    MASTER = "master"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Request:
    """The options of `nhq load`. Zeros: as the profile and the target say. Without `target` a mock is started.

    `at` is where a master listens, or a worker finds it; port 0: a free one. `exclusive_keys`: nobody else uses them.
    `skew`: maximum clock skew to the server in seconds. `budget` replaces numbers of the profile's. `csv` is the prefix
    of the names of Locust's own CSV files. `minutes`: the longest time to send. `contract`: a changed one instead of
    ours. `gather`: a folder through which a master gets its workers' histories. `allow_load`: sending beyond the
    target's limit is permitted.
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
    exclusive_keys: bool = False
    skew: float | None = None
    budget: Mapping[str, float] = field(default_factory=dict)
    csv: Path | None = None
    minutes: float = math.inf
    contract: Path | None = None
    gather: Path | None = None
    allow_load: bool = False
    approvals: Path | None = None

    def has_exclusive_keys(self, target: Target) -> bool:
        """Set whether the keys are exclusive: so they are on a mock of ours, or by the user's word."""
        return self.target is None or target.exclusive_keys or self.exclusive_keys


@dataclass(slots=True)
class Run:
    """One load run on its way to a record. `labels` are those of the keys that are to send.

    `stopped`: why it has stopped by itself. `unshown`: what it can't show with its keys.
    """

    request: Request
    plan: SendPlan
    target: Target
    mix: dict[str, int]
    left_out: list[str]
    folder: Path
    clock: Clock
    progress: LoadListener
    troubles: list[str] = field(default_factory=list)
    interrupted: bool = False
    labels: tuple[str, ...] = ()
    stopped: str = ""
    unshown: Sequence[str] = ()

    def name_keys(self, labels: Iterable[str]) -> None:
        """These keys are to send."""
        self.labels = tuple(labels)

    def interrupt(self) -> None:
        """Somebody has stopped it."""
        self.interrupted = True

    def stop(self, cause: str, said: Collection[str]) -> None:
        """It has stopped by itself; what its processes `said` of that is told once."""
        self.stopped = cause
        self.troubles[:] = [cause, *(trouble for trouble in self.troubles if trouble not in said)]

    @property
    def exclusive_keys(self) -> bool:
        """Nobody else uses the keys."""
        return self.request.has_exclusive_keys(self.target)

    @property
    def skew(self) -> float | None:
        """Maximum clock skew to the server in seconds; our own mock has this machine's clock."""
        return SAME_CLOCK if self.request.target is None else self.request.skew
