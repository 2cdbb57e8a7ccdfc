"""Did a run keep its budget? Pure: a history and a budget in, one line for each number out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nhq.load.profile import Budget
from nhq.model import Verdict
from nhq.ratelimit.history import NO_REPLY, Floats, History

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Kept:
    """One number of the budget, and what was measured. Seconds for latencies, else shares."""

    name: str
    allowed: str
    actual: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from sent to received, of answered requests of one operation ("" for all)."""

    operation: str
    requests: int
    p50: float
    p95: float
    p99: float
    longest: float


def latencies(history: History) -> list[Latency]:
    """All answered requests first, then operation by operation."""
    answered = history.status != NO_REPLY
    spent = history.received - history.sent
    rows = [_latency("", spent[answered])] if answered.any() else []
    for number, name in enumerate(history.operations):
        mine = answered & (history.operation == number)
        if mine.any():
            rows.append(_latency(name, spent[mine]))
    return rows


def _latency(operation: str, spent: Floats) -> Latency:
    p50, p95, p99 = (float(value) for value in np.percentile(spent, PERCENTILES))
    return Latency(operation, len(spent), p50, p95, p99, float(spent.max()))


def lateness(history: History) -> Latency:
    """Seconds from intended to sent: how far our own side fell behind its schedule."""
    return _latency("", np.maximum(0.0, history.sent - history.intended))


def shares(history: History) -> tuple[float, float]:
    """Shares of errors (no reply, 5xx) and of refusals (429)."""
    errors: npt.NDArray[Any] = (history.status == NO_REPLY) | (history.status >= 500)
    return float(errors.mean()), float((history.status == 429).mean())


def judge(history: History, budget: Budget) -> list[Kept]:
    """Each number of the budget against the history, in the order of the budget."""
    return list(_judge(history, budget))


def _judge(history: History, budget: Budget) -> Iterator[Kept]:
    overall = latencies(history)[:1]
    for name in ("p50", "p95", "p99"):
        most = getattr(budget, name)
        if most is not None and overall:
            actual = getattr(overall[0], name)
            yield Kept(f"latency {name}", f"{most:g} s", f"{actual:.3f} s", _verdict(actual <= most))
        elif most is not None:
            yield Kept(f"latency {name}", f"{most:g} s", "no request was answered", Verdict.UNKNOWN)
    errors, refused = shares(history)
    yield Kept("errors", f"at most {budget.errors:.2%}", f"{errors:.2%}", _verdict(errors <= budget.errors))
    low, high = budget.refused
    inside = low <= refused <= high
    yield Kept("refused (429)", f"{low:.2%} to {high:.2%}", f"{refused:.2%}", _verdict(inside))


def _verdict(kept: bool) -> Verdict:
    return Verdict.HOLDS if kept else Verdict.VIOLATED
