"""Write histories: a stream that a load worker feeds request by request, and a whole history at once."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from nhq.errors import HistoryError
from nhq.files import create_new
from nhq.ratelimit.checker.unreadable_headers import HEADERS, printable_header
from nhq.ratelimit.history.history import MALFORMED, NO_REPLY, History, Meta
from nhq.ratelimit.history.history_schema import (
    FIELDS,
    LABEL,
    LIMIT_BIT,
    REMAINING_BIT,
    RESET_BIT,
    history_arrow_schema,
    written_number,
)

#: Events buffered before they are written; a crash loses at most these, unless `flush` is called on a timer.
BATCH = 512


def unread_text(headers: Mapping[str, str]) -> str:
    """The column `unread` of an answer whose headers are not all numbers."""
    texts = {column: headers.get(name.lower()) for column, name in HEADERS.items()}
    return "\n".join(
        f"{column}={printable_header(text)}" for column, text in texts.items() if written_number(text)[1] and text
    )


class ClockPair(NamedTuple):
    """One instant on both clocks, seconds: monotonic, and wall time since the Unix epoch."""

    monotonic: float
    wall: float


class HistoryWriter:
    """A worker's recording, an Arrow IPC stream. Each flushed batch survives the death of the process.

    Not thread-safe; greenlets of one thread may share it, because `record` and `flush` never yield.
    """

    def __init__(self, path: Path, meta: Meta, batch: int = BATCH) -> None:
        """Open `path` for writing. Raises HistoryError when that is not possible."""
        self._schema = history_arrow_schema(meta)
        self._batch = batch
        self._rows: list[tuple[Any, ...]] = []
        self._keys: dict[str, int] = {}
        self._operations: dict[str, int] = {}
        self._labels = {"key": self._keys, "operation": self._operations}
        self._next = 0
        try:
            os.close(create_new(path))
            self._sink = pa.OSFile(os.fspath(path), "wb")
        except OSError as problem:
            raise HistoryError(f"cannot write {path.name}: {problem.strerror}") from None
        self._stream = pa.ipc.new_stream(self._sink, self._schema)

    def record(
        self,
        key: str,
        intended: ClockPair,
        sent: ClockPair,
        received: ClockPair,
        status: int | None,
        headers: Mapping[str, str],
        operation: str = "",
    ) -> None:
        """Add one request. `status` None: no reply. `headers` has lower-case names, or ignores case."""
        limit, bad_limit = written_number(headers.get("x-ratelimit-limit"))
        remaining, bad_remaining = written_number(headers.get("x-ratelimit-remaining"))
        reset, bad_reset = written_number(headers.get("x-ratelimit-reset"))
        malformed = bad_limit * LIMIT_BIT + bad_remaining * REMAINING_BIT + bad_reset * RESET_BIT
        times = (intended.monotonic, sent.monotonic, received.monotonic, intended.wall, sent.wall, received.wall)
        who = self._keys.setdefault(key, len(self._keys))
        what = self._operations.setdefault(operation, len(self._operations))
        unread = unread_text(headers) if malformed else None
        self._rows.append((self._next, who, what, *times, status, limit, remaining, reset, malformed, unread))
        self._next += 1
        if len(self._rows) >= self._batch:
            self.flush()

    def flush(self) -> None:
        """Write the buffered events."""
        if not self._rows:
            return
        columns = list(zip(*self._rows, strict=True))
        self._rows = []
        arrays = [
            self._labelled(name, column) if kind == LABEL else pa.array(column, kind)
            for (name, kind), column in zip(FIELDS, columns, strict=True)
        ]
        self._stream.write_batch(pa.record_batch(arrays, schema=self._schema))

    def close(self) -> None:
        """Write the rest and the end mark; without it, readers assume that the worker died."""
        self.flush()
        self._stream.close()
        self._sink.close()

    def __enter__(self) -> "HistoryWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _labelled(self, name: str, codes: tuple[int, ...]) -> pa.DictionaryArray:
        """Codes with the labels known so far; a stream may replace its dictionary from batch to batch."""
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(list(self._labels[name])))


def write_history(history: History, path: Path) -> None:
    """Write a whole history as an Arrow IPC file. Both clocks are its time line, `origin` apart."""
    table = to_table(history)
    try:
        os.close(create_new(path))
        with pa.OSFile(os.fspath(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as file:
            file.write_table(table)
    except OSError as problem:
        raise HistoryError(f"cannot write {path.name}: {problem.strerror}") from None


def to_table(history: History) -> pa.Table:
    """The history as an Arrow table of the documented schema."""
    wall = 0.0 if np.isnan(history.origin) else history.origin
    no_limit, no_left = history.limit <= MALFORMED, history.remaining <= MALFORMED
    malformed = (history.limit == MALFORMED) * LIMIT_BIT + (history.remaining == MALFORMED) * REMAINING_BIT
    malformed = malformed + np.isinf(history.reset) * RESET_BIT
    columns = {
        "id": pa.array(np.arange(len(history))),
        "key": pa.DictionaryArray.from_arrays(pa.array(history.key), pa.array(history.keys, pa.string())),
        "operation": pa.DictionaryArray.from_arrays(
            pa.array(history.operation), pa.array(history.operations, pa.string())
        ),
        "intended": pa.array(history.intended),
        "sent": pa.array(history.sent),
        "received": pa.array(history.received),
        "intended_wall": pa.array(history.intended + wall),
        "sent_wall": pa.array(history.sent + wall),
        "received_wall": pa.array(history.received + wall),
        "status": pa.array(history.status, mask=history.status == NO_REPLY),
        "limit": pa.array(history.limit.astype(np.float64), mask=no_limit),
        "remaining": pa.array(history.remaining.astype(np.float64), mask=no_left),
        "reset": pa.array(history.reset, mask=~np.isfinite(history.reset)),
        "malformed": pa.array(malformed.astype(np.uint8)),
        "unread": pa.array(_unread(history, malformed), pa.string()),
    }
    return pa.table(columns, schema=history_arrow_schema(history.meta))


def _unread(history: History, malformed: npt.NDArray[Any]) -> list[str | None]:
    """The text of headers that are no numbers, at the first such answer of each key."""
    lines: list[str | None] = [None] * len(history)
    bits = {"limit": LIMIT_BIT, "remaining": REMAINING_BIT, "reset": RESET_BIT}
    for (label, column), text in history.unread.items():
        rows = np.flatnonzero((malformed & bits[column] > 0) & (history.key == history.keys.index(label)))
        for row in rows[:1]:
            lines[row] = "\n".join(filter(None, (lines[row], f"{column}={text}")))
    return lines
