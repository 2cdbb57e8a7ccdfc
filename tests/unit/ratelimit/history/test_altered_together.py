"""Several altered recordings as one history: what is read, or refused, is approved, and the same however it is read."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nhq.errors import HistoryError
from nhq.ratelimit.history.history import History, Meta
from nhq.ratelimit.history.merge_histories import merge_histories
from nhq.ratelimit.history.read_history import read_histories
from nhq.ratelimit.history.write_history import write_history
from nhq.ratelimit.parts import table_stream
from nhq.ratelimit.parts.part_cutting import all_rows, of_keys
from nhq.ratelimit.parts.part_judging import outline_of

Altered = list[tuple[str, History, int, float]]
GROUPS, SMALL, CLOCKS = 45, 60, 0.2


def groups(altered: Altered) -> Iterator[tuple[str, list[History]]]:
    """Two or three recordings each, of one host or several, whose workers, promises and clocks agree or don't."""
    few = [history for _, history, _, _ in altered if len(history) <= SMALL]
    for number in range(GROUPS):
        rng = random.Random(f"group {number}")
        parts = []
        for place in range(rng.choice((2, 2, 3))):
            history = few[0] if place and rng.random() < 0.1 else rng.choice(few)
            limit, window = rng.choice((*[(0, 0.0)] * 9, *[(3, 60.0)] * 9, (5, 60.0), (3, 30.0)))
            meta = Meta(
                limit=limit,
                window=window,
                fresh=rng.random() < 0.8,
                alone=rng.random() < 0.8,
                worker=rng.choice(("", *[f"w{place}"] * 8, "w0")),
                host=rng.choice(("h", "h", "h", "i", "")),
            )
            move = rng.choice((0.0, 1.5, 100.0))
            parts.append(replace(history, meta=meta, origin=history.origin + move, start=rng.choice((move, move, 0.0))))
        yield f"{number:02}", parts


def outcome(read: Callable[[], History]) -> History | str:
    """What is read, or the words that refuse it."""
    try:
        return read()
    except HistoryError as refused:
        return f"refused: {refused}"


def test_what_recordings_are_together_is_approved(
    altered: Altered,
    approved: Callable[[str, dict[str, str]], None],
    described: Callable[[History], str],
    digest_of: Callable[[object], str],
) -> None:
    """In memory, on one clock's line or by wall time."""
    said = {}
    for name, parts in groups(altered):
        whole = outcome(lambda parts=parts: merge_histories(parts, CLOCKS))
        said[name] = f"{len(whole)} rows {digest_of(described(whole))}" if isinstance(whole, History) else whole
    approved("together", said)


def test_what_is_streamed_is_what_is_read(
    altered: Altered, tmp_path: Path, described: Callable[[History], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From files, in small tables: the same facts, and the same rows of each key; or the same refusal."""
    monkeypatch.setattr(table_stream.RecordedFile.tables, "__defaults__", (17,))
    for name, parts in list(groups(altered))[::3]:
        files = [tmp_path / f"{name}-{place}.arrow" for place in range(len(parts))]
        for file, part in zip(files, parts, strict=True):
            write_history(part, file)
        read = outcome(lambda files=files: read_histories(files, between_hosts=CLOCKS))
        outline = outcome(lambda files=files: outline_of(files, tmp_path, clocks=CLOCKS))
        if isinstance(read, str) or isinstance(outline, str):
            assert read == outline or "duplicate" in str(read), name
            continue
        nothing = np.empty(0, dtype=np.int64)
        assert described(outline.whole.rows(nothing)) == described(read.rows(nothing)), name
        assert outline.counts.tolist() == read.counts.tolist(), name
        assert sum(len(rows["key"]) for rows in all_rows(outline)) == len(read) == outline.events, name
        chosen = np.arange(len(read.keys)) % 2 == 0
        streamed, mine = of_keys(outline, chosen), read.of_keys(chosen)
        assert described(replace(streamed, intended=mine.intended)) == described(mine), name
