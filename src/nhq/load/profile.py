"""A load profile is a table: what to send when, with how many keys, and the budget to stay within."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from nhq import paths
from nhq.errors import ConfigError, did_you_mean
from nhq.ratelimit.checker.anomalies import Aspect


class Pace(StrEnum):
    """How a key's requests come about."""

    SCHEDULED = "scheduled"
    """At the instants of schedules, whatever the answers."""
    FLOOD = "flood"
    """Each slot sends its next request as soon as it has an answer."""
    RECOVER = "recover"
    """As flood, but a key that was refused waits until Reset."""
    POLITE = "polite"
    """As recover, and a key that has nothing left waits without being refused first."""


@dataclass(frozen=True, slots=True)
class LatencyBudget:
    """The bounds of a run. Latencies in seconds; `errors` (no reply or 5xx) and `refused` (429) are shares of all.

    None: no bound. These numbers are ours, not the contract's: adjust them to your needs.
    """

    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None
    longest: float | None = None
    errors: float = 0.0
    refused: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Profile:
    """One table. `schedules` (functions of `nhq.ratelimit.workloads.schedules`) run one by one, `repeats` cycles each.

    `keys` is how many it uses unless told; `slots` is how many requests of a key may be open at once and `windows` how
    long it runs, both for paces without a schedule. `mix` weighs operations by id. `judges` are the questions it is
    made for: that the others stay unknown is no news. `patient`: a key that has nothing left holds its next scheduled
    request back until its window is certainly over.
    """

    name: str
    says: str
    pace: Pace
    mix: Mapping[str, int]
    budget: LatencyBudget
    schedules: tuple[str, ...] = ()
    repeats: int = 1
    keys: int = 1
    slots: int = 1
    windows: float = 0.0
    patient: bool = False
    judges: tuple[Aspect, ...] = tuple(Aspect)


def profile_names() -> list[str]:
    """All profiles, by their files."""
    return sorted(
        path.stem for path in (paths.load_folder() / "profiles").glob("*.py") if not path.stem.startswith("_")
    )


def load_profile(name: str) -> Profile:
    """The profile of that name. Raises ConfigError when there is none, or its file holds none."""
    if name not in profile_names():
        near = did_you_mean(name, profile_names())
        raise ConfigError(
            f"no load profile {name!r}{near}; known are {', '.join(profile_names())}; or give a TOML file of your own"
        )
    path = paths.load_folder() / "profiles" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"nhq_profile_{name}", path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{path.name}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = getattr(module, "PROFILE", None)
    if not isinstance(found, Profile) or found.name != name:
        raise ConfigError(f"{path.name}: has no PROFILE named {name}")
    return found
