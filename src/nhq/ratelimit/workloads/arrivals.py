"""Shots, the single requests that schedules consist of, and patterns of them around a window's edge.

Every pattern is for one key, in seconds from the opening of a window. `guard` keeps bursts away from an edge by more
than the rounding of resets, which is the most that the start can be off.
"""

from dataclasses import dataclass

#: Spacing of a dense poll, as a share of the window: 0.15 s for a minute.
DENSE = 0.0025


@dataclass(frozen=True, slots=True)
class Shot:
    """One request: its time (seconds from the start), key and address; barrier -1: none."""

    at: float
    key: int = 0
    barrier: int = -1
    address: int = 0


def edge_guard(window: float) -> float:
    """Seconds from an edge at which a burst is certainly on its own side, even if the start is off by a rounding."""
    return max(0.04 * window, min(1.2, 0.25 * window))


def burst_shots(at: float, count: int, key: int = 0, barrier: int = -1) -> list[Shot]:
    """`count` shots at one instant."""
    return [Shot(at, key, barrier) for _ in range(count)]


def spread_shots(start: float, end: float, count: int, key: int = 0, address: int = 0) -> list[Shot]:
    """`count` shots evenly spread from the start on, none at the end."""
    return [Shot(start + (end - start) * i / max(count, 1), key, address=address) for i in range(count)]


def poll_shots(around: float, reach: float, window: float, key: int = 0, spacing: float = DENSE) -> list[Shot]:
    """Dense shots within `reach` windows of an expected edge, `spacing` windows apart."""
    count = round(2 * reach / spacing)
    return spread_shots(around - reach * window, around + reach * window, count, key)


def over_the_edge(limit: int, window: float, key: int, start: float = 0.0) -> list[Shot]:
    """Open a window, overfill it at its end, and send more than the next one holds right after its beginning."""
    edge = edge_guard(window)
    end = start + window
    before = spread_shots(end - edge, end - 0.7 * edge, limit, key)
    return [Shot(start, key), *before, *spread_shots(end + edge, end + 1.2 * edge, limit + 2, key)]


def two_openings(limit: int, window: float, key: int, barrier: int) -> list[Shot]:
    """2N at once at two openings in a row."""
    return [
        *burst_shots(0.0, 2 * limit, key, barrier),
        *burst_shots(window + edge_guard(window), 2 * limit, key, barrier + 1),
    ]


def late_burst_shots(limit: int, window: float, key: int, barrier: int, start: float = 0.0) -> list[Shot]:
    """Open a window, overflow it half-way, at last at one instant; overflow the next one at its beginning.

    Both get another request before they end: a full window stays full, a bucket has leaked by then.
    """
    middle, after = start + 0.5 * window, start + window + edge_guard(window)
    some = limit // 2
    crowd = burst_shots(middle + 0.05 * window, limit + 1 - some, key, barrier)
    return [
        Shot(start, key),
        *spread_shots(middle, middle + 0.05 * window, some, key),
        *crowd,
        *[Shot(start + share * window, key) for share in (0.75, 0.9)],
        *spread_shots(after, after + 0.1 * window, limit + 2, key),
        Shot(start + 1.48 * window, key),
    ]


def saved_allowance_shots(limit: int, window: float, key: int, start: float = 0.0) -> list[Shot]:
    """Leave a window almost unused, and send more than the limit in the next: nothing may be carried over."""
    edge = edge_guard(window)
    after = start + window + 2 * edge  # windows that open with a request begin late
    return [Shot(start + 1.5 * edge, key), *spread_shots(after, after + 0.1 * window, limit + 2, key)]


def edge_shots(limit: int, window: float, key: int, barrier: int, count: int, spacing: float = DENSE) -> list[Shot]:
    """Fill a window, poll densely around its end, fill the next; the search widens as short windows add up."""
    shots = burst_shots(0.0, limit + 2, key, barrier)
    for edge in range(1, count + 1):
        reach = 0.03 + 0.03 * edge
        shots += poll_shots(edge * window, reach, window, key, spacing)
        if edge < count:
            shots += burst_shots(edge * window + (reach + 0.01) * window, limit + 1, key, barrier + edge)
    return shots
