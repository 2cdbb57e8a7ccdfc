"""Does a profile send more than the allowance? Then a remote server needs an explicit permission."""

from collections.abc import Iterator

import numpy as np

from nhq.client.target import Target
from nhq.errors import ConfigError
from nhq.load.profile import Pace
from nhq.load.send_plan import SendPlan
from nhq.ratelimit.history.history import Floats

#: Seconds that a flooding slot pauses after a refusal by a remote server.
MANNERS = 0.25


def refuse_unasked(plan: SendPlan, target: Target, asked: bool, option: str = "--allow-load") -> None:
    """Raises ConfigError where the plan sends beyond the allowance of a server off loopback, and `option` isn't given.

    Refused requests load a server too, and its operators may take them for an attack.
    """
    if target.loopback or asked or not exceeds_allowance(plan):
        return
    raise ConfigError(
        f"{plan.profile.name} sends beyond the allowance of {plan.limit} per {plan.window:g} s and key, "
        f"{send_rate_words(plan)}; "
        f"{option} says that {target.base_url} may be loaded so"
    )


def exceeds_allowance(plan: SendPlan) -> bool:
    """Does a key send more than the limit within a window's length?"""
    if not plan.schedules:
        return plan.profile.pace is Pace.FLOOD
    return any(_most_within(times, plan.window) > plan.limit for times in _times(plan))


def most_a_second(plan: SendPlan) -> float:
    """The most requests that all keys send in a second; for a flood, once each key is refused."""
    if not plan.schedules:
        return plan.keys * plan.profile.slots / MANNERS
    return _most_within(np.sort(np.concatenate([*_times(plan), np.empty(0)])), 1.0)


def send_rate_words(plan: SendPlan) -> str:
    """The rate of a plan in words."""
    return f"up to {most_a_second(plan):,.0f} requests a second"


def _times(plan: SendPlan) -> Iterator[Floats]:
    """When each key sends, in order."""
    for key in range(plan.keys):
        yield np.sort(np.array([shot.at for shot in plan.shots(key)], dtype=np.float64))


def _most_within(times: Floats, seconds: float) -> int:
    """The most instants that lie within less than so many seconds."""
    inside = np.searchsorted(times, times + seconds, side="left") - np.arange(len(times))
    return int(inside.max(initial=0))
