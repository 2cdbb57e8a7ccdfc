"""Facts about a whole history that judging a part of it needs: clocks, grain of times, keys.

One pass over a recording computes what `arrow_tables.from_table` computes with all of it in memory, with the same
arithmetic, so that a part's times are exactly those of the whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from nhq.errors import HistoryError
from nhq.ratelimit.history.arrow_tables import (
    GRAINS,
    WALL,
    as_recorded,
    float_column,
    is_multiple_of_grain,
    whole_numbers,
)
from nhq.ratelimit.history.history import (
    CLOCK_STEP,
    LONGEST,
    ROUNDED,
    Floats,
    History,
    Ints,
    refuse_duplicates,
    validate_history,
)
from nhq.ratelimit.history.merge_histories import clock_shifts, merge_histories
from nhq.ratelimit.history.read_history import with_key
from nhq.ratelimit.parts.table_stream import RecordedFile

#: Number of clock differences whose median is taken.
SAMPLED = 10_001


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Several recordings as one history: `whole` has all but the rows, `counts` (K,) each key's number of events.

    `start` is subtracted from each recording's times, `move` is then added (seconds). `labelled` names the key of
    recordings without keys. `distinct`: ids show that no request is duplicated.
    """

    whole: History
    counts: Ints
    events: int
    recordings: tuple[RecordedFile, ...]
    start: tuple[float, ...]
    move: tuple[float, ...]
    labelled: str
    distinct: bool


@dataclass(slots=True)
class Clocks:
    """The difference of two clocks over a recording: its bounds, and every `step`th value."""

    step: int
    low: float = float("inf")
    high: float = float("-inf")
    sampled: list[Floats] = field(default_factory=list)
    whole: bool = True

    def add(self, table: pa.Table, first: int, times: Floats, wall: str, name: str) -> None:
        """The events of a table whose first has number `first`. Raises HistoryError for a clock that stepped."""
        if wall not in table.column_names or table[wall].null_count:
            self.whole = False
        if not self.whole:
            return
        offset = float_column(table, wall, name) - times
        self.low, self.high = min(self.low, float(offset.min())), max(self.high, float(offset.max()))
        self.sampled.append(offset[-first % self.step :: self.step])

    def refuse_step(self, name: str) -> None:
        """Raises HistoryError where one of the clocks stepped."""
        if self.whole and self.high - self.low > CLOCK_STEP:
            raise HistoryError(f"{name}: a clock stepped by {self.high - self.low:.3f} s during the recording")

    @property
    def middle(self) -> float:
        """The difference in the middle."""
        return float(np.median(np.concatenate(self.sampled)))


@dataclass(slots=True)
class Pass:
    """The facts that one pass over a recording has collected so far."""

    sent_wall: Clocks
    received_wall: Clocks
    counts: dict[str, int] = field(default_factory=dict)
    operations: dict[str, None] = field(default_factory=dict)
    unread: dict[tuple[str, str], str] = field(default_factory=dict)
    unrecorded: frozenset[str] = frozenset()
    grains: tuple[float, ...] = GRAINS
    after_2001: bool = True
    rows: int = 0
    first: float = float("inf")
    last: float = float("-inf")
    id: int = -(2**63)
    distinct: bool = True
    numbered: bool = True


def outline_recordings(recordings: Sequence[RecordedFile], between_hosts: float, label: str) -> Outline:
    """The outline of several recordings. Raises HistoryError for what `read_histories` refuses."""
    if not recordings:
        raise HistoryError("no history given")
    passes = [_passed(one, label) for one in recordings]
    parts = [part for part, _ in passes]
    whole = merge_histories(parts, between_hosts)
    move = clock_shifts(parts)[1] if len(parts) > 1 else [0.0]
    place = {key: at for at, key in enumerate(whole.keys)}
    counts = np.zeros(len(whole.keys), dtype=np.int64)
    for _, seen in passes:
        for key, count in seen.counts.items():
            counts[place[key]] += count
    last = max(seen.last - seen.first + by for (_, seen), by in zip(passes, move, strict=True))
    if last > LONGEST:
        days = f"{last / 86400:.0f} days between first and last"
        raise HistoryError(f"{days}; times of several clocks are mixed")
    told = all(part.meta.worker for part in parts) or len(parts) == 1
    return Outline(
        whole=whole,
        counts=counts,
        events=sum(seen.rows for _, seen in passes),
        recordings=tuple(recordings),
        start=tuple(seen.first for _, seen in passes),
        move=tuple(move),
        labelled=label,
        distinct=(told and all(seen.distinct for _, seen in passes)) or whole.slack >= ROUNDED,
    )


