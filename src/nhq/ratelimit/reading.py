"""Read recorded histories: Arrow file or stream, CSV, JSON Lines. Bad input is one clear line, never a verdict."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from nhq.errors import HistoryError
from nhq.ratelimit.combining import combined
from nhq.ratelimit.history import History
from nhq.ratelimit.tables import facts_of, from_table
from nhq.ratelimit.text import table_from_text

_FILE_MAGIC = b"ARROW1"
_GZIP = b"\x1f\x8b"
_STREAM_MAGIC = b"\xff\xff\xff\xff"
#: What Arrow raises, besides its own errors, for bytes that are no Arrow.
_DAMAGE = (OSError, ValueError, SystemError, MemoryError, OverflowError)
_END = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def read_history(path: Path, *, salvage: bool = False) -> History:
    """One recorded history. Raises HistoryError for what cannot be judged.

    A stream without its end mark comes from a dead worker: refused, unless `salvage` is given; then what it wrote is
    read, and `lost` says so.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise HistoryError(f"{path.name}: cannot be read, it is no file")
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as problem:
        raise HistoryError(f"{path.name}: cannot be read, {problem.strerror}") from None
    if not head:
        raise HistoryError(f"{path.name}: empty file, no history")
    if head.startswith(_FILE_MAGIC):
        return from_table(_sound(_arrow_file(path), path.name), path.name)
    if head.startswith(_STREAM_MAGIC):
        return _arrow_stream(path, salvage)
    if head.startswith(_GZIP):
        raise HistoryError(f"{path.name}: compressed; unpack it first")
    if path.suffix.lower() in (".arrow", ".arrows", ".feather"):
        raise HistoryError(f"{path.name}: not an Arrow file, it is truncated or of another kind")
    return from_table(table_from_text(path), path.name)


def read_histories(paths: Sequence[Path], *, salvage: bool = False, between_hosts: float = 0.1) -> History:
    """Several files as one history; times of different hosts are uncertain by `between_hosts` seconds."""
    if not paths:
        raise HistoryError("no history given")
    return combined([read_history(path, salvage=salvage) for path in paths], between_hosts)


def _arrow_file(path: Path) -> pa.Table:
    try:
        with pa.memory_map(os.fspath(path)) as source:
            return pa.ipc.open_file(source).read_all()
    except (pa.ArrowException, *_DAMAGE):
        raise HistoryError(f"{path.name}: truncated or damaged Arrow file") from None


def _arrow_stream(path: Path, salvage: bool) -> History:
    """All whole batches of a stream."""
    batches: list[pa.RecordBatch] = []
    whole = _ends_properly(path)
    try:
        with pa.memory_map(os.fspath(path)) as source:
            stream = pa.ipc.open_stream(source)
            shape = stream.schema
            try:
                batches.extend(stream)
            except (pa.ArrowException, *_DAMAGE):
                whole = False
    except (pa.ArrowException, *_DAMAGE):
        raise HistoryError(f"{path.name}: truncated or damaged Arrow stream") from None
    if not whole and not salvage:
        raise HistoryError(
            f"{path.name}: truncated, the worker died after {sum(map(len, batches))} events (--salvage judges those)"
        )
    try:
        table = pa.Table.from_batches(batches, shape)
    except (pa.ArrowException, *_DAMAGE):
        raise HistoryError(f"{path.name}: damaged Arrow data") from None
    history = from_table(_sound(table, path.name), path.name)
    note = f"{path.name}: the worker died; judged are the {len(history)} events it had written, later ones are lost"
    return history if whole else replace(history, lost=(note,))


def _sound(table: pa.Table, name: str) -> pa.Table:
    """The table, once every buffer, label and name in it was seen to be whole: using a damaged one can crash."""
    try:
        table.validate(full=True)
        _ = [str(field) for field in table.schema], facts_of(table)
    except (pa.ArrowException, *_DAMAGE):
        raise HistoryError(f"{name}: damaged Arrow data") from None
    return table


def _ends_properly(path: Path) -> bool:
    """Whether the stream's end mark was written."""
    with path.open("rb") as file:
        file.seek(-min(len(_END), path.stat().st_size), os.SEEK_END)
        return file.read() == _END
