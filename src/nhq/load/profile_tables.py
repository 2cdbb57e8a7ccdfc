"""A load profile of one's own: a TOML file with the names of `nhq.load.profile.Profile` and `Budget`.

says = "our importer's day"
pace = "polite"                    # scheduled, flood, recover or polite
keys = 2
slots = 3                          # requests of a key open at once      } paces without a schedule
windows = 4                        # how long it runs                    }
schedules = ["slow_drip"]          # names of nhq.ratelimit.workloads.schedules    } scheduled
repeats = 3
judges = ["headers", "reset"]      # the questions it is made for; without it all four

[mix]
list_leads = 3
get_lead = 1

[budget]
p95 = "300ms"
errors = "1%"
refused = ["0%", "10%"]
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nhq.errors import ConfigError
from nhq.load.profile import LatencyBudget, Pace, Profile, load_profile
from nhq.ratelimit.checker.anomalies import Aspect
from nhq.ratelimit.workloads.schedules import SCHEDULES

SUFFIX = ".toml"
LATENCIES = ("p50", "p90", "p95", "p99", "longest")
_NUMBERS = ("repeats", "keys", "slots", "windows")
_NAMES = {"says", "pace", "schedules", "patient", "judges", "mix", "budget", *_NUMBERS}
_LENGTH = r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)"
_PART = re.compile(_LENGTH)
_DURATION = re.compile(rf"(?:{_LENGTH}\s*)+|\d+(?:\.\d+)?")
_UNITS = {"ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_seconds(text: str) -> float:
    """A length of time: 300ms, 1.5s, 2m, 1h30m, or a number of seconds. Raises ConfigError for anything else."""
    word = text.strip()
    parts = _PART.findall(word) or [(word, "s")]
    length = sum(float(number) * _UNITS[unit] for number, unit in parts) if _DURATION.fullmatch(word) else 0.0
    if not length:
        raise ConfigError(f"{text}: expected a time such as 300ms, 1.5s or 2m")
    return length


def parse_share(text: str) -> float:
    """A share: 1% or 0.01. Raises ConfigError for anything else."""
    word = text.strip()
    try:
        value = float(word.removesuffix("%")) / (100 if word.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise ConfigError(f"{text}: expected a share such as 1% or 0.01")
    return value


def find_profile(name: str) -> Profile:
    """A profile by its name, or of the TOML file that `name` is the path of. Raises ConfigError."""
    return read_profile(Path(name)) if name.endswith(SUFFIX) else load_profile(name)


def read_profile(path: Path) -> Profile:
    """The profile in a TOML file. Raises ConfigError, naming file and field, for one that can't be used."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as problem:
        raise ConfigError(f"{path.name}: cannot be read, {problem.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path.name}: not TOML, {problem}") from None
    try:
        return _profile(path.stem, table)
    except ConfigError as problem:
        raise ConfigError(f"{path.name}: {problem}") from None


def change_budget(budget: LatencyBudget, limits: Mapping[str, float]) -> LatencyBudget:
    """The budget with some of its latencies (seconds) and its share of errors replaced."""
    latencies = {name: limits.get(name, getattr(budget, name)) for name in LATENCIES}
    return LatencyBudget(**latencies, errors=limits.get("errors", budget.errors), refused=budget.refused)


def _profile(name: str, table: Mapping[str, Any]) -> Profile:
    """The table as a profile."""
    if strange := sorted(set(table) - _NAMES):
        raise ConfigError(f"{strange[0]} is not a field of a profile; known are {', '.join(sorted(_NAMES))}")
    pace = _pace(table)
    schedules = tuple(_listed(table, "schedules", list(SCHEDULES), []))
    if (pace is Pace.SCHEDULED) is not bool(schedules) or (pace is Pace.SCHEDULED) is ("windows" in table):
        raise ConfigError("a scheduled pace needs schedules, any other needs windows, none has both")
    numbers = {field: _number(table, field) for field in _NUMBERS if field in table}
    judges = tuple(Aspect(word) for word in _listed(table, "judges", list(Aspect), list(Aspect)))
    return Profile(
        name=name,
        says=str(table.get("says", name)),
        pace=pace,
        mix=_mix(table.get("mix")),
        budget=_budget(table.get("budget", {})),
        schedules=schedules,
        patient=table.get("patient", False) is True,
        judges=judges,
        **numbers,
    )


def _pace(table: Mapping[str, Any]) -> Pace:
    if table.get("pace") not in list(Pace):
        raise ConfigError(f"pace must be one of {', '.join(Pace)}")
    return Pace(table["pace"])


def _listed(table: Mapping[str, Any], field: str, known: list[Any], default: list[Any]) -> list[str]:
    """A list of known words."""
    words = table.get(field, default)
    if not isinstance(words, list) or any(word not in known for word in words):
        raise ConfigError(f"{field} must be a list of some of {', '.join(known)}")
    return words


def _number(table: Mapping[str, Any], field: str) -> Any:
    value = table[field]
    fits = type(value) is int or (field == "windows" and type(value) is float)
    if not fits or not 0 < value < float("inf"):
        raise ConfigError(f"{field} must be a positive {'number' if field == 'windows' else 'whole number'}")
    return value


def _mix(mix: Any) -> dict[str, int]:
    """Operations and their weights; whether they exist is seen when the target is known."""
    whole = isinstance(mix, dict) and all(isinstance(weight, int) and weight > 0 for weight in mix.values())
    if not mix or not whole:
        raise ConfigError("[mix] must name operations with whole weights above 0")
    return dict(mix)


def _budget(table: Any) -> LatencyBudget:
    """Latencies as lengths of time, shares as percentages or numbers."""
    known = {*LATENCIES, "errors", "refused"}
    if not isinstance(table, dict) or set(table) - known:
        raise ConfigError(f"[budget] may hold {', '.join(sorted(known))}")
    limits: dict[str, Any] = {name: parse_seconds(str(table[name])) for name in LATENCIES if name in table}
    if "errors" in table:
        limits["errors"] = parse_share(str(table["errors"]))
    if "refused" in table:
        bounds = table["refused"]
        if not isinstance(bounds, list) or len(bounds) != 2:
            raise ConfigError("refused must be two shares: the least and the most")
        limits["refused"] = (parse_share(str(bounds[0])), parse_share(str(bounds[1])))
    return LatencyBudget(**limits)
