"""From an Arrow table of the documented columns to a validated History."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from nhq.errors import HistoryError
from nhq.ratelimit.checker.unreadable_headers import printable_header
from nhq.ratelimit.history.history import (
    MALFORMED,
    MISSING,
    NO_REPLY,
    Floats,
    History,
    Ints,
    refuse_duplicates,
    refuse_stepped_clock,
    validate_history,
)
from nhq.ratelimit.history.history_schema import FIELDS, LABEL, LIMIT_BIT, REMAINING_BIT, REQUIRED, RESET_BIT, meta_of

#: Times after this many seconds can only be Unix time (September 2001).
WALL = 1e9
#: The label of all requests if no key was recorded; and the columns without which some questions can still be judged.
UNKEYED = "(no key)"
OPTIONAL = ("key", "limit", "remaining", "reset")
#: Steps that tools round times to (seconds), and how many times are looked at first.
GRAINS = (1.0, 0.1, 0.01, 0.001)
LOOK = 100


def from_table(table: pa.Table, name: str) -> History:
    """The history in `table`; `name` is for messages. Raises HistoryError for one that cannot be judged."""
    raw = as_recorded(table, name)
    origin, wobble = _origin(table, raw.sent, name)
    slack = 0.0 if raw.meta.worker else _grain(raw.sent, raw.received)
    history = validate_history(replace(raw, origin=origin, wobble=wobble, slack=slack), name)
    ids = whole_numbers(table, "id", -1, np.int64, name) if "id" in table.column_names else None
    refuse_duplicates(history, ids, name)
    return rebase_history(history)


def as_recorded(table: pa.Table, name: str) -> History:
    """The columns of a table, or of a part of one, with times as they were recorded, not validated.

    Raises HistoryError for a table of other columns, or of other types.
    """
    twice = sorted({column for column in table.column_names if table.column_names.count(column) > 1})
    if twice:
        raise HistoryError(f"{name}: no history, it has the columns {', '.join(twice)} more than once")
    missing = [column for column in REQUIRED if column not in table.column_names]
    if missing:
        raise HistoryError(f"{name}: no history, it lacks the columns {', '.join(missing)}")
    meta = meta_of(facts_of(table), name)
    if not len(table):
        raise HistoryError(f"{name}: empty history, nothing was recorded")
    key, keys = _labels(table, "key", name)
    operation, operations = _labels(table, "operation", name)
    sent = float_column(table, "sent", name)
    malformed = whole_numbers(table, "malformed", 0, np.uint8, name)
    return History(
        keys=keys,
        operations=operations,
        key=key,
        operation=operation,
        intended=float_column(table, "intended", name, sent),
        sent=sent,
        received=float_column(table, "received", name),
        status=whole_numbers(table, "status", NO_REPLY, np.int16, name),
        limit=_header(table, "limit", malformed & LIMIT_BIT, name),
        remaining=_header(table, "remaining", malformed & REMAINING_BIT, name),
        reset=_reset(table, malformed & RESET_BIT, name),
        start=0.0 if meta.host else float("nan"),
        meta=meta,
        unrecorded=frozenset(column for column in OPTIONAL if column not in table.column_names),
        unread=_unread(table, key, keys, name),
    )


def facts_of(table: pa.Table) -> dict[str, str]:
    """The history's facts in the schema's metadata."""
    facts = {k.decode(): v.decode() for k, v in (table.schema.metadata or {}).items() if k.startswith(b"nhq.")}
    return {key.removeprefix("nhq."): value for key, value in facts.items()}


def rebase_history(history: History) -> History:
    """The same history with instant 0 at its first request; wall time moves from the columns into `origin`."""
    start = float(history.sent.min())
    return replace(
        history,
        intended=history.intended - start,
        sent=history.sent - start,
        received=history.received - start,
        origin=history.origin + start,
        start=history.start + start,
    )


def _origin(table: pa.Table, sent: Floats, name: str) -> tuple[float, float]:
    """Wall time at instant 0 of the `sent` column, NaN if unknown; and by how much it was adjusted meanwhile."""
    if "sent_wall" in table.column_names and table["sent_wall"].null_count == 0:
        wall = float_column(table, "sent_wall", name)
        if "received_wall" in table.column_names and table["received_wall"].null_count == 0:
            refuse_stepped_clock(
                float_column(table, "received", name), float_column(table, "received_wall", name), name
            )
        return refuse_stepped_clock(sent, wall, name)
    return (0.0 if bool((sent > WALL).all()) else float("nan")), 0.0


def _grain(*times: Floats) -> float:
    """To how many seconds another tool rounded its times: 1, 0.1, 0.01 or 0.001; 0 where it didn't."""
    for grain in GRAINS:
        if all(is_multiple_of_grain(column[:LOOK], grain) and is_multiple_of_grain(column, grain) for column in times):
            return grain
    return 0.0


