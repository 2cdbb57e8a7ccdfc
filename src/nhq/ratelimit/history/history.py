"""A recorded history of rate-limited requests, as NumPy columns on one time line.

One row is one request. The server decided at some instant in [sent, received]; nothing here or in the
checker assumes more. Times are seconds from the history's `origin`, on a clock that never steps; `origin` is the
wall time (seconds since the Unix epoch) of instant 0, or NaN when the recording tool gave no wall time.

Status 0 stands for "no reply". Header columns hold MISSING or MALFORMED where there was no usable value
(reset: NaN and infinity).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from nhq.errors import HistoryError
from nhq.ratelimit.checker.unreadable_headers import Unread

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Columns = Mapping[str, npt.NDArray[Any]]

NO_REPLY = 0
MISSING = -(2**31)
MALFORMED = MISSING + 1
RESET_MISSING = float("nan")
RESET_MALFORMED = float("inf")

#: Times beyond this (seconds, either way) have another unit; no recording lasts a year.
FARTHEST, LONGEST = 1e11, 366 * 86400.0
#: Times cut to this many seconds make different requests look the same.
ROUNDED = 0.01
#: The wall clock may drift from the monotonic one by this much within a file (seconds); more is a step.
CLOCK_STEP = 0.5


@dataclass(frozen=True, slots=True)
class Meta:
    """The recorder's facts about a history. `fresh`: no key was used in the window before it began. `alone`: nobody
    else used the keys during it.

    `host` names the machine whose monotonic clock was used: files of one host share a time line. `worker` is
    unique for each file. Zero stands for an unknown limit or window.
    """

    limit: int = 0
    window: float = 0.0
    fresh: bool = False
    worker: str = ""
    host: str = ""
    version: int = 1
    alone: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Columns of equal length, see the module; `key` and `operation` index `keys` and `operations`.

    `slack` (seconds) widens every interval to both sides, for times that were rounded and for clocks of several hosts
    (then not `together`). `wobble`: seconds by which the wall clock that gave `origin` was adjusted meanwhile. `start`
    is the host's monotonic clock at instant 0, NaN if unknown. `lost` names what a dead worker's file no longer holds.
    `unrecorded` names the columns (key, limit, remaining, reset) that the recorder didn't keep. `unread` holds the text
    of headers that are no numbers. `numbers` are the rows' numbers in the whole history, ascending, if this is a part
    of one.
    """

    keys: tuple[str, ...]
    operations: tuple[str, ...]
    key: npt.NDArray[np.int32]
    operation: npt.NDArray[np.int32]
    intended: Floats
    sent: Floats
    received: Floats
    status: npt.NDArray[np.int16]
    limit: npt.NDArray[np.int32]
    remaining: npt.NDArray[np.int32]
    reset: Floats
    origin: float = float("nan")
    slack: float = 0.0
    together: bool = True
    wobble: float = 0.0
    start: float = float("nan")
    meta: Meta = field(default_factory=Meta)
    lost: tuple[str, ...] = ()
    unrecorded: frozenset[str] = frozenset()
    unread: Unread = field(default_factory=dict)
    numbers: Ints | None = None

    def __len__(self) -> int:
        return len(self.sent)

    @property
    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """The columns by name."""
        return {name: getattr(self, name) for name in COLUMNS}

    @property
    def counts(self) -> Ints:
        """How many events each key has."""
        return np.bincount(self.key, minlength=len(self.keys))

    def rows(self, index: npt.NDArray[Any]) -> "History":
        """The rows that `index` (a mask or positions) selects, in its order."""
        numbers = None if self.numbers is None else self.numbers[index]
        return replace(self, **{name: column[index] for name, column in self.columns.items()}, numbers=numbers)

    def of_keys(self, chosen: Bools) -> "History":
        """The events of the chosen keys; rows keep their numbers in the whole history."""
        index = np.flatnonzero(chosen[self.key])
        part = self.rows(index)
        code = np.cumsum(chosen, dtype=np.int32) - np.int32(1)
        labels = tuple(label for label, mine in zip(self.keys, chosen.tolist(), strict=True) if mine)
        numbers = index if part.numbers is None else part.numbers
        return replace(part, keys=labels, key=code[part.key], numbers=numbers)


