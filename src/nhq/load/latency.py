"""Latencies: percentiles, throughput and error share, of all requests, per operation, and over time. Pure."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nhq.ratelimit.history.history import NO_REPLY, Bools, History
from nhq.record.load_rows import CourseRow

PERCENTILES = (50, 90, 95, 99)
#: Points of a course over time, at most.
POINTS = 120


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from sent to received, of the answered requests of one operation ("" for all); None where none was.

    `requests` and `per_second` count all of them; `errors` is the share without a reply, or with a 5xx.
    """

    operation: str
    requests: int
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    longest: float | None
    per_second: float
    errors: float


def latencies_by_operation(history: History) -> list[Latency]:
    """All requests first, then operation by operation."""
    every = np.ones(len(history), dtype=np.bool_)
    rows = [_latency(history, "", every)]
    for number, name in enumerate(history.operations):
        mine = history.operation == number
        if mine.any():
            rows.append(_latency(history, name, mine))
    return rows


def _latency(history: History, operation: str, mine: Bools) -> Latency:
    """One row."""
    spent = (history.received - history.sent)[mine & (history.status != NO_REPLY)]
    lasted = max(1e-9, float(history.received.max() - history.sent.min()))
    count, errors = int(mine.sum()), float(failed_requests(history)[mine].mean())
    if not len(spent):
        return Latency(operation, count, None, None, None, None, None, count / lasted, errors)
    p50, p90, p95, p99 = (float(value) for value in np.percentile(spent, PERCENTILES))
    return Latency(operation, count, p50, p90, p95, p99, float(spent.max()), count / lasted, errors)


def failed_requests(history: History) -> Bools:
    """Requests without a reply, or with a 5xx."""
    errors: npt.NDArray[Any] = (history.status == NO_REPLY) | (history.status >= 500)
    return errors


def sending_lateness(history: History) -> dict[str, float]:
    """Seconds from intended to sent (p50, p99, longest): how far our own side fell behind its schedule."""
    late = np.maximum(0.0, history.sent - history.intended)
    p50, p99 = (float(value) for value in np.percentile(late, (50, 99)))
    return {"p50": p50, "p99": p99, "longest": float(late.max())}


def latency_over_time(history: History) -> CourseRow:
    """Latency over time: stretches of `step` seconds, each [requests sent in it, p50, p95, share of errors]."""
    sent = history.sent - history.sent.min()
    step = _step(float(sent.max()))
    at = (sent / step).astype(np.int64)
    spent, errors, answered = history.received - history.sent, failed_requests(history), history.status != NO_REPLY
    rows = []
    for number in range(int(at.max()) + 1):
        mine = at == number
        took = spent[mine & answered]
        p50, p95 = (round(float(v), 6) for v in np.percentile(took, (50, 95))) if len(took) else (None, None)
        rows.append((int(mine.sum()), p50, p95, round(float(errors[mine].mean()), 6) if mine.any() else 0.0))
    return CourseRow(step=step, points=tuple(rows))


def _step(seconds: float) -> float:
    """A round stretch of time, so that there are at most POINTS of them."""
    step = 0.1
    for factor in (2, 2.5, 2) * 8:
        if seconds / step < POINTS:
            break
        step *= factor
    return round(step, 3)
