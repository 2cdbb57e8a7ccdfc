"""Merge several workers' histories onto one time line."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from nhq.errors import HistoryError
from nhq.ratelimit.history.history import LONGEST, ROUNDED, History, refuse_duplicates


def merge_histories(parts: Sequence[History], between_hosts: float = 0.1) -> History:
    """All events on the first part's time line. Raises HistoryError when the parts cannot belong together.

    Parts of one host are aligned by its monotonic clock, others by wall time; every interval is then widened by
    `between_hosts` seconds.
    """
    if not 0 <= between_hosts < LONGEST:
        raise HistoryError(f"clocks {between_hosts} s apart: not a number of seconds")
    if len(parts) == 1:
        return parts[0]
    limit, window = _promise(parts)
    keys, key = _joined([part.keys for part in parts], [part.key for part in parts])
    operations, operation = _joined([part.operations for part in parts], [part.operation for part in parts])
    together, move = clock_shifts(parts)
    whole = replace(
        parts[0],
        keys=keys,
        operations=operations,
        key=key,
        operation=operation,
        intended=np.concatenate([part.intended + by for part, by in zip(parts, move, strict=True)]),
        sent=np.concatenate([part.sent + by for part, by in zip(parts, move, strict=True)]),
        received=np.concatenate([part.received + by for part, by in zip(parts, move, strict=True)]),
        status=np.concatenate([part.status for part in parts]),
        limit=np.concatenate([part.limit for part in parts]),
        remaining=np.concatenate([part.remaining for part in parts]),
        reset=np.concatenate([part.reset for part in parts]),
        slack=max(part.slack for part in parts) + (0.0 if together else between_hosts),
        together=together,
        wobble=max(part.wobble for part in parts),
        meta=replace(
            parts[0].meta,
            limit=limit,
            window=window,
            fresh=all(part.meta.fresh for part in parts),
            alone=all(part.meta.alone for part in parts),
            worker="",
            host="",
        ),
        unrecorded=frozenset().union(*(part.unrecorded for part in parts)),
        lost=tuple(note for part in parts for note in part.lost),
        unread={key: text for part in reversed(parts) for key, text in part.unread.items()},
    )
    if not all(part.meta.worker for part in parts):
        _refuse_twins(parts)
        if whole.slack < ROUNDED + between_hosts:
            refuse_duplicates(whole, None, "the histories together")
    return whole


def clock_shifts(parts: Sequence[History]) -> tuple[bool, list[float]]:
    """Did one clock record all parts? And the seconds to add to each part's times to align it with the first."""
    hosts = {part.meta.host for part in parts}
    together = len(hosts) == 1 and not any(np.isnan(part.start) for part in parts)
    first = parts[0]
    return together, [part.start - first.start if together else part.origin - first.origin for part in parts]


def _refuse_twins(parts: Sequence[History]) -> None:
    """Raises HistoryError for a part given twice: with rounded times, duplicates and similar requests look the same."""
    for number, part in enumerate(parts):
        for other in parts[:number]:
            if len(part) == len(other) and part.origin == other.origin and _same_columns(part, other):
                raise HistoryError("duplicate events, one of the histories was given twice")


def _same_columns(one: History, other: History) -> bool:
    columns = other.columns
    return one.keys == other.keys and all(
        np.array_equal(values, columns[name], equal_nan=values.dtype.kind == "f")
        for name, values in one.columns.items()
    )


def _promise(parts: Sequence[History]) -> tuple[int, float]:
    """The limit and window that the parts name; zeros if none does.

    Raises HistoryError for parts without wall time, of different promises, or given twice.
    """
    if any(np.isnan(part.origin) for part in parts):
        raise HistoryError("histories without wall time cannot be judged together")
    promises = {(part.meta.limit, part.meta.window) for part in parts if part.meta.limit or part.meta.window}
    if len(promises) > 1:
        raise HistoryError(f"histories of different limits or windows: {sorted(promises)}")
    workers = [part.meta.worker for part in parts if part.meta.worker]
    if len(workers) != len(set(workers)):
        raise HistoryError("duplicate events: two of the histories come from the same worker")
    return promises.pop() if promises else (0, 0.0)


def _joined(
    labels: Sequence[tuple[str, ...]], codes: Sequence[npt.NDArray[np.int32]]
) -> tuple[tuple[str, ...], npt.NDArray[np.int32]]:
    """One list of labels, and all codes renumbered to it."""
    every: dict[str, int] = {}
    for part in labels:
        for label in part:
            every.setdefault(label, len(every))
    renumbered: list[npt.NDArray[np.int32]] = []
    for part, code in zip(labels, codes, strict=True):
        renumbered.append(np.array([every[label] for label in part], dtype=np.int32)[code])
    return tuple(every), np.concatenate(renumbered).astype(np.int32)
