"""Read a recording as a stream of small tables, as often as needed: only one of them is in memory at a time.

Text is stored as Arrow files in a folder, packed Arrow is unpacked there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from nhq.errors import HistoryError
from nhq.ratelimit.history.read_history import FileKind, arrow_batches, file_kind, unpack_file, whole_stream
from nhq.ratelimit.parts.parsed_text import KeptText, kept_text
from nhq.ratelimit.recordings.recording_formats import RecordingFormat

#: Events of one table.
STEP = 500_000


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """One recorded file, or its `text` kept as Arrow. `cut`: its end is lost."""

    path: Path
    kind: FileKind
    cut: bool = False
    text: KeptText | None = None

    @property
    def name(self) -> str:
        """For messages."""
        return self.path.name

    def tables(self, step: int = STEP) -> Iterator[pa.Table]:
        """All tables, about `step` events each. Raises HistoryError for damage."""
        if self.text is not None:
            yield from _gathered(self.text.batches(), self.text.shape, step)
            return
        with arrow_batches(self.path, self.kind) as (shape, batches):
            yield from _gathered(_until_lost(batches) if self.cut else batches, shape, step)


def open_recording(
    path: Path, folder: Path, *, salvage: bool = False, form: RecordingFormat | None = None
) -> RecordedFile:
    """A recorded file, ready to be streamed, see the module. Raises HistoryError for what cannot be judged."""
    kind = file_kind(path)
    if kind is FileKind.TEXT:
        return RecordedFile(path, kind, text=kept_text(path, form, folder))
    path = unpack_file(path, folder)
    whole = kind is FileKind.FILE or whole_stream(path)
    if not whole and not salvage:
        raise HistoryError(f"{path.name}: truncated, the worker died (--salvage judges what it had written)")
    return RecordedFile(path, kind, cut=not whole)


def _until_lost(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches up to the first that can't be read."""
    try:
        yield from batches
    except HistoryError:
        return


def _gathered(batches: Iterator[pa.RecordBatch], shape: pa.Schema, step: int) -> Iterator[pa.Table]:
    """Merge small batches and cut large ones."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        for start in range(0, len(batch), step):
            piece = batch.slice(start, step)
            held.append(piece)
            count += len(piece)
            if count >= step:
                yield pa.Table.from_batches(held, shape)
                held, count = [], 0
    if held:
        yield pa.Table.from_batches(held, shape)
