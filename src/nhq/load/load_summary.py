"""The load section of a run record: verdicts with witnesses, budget, latencies, and a timeline to draw."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from nhq.load.budget import BudgetJudgement
from nhq.load.latency import latencies_by_operation, latency_over_time, sending_lateness
from nhq.load.send_plan import SendPlan
from nhq.ratelimit.checker.anomalies import Anomaly, Judgement, Verdicts
from nhq.ratelimit.history.history import MALFORMED, NO_REPLY, History, Ints
from nhq.ratelimit.identify.algorithm import Identification, identify_algorithm
from nhq.record.load_rows import (
    AspectRow,
    BudgetRow,
    LatencyRow,
    LatenessRow,
    LimitFindingRow,
    LoadRecord,
    TimelineRow,
    WitnessRow,
)

#: Bounds of what is drawn: keys, requests of a key; and rows of a witness that are told.
KEYS, POINTS, ROWS = 6, 1500, 12


def load_section(
    history: History,
    verdicts: Verdicts,
    kept: Sequence[BudgetJudgement],
    plan: SendPlan,
    files: Sequence[str],
    workers: int = 1,
    unshown: Sequence[str] = (),
) -> LoadRecord:
    """The record's `load`: plain values, nothing that could not be shown to anybody.

    `files` are the names of the histories; `unshown` are notes about what could not be shown, which stand first.
    """
    statuses, counts = np.unique(history.status, return_counts=True)
    start = float(history.sent.min())
    return LoadRecord(
        profile=plan.profile.name,
        says=plan.profile.says,
        limit=plan.limit,
        window=plan.window,
        keys=len(history.keys),
        requests=len(history),
        seconds=round(float(history.received.max()) - start, 3),
        per_second=round(len(history) / max(1e-9, float(history.received.max()) - start), 2),
        statuses={_status(status): int(count) for status, count in zip(statuses, counts, strict=True)},
        verdicts=tuple(_judgement(history, judgement, start) for judgement in verdicts.judgements),
        exceeded=tuple(one.name for one in kept if one.verdict == "violated"),
        budget=tuple(BudgetRow(**asdict(one)) for one in kept),
        latency=tuple(LatencyRow(**_rounded(asdict(row))) for row in latencies_by_operation(history)),
        lateness=LatenessRow(**_rounded(sending_lateness(history))),
        course=latency_over_time(history),
        looks_like=_named(identify_algorithm(history, plan.limit, plan.window)),
        skew=(round(verdicts.skew[0], 3), round(verdicts.skew[1], 3)) if verdicts.skew else None,
        notes=(*unshown, *verdicts.disagreements, *verdicts.notes),
        timeline=tuple(key_timeline(history, key, start) for key in range(min(KEYS, len(history.keys)))),
        workers=workers,
        histories=tuple(files),
    )


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in row.items()}


def _named(found: Identification) -> str:
    """The algorithm that fits the history; if many fit, only their number."""
    alike = len(found.candidates)
    return f"unknown, {alike} algorithms fit equally well" if found.best is None and alike > 2 else found.text


def _status(status: Any) -> str:
    return "no reply" if status == NO_REPLY else str(int(status))


def _judgement(history: History, judgement: Judgement, start: float) -> AspectRow:
    return AspectRow(
        aspect=judgement.aspect.value,
        verdict=judgement.verdict,
        cause=judgement.cause,
        by_headers=judgement.by_headers,
        by_statuses=judgement.by_statuses,
        findings=tuple(_found(history, found, start) for found in judgement.findings),
        doubts=tuple(_found(history, found, start) for found in judgement.doubts),
    )


def _found(history: History, found: Anomaly, start: float) -> LimitFindingRow:
    return LimitFindingRow(
        name=found.name.value,
        key=found.key,
        keys=found.keys,
        expected=found.expected,
        actual=found.actual,
        source=found.source.value,
        times=found.times,
        witnesses=len(found.witness),
        witness=tuple(_row(history, row, start) for row in found.witness[:ROWS]),
    )


def _row(history: History, row: int, start: float) -> WitnessRow:
    """One request of a witness; times in seconds from the run's first request."""
    left, reset = int(history.remaining[row]), float(history.reset[row])
    return WitnessRow(
        sent=round(float(history.sent[row]) - start, 6),
        received=round(float(history.received[row]) - start, 6),
        key=history.keys[history.key[row]],
        status=_status(history.status[row]),
        remaining=left if left > MALFORMED else None,
        reset=reset if np.isfinite(reset) else None,
    )


def key_timeline(history: History, key: int, start: float) -> TimelineRow:
    """One key's requests in order of sending, and its windows' edges, in seconds from `start`.

    `declared` are the resets; `observed` the intervals in which a counter was seen to restart: between the last answer
    of the old window and the first of the new one.
    """
    rows = np.flatnonzero(history.key == key)
    rows = rows[np.argsort(history.sent[rows], kind="stable")]
    drawn = rows[:POINTS]
    return TimelineRow(
        key=history.keys[key],
        left_out=len(rows) - len(drawn),
        points=tuple(
            (round(float(history.sent[r]) - start, 4), _left(history, r), int(history.status[r])) for r in drawn
        ),
        declared=tuple(sorted({round(edge, 3) for edge in _declared(history, drawn, start)})),
        observed=tuple((round(a - start, 4), round(b - start, 4)) for a, b in _observed(history, drawn)),
    )


def _left(history: History, row: int) -> int | None:
    left = int(history.remaining[row])
    return left if left > MALFORMED else None


def _declared(history: History, rows: Ints, start: float) -> Iterator[float]:
    """Resets as instants of our own clock; none if the history has no wall time."""
    for reset in np.unique(history.reset[rows]):
        if np.isfinite(reset) and np.isfinite(history.origin):
            yield float(reset) - history.origin - start


def _observed(history: History, rows: Ints) -> Iterator[tuple[float, float]]:
    """Where Reset moved on: last answer under the old one, first under the new one."""
    rows = rows[np.isfinite(history.reset[rows])]
    rows = rows[np.argsort(history.received[rows], kind="stable")]
    reset = history.reset[rows]
    for place in np.flatnonzero(np.diff(np.maximum.accumulate(reset)) > 0):
        yield float(history.received[rows[place]]), float(history.received[rows[place + 1]])
