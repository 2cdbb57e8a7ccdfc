"""Turn a profile into each key's requests: schedules one after the other, for the given keys and duration."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nhq.errors import ConfigError
from nhq.load.profile import Pace, Profile
from nhq.ratelimit.workloads.arrivals import Shot
from nhq.ratelimit.workloads.schedules import SCHEDULES, Schedule

#: Seconds after the last request in which answers may still come.
TAIL = 1.0


@dataclass(frozen=True, slots=True)
class SendPlan:
    """A profile made concrete. `seconds` is how long it sends, from the common start on.

    `keys` send; `wanted` is how many the profile is made for. Further keys of a schedule's are left out.
    """

    profile: Profile
    limit: int
    window: float
    keys: int
    seconds: float
    schedules: tuple[Schedule, ...] = ()
    wanted: int = 0

    @property
    def longest(self) -> float:
        """Seconds from the first request to the last answer: at most a window to find the start, and the tail."""
        return self.window + 3.0 + self.seconds + TAIL

    def shots(self, key: int) -> Iterator[Shot]:
        """What one key sends, in order of time; barriers are unique within the key."""
        offset, barrier = 0.0, 0
        for schedule in self.schedules:
            last = barrier
            for shot in schedule.expanded():
                if shot.key == key:
                    number = shot.barrier + barrier if shot.barrier >= 0 else -1
                    last = max(last, number + 1)
                    yield replace(shot, at=shot.at + offset, barrier=number)
            offset, barrier = offset + schedule.duration, last

    @property
    def addresses(self) -> int:
        """From how many addresses a key calls."""
        return max((schedule.addresses for schedule in self.schedules), default=1)

    def together(self) -> int:
        """How many requests of a key may be open at once."""
        if self.profile.pace is not Pace.SCHEDULED:
            return self.profile.slots
        return max(2 * self.limit + 8, 64)


def make_plan(profile: Profile, limit: int, window: float, keys: int = 0, duration: float = 0.0) -> SendPlan:
    """Lay a profile out. `keys` 0: as many as it is made for; `duration` 0: as long as the profile says.

    Raises ConfigError for a limit, window or duration that makes no sense.
    """
    if limit < 1 or not 0 < window < float("inf") or keys < 0 or not 0 <= duration < float("inf"):
        raise ConfigError(f"cannot plan {limit} requests per {window:g} s with {keys} keys for {duration:g} s")
    wanted = keys or profile.keys
    if profile.pace is not Pace.SCHEDULED:
        return SendPlan(profile, limit, window, wanted, duration or profile.windows * window, wanted=profile.keys)
    schedules = tuple(SCHEDULES[name](limit, window, keys=wanted, repeats=1) for name in profile.schedules)
    cycle = sum(schedule.duration for schedule in schedules)
    repeats = max(1, int(duration // cycle)) if duration else profile.repeats
    schedules = tuple(schedule.repeated(repeats) for schedule in schedules)
    most = max([profile.keys, *(schedule.keys for schedule in schedules)])
    lasts = sum(schedule.duration for schedule in schedules)
    return SendPlan(profile, limit, window, keys or most, lasts, schedules, most)


def with_keys(plan: SendPlan, have: int) -> SendPlan:
    """The plan with as many keys as there are, where that is one at least."""
    return replace(plan, keys=have) if 0 < have < plan.keys else plan
