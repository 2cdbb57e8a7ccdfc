"""Schedules: when to send what, as data. Each provokes some faults; `check` judges what was recorded.

A shot's `at` is in seconds from the schedule's start, absolute: a late shot doesn't delay the next. The start should be
just after the opening of a window (`check` doesn't need that, but the schedule provokes less otherwise): send one
request, wait for the declared reset, start. If each key has its own phase, start each key at its own opening. Shots of
one `barrier` are to be released together. `address` marks shots that must come from different addresses.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from nhq.ratelimit.workloads.arrivals import (
    DENSE,
    Shot,
    burst_shots,
    edge_guard,
    edge_shots,
    late_burst_shots,
    over_the_edge,
    saved_allowance_shots,
    spread_shots,
    two_openings,
)

#: A drip sends this share of the allowance, so that delays of some 0.3 s never move a request into a full window.
DRIP = 0.995
#: A monitoring key sends this share: it must not be refused, whatever the delays.
WATCH = 0.9


@dataclass(frozen=True, slots=True)
class Schedule:
    """`shots` of one cycle in order of time, sent `repeats` times, `cycle` windows apart; `keys`, `addresses` used."""

    name: str
    limit: int
    window: float
    cycle: float
    shots: tuple[Shot, ...]
    repeats: int = 1
    keys: int = 1
    addresses: int = 1

    @property
    def requests(self) -> int:
        """All requests of all keys."""
        return len(self.shots) * self.repeats

    @property
    def duration(self) -> float:
        """Seconds from the start to the end of the last cycle."""
        return self.cycle * self.window * self.repeats

    def expanded(self) -> Iterator[Shot]:
        """Every shot of every cycle, in order of time; barriers are numbered anew in each."""
        barriers = 1 + max((shot.barrier for shot in self.shots), default=-1)
        for turn in range(self.repeats):
            start = turn * self.cycle * self.window
            for shot in self.shots:
                barrier = shot.barrier + turn * barriers if shot.barrier >= 0 else -1
                yield replace(shot, at=start + shot.at, barrier=barrier)

    def repeated(self, repeats: int) -> "Schedule":
        """The same schedule with another number of cycles."""
        return replace(self, repeats=repeats)


Builder = Callable[..., Schedule]


def _made(name: str, limit: int, window: float, cycle: float, shots: list[Shot], repeats: int) -> Schedule:
    """A schedule of these shots, in order of time, with the keys and addresses they use."""
    ordered = tuple(sorted(shots, key=lambda shot: (shot.at, shot.key)))
    keys, addresses = 1 + max(shot.key for shot in shots), 1 + max(shot.address for shot in shots)
    return Schedule(name, limit, window, cycle, ordered, repeats, keys, addresses)


def boundary_burst(limit: int, window: float, keys: int = 1, repeats: int = 2) -> Schedule:
    """2N around a window's edge: only a fixed window admits them all, and none admits one more."""
    shots = [shot for key in range(keys) for shot in over_the_edge(limit, window, key)]
    return _made("boundary_burst", limit, window, 3, shots, repeats)


def drain_and_wait(limit: int, window: float, keys: int = 1, repeats: int = 2) -> Schedule:
    """Use up the allowance, be refused until the window ends, then be admitted at once."""
    after = window + edge_guard(window)
    shots = []
    for key in range(keys):
        shots += spread_shots(0.0, 0.3 * window, limit + 3, key)
        shots += [Shot(0.6 * window, key), Shot(0.8 * window, key), *spread_shots(after, after + 0.1 * window, 3, key)]
    return _made("drain_and_wait", limit, window, 3, shots, repeats)


def slow_drip(limit: int, window: float, keys: int = 1, repeats: int = 3) -> Schedule:
    """The allowance evenly spread over the windows: not one 429."""
    shots = [shot for key in range(keys) for shot in spread_shots(0.0, window / DRIP, limit, key)]
    return _made("slow_drip", limit, window, 1 / DRIP, shots, repeats)