def is_multiple_of_grain(times: Floats, grain: float) -> bool:
    """Are all times whole multiples of the grain, within floating-point precision?"""
    steps = times[np.isfinite(times)] / grain
    return bool((np.abs(steps - np.round(steps)) < 1e-3).all())


def _column(table: pa.Table, column: str, name: str) -> pa.Array:
    """One column as one array of its documented type."""
    kind = dict(FIELDS)[column]
    try:
        values = table[column].cast(kind if kind != LABEL else pa.string())
    except (pa.ArrowException, ValueError):
        raise HistoryError(f"{name}: column {column} holds something else than {kind}") from None
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def float_column(table: pa.Table, column: str, name: str, default: Floats | None = None) -> Floats:
    """A time column; nulls become NaN."""
    if column not in table.column_names or table[column].null_count == len(table):
        if default is None:
            raise HistoryError(f"{name}: column {column} is empty")
        return default
    return np.asarray(_column(table, column, name).to_numpy(zero_copy_only=False), dtype=np.float64)


def whole_numbers(table: pa.Table, column: str, default: int, kind: Any, name: str) -> npt.NDArray[Any]:
    """A whole-number column, `default` where it is null or absent."""
    if column not in table.column_names:
        return np.full(len(table), default, dtype=kind)
    values = pc.fill_null(_column(table, column, name), default)
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=kind)


def _labels(table: pa.Table, column: str, name: str) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """Codes and labels of a dictionary or text column."""
    if column not in table.column_names:
        return np.zeros(len(table), dtype=np.int32), (UNKEYED if column == "key" else "",)
    values = table[column]
    if not pa.types.is_dictionary(values.type):
        values = _column(table, column, name).dictionary_encode()
    values = values.unify_dictionaries() if isinstance(values, pa.ChunkedArray) else values
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if values.null_count or (column == "key" and "" in values.dictionary.to_pylist()):
        raise HistoryError(f"{name}: column {column} has an empty label")
    labels = tuple(str(label) for label in values.dictionary.to_pylist())
    if not all(label.isprintable() for label in labels):
        raise HistoryError(f"{name}: column {column} has a label that cannot be printed")
    codes = np.asarray(values.indices.to_numpy(zero_copy_only=False), dtype=np.int32)
    return codes, labels


def _header(table: pa.Table, column: str, malformed: Ints, name: str) -> npt.NDArray[np.int32]:
    """Limit or remaining: whole numbers in range, else MALFORMED; null is MISSING."""
    if column not in table.column_names:
        return np.where(malformed > 0, MALFORMED, MISSING).astype(np.int32)
    values = np.asarray(_column(table, column, name).to_numpy(zero_copy_only=False), dtype=np.float64)
    with np.errstate(invalid="ignore"):
        good = (np.abs(values) < 2**31 - 2) & (np.floor(values) == values)
    out = np.where(np.isnan(values) & (malformed == 0), MISSING, MALFORMED).astype(np.int32)
    out[good] = values[good].astype(np.int32)
    return out


def _reset(table: pa.Table, malformed: Ints, name: str) -> Floats:
    """Reset as it was recorded; NaN for missing, infinity for malformed."""
    if "reset" not in table.column_names:
        return np.where(malformed > 0, np.inf, np.nan)
    values = _column(table, "reset", name).to_numpy(zero_copy_only=False).astype(np.float64, copy=True)
    values[np.isnan(values) & (malformed > 0)] = np.inf
    return np.asarray(values)


def _unread(
    table: pa.Table, key: npt.NDArray[np.int32], keys: tuple[str, ...], name: str
) -> dict[tuple[str, str], str]:
    """The first text of each key's headers that are no numbers."""
    found: dict[tuple[str, str], str] = {}
    if "unread" not in table.column_names:
        return found
    texts = _column(table, "unread", name).dictionary_encode()
    rows = np.flatnonzero(texts.is_valid().to_numpy(zero_copy_only=False))
    code = texts.indices.fill_null(0).to_numpy()[rows] + key[rows].astype(np.int64) * len(table)
    for row in np.sort(rows[np.unique(code, return_index=True)[1]]).tolist():
        for line in str(texts[row].as_py()).splitlines():
            column, _, text = line.partition("=")
            found.setdefault((keys[key[row]], column), printable_header(text))
    return found