COLUMNS = ("key", "operation", "intended", "sent", "received", "status", "limit", "remaining", "reset")


def validate_history(history: History, name: str) -> History:
    """Return the history. Raises HistoryError, in one line that names the file, for one that cannot be judged."""
    if len(history) == 0:
        raise HistoryError(f"{name}: empty history, nothing was recorded")
    if len({len(column) for column in history.columns.values()}) != 1:
        raise HistoryError(f"{name}: columns of different lengths")
    if not (np.isfinite(history.sent).all() and np.isfinite(history.received).all()):
        raise HistoryError(f"{name}: sent or received is missing or not a number")
    _refuse_strange_times(history, name)
    backwards = history.received < history.sent
    if backwards.any():
        row = int(np.argmax(backwards))
        gap = history.sent[row] - history.received[row]
        raise HistoryError(f"{name}: clock went backwards, row {row} was received {gap:.6f} s before it was sent")
    said = history.status[history.status != NO_REPLY]
    if ((said < 100) | (said > 999)).any():
        raise HistoryError(f"{name}: a status is not an HTTP status")
    return history


def _refuse_strange_times(history: History, name: str) -> None:
    """Raises HistoryError for times that cannot be seconds of one clock."""
    first, last = float(history.sent.min()), float(history.received.max())
    if max(abs(first), abs(last)) > FARTHEST:
        raise HistoryError(f"{name}: times up to {max(abs(first), abs(last)):.3g}; they must be seconds")
    if last - first > LONGEST:
        days = (last - first) / 86400
        raise HistoryError(f"{name}: {days:.0f} days between first and last; times of several clocks are mixed")


def refuse_stepped_clock(sent: Floats, sent_wall: Floats, name: str) -> tuple[float, float]:
    """Wall time minus monotonic time, and by how much it changed meanwhile. Raises HistoryError if a clock stepped."""
    offset = sent_wall - sent
    low, high = float(offset.min()), float(offset.max())
    if high - low > CLOCK_STEP:
        raise HistoryError(f"{name}: a clock stepped by {high - low:.3f} s during the recording")
    return float(np.median(offset[:: max(1, len(offset) // 10_001)])), high - low


def refuse_duplicates(history: History, ids: Ints | None, name: str) -> None:
    """Raises HistoryError for a duplicate event: the same id, or without ids the same value in every column.

    Times cut to ROUNDED or more make different requests look the same: then a history is refused only if all its events
    are duplicates.
    """
    if ids is not None:
        unique = bool((np.diff(ids) > 0).all()) or len(np.unique(ids)) == len(ids)
    else:
        same = _same_as_before(history)
        unique = not same.any() if history.slack < ROUNDED else bool((_run_lengths(same) % 2).any())
    if not unique:
        way_out = "" if ids is not None else " (if they are different requests, give each its own id)"
        raise HistoryError(f"{name}: duplicate events, the same request is recorded twice{way_out}")


def _same_as_before(history: History) -> Bools:
    """For each event but the first, in the order of their times: is it equal to the one before in every column?"""
    columns = list(history.columns.values())
    order = np.lexsort([np.nan_to_num(column, nan=-1.0) for column in reversed(columns)])
    same = np.ones(max(0, len(order) - 1), dtype=bool)
    for column in columns:
        values = column[order]
        equal = values[1:] == values[:-1]
        same &= equal | (np.isnan(values[1:]) & np.isnan(values[:-1])) if values.dtype.kind == "f" else equal
    return same


def _run_lengths(same: Bools) -> Ints:
    """How many equal events follow each other, group by group."""
    starts = np.flatnonzero(np.concatenate([[True], ~same]))
    return np.diff(np.append(starts, len(same) + 1))
