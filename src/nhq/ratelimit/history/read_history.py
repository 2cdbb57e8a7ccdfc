"""Read recorded histories: Arrow file or stream, CSV, JSON Lines. Bad input is one clear line, never a verdict."""

import gzip
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum
from pathlib import Path
from shutil import copyfileobj
from tempfile import mkdtemp
from typing import Any

import pyarrow as pa

from nhq.errors import HistoryError
from nhq.ratelimit.history.arrow_tables import facts_of, from_table
from nhq.ratelimit.history.history import History
from nhq.ratelimit.history.merge_histories import merge_histories
from nhq.ratelimit.history.text_history import table_from_text
from nhq.ratelimit.recordings.recording_formats import RecordingFormat

#: Suffixes of histories in a folder.
HISTORY_NAMES = (
    *(".arrows", ".arrow", ".feather", ".csv", ".jsonl", ".ndjson", ".jtl", ".har", ".log"),
    *(".arrows.gz", ".arrow.gz", ".csv.gz", ".jsonl.gz", ".ndjson.gz", ".jtl.gz", ".har.gz", ".log.gz"),
)
#: Bytes of a batch that is read into memory when a file is streamed; larger ones are mapped.
LARGE = 2**27
_FILE_MAGIC = b"ARROW1"
_GZIP = b"\x1f\x8b"
_STREAM_MAGIC = b"\xff\xff\xff\xff"
#: Exceptions that Arrow raises, besides its own, for bytes that are no Arrow.
_DAMAGE = (OSError, ValueError, SystemError, MemoryError, OverflowError)
_END = b"\xff\xff\xff\xff\x00\x00\x00\x00"


class FileKind(Enum):
    """The format of a recorded file."""

    FILE = "Arrow file"
    STREAM = "Arrow stream"
    TEXT = "text"

    @property
    def is_text(self) -> bool:
        """May any tool have written it?"""
        return self is FileKind.TEXT


def read_history(path: Path, *, salvage: bool = False, form: RecordingFormat | None = None, key: str = "") -> History:
    """One recorded history, plain or gzip. Raises HistoryError for what cannot be judged.

    A stream without its end mark comes from a dead worker: refused, unless `salvage` is given; then its complete part
    is read, and `lost` says so. `form` names the tool that wrote a text; without it the format is guessed. `key` labels
    all requests of a recording without keys.
    """
    kind = file_kind(path)
    if kind is FileKind.FILE:
        return from_table(_sound(_arrow_file(path), path.name), path.name)
    if kind is FileKind.STREAM:
        return _arrow_stream(path, salvage)
    return with_key(from_table(table_from_text(path, form), path.name), key)


def file_kind(path: Path) -> FileKind:
    """The format of a recorded file by its first bytes. Raises HistoryError if it can't be read or is no history."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise HistoryError(f"{path.name}: cannot be read, it is no file")
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as problem:
        raise HistoryError(f"{path.name}: cannot be read, {problem.strerror}") from None
    if not head:
        raise HistoryError(f"{path.name}: empty file, no history")
    if head.startswith(_GZIP):
        head = _unpacked_head(path)
    if head.startswith(_FILE_MAGIC):
        return FileKind.FILE
    if head.startswith(_STREAM_MAGIC):
        return FileKind.STREAM
    if path.suffix.lower() in (".arrow", ".arrows", ".feather"):
        raise HistoryError(f"{path.name}: not an Arrow file, it is truncated or of another kind")
    return FileKind.TEXT


def with_key(history: History, key: str) -> History:
    """The history, its requests labelled `key` if the recording has no keys."""
    if not key or "key" not in history.unrecorded:
        return history
    return replace(history, keys=(key,), unrecorded=history.unrecorded - {"key"})


def history_files(paths: Sequence[Path]) -> list[Path]:
    """The files given, and the histories in each folder given. Raises HistoryError for a folder without any."""
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        found = (file for file in path.rglob("*") if file.is_file() and file.name.endswith(HISTORY_NAMES))
        inside = sorted(file for file in found if not _of_locust(file))
        if not inside:
            raise HistoryError(f"{path}: no history in this folder ({', '.join(HISTORY_NAMES)})")
        files += inside
    return files


def _of_locust(file: Path) -> bool:
    """Is this Locust's own log, which `nhq load` writes beside its histories?"""
    return file.suffix == ".log" and any(file.parent.glob("*.arrows"))


