"""What the load machine itself must have: open files and ports. What it lacks is our trouble, told before or after."""

import errno
import resource
from itertools import chain

from nhq.errors import ConfigError
from nhq.load.profile import Pace
from nhq.load.send_plan import SendPlan

#: How a line begins that says what this machine lacks.
LACKS = "this machine has no more"
_NAMED = {
    errno.EMFILE: "open files for one process (raise `ulimit -n`)",
    errno.ENFILE: "open files",
    errno.EADDRNOTAVAIL: "ports or addresses to send from (send less at once, or take --workers on other machines)",
    errno.ENOBUFS: "memory for connections",
    errno.ENOMEM: "memory",
}
#: Files that a Locust process has open besides its connections, about.
OWN_FILES = 40
#: Locust raises its own limit to this where the hard limit lets it.
_LOCUSTS = 10_000
#: Seconds that an answer may be waited for: what is sent within them is open together.
_TOGETHER = 1.0


def connections_per_key(plan: SendPlan) -> int:
    """How many connections a key opens at once, at least, when answers come within a second."""
    if plan.profile.pace is not Pace.SCHEDULED:
        return plan.together()
    return min(plan.together(), max(_crowd(sorted(shot.at for shot in plan.shots(key))) for key in range(plan.keys)))


def _crowd(instants: list[float]) -> int:
    """The most instants within _TOGETHER of each other."""
    first = most = 0
    for last, instant in enumerate(instants):
        while instant - instants[first] > _TOGETHER:
            first += 1
        most = max(most, last - first + 1)
    return most


def open_files() -> int:
    """How many files a Locust process may have open here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if hard != resource.RLIM_INFINITY and hard < _LOCUSTS else max(soft, _LOCUSTS)


def enough_files(plan: SendPlan, workers: int, allowed: int) -> None:
    """Raises ConfigError where a process may not have as many files open as the plan needs connections."""
    keys = -(-plan.keys // max(1, workers))
    needed = keys * connections_per_key(plan) + OWN_FILES
    if needed > allowed:
        raise ConfigError(
            f"{plan.profile.name} needs {needed} open files in a process, and here it may have {allowed}: "
            f"raise `ulimit -n`{_sharing(plan.keys, workers)}"
        )


def _sharing(keys: int, workers: int) -> str:
    """The other way out, where there is one: more processes than keys have nothing to share."""
    return f", or share {keys} keys among more --workers" if keys > max(1, workers) else ""


def exhausted_resource(problem: object) -> str:
    """What of this machine is used up, by what a request failed with; "" where that isn't why."""
    reasons = chain([problem], getattr(problem, "args", ()), [getattr(problem, "__cause__", None)])
    known = [_NAMED[one.errno] for one in reasons if isinstance(one, OSError) and one.errno in _NAMED]
    return f"{LACKS} {known[0]}" if known else ""