def labelled_table(table: pa.Table, recording: RecordedFile, label: str) -> History:
    """A table of a recording, times as recorded, with the given label if it has no keys."""
    raw = as_recorded(table, recording.name)
    return with_key(raw, label) if recording.kind.is_text else raw


def _passed(recording: RecordedFile, label: str) -> tuple[History, Pass]:
    """The recording's history without its rows, and the other facts that the pass collected."""
    name = recording.name
    rows = sum(len(table) for table in recording.tables())
    if not rows:
        raise HistoryError(f"{name}: empty history, nothing was recorded")
    step = max(1, rows // SAMPLED)
    seen, empty = Pass(Clocks(step), Clocks(step)), None
    for table in recording.tables():
        raw = labelled_table(table, recording, label)
        _add(seen, raw, table, name)
        empty = empty if empty is not None else raw.rows(np.empty(0, dtype=np.int64))
    assert empty is not None
    if seen.numbered and not seen.distinct:
        ids = [whole_numbers(table, "id", -1, np.int64, name) for table in recording.tables()]
        refuse_duplicates(empty, np.concatenate(ids), name)
        seen.distinct = True
    seen.sent_wall.refuse_step(name)
    if seen.sent_wall.whole:
        seen.received_wall.refuse_step(name)
    return _rebased(replace(empty, lost=tuple(_lost(recording, rows))), seen), seen


def _lost(recording: RecordedFile, rows: int) -> Iterator[str]:
    """Describe what is missing of a truncated recording."""
    if recording.cut:
        told = f"judged are the {rows} events it had written, later ones are lost"
        yield f"{recording.name}: the worker died; {told}"


def _add(seen: Pass, raw: History, table: pa.Table, name: str) -> None:
    """Add one table to the facts of the pass."""
    validate_history(raw, name)
    for label, count in zip(raw.keys, raw.counts.tolist(), strict=True):
        seen.counts[label] = seen.counts.get(label, 0) + count
    seen.operations |= dict.fromkeys(raw.operations)
    for place, text in raw.unread.items():
        seen.unread.setdefault(place, text)
    seen.unrecorded = raw.unrecorded
    seen.grains = tuple(
        grain for grain in seen.grains if all(is_multiple_of_grain(times, grain) for times in (raw.sent, raw.received))
    )
    seen.after_2001 &= bool((raw.sent > WALL).all())
    seen.sent_wall.add(table, seen.rows, raw.sent, "sent_wall", name)
    seen.received_wall.add(table, seen.rows, raw.received, "received_wall", name)
    seen.first = min(seen.first, float(raw.sent.min()))
    seen.last = max(seen.last, float(raw.received.max()))
    seen.rows += len(raw)
    _add_ids(seen, table)


def _add_ids(seen: Pass, table: pa.Table) -> None:
    """Note whether ids keep ascending, so that none is duplicated."""
    seen.numbered &= "id" in table.column_names
    if not seen.numbered or table["id"].null_count:
        seen.distinct = False
    if seen.distinct:
        ids = table["id"].to_numpy()
        seen.distinct = bool(ids[0] > seen.id and (np.diff(ids) > 0).all())
        seen.id = int(ids[-1])


def _rebased(empty: History, seen: Pass) -> History:
    """A history of no rows with the facts of all of them, instant 0 at the first request."""
    wall = seen.sent_wall
    unknown = 0.0 if seen.after_2001 else float("nan")
    origin, wobble = (wall.middle, wall.high - wall.low) if wall.whole else (unknown, 0.0)
    return replace(
        empty,
        keys=tuple(seen.counts),
        operations=tuple(seen.operations),
        origin=origin + seen.first,
        start=empty.start + seen.first,
        wobble=wobble,
        slack=0.0 if empty.meta.worker or not seen.grains else seen.grains[0],
        unrecorded=seen.unrecorded,
        unread=seen.unread,
    )