def read_histories(
    paths: Sequence[Path],
    *,
    salvage: bool = False,
    between_hosts: float = 0.1,
    form: RecordingFormat | None = None,
    key: str = "",
) -> History:
    """Several files as one history; times of different hosts are uncertain by `between_hosts` seconds."""
    if not paths:
        raise HistoryError("no history given")
    return merge_histories([read_history(path, salvage=salvage, form=form, key=key) for path in paths], between_hosts)


def _unpacked_head(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            return file.read(8)
    except (OSError, EOFError, zlib.error):
        raise HistoryError(f"{path.name}: damaged gzip") from None


def unpack_file(path: Path, folder: Path) -> Path:
    """The file itself, or the unpacked copy of a packed one in `folder`. Raises HistoryError for damage."""
    with path.open("rb") as file:
        if file.read(2) != _GZIP:
            return path
    plain = Path(mkdtemp(dir=folder)) / path.name.removesuffix(".gz")
    try:
        with gzip.open(path) as packed, plain.open("wb") as file:
            copyfileobj(packed, file)
    except (OSError, EOFError, zlib.error) as problem:
        raise HistoryError(
            f"{path.name}: cannot be unpacked, {getattr(problem, 'strerror', None) or problem}"
        ) from None
    return plain


@contextmanager
def _source(path: Path, *, mapped: bool = True) -> Iterator[pa.NativeFile]:
    """The bytes of an Arrow history: mapped, or read batch by batch; packed ones are unpacked into memory."""
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    if not packed:
        opened = pa.memory_map if mapped else pa.OSFile
        with opened(os.fspath(path)) as source:
            yield source
        return
    with gzip.open(path) as file:
        yield pa.BufferReader(file.read())


@contextmanager
def arrow_batches(path: Path, kind: FileKind) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    """The schema and the batches of an Arrow history, one after the other; HistoryError for a damaged one."""
    try:
        with _source(path, mapped=_has_large_batches(path, kind)) as source:
            reader = pa.ipc.open_file(source) if kind is FileKind.FILE else pa.ipc.open_stream(source)
            yield reader.schema, _sound_batches(reader, kind, path.name)
    except (pa.ArrowException, *_DAMAGE):
        raise HistoryError(f"{path.name}: truncated or damaged Arrow data") from None


def _has_large_batches(path: Path, kind: FileKind) -> bool:
    """May a batch of an Arrow file be too large to be read into memory?"""
    if kind is not FileKind.FILE:
        return False
    with _source(path) as source:
        return bool(source.size() > LARGE * max(1, pa.ipc.open_file(source).num_record_batches))


def _sound_batches(reader: Any, kind: FileKind, name: str) -> Iterator[pa.RecordBatch]:
    """Each batch, after checking that it is undamaged."""
    try:
        every = (reader.get_batch(at) for at in range(reader.num_record_batches)) if kind is FileKind.FILE else reader
        for batch in every:
            batch.validate(full=True)
            yield batch
    except (pa.ArrowException, *_DAMAGE):
        raise HistoryError(f"{name}: damaged Arrow data") from None


def whole_stream(path: Path) -> bool:
    """Was a stream's end mark written? Raises HistoryError for a damaged stream."""
    try:
        with _source(path) as source:
            return _ends_properly(source)
    except (pa.ArrowException, *_DAMAGE):
        raise HistoryError(f"{path.name}: truncated or damaged Arrow stream") from None


def _arrow_file(path: Path) -> pa.Table:
    try:
        with _source(path) as source:
            return pa.ipc.open_file(source).read_all()
    except (pa.ArrowException, *_DAMAGE):
        raise HistoryError(f"{path.name}: truncated or damaged Arrow file") from None


def _arrow_stream(path: Path, salvage: bool) -> History:
    """All whole batches of a stream."""
    batches: list[pa.RecordBatch] = []
    try:
        with _source(path) as source:
            whole = _ends_properly(source)
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
    """The table, after checking every buffer, label and name in it: using a damaged one can crash."""
    try:
        table.validate(full=True)
        _ = [str(field) for field in table.schema], facts_of(table)
    except (pa.ArrowException, *_DAMAGE):
        raise HistoryError(f"{name}: damaged Arrow data") from None
    return table


def _ends_properly(source: pa.NativeFile) -> bool:
    """Was the stream's end mark written? Rewinds the source."""
    source.seek(max(0, source.size() - len(_END)))
    ended = bool(source.read(len(_END)) == _END)
    source.seek(0)
    return ended