def stampede(limit: int, window: float, keys: int = 1, repeats: int = 1) -> Schedule:
    """2N at once: at two openings, in mid-window, at the next opening. Counters that read, then write, lose updates."""
    shots = []
    for key in range(keys):
        shots += two_openings(limit, window, key, 4 * key)
        shots += [Shot(3 * window, key), *burst_shots(3.6 * window, 2 * limit, key, 4 * key + 2)]
        shots += burst_shots(4 * window + edge_guard(window), 2 * limit, key, 4 * key + 3)
    return _made("stampede", limit, window, 6, shots, repeats)


def late_overflow(limit: int, window: float, keys: int = 1, repeats: int = 2) -> Schedule:
    """One request too many, late in a window: 2N + 1 within a window's length convict without any header."""
    shots = [shot for key in range(keys) for shot in late_burst_shots(limit, window, key, key)]
    return _made("late_overflow", limit, window, 3, shots, repeats)


def _spend_and_stand_by(limit: int, window: float, spender: int, bystanders: range) -> list[Shot]:
    """One key uses up its allowance and sends more; each other key then sends a quarter, and must be admitted."""
    shots = spread_shots(0.0, 0.2 * window, limit + 2, spender)
    for key in bystanders:
        shots += spread_shots(0.25 * window, 0.5 * window, max(1, limit // 4), key)
    return shots


def isolation(limit: int, window: float, keys: int = 3, repeats: int = 3) -> Schedule:
    """Keys don't affect each other: the first sends too much, the others must not be refused."""
    shots = _spend_and_stand_by(limit, window, 0, range(1, max(2, keys)))
    return _made("isolation", limit, window, 2, shots, repeats)


def isolation_of_addresses(limit: int, window: float, keys: int = 1, repeats: int = 3, addresses: int = 2) -> Schedule:
    """One key from several addresses: they share one allowance."""
    each = -(-3 * limit // (2 * addresses))
    places = [(key, address) for key in range(keys) for address in range(addresses)]
    shots = [shot for key, address in places for shot in spread_shots(0.0, 0.4 * window, each, key, address)]
    return _made("isolation_of_addresses", limit, window, 2, shots, repeats)


def dense_poll(limit: int, window: float, keys: int = 1, repeats: int = 1) -> Schedule:
    """Find the exact instants at which counters restart: shows a minute that is 1.5 s too short or too long."""
    shots = [shot for key in range(keys) for shot in edge_shots(limit, window, key, 3 * key, 3)]
    return _made("dense_poll", limit, window, 5, shots, repeats)


def diagnostic(limit: int, window: float, keys: int = 5, repeats: int = 1) -> Schedule:
    """All patterns in 7 windows and 7 N requests per key (420 for N = 60), on five keys in parallel.

    Key 0 finds the edges; 1 bursts over them, and saves up; 2 stampedes and overflows late; 3 sends too much while 4
    stays within its allowance all the time, so that effects on other keys show at any moment. Further keys are idle.
    """
    spacing = max(DENSE, 0.15 / limit)
    shots = edge_shots(limit, window, 0, 0, 3, spacing)
    shots += over_the_edge(limit, window, 1) + over_the_edge(limit, window, 1, 3 * window)
    shots += saved_allowance_shots(limit, window, 1, 5 * window)
    shots += two_openings(limit, window, 2, 3) + late_burst_shots(limit, window, 2, 5, 3 * window)
    shots += spread_shots(0.0, 7 * window, int(7 * limit * WATCH), 4)
    for turn in range(3):
        apart = _spend_and_stand_by(limit, window, 3, range(5, max(5, keys)))
        shots += [replace(shot, at=shot.at + 2 * turn * window) for shot in apart]
    return _made("diagnostic", limit, window, 7, shots, repeats)


#: Every schedule by its name; each takes limit, window, keys and repeats.
SCHEDULES: dict[str, Builder] = {
    builder.__name__: builder
    for builder in (
        boundary_burst,
        drain_and_wait,
        slow_drip,
        stampede,
        late_overflow,
        isolation,
        isolation_of_addresses,
        dense_poll,
        diagnostic,
    )
}
