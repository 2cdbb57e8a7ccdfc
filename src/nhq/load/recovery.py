"""Recover a dead worker's history: the rows it wrote, and its unanswered requests as requests without a reply."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa

from nhq.errors import HistoryError
from nhq.files import create_new
from nhq.load.sent_log import JOURNAL, Sent, read_journal, unanswered_requests

#: The suffix of what could not be used as it was found.
DEAD = ".dead"


def recover_histories(folder: Path) -> Iterator[str]:
    """Repair each history in `folder` that has a journal left; yields a line for each.

    Only for folders that nobody writes to any more: a leftover journal shows that its worker died. The original
    history is renamed with the suffix DEAD.
    """
    for journal in sorted(folder.glob(f"*{JOURNAL}")):
        history = journal.with_suffix(".arrows")
        try:
            yield _mend(history, journal)
        except (HistoryError, pa.ArrowException, OSError) as problem:
            yield f"{history.stem} died, and nothing of what it wrote can be judged ({problem})"
            for path in (history, journal):
                if path.exists():
                    os.replace(path, path.with_name(f"{path.name}{DEAD}"))


def _mend(history: Path, journal: Path) -> str:
    sent = read_journal(journal)
    if not sent:
        history.unlink(missing_ok=True)
        journal.unlink()
        return f"{history.stem} died before it sent anything"
    if not history.stat().st_size:
        raise HistoryError(f"of {len(sent)} requests it had written no answer")
    found = _whole_batches(history)
    recorded = list(zip(found["key"].to_pylist(), found["sent"].to_pylist(), strict=True))
    missing = unanswered_requests(sent, recorded)
    mended = pa.concat_tables([found, _without_reply(missing, found)]).unify_dictionaries()
    os.replace(history, history.with_suffix(DEAD))
    os.close(create_new(history))
    with pa.OSFile(os.fspath(history), "wb") as sink, pa.ipc.new_stream(sink, mended.schema) as stream:
        stream.write_table(mended)
    journal.unlink()
    return f"{history.stem} died: {len(recorded)} answers are judged, {len(missing)} requests count as without a reply"


def _whole_batches(history: Path) -> pa.Table:
    """What was written whole."""
    batches: list[pa.RecordBatch] = []
    with pa.OSFile(os.fspath(history), "rb") as source:
        stream = pa.ipc.open_stream(source)
        with suppress(pa.ArrowException, OSError):  # the last batch was cut off: that is why we are here
            batches.extend(stream)
        return pa.Table.from_batches(batches, stream.schema)


def _without_reply(missing: Sequence[Sent], found: pa.Table) -> pa.Table:
    """Rows for requests that were given up when their worker was last known to be alive."""
    ends = [*found["received"].to_pylist(), *(one.at.monotonic for one in missing)]
    until = max(ends, default=0.0)
    instants = [one.at for one in missing]
    sent, wall = [at.monotonic for at in instants], [at.wall for at in instants]
    given: dict[str, list[Any]] = {
        "id": list(range(len(found), len(found) + len(missing))),
        "key": [one.key for one in missing],
        "operation": [""] * len(missing),
        "intended": sent,
        "sent": sent,
        "received": [until] * len(missing),
        "intended_wall": wall,
        "sent_wall": wall,
        "received_wall": [at.wall + until - at.monotonic for at in instants],
        "malformed": [0] * len(missing),
    }
    columns = [_column(given.get(field.name, [None] * len(missing)), field.type) for field in found.schema]
    return pa.Table.from_arrays(columns, schema=found.schema)


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(kind):
        return pa.array(values, kind.value_type).dictionary_encode().cast(kind)
    return pa.array(values, kind)
