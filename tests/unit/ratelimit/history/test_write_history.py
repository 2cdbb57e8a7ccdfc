"""What writers put down, column by column."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pyarrow as pa

from nhq.ratelimit.history.history import MALFORMED, Meta
from nhq.ratelimit.history.write_history import ClockPair, HistoryWriter, to_table


def test_a_worker_numbers_its_requests_from_nought(tmp_path: Path) -> None:
    """The column `id` says which request of the worker a row is."""
    with HistoryWriter(tmp_path / "w.arrows", Meta(limit=3, window=60.0, alone=True)) as writer:
        for second in range(3):
            writer.record("a", *[ClockPair(second, 1.7e9 + second)] * 3, 200, {})
    with pa.ipc.open_stream(tmp_path / "w.arrows") as stream:
        assert stream.read_all()["id"].to_pylist() == [0, 1, 2]


def test_the_text_of_a_header_stands_at_its_own_key(notation: ModuleType) -> None:
    """What is known of a malformed header is written at the first answer of the key that got it."""
    history = notation.parse("a:0+2@60 b:1+2@61 a:2+1@60 b:3+1@61")
    remaining = history.remaining.copy()
    remaining[:] = MALFORMED
    told = replace(history, remaining=remaining, unread={("b", "remaining"): "2 left"})
    assert to_table(told)["unread"].to_pylist() == [None, "remaining=2 left", None, None]


def test_what_a_worker_writes_of_odd_headers_is_approved(
    tmp_path: Path, approved: Callable[[str, dict[str, str]], None]
) -> None:
    """Each header in each spelling, read again from the file: the numbers, which were none, and their texts."""
    texts = (
        None,
        "",
        " ",
        "60",
        " 7 ",
        "-1",
        "+1",
        "1.5",
        "60.0",
        "1e3",
        "many",
        "60, 60",
        "nan",
        "inf",
        "9" * 20,
        "٣",
    )
    names = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
    answers = [{name: text} for name in names for text in texts if text is not None]
    answers += [dict.fromkeys(names, text) for text in texts if text is not None] + [{}, {"x-other": "5"}]
    with HistoryWriter(tmp_path / "w.arrows", Meta(limit=3, window=60.0), batch=7) as writer:
        for number, headers in enumerate(answers):
            clocks = [ClockPair(number + late, 1.7e9 + number + late) for late in (0.0, 0.25, 0.5)]
            writer.record("ab"[number % 2], *clocks, (200, None, 429)[number % 3], headers, f"op{number % 2}")
    with pa.ipc.open_stream(tmp_path / "w.arrows") as stream:
        rows = stream.read_all().to_pylist()
    assert len(rows) == len(answers)
    approved("written", {f"{number:02}": f"{answers[number]}; {row}" for number, row in enumerate(rows)})
