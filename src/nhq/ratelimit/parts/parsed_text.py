"""Text recordings stored as Arrow files while they are judged: parsed once, as a stream, then read repeatedly."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pyarrow as pa

from nhq.errors import HistoryError
from nhq.ratelimit.history.text_history import TextFacts, tables_from_text, with_keys_only
from nhq.ratelimit.recordings.recording_formats import RecordingFormat

_PACKED = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True, slots=True)
class KeptText:
    """A text recording in Arrow files, each with the columns that its events have; all of them have `shape`.

    `keyed`: requests without a key are dropped, see `with_keys_only`.
    """

    files: tuple[Path, ...]
    shape: pa.Schema
    keyed: bool

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Its events, a few at a time."""
        for file in self.files:
            with pa.OSFile(str(file)) as source:
                for batch in pa.ipc.open_stream(source):
                    yield from self._shaped(pa.Table.from_batches([batch])).to_batches()

    def _shaped(self, table: pa.Table) -> pa.Table:
        """The table with all columns; what its events lack is null."""
        columns = [
            table[field.name] if field.name in table.column_names else pa.nulls(len(table), field.type)
            for field in self.shape
        ]
        whole = pa.table(columns, schema=self.shape)
        return with_keys_only(whole) if self.keyed else whole


def kept_text(path: Path, form: RecordingFormat | None, folder: Path) -> KeptText:
    """Store a text recording in `folder`. Raises HistoryError if it can't be read, or written there."""
    told, shapes, files = TextFacts(), [], []
    try:
        for shape, alike in groupby(tables_from_text(path, form, told), attrgetter("schema")):
            files.append(folder / f"text-{len(list(folder.iterdir()))}.arrows")
            shapes.append(shape)
            with pa.OSFile(str(files[-1]), "wb") as sink, pa.ipc.new_stream(sink, shape, options=_PACKED) as stream:
                for table in alike:
                    stream.write_table(table)
    except OSError as problem:
        raise HistoryError(f"{folder}: cannot be written, {problem.strerror or problem} (TMPDIR says where)") from None
    shape = pa.unify_schemas(shapes).with_metadata(told.metadata)
    return KeptText(tuple(files), shape, not told.own)
