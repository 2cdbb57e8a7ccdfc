"""Cut a history into parts of whole blocks: block b of the whole is judged in part b modulo N.

The blocks are those of `partition.cut_into_blocks`, whatever the number of parts, so that every finding is the same.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from nhq.ratelimit.checker.partition import BLOCK, cut_into_blocks
from nhq.ratelimit.history.history import COLUMNS, Bools, History, Ints, refuse_duplicates
from nhq.ratelimit.parts.outline import Outline, labelled_table

#: The columns that a part keeps: `intended` plays no role in a verdict.
KEPT = ("number", *(name for name in COLUMNS if name != "intended"))
Rows = dict[str, npt.NDArray[Any]]


def block_of_keys(counts: Ints, size: int = BLOCK) -> Ints:
    """The block (K,) of the whole that each key is judged in."""
    number = np.zeros(len(counts), dtype=np.int64)
    for block, (first, _) in enumerate(cut_into_blocks(counts, size)):
        number[first:] = block
    return number


def all_rows(outline: Outline) -> Iterator[Rows]:
    """The rows of the whole, table by table; keys and operations as the whole numbers them, `number` the row's."""
    keys = {label: code for code, label in enumerate(outline.whole.keys)}
    operations = {label: code for code, label in enumerate(outline.whole.operations)}
    first = 0
    for recording, start, move in zip(outline.recordings, outline.start, outline.move, strict=True):
        for table in recording.tables():
            raw = labelled_table(table, recording, outline.labelled)
            yield {
                **{name: raw.columns[name] for name in ("status", "limit", "remaining", "reset")},
                "number": np.arange(first, first + len(raw)),
                "key": _renumbered(raw.keys, keys)[raw.key],
                "operation": _renumbered(raw.operations, operations)[raw.operation],
                "sent": raw.sent - start + move,
                "received": raw.received - start + move,
            }
            first += len(raw)


def _renumbered(labels: Sequence[str], codes: dict[str, int]) -> npt.NDArray[np.int32]:
    return np.array([codes[label] for label in labels], dtype=np.int32)


def of_keys(outline: Outline, chosen: Bools) -> History:
    """The events of the chosen keys, read in one pass."""
    found = []
    for rows in all_rows(outline):
        index = np.flatnonzero(chosen[rows["key"]])
        found.append({name: rows[name][index] for name in KEPT})
    return _history(outline, {name: np.concatenate([rows[name] for rows in found]) for name in KEPT}, chosen)


def at_rows(outline: Outline, numbers: Ints) -> History:
    """The rows of these numbers, ascending, with all the keys of the whole."""
    found = []
    for rows in all_rows(outline):
        index = np.flatnonzero(np.isin(rows["number"], numbers, assume_unique=True))
        found.append({name: rows[name][index] for name in KEPT})
    every = np.ones(len(outline.counts), dtype=np.bool_)
    bare = replace(outline, distinct=True)
    return _history(bare, {name: np.concatenate([rows[name] for rows in found]) for name in KEPT}, every)


def _history(outline: Outline, rows: Rows, chosen: Bools) -> History:
    """A part from its rows. Raises HistoryError for a duplicate request."""
    code = np.cumsum(chosen, dtype=np.int32) - np.int32(1)
    labels = tuple(label for label, mine in zip(outline.whole.keys, chosen.tolist(), strict=True) if mine)
    part = replace(
        outline.whole,
        keys=labels,
        key=code[rows["key"]],
        intended=rows["sent"],
        numbers=rows["number"],
        operation=rows["operation"],
        sent=rows["sent"],
        received=rows["received"],
        status=rows["status"],
        limit=rows["limit"],
        remaining=rows["remaining"],
        reset=rows["reset"],
    )
    if not outline.distinct and len(part):
        refuse_duplicates(part, None, "the histories together" if len(outline.recordings) > 1 else "history")
    return part


def store_parts(outline: Outline, part_of_key: Ints, parts: int, folder: Path) -> None:
    """Write every part's rows into a file of its own in `folder`, in one pass."""
    small = part_of_key.astype(np.int16)
    with ExitStack() as opened:
        writers: dict[int, Any] = {}
        for rows in all_rows(outline):
            part = small[rows["key"]]
            order = np.argsort(part, kind="stable")
            batch = pa.RecordBatch.from_pydict({name: pa.array(rows[name][order]) for name in KEPT})
            ends = np.cumsum(np.bincount(part, minlength=parts)).tolist()
            for number, (begin, end) in enumerate(zip([0, *ends], ends, strict=False)):
                if end == begin:
                    continue
                if number not in writers:
                    writer = pa.ipc.new_file(stored_file(folder, number), batch.schema)
                    writers[number] = opened.enter_context(writer)
                writers[number].write_batch(batch.slice(begin, end - begin))


def stored_file(folder: Path, number: int) -> str:
    """The file of one part."""
    return str(folder / f"part-{number}.arrow")


def stored_part(outline: Outline, part_of_key: Ints, number: int, folder: Path) -> History:
    """One part, as `store_parts` wrote it; empty if it wrote none."""
    chosen = part_of_key == number
    with pa.memory_map(stored_file(folder, number)) as file:
        table = pa.ipc.open_file(file).read_all()
        return _history(outline, {name: table[name].to_numpy() for name in KEPT}, chosen)
